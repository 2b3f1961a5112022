import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Operator, Ordered, PlacedHalt } from "../app/operator.ts";
import { type BodyMemory, readBody } from "./body.ts";
import { admitted, answer, type Keys } from "./operators.ts";
import { refuse } from "./refuse.ts";

export const haltsPath = "/halts";
export const liftPath = "/halts/lift";

export interface HaltPorts extends Keys {
  readonly operator: Operator;
}

const bodyLimitBytes = 16 * 1024;
const words = z.string().trim().min(1).max(1_000);
const name = z.string().trim().min(1).max(200);

const haltOrder = z.strictObject({
  where: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("everywhere") }),
    z.strictObject({ kind: z.enum(["organisation", "repository", "agent"]), name }),
  ]),
  stops: z.enum(["agents", "everyone"]),
  // A halt must not fail for want of words; lifting one needs them.
  reason: z.string().trim().max(1_000),
  by: name,
});
const resumeOrder = z.strictObject({
  halts: z.array(z.string().min(1).max(200)).min(1).max(1_000),
  reason: words,
  by: name,
});

/** Halts and their progress, for whoever holds the token: `GET /halts`, `POST /halts`, `POST /halts/lift`. */
export async function answerHalts(
  path: typeof haltsPath | typeof liftPath,
  request: IncomingMessage,
  response: ServerResponse,
  { adminToken, operator, log }: HaltPorts,
  memory: BodyMemory,
): Promise<void> {
  if (!admitted(path, request, response, { adminToken, log })) return;
  if (request.method === "GET" && path === haltsPath) {
    answer(response, 200, { halts: (await operator.halts()).map(shown) });
    return;
  }
  if (request.method !== "POST") {
    refuse(response, 405, "Halts are read by GET and made by POST.", {
      allow: path === haltsPath ? "GET, POST" : "POST",
    });
    return;
  }
  const body = await readBody(request, bodyLimitBytes, memory, () => {});
  switch (body.kind) {
    case "too_large":
      refuse(response, 413, `The order is larger than ${bodyLimitBytes} bytes.`);
      return;
    case "crowded":
      refuse(response, 503, "Too many bodies are being read at once.");
      return;
    case "broken_off":
      response.destroy();
      return;
    case "whole":
  }
  const ordered = await carryOut(path, body.bytes, operator);
  if (ordered === null) refuse(response, 400, "The order cannot be read: see docs/halt.md.");
  else if (ordered.kind === "unknown") refuse(response, 404, ordered.sentence);
  else answer(response, 200, { halts: ordered.halts.map(shown) });
}

async function carryOut(
  path: typeof haltsPath | typeof liftPath,
  bytes: Buffer,
  operator: Operator,
): Promise<Ordered | null> {
  const given = parse(bytes);
  if (path === haltsPath) {
    const order = haltOrder.safeParse(given);
    return order.success ? await operator.halt(order.data) : null;
  }
  const order = resumeOrder.safeParse(given);
  return order.success ? await operator.resume(order.data) : null;
}

function parse(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch {
    return undefined;
  }
}

/** A halt as it is told: `green` of `stopped` judged pull requests still stand green. */
function shown({ halt, place, green, stopped }: PlacedHalt): z.infer<typeof shownHalt> {
  const { id, scope, stops, by, atMs, reason } = halt;
  return { id, scope, place, stops, by, at: new Date(atMs).toISOString(), reason, green, stopped };
}

const shownHalt = z.object({
  id: z.string(),
  scope: z.looseObject({ kind: z.string() }),
  place: z.string().nullable(),
  stops: z.string(),
  by: z.looseObject({ kind: z.string() }),
  at: z.string(),
  reason: z.string(),
  green: z.int(),
  stopped: z.int(),
});
/** What these addresses answer. */
export const haltsAnswer = z.object({ halts: z.array(shownHalt) });
export type ShownHalt = z.infer<typeof shownHalt>;
