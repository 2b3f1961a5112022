import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Clock, Log } from "../app/ports.ts";
import type { SignalOrder, Taken } from "../app/signals.ts";
import { parseRate } from "../core/rollback/signal.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { type BodyMemory, readBody } from "./body.ts";
import { answer } from "./operators.ts";
import { refuse } from "./refuse.ts";
import { isSignedBy, looksSigned, signer } from "./signature.ts";

/** Where monitoring tells what became of an environment. */
export const signalsPath = "/signals";

export interface SignalsPort {
  /** Shared with whoever signs; null: nobody does, and the address does not exist. */
  readonly signalsSecret: string | null;
  /** Resolves once it is durable. */
  readonly takeSignals: (requestId: string, orders: readonly SignalOrder[], signal: AbortSignal) => Promise<Taken>;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

const bodyLimitBytes = 64 * 1024;
const alertsMost = 100;
/** How old a signed request may be, and how far ahead of our clock the sender's. */
const ageMs = 5 * 60_000;
const askingMs = 20_000;
const timestampForm = /^[1-9]\d{9}$/u;

const text = z.string().trim().min(1).max(200);
const repositoryName = z.string().regex(/^[A-Za-z0-9-]{1,100}\/[A-Za-z0-9._-]{1,100}$/u);
const sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u);
/** Templates write numbers as text; what is no plain decimal number from 0 to 100 is none. */
const rate = z
  .union([z.number().transform(String), z.string().trim()])
  .refine((written) => parseRate(written) !== null, "is no decimal number from 0 to 100");
const deploymentId = z.union([
  z.int().positive(),
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/u)
    .transform(Number),
]);
/** A number beyond this is one of milliseconds: as seconds it lies three thousand years ahead. */
const secondsMost = 100_000_000_000;
const moment = z.union([
  z.iso.datetime({ offset: true }).transform((written) => Date.parse(written)),
  z
    .int()
    .positive()
    .transform((since) => (since < secondsMost ? since * 1_000 : since)),
]);
/** What a template leaves empty is not stated. */
const optional = <T>(schema: z.ZodType<T>) =>
  z
    .union([z.literal("").transform(() => null), z.null(), schema])
    .optional()
    .transform((value) => value ?? null);

const about = {
  environment: text,
  repository: optional(repositoryName),
  service: optional(text),
  sha: optional(sha),
  deployment_id: optional(deploymentId),
  at: moment,
};
const ownSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("error_rate"),
    ...about,
    before: rate,
    after: rate,
    unit: z.enum(["points", "percent"]),
  }),
  z.strictObject({ kind: z.literal("health"), ...about }),
]);

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const alertShape = z.looseObject({
  status: z.enum(["firing", "resolved"]),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  startsAt: z.iso.datetime({ offset: true }),
  fingerprint: z.string().max(100),
});
const alertmanagerShape = z.looseObject({ version: z.literal("4"), alerts: z.array(alertShape).max(alertsMost) });

/**
 * Takes what monitoring says. Before the signature is verified nothing of the request is believed, parsed or logged; what is refused is
 * not repeated.
 */
export async function answerSignals(
  request: IncomingMessage,
  response: ServerResponse,
  ports: SignalsPort,
  memory: BodyMemory,
): Promise<void> {
  const { signalsSecret, log } = ports;
  if (signalsSecret === null) {
    refuse(response, 404, "There is nothing here: signals are taken where SALLYPORT_SIGNALS_SECRET is set.");
    return;
  }
  if (request.method !== "POST") {
    refuse(response, 405, "Signals are sent by POST.", { allow: "POST" });
    return;
  }
  const signature = request.headers["x-sallyport-signature-256"];
  const timestamp = request.headers["x-sallyport-timestamp"];
  if (!looksSigned(signature) || typeof timestamp !== "string" || !timestampForm.test(timestamp)) {
    refuse(
      response,
      401,
      "The signal is not signed: send X-Sallyport-Timestamp and X-Sallyport-Signature-256, see docs/after-the-merge.md.",
    );
    return;
  }
  const hmac = signer(signalsSecret).update(`${timestamp}.`);
  const body = await readBody(request, bodyLimitBytes, memory, (piece) => hmac.update(piece));
  switch (body.kind) {
    case "too_large":
      refuse(response, 413, `The signal is larger than ${bodyLimitBytes} bytes.`);
      return;
    case "crowded":
      refuse(response, 503, "Too many bodies are being read at once.");
      return;
    case "broken_off":
      response.destroy();
      return;
    case "whole":
  }
  if (!isSignedBy(hmac, signature)) {
    log.warn({ bytes: body.bytes.length }, "a signal has a wrong signature");
    refuse(
      response,
      401,
      "The signature is wrong: sign the timestamp, a dot and the body with SALLYPORT_SIGNALS_SECRET.",
    );
    return;
  }
  const ageNowMs = ports.clock.now() - Number(timestamp) * 1_000;
  if (Math.abs(ageNowMs) > ageMs) {
    const how = ageNowMs > 0 ? "more than five minutes old" : "more than five minutes ahead";
    refuse(response, 401, `The timestamp is ${how}: sign anew when sending, and synchronise the clock.`);
    return;
  }
  const orders = read(body.bytes);
  if (orders.kind === "unreadable") {
    refuse(response, 400, `The signal cannot be read: ${orders.at.join("; ")}. See docs/after-the-merge.md.`);
    return;
  }
  const requestId = createHash("sha256").update(`${timestamp}.`).update(body.bytes).digest("hex");
  await take(requestId, orders.orders, response, ports);
}

