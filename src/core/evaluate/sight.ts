import { byCodeUnits } from "../../lib/order.ts";
import { type Amounts, amountsOf } from "../amounts/amounts.ts";
import type { Bake } from "../bake/bake.ts";
import { type ChangeSet, changed, type Gap } from "../change/change-set.ts";
import { joined, type Landing, placeWritten } from "../change/landing.ts";
import type { Facts } from "../facts.ts";
import { evidenceGaps } from "../evidence/demanded.ts";
import { modulesTouched } from "../evidence/roots.ts";
import { scannedIn } from "../evidence/scanned.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import { areasEntered, computeKinds } from "../kinds/kinds.ts";
import { type StatefulDeletion, statefulDeletions } from "../kinds/stateful.ts";
import { formerValues } from "../past/growth.ts";
import { planGaps } from "../plan/gaps.ts";
import type { DeclaredPlan, Plan } from "../plan/plan.ts";
import { readPlan } from "../plan/read.ts";
import { policyChangeGaps } from "../policy/proposed.ts";
import { detect, provenanceGaps } from "../provenance/detect.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { computeReach, type Destination } from "../reach/compute.ts";
import type { ReachMap } from "../reach/reach.ts";
import { bakeGaps, bakesOf } from "../requirements/bake.ts";
import { sumGaps } from "../requirements/spending.ts";
import type { Rule } from "../rule.ts";
import { unfinishedGaps } from "../terraform-plan/gaps.ts";
import { terraformPlansOf } from "../terraform-plan/judge.ts";
import { secretsIn } from "../views/secrets.ts";
import { builders, buildViews, type Views } from "../views/views.ts";
import { assessRisk } from "./assess-risk.ts";
import type { AreaEntered } from "./evaluation.ts";
import { foldUnread } from "./unread.ts";
import { observe, type Observed, type UntriedFinding } from "./findings.ts";
import type { Input } from "./input.ts";
import type { Risk } from "./risk.ts";
import { ruleContext } from "./rule-context.ts";
import { type Scope, scopeOf } from "./scope.ts";

/** What is seen of a change before anybody is asked for anything: nothing in it depends on who approved or overrode what. */
export interface Sight {
  /** All paths that it touches, with what would stand there. */
  readonly lands: ChangeSet;
  readonly views: Views;
  readonly reach: ReachMap;
  readonly provenance: Provenance;
  readonly scope: Scope;
  readonly kinds: readonly KindEvidence[];
  readonly declared: DeclaredPlan;
  readonly findings: readonly UntriedFinding[];
  readonly gaps: readonly Gap[];
  readonly amounts: Amounts;
  readonly bakes: readonly Bake[];
  readonly areas: readonly AreaEntered[];
  readonly deletions: readonly StatefulDeletion[];
  readonly risk: Risk;
}

export function sightOf(input: Input): Sight {
  const { facts, policy, policyChange, tools, nowMs } = input;
  const both = { written: facts.change, landing: facts.landing ?? facts.change };
  const built = buildViews(both.landing, tools);
  const touched = joined(both.written, both.landing);
  const terraformPlans = terraformPlansOf(facts, policy, tools);
  const secrets = secretsIn(facts, tools);
  const views = { ...built.views, paths: builders.paths(touched, tools).view, secrets, terraformPlans };
  const lands = joined(both.landing, both.written);
  const reach = reachOf(input, lands, views);
  const provenance = detect(facts, policy);
  const scope = scopeOf(provenance, policy, reach, policyChange);
  const kinds = computeKinds(lands, views, policy.stateful).map((evidence) => lineWritten(evidence, both));
  const declared = readPlan(facts.pullRequest.body);
  const plan = planIn(declared);
  const formerly = formerValues(facts.past, both.landing, tools.memo, nowMs);
  const scanned = scannedIn(facts, policy);
  const advised = facts.advised.kind === "known" ? facts.advised.introduced : [];
  const context = ruleContext(
    policy,
    reach,
    facts.base.ref,
    { plan, kinds, formerly, scanned, secrets: secrets.secrets, advised },
    views.kubernetes.objects,
  );
  const observed = asWritten(observe(input.rules, views, context, policy, scope, nowMs), input.rules, both);
  const amounts = amountsOf(views, [...facts.gaps, ...built.gaps], context);
  const bakes = bakesOf({ facts, landing: both.landing, reach, scope, policy, tools, nowMs });
  const gaps = sortGaps([
    ...facts.gaps,
    ...sumGaps(provenance, amounts, policy),
    ...bakeGaps(bakes),
    ...foldUnread(built.gaps, observed.unread).map((gap) => lineWritten(gap, both)),
    ...reach.gaps.map((gap) => lineWritten(gap, both)),
    ...observed.gaps,
    ...policyChangeGaps(policyChange),
    ...planGaps(declared),
    ...evidenceGaps(facts, policy, scope, () =>
      modulesTouched(lands, views, { ...destinationOf(facts), modules: policy.modules }, tools.memo),
    ),
    ...(scope === "full" ? unfinishedGaps(terraformPlans) : []),
    ...(scope === "full" ? provenanceGaps(facts) : policyGaps(input.policyErrors)),
  ]);
  const paths = changed(touched).map(({ path }) => path);
  const areas = areasEntered(kinds, paths, policy.areas);
  const deletions = statefulDeletions(views, policy.stateful);
  const risk = assessRisk(reach, kinds, areas, deletions, observed.findings, gaps, policy);
  const judged = { findings: observed.findings, gaps, areas, deletions, risk };
  return { lands, views, reach, provenance, scope, kinds, declared, amounts, bakes, ...judged };
}

/** The plan that its author declared; null: none that could be read. */
export function planIn(declared: DeclaredPlan): Plan | null {
  return declared.kind === "declared" ? declared.plan : null;
}

/** A repository's names add to what a change reaches; they take away "nobody knows" only where the organisation lets them. */
function reachOf({ facts, policy, above, tools }: Input, change: ChangeSet, views: Views): ReachMap {
  const destination = destinationOf(facts);
  const reach = computeReach(change, views, policy, destination, tools.memo);
  if (above === null) return reach;
  const byOrganisation = computeReach(change, views, above, destination, tools.memo);
  const unresolved = new Set(byOrganisation.files.flatMap((file) => (file.unresolved ? file.path : [])));
  return {
    gaps: [...reach.gaps, ...byOrganisation.gaps],
    files: reach.files.map((file) => ({ ...file, unresolved: file.unresolved || unresolved.has(file.path) })),
  };
}

/** Where it would land, as addresses name it. */
export function destinationOf({ subject, base }: Facts): Destination {
  const { owner, name } = subject.repository;
  return { owner, name, baseRef: base.ref };
}

/** Places in the merge result, which nobody sees, as places in what people see. Rules on paths and secrets look at that already. */
function asWritten({ findings, gaps, unread }: Observed, rules: readonly Rule[], both: Landing): Observed {
  const onPaths = new Set(rules.filter(({ needs }) => needs === "paths" || needs === "secrets").map(({ id }) => id));
  return {
    findings: findings.map((finding) =>
      onPaths.has(finding.rule) ? finding : { ...finding, place: placeWritten(finding.place, both) },
    ),
    gaps: gaps.map((gap) => lineWritten(gap, both)),
    unread,
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
