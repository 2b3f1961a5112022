import type { Finding, JudgedGap, PolicyUsed } from "../evaluate/evaluation.ts";
import type { Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { subjectId } from "../subject.ts";
import type { Conduct, Strike } from "./breakers.ts";

/** Done to this pull request by the account itself. A commit that GitHub signed for an agent can be pushed again by anybody. */
const own: ReadonlySet<string> = new Set(["opener", "work started", "last pusher"]);

/**
 * Agents that can be held to account, so that no stranger halts them: GitHub attests that they had a hand in it, and whoever opened it may
 * write here, or is one of them. What comes from a fork counts for nobody, and neither does an agent that is only named, in a trailer, a
 * label or the name of a branch.
 */
export function accountable(
  { head, pullRequest, people, writers }: Pick<Facts, "head" | "pullRequest" | "people" | "writers">,
  { author, signals }: Pick<Provenance, "author" | "signals">,
): readonly string[] {
  if (author !== "agent" || head.fromFork) return [];
  const attested = signals.filter(({ trust, kind }) => trust === "attested" && own.has(kind));
  const mayWrite = [...people, ...(writers ?? [])].some(
    ({ account, permission }) =>
      account.id === pullRequest.author.id && (permission === "write" || permission === "admin"),
  );
  if (!mayWrite && !attested.some(({ kind }) => kind === "opener")) return [];
  return [...new Set(attested.map(({ agent }) => agent))];
}

/** Null: nobody can be held to account for it, or the policy only observes. */
export function conductOf(
  facts: Facts,
  {
    provenance,
    findings,
    gaps,
  }: {
    readonly provenance: Provenance;
    readonly findings: readonly Omit<Finding, "fix">[];
    readonly gaps: readonly JudgedGap[];
  },
  policy: Pick<Policy, "halt" | "alarms">,
  { mode }: Pick<PolicyUsed, "mode">,
  nowMs: number,
): Conduct | null {
  const agents = accountable(facts, provenance);
  if (agents.length === 0 || mode === "observe") return null;
  const subject = subjectId(facts.subject);
  const atMs = standsSinceMs(facts, nowMs);
  const open = findings.filter(({ waived, overridden }) => waived === null && overridden === null);
  const edits = open.filter(({ rule, level }) => rule === "guardrail-edited" && level !== "observe");
  const isBlocked =
    open.some(({ level }) => level === "block") ||
    gaps.some(({ level, overridden }) => level === "block" && overridden === null);
  const strikes = agents.flatMap((agent): readonly Strike[] => {
    const common = { installationId: facts.subject.installationId, agent, atMs };
    return [
      // A head counts once, whatever blocks it and however often it is looked at.
      ...(isBlocked
        ? [{ ...common, breaker: "blocks_per_hour" as const, id: `block/${subject}/${facts.head.sha}/${agent}` }]
        : []),
      // The id of a finding stays over pushes: an edit that was dealt with does not count anew with every head.
      ...edits.map(({ id }) => ({
        ...common,
        breaker: "guardrail_edit" as const,
        id: `guardrail_edit/${subject}/${id}/${agent}`,
      })),
    ];
  });
  return { agents, strikes, tripOn: policy.halt.tripOn, reportTo: policy.alarms.issues };
}

/**
 * Since when this head stands for this base, as near as that is known: what a new policy, a new installation or a long backlog finds is as
 * old as it is. A head that follows one we have reported on came since.
 */
function standsSinceMs({ publications, head, base, pullRequest }: Facts, nowMs: number): number {
  const here = publications.find(({ headSha, baseRef }) => headSha === head.sha && baseRef === base.ref);
  if (here !== undefined) return here.publishedAtMs;
  if (publications.length > 0) return nowMs;
  return Math.max(pullRequest.openedAtMs, pullRequest.retargetedAtMs ?? 0);
}
