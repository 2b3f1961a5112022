import type { IncomingMessage, ServerResponse } from "node:http";
import type { Delivery, Log, Mark } from "../app/ports.ts";
import { type BodyMemory, readBody } from "./body.ts";
import { refuse } from "./refuse.ts";
import { isSignedBy, looksSigned, signer } from "./signature.ts";

/** What a verified payload says; `at` names what is wrong with one that cannot be read, without its values. */
export type Reading =
  | { readonly kind: "read" | "unknown"; readonly marks: readonly Mark[] }
  | { readonly kind: "unreadable"; readonly marks: readonly Mark[]; readonly at: readonly string[] };

export interface WebhookPorts {
  readonly secret: string;
  readonly read: (event: string, payload: unknown) => Reading;
  /** Resolves once the delivery is durable. */
  readonly receive: (delivery: Delivery) => Promise<void>;
  readonly log: Log;
}

/** GitHub's own ceiling: a larger payload is never delivered. */
const bodyLimitBytes = 25 * 1024 * 1024;
const deliveryForm = /^[0-9A-Za-z-]{1,64}$/;
const eventForm = /^[a-z_]{1,64}$/;

/**
 * Verifies a delivery, makes it and its marks durable, answers. Nothing is evaluated and GitHub is not called. Before the signature
 * is verified nothing of the request is believed, parsed or logged.
 */
export async function answerWebhook(
  request: IncomingMessage,
  response: ServerResponse,
  ports: WebhookPorts,
  memory: BodyMemory,
): Promise<void> {
  const { headers } = request;
  const signature = headers["x-hub-signature-256"];
  if (!looksSigned(signature)) {
    refuse(response, 401, "The delivery is not signed: set the same webhook secret here and in the GitHub App.");
    return;
  }
  if (!isJson(headers)) {
    refuse(response, 415, "Deliveries are read as JSON: choose the content type application/json for the webhook.");
    return;
  }
  const hmac = signer(ports.secret);
  const body = await readBody(request, bodyLimitBytes, memory, (piece) => hmac.update(piece));
  switch (body.kind) {
    case "too_large":
      refuse(response, 413, `The delivery is larger than ${bodyLimitBytes} bytes.`);
      return;
    case "crowded":
      refuse(response, 503, "Too many deliveries are being read at once.");
      return;
    case "broken_off":
      response.destroy();
      return;
    case "whole":
  }
  if (!isSignedBy(hmac, signature)) {
    ports.log.warn({ bytes: body.bytes.length }, "a delivery has a wrong signature");
    refuse(response, 401, "The signature is wrong: set the same webhook secret here and in the GitHub App.");
    return;
  }
  const id = headers["x-github-delivery"];
  const event = headers["x-github-event"];
  if (typeof id !== "string" || !deliveryForm.test(id) || typeof event !== "string" || !eventForm.test(event)) {
    refuse(response, 400, "The delivery lacks its X-GitHub-Delivery or X-GitHub-Event header.");
    return;
  }
  const payload = parse(body.bytes);
  if (payload === undefined) {
    ports.log.error({ delivery: id, event, bytes: body.bytes.length }, "a signed delivery is no JSON");
    refuse(response, 400, "The delivery is no JSON.");
    return;
  }
  await take({ id, event, payload }, response, ports);
}

async function take(
  { id, event, payload }: { readonly id: string; readonly event: string; readonly payload: unknown },
  response: ServerResponse,
  { read, receive, log }: WebhookPorts,
): Promise<void> {
  const reading = read(event, payload);
  if (reading.kind === "unreadable") {
    log.error({ delivery: id, event, at: reading.at, marks: reading.marks.length }, "a payload could not be read");
  }
  try {
    await receive({ id, event, marks: reading.marks });
  } catch (error) {
    // GitHub shows the delivery as failed, and it can be sent again.
    log.error({ error, delivery: id, event }, "a delivery could not be recorded");
    refuse(response, 503, "The delivery could not be recorded.");
    return;
  }
  response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify({ marks: reading.marks.length }));
}

function isJson(headers: IncomingMessage["headers"]): boolean {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  return type === "application/json" && (headers["content-encoding"] ?? "identity") === "identity";
}

/** Undefined where the bytes are no JSON in UTF-8. */
function parse(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return value;
  } catch {
    return undefined;
  }
}
