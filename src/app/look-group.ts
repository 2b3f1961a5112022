import { checkNameOn } from "../core/check-name.ts";
import type { Halt } from "../core/decisions/decision.ts";
import type { Entry } from "../core/ledger/entry.ts";
import { budgeted } from "../core/evaluate/budgeted.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { groupPasses } from "../core/evaluate/merge-group.ts";
import { reachesBackMs } from "../core/requirements/booking.ts";
import { type MergeGroupSubject, subjectId } from "../core/subject.ts";
import { bounded, during, type Held, leftMs, type LoopLimits, type LoopPorts } from "./held.ts";
import type { CollectedGroup, Target } from "./ports.ts";
import { publishOnGroup } from "./publish.ts";
import { remembered } from "./remembered.ts";

/**
 * One look at a merge group. Its run passes if every member is allowed to land as the queue's commits would land it. After a few
 * attempts that came to nothing it fails: no answer would stall everything behind it.
 */
export async function lookAtGroup(
  held: Held,
  subject: MergeGroupSubject,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<{ readonly entry: Entry; readonly nextLookMs: number | null }> {
  const { repository, headSha, baseSha, baseRef, baseIsDefault } = subject;
  const target: Target = { repository, headSha, checkName: checkNameOn(baseRef, baseIsDefault) };
  const say = async (judged: Judged | null): Promise<Entry> => {
    const evaluations = judged?.evaluations ?? null;
    const statement = { kind: "merge_group", evaluations } as const;
    const { runId, wrote } = await publishOnGroup(held, { subject, target, statement, judged }, ports, limits);
    const members = (evaluations ?? []).map((each) => ({
      number: each.subject.number,
      headSha: each.headSha,
      verdict: each.verdict,
      mode: each.policy.mode,
      policyDigest: each.policy.digest,
    }));
    const passes = groupPasses(evaluations ?? []);
    return { kind: "merge_group", atMs: ports.clock.now(), headSha, baseSha, passes, members, runId, wrote };
  };
  if (held.claim.attempts > limits.groupAttempts) return { entry: await say(null), nextLookMs: null };
  const collected = await during("collect", () =>
    bounded([held.stopping], limits.collectMs, (signal) => ports.groups.collectGroup(subject, signal)),
  );
  switch (collected.kind) {
    case "gone": {
      const { because } = collected;
      // What was merged stands on the base, where a failure would be read as one of the branch.
      if (because === "deleted") {
        await publishOnGroup(held, { subject, target, statement: { kind: "superseded" }, judged: null }, ports, limits);
      }
      const withdrawnFrom = because === "deleted" ? [headSha] : [];
      return { entry: { kind: "gone", atMs: ports.clock.now(), because, withdrawnFrom }, nextLookMs: null };
    }
    case "members": {
      const judged = await judge(held, collected.members, ports, limits);
      const nowMs = ports.clock.now();
      const wishes = judged.evaluations.map(({ nextLookMs }) => nextLookMs).filter((wish) => wish !== null);
      const nextLookMs = Math.max(Math.min(...wishes, nowMs + limits.groupResyncMs), nowMs + 1_000);
      return { entry: await say(judged), nextLookMs };
    }
  }
}

/** The members, and the halts that each was judged by at least. */
interface Judged {
  readonly evaluations: readonly Evaluation[];
  readonly knownHalts: readonly Halt[];
}

async function judge(
  held: Held,
  members: Extract<CollectedGroup, { kind: "members" }>["members"],
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Judged> {
  const knownHalts = await ports.decisions.halts(held.claim.subject.installationId);
  const alone: Evaluation[] = [];
  for (const { facts, policies } of members) {
    const all = await remembered(facts, ports);
    const evaluation = await during("evaluate", () =>
      bounded([held.stopping], leftMs(held, ports, limits) - limits.publishMs, () =>
        ports.evaluator.evaluate(all, policies, ports.clock.now()),
      ),
    );
    alone.push(evaluation);
  }
  const starts = alone.flatMap(({ spending, evaluatedAtMs }) =>
    spending === null ? [] : [evaluatedAtMs - reachesBackMs(spending)],
  );
  let books = starts.length === 0 ? [] : await ports.books.of(held.claim.subject.installationId, Math.min(...starts));
  const evaluations: Evaluation[] = [];
  for (const evaluation of alone) {
    // Members hold places already, or nothing queued them: one that holds none counts for those behind it, and is not written down.
    const id = subjectId(evaluation.subject);
    const placed = budgeted(evaluation, books);
    if (placed.booking !== null) books = [...books.filter(({ subject }) => subjectId(subject) !== id), placed.booking];
    evaluations.push(placed.evaluation);
  }
  return { evaluations, knownHalts };
}
