import { parentPort } from "node:worker_threads";
import type { Evaluation } from "../../core/evaluate/evaluation.ts";
import type { Answer, Request } from "./message.ts";

/**
 * The worker's side: evaluates what it is sent, one at a time. `load` runs once, at the start of the thread; an evaluation waits
 * for it. Throws outside a worker thread.
 */
export function serveEvaluations(load: () => Promise<(request: Request) => Evaluation>): void {
  const port = parentPort;
  if (port === null) throw new Error("Cannot serve evaluations: this is not a worker thread.");
  const loading = load();
  // A grammar that cannot be loaded is told with each evaluation, not before the first.
  loading.catch(() => undefined);
  port.on("message", (request: Request) => {
    loading
      .then((evaluate) => port.postMessage({ kind: "evaluated", evaluation: evaluate(request) } satisfies Answer))
      .catch((error: unknown) => port.postMessage(threw(error)));
  });
}

function threw(error: unknown): Answer {
  if (!(error instanceof Error)) return { kind: "threw", name: typeof error, at: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { kind: "threw", name: error.name, at: frames.slice(0, 12).map((line) => line.trim()) };
}
