import { fork } from "node:child_process";
import type { EvidenceReader } from "../../app/ports.ts";
import type { ReadEvidence } from "../../core/evidence/read.ts";

export interface ReaderLimits {
  /** For one reading, the start of its process included. */
  readonly readingMs: number;
  /** Heap of the process, in MiB. */
  readonly memoryMb: number;
  /** Readings that wait for the one that is under way. More are refused. */
  readonly waiting: number;
}

/** What the process of one reading is given. */
export interface ReadingRequest {
  readonly kind: "plan" | "findings";
  readonly text: string;
}

/** There is no room for one more reading now: the sender is to try again. */
export class ReaderCrowded extends Error {
  override readonly name = "ReaderCrowded";
}

/**
 * Reads evidence in a process of its own, one after the other: a plan of the size that is taken keeps a processor busy for a second, and
 * a hostile one may do so for longer. What takes too long or too much is unreadable. `worker` is the module of that process.
 */
export function createReader(worker: URL, limits: ReaderLimits): EvidenceReader {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    read: async (kind, text) => {
      if (waiting > limits.waiting) throw new ReaderCrowded("Cannot read evidence now: others wait already.");
      waiting += 1;
      const before = last;
      const turn = before.then(() => readApart(worker, { kind, text }, limits));
      // Whoever comes next waits for this one to end, however it ends: `readApart` does not reject.
      last = turn;
      try {
        return await turn;
      } finally {
        waiting -= 1;
      }
    },
  };
}

function readApart(worker: URL, request: ReadingRequest, limits: ReaderLimits): Promise<ReadEvidence> {
  return new Promise((resolve) => {
    const process = fork(worker, {
      // Without the environment: the secrets in it are no business of code that reads what others wrote.
      env: {},
      execArgv: [`--max-old-space-size=${limits.memoryMb}`],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const end = (read: ReadEvidence): void => {
      clearTimeout(late);
      process.kill("SIGKILL");
      resolve(read);
    };
    const late = setTimeout(
      () => end(unread(`reading it took longer than ${limits.readingMs / 1_000} s`)),
      limits.readingMs,
    );
    // The other end is `src/reading.ts`, which sends nothing else.
    process.once("message", (read) => end(read as ReadEvidence));
    process.once("error", () => end(unread("reading it failed")));
    process.once("exit", () => end(unread(`reading it failed, or needed more than ${limits.memoryMb} MiB of memory`)));
    process.send(request, (error) => {
      if (error !== null) end(unread("reading it failed"));
    });
  });
}

function unread(because: string): ReadEvidence {
  return {
    kind: "unreadable",
    because,
    remedy: "Send less at once: split the root configuration, or scan fewer files.",
  };
}
