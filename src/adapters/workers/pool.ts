import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Evaluator, Log } from "../../app/ports.ts";
import type { Evaluation } from "../../core/evaluate/evaluation.ts";
import type { Answer, Request } from "./message.ts";

export interface PoolLimits {
  /** Evaluations at once. More wait their turn: the loop bounds how many. */
  readonly workers: number;
  /** For one evaluation, the start of its worker included. */
  readonly evaluationMs: number;
  /** Heap of one worker, in MiB; beyond it the process ends. */
  readonly memoryMb: number;
}

export interface PoolPorts {
  /** Module that calls `serveEvaluations`, run in a process of its own. */
  readonly worker: URL;
  /** The evaluation that stands for one that came to nothing. Must not be one that passes. */
  readonly unevaluated: (request: Request, reason: string) => Evaluation;
  /** Calls back after so many milliseconds, unless the function it returns is called first. */
  readonly after: (ms: number, callback: () => void) => () => void;
  readonly log: Log;
}

export interface Pool extends Evaluator {
  /** Ends the workers. What is under way is rejected. */
  close(): Promise<void>;
}

interface Job {
  readonly request: Request;
  readonly resolve: (evaluation: Evaluation) => void;
  readonly reject: (error: Error) => void;
}

interface Slot {
  worker: ChildProcess | null;
  /** What its worker is at, and how to stop the clock that runs against it. */
  at: { readonly job: Job; readonly stopClock: () => void } | null;
}

/**
 * Evaluates in processes of their own, so that an acknowledgement never waits for a verdict and a hostile file takes down no more than
 * its own evaluation. A worker that ran out of time or memory, died or threw is replaced: nothing is known of its state any more.
 * Threads would share the fate of the service: see docs/decisions/0004-evaluations-run-in-processes.md.
 */
export function createPool(ports: PoolPorts, limits: PoolLimits): Pool {
  const slots: Slot[] = Array.from({ length: limits.workers }, () => ({ worker: null, at: null }));
  const waiting: Job[] = [];
  let closed = false;

  function dispatch(): void {
    for (const slot of slots) {
      if (slot.at !== null) continue;
      const job = waiting.shift();
      if (job === undefined) return;
      run(slot, job);
    }
  }

  function run(slot: Slot, job: Job): void {
    const worker = slot.worker ?? start(slot);
    const stopClock = ports.after(limits.evaluationMs, () =>
      giveUp(slot, worker, `the evaluation took longer than ${limits.evaluationMs / 1_000} s`, {}),
    );
    slot.at = { job, stopClock };
    try {
      worker.send(job.request);
    } catch (error) {
      giveUp(slot, worker, "the evaluation failed", { name: nameOf(error) });
    }
  }

  function start(slot: Slot): ChildProcess {
    const worker = fork(ports.worker, {
      // Without the environment: the secrets in it are no business of code that reads what authors wrote.
      env: {},
      execArgv: [`--max-old-space-size=${limits.memoryMb}`],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    slot.worker = worker;
    worker.on("message", (given) => {
      // The other end is `serveEvaluations`, which sends nothing else.
      const answer = given as Answer;
      switch (answer.kind) {
        case "evaluated":
          if (slot.worker === worker) end(slot, ({ resolve }) => resolve(answer.evaluation));
          return;
        case "threw":
          giveUp(slot, worker, "the evaluation failed", { name: answer.name, at: answer.at });
          return;
      }
    });
    worker.on("error", (error) => giveUp(slot, worker, "the evaluation failed", { name: nameOf(error) }));
    worker.on("exit", (code, signal) =>
      giveUp(slot, worker, reasonOf(code, signal, limits.memoryMb), { exitCode: code, signal }),
    );
    return worker;
  }

  /** Gives a worker up, and with it what it was at. Does nothing for one that was given up before. */
  function giveUp(
    slot: Slot,
    worker: ChildProcess,
    reason: string,
    particulars: Readonly<Record<string, unknown>>,
  ): void {
    if (slot.worker !== worker) return;
    slot.worker = null;
    worker.kill("SIGKILL");
    end(slot, (job) => {
      const { facts } = job.request;
      const { repository, number } = facts.subject;
      const headSha = facts.head.sha;
      ports.log.error({ ...particulars, repository, number, headSha, reason }, "an evaluation came to nothing");
      answer(job, () => ports.unevaluated(job.request, reason));
    });
  }

  function end(slot: Slot, outcome: (job: Job) => void): void {
    if (slot.at === null) return;
    const { job, stopClock } = slot.at;
    stopClock();
    slot.at = null;
    outcome(job);
    dispatch();
  }

  return {
    evaluate: (facts, policies, nowMs) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error("Cannot evaluate: the workers have been ended."));
          return;
        }
        waiting.push({ request: { facts, policies, nowMs }, resolve, reject });
        dispatch();
      }),
    close: async () => {
      closed = true;
      const jobs = [...waiting.splice(0), ...slots.flatMap(({ at }) => at?.job ?? [])];
      const ending = slots.map(async (slot) => {
        const { worker, at } = slot;
        slot.worker = null;
        slot.at = null;
        at?.stopClock();
        if (worker !== null) await ended(worker);
      });
      for (const { reject } of jobs) reject(new Error("The evaluation was broken off: the program stops."));
      await Promise.all(ending);
    },
  };
}

function answer({ resolve, reject }: Job, make: () => Evaluation): void {
  try {
    resolve(make());
  } catch (error) {
    reject(new Error("Cannot even state that an evaluation came to nothing.", { cause: error }));
  }
}

async function ended(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, "exit");
  worker.kill("SIGKILL");
  await gone;
}

/** V8 aborts a process whose heap is full: by the signal, or where there are no signals with the code that stands for it. */
function reasonOf(code: number | null, signal: NodeJS.Signals | null, memoryMb: number): string {
  const outOfMemory = signal === "SIGABRT" || code === 134;
  return outOfMemory ? `the evaluation needed more than ${memoryMb} MB of memory` : "the evaluation failed";
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
