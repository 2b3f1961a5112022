import { byCodeUnits } from "../../lib/order.ts";
import { conductOf } from "../breakers/conduct.ts";
import { type ChangeSet, changed, type Gap } from "../change/change-set.ts";
import { lineCount, patchDigest, patchOf } from "../change/hunks.ts";
import { joined, type Landing, landsAsWritten, placeWritten } from "../change/landing.ts";
import type { Facts } from "../facts.ts";
import { amountsOf } from "../amounts/amounts.ts";
import { areasEntered, computeKinds } from "../kinds/kinds.ts";
import { statefulDeletions } from "../kinds/stateful.ts";
import { formerValues, growthWindowsMs } from "../past/growth.ts";
import { nextToLeaveMs } from "../past/past.ts";
import { planGaps } from "../plan/gaps.ts";
import { marksIn } from "../plan/plan.ts";
import { readPlan } from "../plan/read.ts";
import { type PolicyChange, policyChangeGaps } from "../policy/proposed.ts";
import type { Policy } from "../policy/schema.ts";
import { detect, provenanceGaps } from "../provenance/detect.ts";
import { computeReach } from "../reach/compute.ts";
import type { ReachMap } from "../reach/reach.ts";
import { sharedModules } from "../reach/shared.ts";
import { approvals, objections } from "../requirements/approvals.ts";
import { autoMerge } from "../requirements/auto-merge.ts";
import { autonomyOf, newHere } from "../requirements/autonomy.ts";
import { armedMeanwhile, bakeAsks, bakeGaps, bakeRequirements, bakesOf, unmet } from "../requirements/bake.ts";
import { tooMuchAtOnce } from "../requirements/budget.ts";
import { declaredPlan } from "../requirements/declared-plan.ts";
import { enforcedBy, haltRequirements, haltsOn, whoWrote } from "../requirements/halt.ts";
import { freezes } from "../requirements/freeze.ts";
import { operations } from "../requirements/operation.ts";
import { ownIdentity } from "../requirements/own-identity.ts";
import { policyChangeRequirements } from "../requirements/policy-change.ts";
import { pushesPerFinding } from "../requirements/pushes.ts";
import { opinions } from "../requirements/eligibility.ts";
import { type Liftable, mayLiftGap, overrides, wordsOn } from "../requirements/overrides.ts";
import { restoring } from "../requirements/restore.ts";
import { liftedBy, restoreTold, skipsBake, withRestore } from "../requirements/restored.ts";
import { shownBy } from "../requirements/reports.ts";
import { asked as askedBy, type Short } from "../requirements/shortage.ts";
import { spendingOf, sumGaps } from "../requirements/spending.ts";
import { tickets } from "../requirements/ticket.ts";
import type { Rule } from "../rule.ts";
import type { Tools } from "../syntax.ts";
import { builders, buildViews, type Views } from "../views/views.ts";
import { assessRisk } from "./assess-risk.ts";
import { invariantResults, nextOf, verdictOf } from "./conclude.ts";
import { demands } from "./demands.ts";
import {
  type Evaluation,
  type Finding,
  type Fix,
  notAsked,
  type Overridden,
  type PolicyUsed,
  type Program,
  type Requirement,
} from "./evaluation.ts";
import { observe, type Observed, treatmentOf, type UntriedFinding } from "./findings.ts";
import { applyEdits } from "./fix.ts";
import { planTold, rulesWith } from "./plan.ts";
import { ruleContext } from "./rule-context.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { signpostsOf } from "./signposts.ts";

