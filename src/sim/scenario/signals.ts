import { createHmac } from "node:crypto";
import { signalsPath } from "../../server/signals.ts";
import type { Particulars } from "./acts.ts";
import type { Serving } from "./serving.ts";
import { signalsSecret, type Stage, Unplayable } from "./stage.ts";
import { StepFailed } from "./step-failed.ts";

interface Request {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
const lastOf = new WeakMap<Stage, Request>();

/** Posts what monitoring says. @throws StepFailed where the server answers otherwise than the step expects */
export async function postSignal(given: Particulars<"signal">, stage: Stage, serving: Serving): Promise<void> {
  const request = given.again === true ? lastOf.get(stage) : requestOf(given, stage);
  if (request === undefined) throw new Unplayable("No signal has been posted yet.");
  lastOf.set(stage, request);
  const { status, text } = await serving.post(signalsPath, request.body, request.headers);
  if (status !== given.answered) {
    throw new StepFailed(`The server was to answer ${given.answered}, and answered ${status}: ${text}`);
  }
  if (given.says !== undefined && !text.includes(given.says)) {
    throw new StepFailed(`The server was to say "${given.says}", and said: ${text}`);
  }
}

function requestOf({ signal, signed, age, ahead }: Particulars<"signal">, stage: Stage): Request {
  const { nowMs } = stage.clock;
  const now = new Date(nowMs).toISOString();
  const { sha, alerts } = signal;
  const commit = typeof sha === "string" && !/^[0-9a-f]{40}$/u.test(sha) ? { sha: stage.commit(sha) } : {};
  const body = JSON.stringify(
    Array.isArray(alerts)
      ? { ...signal, alerts: alerts.map((alert: object) => ({ startsAt: now, ...alert })) }
      : { at: now, ...signal, ...commit },
  );
  const timestamp = String(Math.floor((nowMs - age + ahead) / 1_000));
  const key = signed === "wrong" ? `${signalsSecret}?` : signalsSecret;
  const digest = createHmac("sha256", key).update(`${timestamp}.${body}`).digest("hex");
  return {
    body,
    headers: {
      "x-sallyport-timestamp": timestamp,
      ...(signed === "none" ? {} : { "x-sallyport-signature-256": `sha256=${digest}` }),
    },
  };
}