async function take(
  requestId: string,
  orders: readonly SignalOrder[],
  response: ServerResponse,
  { takeSignals, log }: SignalsPort,
): Promise<void> {
  let taken: Taken;
  try {
    taken = await takeSignals(requestId, orders, AbortSignal.timeout(askingMs));
  } catch (error) {
    log.error({ error }, "a signal could not be taken");
    refuse(response, 503, "The signal could not be taken now: send it again.");
    return;
  }
  if (taken.kind === "taken") answer(response, 202, { signals: taken.signals });
  else refuse(response, taken.because === "replayed" ? 409 : 422, taken.sentence);
}

type Orders =
  | { readonly kind: "orders"; readonly orders: readonly SignalOrder[] }
  | { readonly kind: "unreadable"; readonly at: readonly string[] };

function read(bytes: Buffer): Orders {
  const given = parse(bytes);
  const alerts = alertmanagerShape.safeParse(given);
  if (!alerts.success) {
    // A payload of Alertmanager that lacks something is told what as such.
    const isAlerts = typeof given === "object" && given !== null && "alerts" in given;
    return isAlerts ? unreadable(alerts.error, []) : ofOwn(given, []);
  }
  const all = alerts.data.alerts.filter(({ status }) => status === "firing").map(ofAlert);
  const wrong = all.find((one) => one.kind === "unreadable");
  return wrong ?? { kind: "orders", orders: all.flatMap((one) => (one.kind === "orders" ? one.orders : [])) };
}

/** Labels say where, annotations how much: `sallyport_before`, `sallyport_after` and `sallyport_unit`; without them it is bad health. */
function ofAlert({ labels, annotations, startsAt, fingerprint }: z.infer<typeof alertShape>): Orders {
  const label = (name: string): string | undefined => labels[`sallyport_${name}`] ?? labels[name];
  const where = {
    environment: label("environment"),
    repository: label("repository"),
    service: label("service"),
    sha: labels["sallyport_sha"],
    at: startsAt,
  };
  const { sallyport_before: before, sallyport_after: after, sallyport_unit: unit } = annotations;
  const rates =
    before === undefined && after === undefined ? { kind: "health" } : { kind: "error_rate", before, after, unit };
  return ofOwn({ ...where, ...rates }, ["alert", fingerprint]);
}

function ofOwn(given: unknown, name: readonly string[]): Orders {
  const parsed = ownSchema.safeParse(given);
  if (!parsed.success) return unreadable(parsed.error, []);
  const { environment, repository, service, sha: commit, deployment_id: deployment, at: atMs, ...rest } = parsed.data;
  const [reading, unit] =
    rest.kind === "health"
      ? [{ kind: rest.kind } as const, null]
      : [{ kind: rest.kind, before: rest.before, after: rest.after } as const, rest.unit];
  // An alert that fires on is repeated with other figures.
  const identity = name.length > 0 ? [...name, environment, repository, atMs] : parsed.data;
  const id = createHash("sha256").update(canonicalJson(identity)).digest("hex").slice(0, 32);
  return {
    kind: "orders",
    orders: [{ environment, repository, service, sha: commit, deploymentId: deployment, reading, unit, atMs, id }],
  };
}

/** Where it is wrong, without what stands there. */
function unreadable(error: z.ZodError, within: readonly string[]): Orders {
  const at = error.issues
    .slice(0, 5)
    .map(({ path, code }) => `${[...within, ...path.map(String)].join(".") || "the body"} (${code})`);
  return { kind: "unreadable", at };
}

function parse(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return value;
  } catch {
    return undefined;
  }
}
