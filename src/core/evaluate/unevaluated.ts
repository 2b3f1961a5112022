import type { Facts } from "../facts.ts";
import { invariantIds } from "../invariants.ts";
import { enforcedBy, haltRequirements, haltsOn } from "../requirements/halt.ts";
import type { Evaluation, PolicyUsed, Program } from "./evaluation.ts";

/**
 * The evaluation of a change that could not be evaluated (out of time, out of memory, a fault of ours): it holds, with the reason
 * as a Gap that only another evaluation lifts. Its failure must not be a way to pass, nor may it look like a finding. Who wrote it is
 * not known, so whatever is halted where it would land stops it.
 */
export function unevaluated(
  facts: Facts,
  used: PolicyUsed,
  reason: string,
  nowMs: number,
  program: Program,
): Evaluation {
  const halts = haltsOn(facts.decided.halts, facts.subject, null);
  return {
    subject: facts.subject,
    baseRef: facts.base.ref,
    baseIsDefault: facts.base.isDefault,
    baseSha: facts.base.sha,
    headSha: facts.head.sha,
    mergeBaseSha: facts.mergeBaseSha,
    evaluatedAtMs: nowMs,
    policy: enforcedBy(halts, used),
    policyChange: null,
    verdict: halts.length === 0 ? "hold" : "block",
    risk: { tier: "high", because: ["missing evidence"] },
    provenance: { author: "agent", agents: [], signals: [], invokers: [], invokerKnown: false },
    appeared: [],
    reach: [],
    kinds: [],
    areas: [],
    plan: { declared: { kind: "none" }, before: null, template: null },
    terraformPlans: [],
    plansAccepted: [],
    invariants: invariantIds.map((invariant) => ({ invariant, level: "block", result: "not_examined", findings: [] })),
    findings: [],
    gaps: [
      {
        id: "not-evaluated",
        level: "hold",
        path: null,
        side: "head",
        line: null,
        reason,
        remedy: "It is tried again by itself. If it stays, make the change smaller or tell whoever runs Sallyport.",
        overridden: null,
      },
    ],
    overriding: [],
    brokenGlass: [],
    requirements: haltRequirements(halts, "UTC"),
    shortages: [],
    restore: null,
    bakes: [],
    spending: null,
    next: { actor: "operator", action: "wait", do: `It is tried again by itself: ${reason}.`, atMs: null },
    nextLookMs: null,
    patch: null,
    readings: [],
    files: {
      changed: facts.change.files.filter((file) => file.status !== "unchanged").length,
      additions: 0,
      deletions: 0,
    },
    title: facts.pullRequest.title,
    timezone: "UTC",
    unknowable: facts.unknowable,
    conduct: null,
    signposts: null,
    posture: facts.posture,
    ...program,
  };
}
