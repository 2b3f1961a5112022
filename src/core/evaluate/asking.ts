import type { Bake } from "../bake/bake.ts";
import { changed, type ChangeSet, type Gap } from "../change/change-set.ts";
import { lineCount, patchDigest } from "../change/hunks.ts";
import type { Halt } from "../decisions/decision.ts";
import { marksIn } from "../plan/plan.ts";
import { sharedModules } from "../reach/shared.ts";
import { approvals, type Ask, objections } from "../requirements/approvals.ts";
import { autoMerge } from "../requirements/auto-merge.ts";
import { autonomyOf } from "../requirements/autonomy.ts";
import { armedMeanwhile, bakeAsks, bakeGaps, bakeRequirements, unmet } from "../requirements/bake.ts";
import type { Spending } from "../requirements/booking.ts";
import { tooMuchAtOnce } from "../requirements/budget.ts";
import { declaredPlan } from "../requirements/declared-plan.ts";
import { opinions, type Opinions } from "../requirements/eligibility.ts";
import { freezes } from "../requirements/freeze.ts";
import { haltRequirements, haltsOn, whoWrote } from "../requirements/halt.ts";
import { operations } from "../requirements/operation.ts";
import { type Liftable, mayLiftGap, overrides, type Overrides, wordsOn } from "../requirements/overrides.ts";
import { ownIdentity } from "../requirements/own-identity.ts";
import { policyChangeRequirements } from "../requirements/policy-change.ts";
import { pushesPerFinding } from "../requirements/pushes.ts";
import { shownBy } from "../requirements/reports.ts";
import { restoring } from "../requirements/restore.ts";
import { liftedBy, restoreTold, skipsBake, withRestore } from "../requirements/restored.ts";
import { asked as askedBy, type Short } from "../requirements/shortage.ts";
import { spendingOf } from "../requirements/spending.ts";
import { tickets } from "../requirements/ticket.ts";
import { demands } from "./demands.ts";
import {
  type Evaluation,
  type JudgedGap,
  notAsked,
  type Overridden,
  type Requirement,
  type RestoreTold,
} from "./evaluation.ts";
import { treatmentOf, type UntriedFinding } from "./findings.ts";
import type { Input } from "./input.ts";
import { destinationOf, type Sight } from "./sight.ts";

/** What is asked for, and what people have said to it. */
export interface Asking {
  readonly findings: readonly UntriedFinding[];
  readonly gaps: readonly JudgedGap[];
  readonly requirements: readonly Requirement[];
  /** Those of them that the declared plan met or did not. */
  readonly ofPlan: readonly Requirement[];
  readonly given: Opinions;
  readonly halts: readonly Halt[];
  readonly lifting: Overrides;
  readonly spending: Spending | null;
  readonly tooMuch: readonly Short[];
  readonly restore: RestoreTold | null;
  readonly patch: string;
  readonly files: Evaluation["files"];
}

/** Asks everybody who is to be asked, and counts what they have said. */
export function askingOf(input: Input, sight: Sight): Asking {
  const { facts, policy, policyChange, nowMs } = input;
  const { provenance, scope, reach, kinds, declared, bakes, areas } = sight;
  const voices = voicesOf(input, sight);
  const { grounds, given, tooMuch, lifting, findings } = voices;
  const { grant, identity, asks, restoring: found, restore, gaps } = answersTo(input, sight, voices);
  const halts = haltsOn(facts.decided.halts, facts.subject, whoWrote(provenance, facts.gaps));
  const ofPlan = declaredPlan(declared, provenance, policy);
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
    ...ofPlan,
    ...tickets({ facts, scope, areas, provenance, policy }),
    ...baking,
    ...armedMeanwhile(autoMerge(facts, provenance, grant.mayStayArmed, policy), skipsBake(restore) ? [] : baking),
    ...tooMuch.map((one) => askedBy(one, lifting.lifted.get(one.requirement.id) ?? null)),
  ];
  const withoutRun = missedBy(bakes).some((id) => !lifting.lifted.has(id));
  const requirements = withRestore(others, found, restore, policy, withoutRun);
  const { patch, files, spending } = voices;
  return { findings, gaps, requirements, ofPlan, given, halts, lifting, spending, tooMuch, restore, patch, files };
}

/** What people have said, and what of it lifts something. */
function voicesOf(input: Input, sight: Sight) {
  const { facts, policy, nowMs } = input;
  const { lands, views, reach, provenance, declared, amounts, bakes, gaps, risk } = sight;
  const patch = patchDigest(facts.change);
  const files = sizeOf(facts.change);
  const grounds = {
    facts,
    provenance,
    policy,
    shown: { ...shownBy(sight.findings, gaps), patch, plan: marksIn(declared) },
    tier: risk.tier,
    lines: files.additions + files.deletions,
    nowMs,
  };
  const given = opinions(grounds);
  const words = wordsOn(grounds, nowMs);
  const rooms = capacityHolds(input) ? amounts.rooms : [];
  const modules = sharedModules(lands, views, reach, { ...destinationOf(facts), modules: policy.modules });
  const spending = spendingOf({ facts, provenance, reach: reach.files, amounts, modules, rooms, policy, words });
  const tooMuch = tooMuchAtOnce(spending);
  const lifting = overrides(liftable(sight.findings, gaps, tooMuch, unmet(bakes)), words, nowMs);
  const findings = sight.findings.map((one) => ({ ...one, overridden: lifting.lifted.get(one.id) ?? null }));
  return { patch, files, grounds, given, spending, tooMuch, lifting, findings };
}

/** How far its agents may go, whom it needs, and whether it is a restore that is approved: that lifts the gaps of its bakes. */
function answersTo(input: Input, sight: Sight, { grounds, given, lifting, findings }: ReturnType<typeof voicesOf>) {
  const { facts, policy, nowMs } = input;
  const { lands, views, reach, provenance, scope, kinds, bakes, gaps, areas, deletions, risk } = sight;
  const gapsBut = (lifted: ReadonlyMap<string, Overridden>): readonly JudgedGap[] =>
    gaps.map((gap) => ({ ...gap, overridden: lifted.get(gap.id) ?? null }));
  const deeds = { change: lands, reach, kinds, kubernetes: views.kubernetes, findings, bakes };
  const grant = autonomyOf({ ...deeds, gaps: gapsBut(lifting.lifted), facts, provenance, policy, nowMs });
  const { leastPeople } = grant;
  const identity = ownIdentity(facts, provenance, policy);
  const asksBut = (lifted: ReadonlyMap<string, Overridden>): readonly Ask[] => [
    ...demands({ scope, risk, reach, areas, findings, gaps: gapsBut(lifted), provenance, leastPeople, policy }),
    ...identity.asks,
    ...bakeAsks(bakes, new Set(lifted.keys()), policy),
    ...pushesPerFinding(shownBy(findings, gaps).findings, facts, provenance, policy),
  ];
  const found = restoring({ ...input, reach, kinds, deletions, gaps });
  const missed = missedBy(bakes);
  const restore = restoreTold(found, (lift) => asksBut(liftedBy(lift, missed, lifting.lifted)), given, grounds);
  const lifted = restore?.approved === true ? liftedBy(restore, missed, lifting.lifted) : lifting.lifted;
  return { grant, identity, restoring: found, restore, asks: asksBut(lifted), gaps: gapsBut(lifted) };
}

/** Gaps of bakes that nothing shows to have run. */
function missedBy(bakes: readonly Bake[]): readonly string[] {
  return bakeGaps(bakes).map(({ id }) => id);
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
