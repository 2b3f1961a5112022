import pino, { type DestinationStream, type Logger } from "pino";
import type { LogLevel } from "./config.ts";

/**
 * Where secrets, payloads and texts of authors would stand if something handed them to the log by mistake. The first defence is
 * that nothing does; this is the second.
 */
const redacted = [
  "authorization",
  "headers.authorization",
  "privateKey",
  "webhookSecret",
  "secret",
  "token",
  "body",
  "payload",
  "request",
  "response",
].flatMap((path) => [path, `*.${path}`]);

/** One JSON line for each message, on `destination` (standard output by default). */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: "[redacted]" },
      serializers: { error: outline, err: outline },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}

/**
 * What may be told of an error. An octokit error carries the request with its body and the response with GitHub's; zod's carries
 * the input: only names, messages, codes and places are kept.
 */
export function outline(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error;
  return {
    name: error.name,
    message: error.message.slice(0, 1_000),
    ...("status" in error && typeof error.status === "number" ? { status: error.status } : {}),
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    at: error.stack
      ?.split("\n")
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 12)
      .map((line) => line.trim()),
    ...(error.cause === undefined || depth >= 4 ? {} : { cause: outline(error.cause, depth + 1) }),
  };
}