/** Everything an evaluation depends on. The same input gives the same evaluation, byte for byte. */
export interface Input {
  readonly facts: Facts;
  readonly policy: Policy;
  /** `PolicyReading.above`: by which what reaches nobody knows where is judged too. */
  readonly above: Policy | null;
  readonly used: PolicyUsed;
  /** Why policy files could not be used, as sentences; `policy` is what stands in for them then. */
  readonly policyErrors: readonly string[];
  readonly policyChange: PolicyChange | null;
  readonly rules: readonly Rule[];
  readonly tools: Tools;
  readonly nowMs: number;
  readonly program: Program;
}

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
  const both = { written: facts.change, landing: facts.landing ?? facts.change };
  const built = buildViews(both.landing, input.tools);
  const touched = joined(both.written, both.landing);
  const views = { ...built.views, paths: builders.paths(touched, input.tools).view };
  const lands = joined(both.landing, both.written);
  const reach = reachOf(input, lands, views);
  const provenance = detect(facts, policy);
  const scope = scopeOf(provenance, policy, reach, policyChange);
  const kinds = computeKinds(lands, views).map((evidence) => lineWritten(evidence, both));
  const declared = readPlan(facts.pullRequest.body);
  const plan = declared.kind === "declared" ? declared.plan : null;
  const formerly = formerValues(facts.past, both.landing, input.tools.memo, nowMs);
  const context = ruleContext(policy, reach, facts.base.ref, { plan, kinds, formerly });
  const observed = asWritten(observe(input.rules, views, context, policy, scope, nowMs), input.rules, both);
  const amounts = amountsOf(views, [...facts.gaps, ...built.gaps], context);
  const bakes = bakesOf({ facts, landing: both.landing, reach, scope, policy, tools: input.tools, nowMs });
  const gaps = sortGaps([
    ...facts.gaps,
    ...sumGaps(provenance, amounts, policy),
    ...bakeGaps(bakes),
    ...[...built.gaps, ...reach.gaps].map((gap) => lineWritten(gap, both)),
    ...observed.gaps,
    ...policyChangeGaps(policyChange),
    ...planGaps(declared),
    ...(scope === "full" ? provenanceGaps(facts) : policyGaps(input.policyErrors)),
  ]);
  const areas = areasEntered(
    kinds,
    changed(touched).map(({ path }) => path),
    policy.areas,
  );
  const deletions = statefulDeletions(views);
  const risk = assessRisk(reach, kinds, areas, deletions, observed.findings, gaps, policy);
  const patch = patchDigest(facts.change);
  const files = sizeOf(facts.change);
  const grounds = {
    facts,
    provenance,
    policy,
    shown: { ...shownBy(observed.findings, gaps), patch, plan: marksIn(declared) },
    tier: risk.tier,
    lines: files.additions + files.deletions,
    nowMs,
  };
  const given = opinions(grounds);
  const words = wordsOn(grounds, nowMs);
  const rooms = capacityHolds(input) ? amounts.rooms : [];
  const modules = sharedModules(lands, views, reach);
  const spending = spendingOf({ facts, provenance, reach: reach.files, amounts, modules, rooms, policy, words });
  const tooMuch = tooMuchAtOnce(spending);
  const lifting = overrides(liftable(observed.findings, gaps, tooMuch, unmet(bakes)), words, nowMs);
  const findings = observed.findings.map((one) => ({ ...one, overridden: lifting.lifted.get(one.id) ?? null }));
  const deeds = { change: lands, reach, kinds, kubernetes: views.kubernetes, findings };
  const gapsBut = (lifted: ReadonlyMap<string, Overridden>) =>
    gaps.map((gap) => ({ ...gap, overridden: lifted.get(gap.id) ?? null }));
  const grant = autonomyOf({ ...deeds, gaps: gapsBut(lifting.lifted), facts, provenance, policy, nowMs });
  const { leastPeople } = grant;
  const identity = ownIdentity(facts, provenance, policy);
  const asksBut = (lifted: ReadonlyMap<string, Overridden>) => [
    ...demands({ scope, risk, reach, areas, findings, gaps: gapsBut(lifted), provenance, leastPeople, policy }),
    ...identity.asks,
    ...bakeAsks(bakes, new Set(lifted.keys()), policy),
    ...pushesPerFinding(shownBy(findings, gaps).findings, facts, provenance, policy),
  ];
  const restore = restoring({ ...input, reach, kinds, deletions, gaps });
  const missed = bakeGaps(bakes).map(({ id }) => id);
  const told = restoreTold(restore, (lift) => asksBut(liftedBy(lift, missed, lifting.lifted)), given, grounds);
  const lifted = told?.approved === true ? liftedBy(told, missed, lifting.lifted) : lifting.lifted;
  const [judgedGaps, asks] = [gapsBut(lifted), asksBut(lifted)];
  const halts = haltsOn(facts.decided.halts, facts.subject, whoWrote(provenance, facts.gaps));
  const asked = declaredPlan(declared, provenance, policy);
  const baking = bakeRequirements(bakes, lifting.lifted, policy.timezone);
  const others = [
    ...haltRequirements(halts, policy.timezone),
    ...(scope === "full" ? readablePolicy(input.policyErrors) : []),
    ...freezes({ facts, reach, provenance, policyChange, policy, nowMs }),
    ...operations({ facts, reach, kinds, scope, policy, nowMs }),
    ...grant.requirements,
    ...identity.requirements,
    ...approvals(asks, given, grounds),
    ...policyChangeRequirements(policyChange, given, facts, provenance, policy),
    ...(scope === "full" || policyChange !== null ? objections(given) : []),
    ...asked,
    ...tickets({ facts, scope, areas, provenance, policy }),
    ...baking,
    ...armedMeanwhile(autoMerge(facts, provenance, grant.mayStayArmed, policy), skipsBake(told) ? [] : baking),
    ...tooMuch.map((one) => askedBy(one, lifting.lifted.get(one.requirement.id) ?? null)),
  ];
  const withoutRun = missed.some((id) => !lifting.lifted.has(id));
  const requirements = withRestore(others, restore, told, policy, withoutRun);
  const verdict = verdictOf(findings, judgedGaps, requirements);
  const outcome = {
    subject: facts.subject,
    baseRef: facts.base.ref,
    baseIsDefault: facts.base.isDefault,
    baseSha: facts.base.sha,
    headSha: facts.head.sha,
    mergeBaseSha: facts.mergeBaseSha,
    evaluatedAtMs: nowMs,
    policy: enforcedBy(halts, input.used),
    policyChange,
    verdict,
    risk,
    provenance,
    appeared: newHere(provenance, facts),
    reach: reach.files,
    kinds,
    areas,
    plan: planTold(declared, asked, facts, reach, kinds),
    invariants: invariantResults(rulesWith(plan, input.rules), findings, requirements, policy, scope),
    gaps: judgedGaps,
    overriding: lifting.answers,
    brokenGlass: lifting.brokenGlass,
    requirements,
    shortages: tooMuch.map(({ requirement: { id }, excess }) => {
      return { id, excess, overridden: lifting.lifted.get(id) ?? null };
    }),
    bakes,
    spending,
    conduct: conductOf(facts, { provenance, findings, gaps: judgedGaps }, policy, input.used, nowMs),
    restore: told,
    nextLookMs: nextLook(
      policy,
      [lifting.nextEndMs, nextForGrowth(facts, policy, nowMs), ...requirements.map(({ laterMs }) => laterMs)],
      nowMs,
    ),
    patch,
    readings: given.readings,
    files,
    title: facts.pullRequest.title,
    timezone: policy.timezone,
    unknowable: facts.unknowable,
    signposts: signpostsOf({ scope, tier: risk.tier, verdict, requirements, provenance }, facts, policy),
    posture: facts.posture,
    ...input.program,
  };
  return { scope, outcome, findings };
}

