import type { Entry } from "../core/ledger/entry.ts";
import type { Subject, SweepSubject } from "../core/subject.ts";
import { bounded, during, type Held, type LoopLimits, type LoopPorts } from "./held.ts";
import type { Page } from "./ports.ts";

/** A listing that has no end is a fault of the lister; this many pages of a hundred are beyond anything real. */
const PAGES_LIMIT = 10_000;

/**
 * Lists what the sweep stands for and marks it, page by page: the open pull requests of a repository, or the repositories of an
 * installation. Marks are harmless to repeat, so a sweep that fails half way starts again.
 */
export async function sweep(held: Held, subject: SweepSubject, ports: LoopPorts, limits: LoopLimits): Promise<Entry> {
  let marked = 0;
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_LIMIT; pages++) {
    const from: string | null = cursor;
    const { items, next }: Page<Subject> = await during("sweep", () =>
      bounded([held.stopping], limits.collectMs, (signal) => ports.lister.page(subject, from, signal)),
    );
    await ports.queue.mark(items, ports.clock.now());
    marked += items.length;
    if (next === null) return { kind: "swept", atMs: ports.clock.now(), marked };
    cursor = next;
  }
  throw new Error(`A sweep stopped after ${PAGES_LIMIT} pages: the listing has no end.`);
}
