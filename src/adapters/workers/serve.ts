import { Worker } from "node:worker_threads";
import type { Evaluation } from "../../core/evaluate/evaluation.ts";
import type { Answer, Request } from "./message.ts";

/** Ends this process when its parent is gone, also while an evaluation keeps it busy: a loop without end must not outlive the service. */
const watchdog = `
const parent = process.ppid;
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 1000);
`;

/**
 * The worker's side: evaluates what it is sent, one at a time. `load` runs once, at the start of the process; an evaluation waits
 * for it. Throws outside of a process that the pool has started.
 */
export function serveEvaluations(load: () => Promise<(request: Request) => Evaluation>): void {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error("Cannot serve evaluations: nobody has started this process to do so.");
  const answer = (given: Answer): boolean => send(given);
  new Worker(watchdog, { eval: true }).unref();
  process.once("disconnect", () => process.exit());
  const loading = load();
  // A grammar that cannot be loaded is told with each evaluation, not before the first.
  loading.catch(() => undefined);
  process.on("message", (request: Request) => {
    loading
      .then((evaluate) => answer({ kind: "evaluated", evaluation: evaluate(request) }))
      .catch((error: unknown) => answer(threw(error)));
  });
}

function threw(error: unknown): Answer {
  if (!(error instanceof Error)) return { kind: "threw", name: typeof error, at: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { kind: "threw", name: error.name, at: frames.slice(0, 12).map((line) => line.trim()) };
}
