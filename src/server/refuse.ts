import type { ServerResponse } from "node:http";

/** Answers with a sentence and closes the connection: whatever the sender is still sending is not read. */
export function refuse(
  response: ServerResponse,
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close", ...headers })
    .end(`${sentence}\n`);
}
