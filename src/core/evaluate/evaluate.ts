import { byCodeUnits } from "../../lib/order.ts";
import { conductOf } from "../breakers/conduct.ts";
import type { ChangeSet } from "../change/change-set.ts";
import { untoldOf } from "../dependencies/advised.ts";
import { patchOf } from "../change/hunks.ts";
import { landsAsWritten } from "../change/landing.ts";
import { wasScanned } from "../evidence/scanned.ts";
import type { Facts } from "../facts.ts";
import { growthWindowsMs } from "../past/growth.ts";
import { nextToLeaveMs } from "../past/past.ts";
import type { Policy } from "../policy/schema.ts";
import { newHere } from "../requirements/autonomy.ts";
import { enforcedBy } from "../requirements/halt.ts";
import { askingOf } from "./asking.ts";
import { invariantResults, nextOf, verdictOf } from "./conclude.ts";
import type { Evaluation, Finding, Fix } from "./evaluation.ts";
import type { UntriedFinding } from "./findings.ts";
import { applyEdits } from "./fix.ts";
import type { Input } from "./input.ts";
import { planTold, rulesWith } from "./plan.ts";
import { acceptedOf } from "../terraform-plan/memory.ts";
import type { Scope } from "./scope.ts";
import { planIn, sightOf } from "./sight.ts";
import { signpostsOf } from "./signposts.ts";

/** A judgement whose fixes have not been tried: who acts next depends on whether there is one. */
interface Draft {
  readonly scope: Scope;
  readonly outcome: Omit<Evaluation, "findings" | "next">;
  readonly findings: readonly UntriedFinding[];
}

/** Each fix that is tried costs another judgement of the whole change; nobody applies more patches than this by hand. */
const fixesTried = 20;

/** The one place that mints a verdict. Fixes are tried by evaluating the change with each of them applied, the worst first. */
export function evaluate(input: Input): Evaluation {
  const draft = judge(input);
  const { outcome, scope } = draft;
  const fixable = new Set(draft.findings.filter(({ edits }) => edits !== undefined).slice(0, fixesTried));
  const findings = draft.findings.map((finding): Finding => {
    const { edits, acceptedBy: _, about: __, ...rest } = finding;
    return { ...rest, fix: edits !== undefined && fixable.has(finding) ? tryFix(edits, draft, input) : null };
  });
  return { ...outcome, findings, next: nextOf(outcome.verdict, findings, outcome.gaps, outcome.requirements, scope) };
}

function judge(input: Input): Draft {
  const { facts, policy, policyChange, nowMs } = input;
  const sight = sightOf(input);
  const { provenance, scope, reach, kinds, declared, bakes, areas, risk } = sight;
  const asking = askingOf(input, sight);
  const { findings, gaps, requirements, ofPlan, lifting, tooMuch } = asking;
  const verdict = verdictOf(findings, gaps, requirements);
  const outcome = {
    subject: facts.subject,
    baseRef: facts.base.ref,
    baseIsDefault: facts.base.isDefault,
    baseSha: facts.base.sha,
    headSha: facts.head.sha,
    mergeBaseSha: facts.mergeBaseSha,
    evaluatedAtMs: nowMs,
    policy: enforcedBy(asking.halts, input.used),
    policyChange,
    verdict,
    risk,
    provenance,
    appeared: newHere(provenance, facts),
    reach: reach.files,
    kinds,
    areas,
    plan: planTold(declared, ofPlan, facts, reach, kinds),
    terraformPlans: sight.views.terraformPlans.plans,
    plansAccepted: acceptedOf(sight.views.terraformPlans, findings, facts.plansBefore),
    invariants: invariantResults(
      rulesWith(planIn(declared), wasScanned(facts), input.rules),
      findings,
      requirements,
      policy,
      scope,
    ),
    gaps,
    overriding: lifting.answers,
    brokenGlass: lifting.brokenGlass,
    requirements,
    shortages: tooMuch.map(({ requirement: { id }, excess }) => {
      return { id, excess, overridden: lifting.lifted.get(id) ?? null };
    }),
    bakes,
    spending: asking.spending,
    conduct: conductOf(facts, { provenance, findings, gaps }, policy, input.used, nowMs),
    restore: asking.restore,
    nextLookMs: nextLook(
      policy,
      [lifting.nextEndMs, nextForGrowth(facts, policy, nowMs), ...requirements.map(({ laterMs }) => laterMs)],
      nowMs,
    ),
    patch: asking.patch,
    readings: asking.given.readings,
    files: asking.files,
    title: facts.pullRequest.title,
    timezone: policy.timezone,
    unknowable: [...facts.unknowable, ...untoldOf(facts.advised)],
    signposts: signpostsOf({ scope, tier: risk.tier, verdict, requirements, provenance }, facts, policy),
    posture: facts.posture,
    ...input.program,
  };
  return { scope, outcome, findings };
}

/** Waivers end, a broken glass does, less becomes enough, and freezes open and close: at moments that no event announces. */
function nextLook(policy: Policy, others: readonly (number | null)[], nowMs: number): number | null {
  const moments = [...policy.waivers.map((waiver) => waiver.untilMs), ...others.filter((moment) => moment !== null)];
  const ahead = moments.filter((moment) => moment > nowMs);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/** A value that the base held grows too old to be measured against. */
function nextForGrowth({ past }: Facts, policy: Policy, nowMs: number): number | null {
  if (past.kind !== "known") return null;
  const moments = growthWindowsMs(policy).map((withinMs) => nextToLeaveMs(past, withinMs, nowMs));
  const ahead = moments.filter((moment) => moment !== null);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/**
 * The fix would be a push: approvals and overrides of this head are none of the next one. None is offered for a file that the merge changes
 * further: what fits its result does not fit the head.
 */
function tryFix(edits: Fix["edits"], draft: Draft, input: Input): Fix | null {
  const { change: written, landing: lands } = input.facts;
  const change = applyEdits(written, edits);
  const landing = lands === null ? null : applyEdits(lands, edits);
  if (change === null || (lands !== null && landing === null)) return null;
  if (lands !== null && !edits.every(({ path }) => landsAsWritten(path, { written, landing: lands }))) return null;
  const reviews = input.facts.reviews.filter(({ state }) => state !== "APPROVED");
  const decided = { ...input.facts.decided, overrides: [] };
  const after = judge({ ...input, facts: { ...input.facts, change, landing, reviews, decided } });
  const before = openIds(draft);
  const now = openIds(after);
  return {
    edits,
    patch: patchBetween(input.facts.change, change, edits),
    after: {
      verdict: after.outcome.verdict,
      clears: before.filter((id) => !now.includes(id)),
      adds: now.filter((id) => !before.includes(id)),
    },
  };
}

function openIds({ findings, outcome }: Draft): readonly string[] {
  return [
    ...findings.filter((finding) => finding.level !== "observe" && finding.waived === null).map(({ id }) => id),
    ...outcome.gaps.map(({ id }) => id),
  ];
}

function patchBetween(before: ChangeSet, after: ChangeSet, edits: Fix["edits"]): string {
  const paths = [...new Set(edits.map((edit) => edit.path))].sort(byCodeUnits);
  return paths.map((path) => patchOf(path, textAt(before, path), textAt(after, path))).join("");
}

function textAt(change: ChangeSet, path: string): string {
  const content = change.files.find((file) => file.path === path)?.after?.content;
  return content?.kind === "text" ? content.text : "";
}