/** A repository's names add to what a change reaches; they take away "nobody knows" only where the organisation lets them. */
function reachOf({ facts, policy, above }: Input, change: ChangeSet, views: Views): ReachMap {
  const reach = computeReach(change, views, policy, facts.base.ref);
  if (above === null) return reach;
  const unresolved = new Set(
    computeReach(change, views, above, facts.base.ref).files.flatMap((file) => (file.unresolved ? file.path : [])),
  );
  return {
    ...reach,
    files: reach.files.map((file) => ({ ...file, unresolved: file.unresolved || unresolved.has(file.path) })),
  };
}

/** Places in the merge result, which nobody sees, as places in what people see. Rules on paths look at that already. */
function asWritten({ findings, gaps }: Observed, rules: readonly Rule[], both: Landing): Observed {
  const onPaths = new Set(rules.filter((rule) => rule.needs === "paths").map(({ id }) => id));
  return {
    findings: findings.map((finding) =>
      onPaths.has(finding.rule) ? finding : { ...finding, place: placeWritten(finding.place, both) },
    ),
    gaps: gaps.map((gap) => lineWritten(gap, both)),
  };
}

function lineWritten<T extends Pick<Gap, "path" | "side" | "line">>(one: T, both: Landing): T {
  const { path, side, line } = one;
  return path === null || line === null ? one : { ...one, line: placeWritten({ path, side, line }, both).line };
}

