import { withEffects } from "../core/evaluate/effects.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import type { Verdict } from "../core/evaluate/verdict.ts";
import type { Facts } from "../core/facts.ts";
import { type PullRequestSubject, subjectId } from "../core/subject.ts";
import { findEffects, knownEffects } from "./effects.ts";
import type { Held, LoopLimits, LoopPorts } from "./held.ts";
import type { Target } from "./ports.ts";
import { publishEvaluation } from "./publish.ts";

/** What a look has judged, and on what. */
export interface Judged {
  readonly target: Target;
  readonly evaluation: Evaluation;
  readonly siblings: readonly PullRequestSubject[];
  readonly facts: Facts;
}

/** How it was published, as the ledger keeps it. */
interface Sent {
  readonly shared: Verdict;
  readonly runId: number | null;
  readonly wrote: boolean;
  readonly publishedAtMs: number;
}

/** `sent`: null where the same verdict stands already. `complete`: nothing is left to say. */
export type SentVerdict =
  | { readonly complete: true; readonly sent: Sent }
  | { readonly complete: false; readonly sent: Sent | null };

/** Publishes an evaluation. What a change of the policy would do to other pull requests is left to `publishEffects` where it is not known. */
export async function publishVerdict(
  held: Held,
  judged: Judged,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<SentVerdict> {
  const { evaluation } = judged;
  if (evaluation.policyChange === null) return { complete: true, sent: await send(held, judged, ports, limits) };
  const known = knownEffects(judged, ports);
  if (known === null && (await stands(held, judged, ports))) return { complete: false, sent: null };
  const effects = known ?? { kind: "untold", because: "that is being found out" };
  const said = { ...judged, evaluation: withEffects(evaluation, effects) };
  return { complete: known !== null, sent: await send(held, said, ports, limits) };
}

/** Finds out what is left to say, and publishes that. Where a verdict was sent before, no failure here is one of the look. */
export async function publishEffects(
  held: Held,
  judged: Judged,
  verdict: SentVerdict,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Sent> {
  if (verdict.complete) return verdict.sent;
  const effects = await findEffects(held, judged, ports, limits);
  const said = { ...judged, evaluation: withEffects(judged.evaluation, effects) };
  const { sent: before } = verdict;
  if (before === null) return await send(held, said, ports, limits);
  try {
    const { shared, runId } = await send(held, said, ports, limits);
    // Approvals are for what was judged, and that was shown the first time.
    return { ...before, shared, runId };
  } catch (error) {
    const subject = subjectId(judged.evaluation.subject);
    ports.log.warn({ error, subject }, "a report is left without what a change of the policy would do");
    return before;
  }
}

async function send(
  held: Held,
  { target, evaluation, siblings, facts }: Judged,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Sent> {
  const isArmed = facts.pullRequest.autoMergeArmedBy !== null;
  const at = { target, evaluation, siblings, knownHalts: facts.decided.halts, isArmed };
  const { shared, runId, wrote } = await publishEvaluation(held, at, ports, limits);
  return { shared: shared.verdict, runId, wrote, publishedAtMs: ports.clock.now() };
}

/** Whether this verdict was published before. After a crash that is not certain, and siblings may make another of it. */
async function stands(held: Held, { target, evaluation, siblings }: Judged, ports: LoopPorts): Promise<boolean> {
  if (held.claim.attempts > 1 || siblings.length > 0) return false;
  return (await ports.judgements.of(evaluation.subject)).some(
    ({ target: on, verdict, mode }) =>
      on.headSha === target.headSha &&
      on.checkName === target.checkName &&
      verdict === evaluation.verdict &&
      mode === evaluation.policy.mode,
  );
}
