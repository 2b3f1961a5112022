import { aroundOf } from "../core/around/around.ts";
import type { Entry } from "../core/ledger/entry.ts";
import { type BranchSubject, subjectId } from "../core/subject.ts";
import { bounded, during, type Held, type LoopLimits, type LoopPorts } from "./held.ts";

/** Entries of one branch that are read back to find the last look that ended well. */
const entriesLimit = 100;

/**
 * Looks through what moved a branch since the last look, for what went around the gate. That cannot be undone from here: it is
 * recorded and logged.
 */
export async function watch(
  held: Held,
  subject: BranchSubject,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<{ readonly entry: Entry; readonly nextLookMs: number | null }> {
  const before = (await ports.ledger.bySubject(subject, entriesLimit)).find(({ entry }) => entry.kind === "around");
  const seenId = before?.entry.kind === "around" ? before.entry.seenId : null;
  const collected = await during("collect", () =>
    bounded([held.stopping], limits.collectMs, (signal) => ports.branches.collect(subject, seenId, signal)),
  );
  const nowMs = ports.clock.now();
  const seen = { kind: "around", atMs: nowMs, repositoryId: subject.repository.id } as const;
  switch (collected.kind) {
    case "unwatched":
      return { entry: { ...seen, seenId, complete: true, ways: [] }, nextLookMs: null };
    case "branch": {
      const ways = [...aroundOf(collected.facts)];
      const id = subjectId(subject);
      for (const way of ways) ports.log.warn({ subject: id, ...way }, "a change went around the gate");
      if (!collected.complete) {
        ports.log.warn({ subject: id }, "a branch has moved too often to tell all that went around the gate");
      }
      const entry: Entry = { ...seen, seenId: collected.seenId, complete: collected.complete, ways };
      return { entry, nextLookMs: collected.upToDate ? null : nowMs + limits.resyncMs };
    }
  }
}