/** One gap for each id: a file that two views cannot read is missing once, at the worse of the two levels. */
function sortGaps(gaps: readonly Gap[]): readonly Gap[] {
  const byId = new Map<string, Gap>();
  for (const gap of gaps) if (gap.level === "block" || !byId.has(gap.id)) byId.set(gap.id, gap);
  const rank = (gap: Gap): number => (gap.level === "block" ? 0 : 1);
  return [...byId.values()].sort((a, b) => rank(a) - rank(b) || byCodeUnits(a.id, b.id));
}

/** While the policy cannot be read, what agents may do is not known: their changes are blocked. */
function readablePolicy(errors: readonly string[]): readonly Requirement[] {
  return errors.map((error, i) => ({
    id: `policy:${i + 1}`,
    kind: "policy",
    what: "A policy that can be read",
    from: "whoever owns the policy file",
    now: error.replace(/^Cannot read policy /u, ""),
    actor: "operator",
    state: { kind: "failed" },
    need: null,
    have: null,
    counted: [],
    excluded: [],
    ...notAsked,
  }));
}

/** A person's change asks for another person instead: it may be the one that repairs the policy. */
function policyGaps(errors: readonly string[]): readonly Gap[] {
  return errors.map((error, i) => ({
    id: `policy-unreadable:${i + 1}`,
    level: "hold",
    path: null,
    side: "base",
    line: null,
    reason: error,
    remedy: "Repair the policy file on its branch.",
  }));
}

function sizeOf(change: ChangeSet): Evaluation["files"] {
  const counts = changed(change).map(lineCount);
  return {
    changed: counts.length,
    additions: counts.reduce((sum, { additions }) => sum + additions, 0),
    deletions: counts.reduce((sum, { deletions }) => sum + deletions, 0),
  };
}

/** Where one change may fill a node pool, several may. */
function capacityHolds({ rules, policy }: Input): boolean {
  const rule = rules.find(({ id }) => id === "k8s-memory-over-capacity");
  const level = rule === undefined ? "off" : treatmentOf(rule, policy).level;
  return level === "block" || level === "review";
}

/** Where people approve nothing needs to be lifted, and a waiver has lifted already. */
function liftable(
  findings: readonly UntriedFinding[],
  gaps: readonly Gap[],
  tooMuch: readonly Short[],
  bakes: readonly string[],
): readonly Liftable[] {
  return [
    ...findings
      .filter(({ level, waived }) => level === "block" && waived === null)
      .map(({ id, rule }) => ({ id, rule, excess: null })),
    ...gaps.filter(({ id }) => mayLiftGap(id)).map(({ id }) => ({ id, rule: null, excess: null })),
    ...tooMuch.map(({ requirement: { id }, excess }) => ({ id, rule: null, excess })),
    ...bakes.map((id) => ({ id, rule: null, excess: null })),
  ];
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
