import type { IncomingMessage, ServerResponse } from "node:http";
import type { JobAnswer } from "../app/job-gate.ts";
import type { Log } from "../app/ports.ts";
import { refuse } from "./refuse.ts";

export const gatePath = "/gate";

export interface GatePorts {
  /** Null: the address of this service is not known, so no token can be for it. */
  readonly jobGate: ((token: string, signal: AbortSignal) => Promise<JobAnswer>) | null;
  readonly log: Log;
}

const answerMs = 20_000;

/** `POST /gate`: whether a job may deploy, for the job alone, which proves who it is by the token of its run. The body is not read. */
export async function answerGate(
  request: IncomingMessage,
  response: ServerResponse,
  { jobGate, log }: GatePorts,
): Promise<void> {
  if (jobGate === null) {
    refuse(response, 404, "There is nothing here: jobs are answered where PUBLIC_URL is set.");
    return;
  }
  if (request.method !== "POST") {
    refuse(response, 405, "Jobs ask by POST.", { allow: "POST" });
    return;
  }
  const token = /^Bearer (?<token>\S+)$/u.exec(request.headers.authorization ?? "")?.groups?.["token"];
  const answer: JobAnswer =
    token === undefined
      ? { kind: "refused", because: "There is no token: send that of the job as a bearer." }
      : await jobGate(token, AbortSignal.timeout(answerMs));
  if (answer.kind === "refused") {
    log.warn({ from: request.socket.remoteAddress, because: answer.because }, "a job that asked to deploy was refused");
    refuse(response, 401, answer.because, { "www-authenticate": "Bearer" });
    return;
  }
  const { claims, comment } = answer;
  const body = {
    schema: "sallyport.gate/1",
    answer: answer.answer,
    repository_id: claims.repository.id,
    run_id: claims.runId,
    environment: claims.environment,
    sha: claims.sha,
    comment,
  };
  response
    .writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      connection: "close",
    })
    .end(`${JSON.stringify(body)}\n`);
}
