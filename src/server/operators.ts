import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../app/ports.ts";
import { refuse } from "./refuse.ts";

export interface Keys {
  /** Whoever sends it is the operator; null: nobody is, and the addresses for operators do not exist. */
  readonly adminToken: string | null;
  readonly log: Log;
}

/** Whether the request bears the token. Where it does not, it is answered. */
export function admitted(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { adminToken, log }: Keys,
): boolean {
  if (adminToken === null) {
    refuse(response, 404, "There is nothing here: operators are answered where SALLYPORT_ADMIN_TOKEN is set.");
    return false;
  }
  if (isBearer(request.headers.authorization, adminToken)) return true;
  log.warn({ path, from: request.socket.remoteAddress }, "a request of an operator bore no valid token");
  refuse(response, 401, "The token is missing or wrong: send SALLYPORT_ADMIN_TOKEN.", { "www-authenticate": "Bearer" });
  return false;
}

export function answer(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(`${JSON.stringify(value)}\n`);
}

/** Digests have one length, so comparing them tells nothing of the token. */
function isBearer(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}
