import type { Gap } from "../change/change-set.ts";
import type { StatefulDeletion } from "../kinds/stateful.ts";
import type { Policy } from "../policy/schema.ts";
import type { ReachMap } from "../reach/reach.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import type { AreaEntered } from "./evaluation.ts";
import type { UntriedFinding } from "./findings.ts";
import { type Risk, type RiskTier, riskTiers } from "./risk.ts";
import { environmentsOf } from "./scope.ts";

interface Reason {
  readonly tier: RiskTier;
  readonly because: string;
}

/** The highest tier that any reason gives, and every reason that gives it; never a sum. */
export function assessRisk(
  reach: ReachMap,
  kinds: readonly KindEvidence[],
  areas: readonly AreaEntered[],
  deletions: readonly StatefulDeletion[],
  findings: readonly UntriedFinding[],
  gaps: readonly Gap[],
  policy: Policy,
): Risk {
  const reasons = [
    ...reachReasons(reach, policy),
    ...serviceReasons(reach, policy),
    ...areaReasons(areas, policy),
    ...deletionReasons(deletions, reach),
    ...findings
      .filter((finding) => finding.level === "block" && finding.waived === null)
      .map((finding): Reason => ({ tier: "high", because: `finding ${finding.rule}` })),
    ...gaps.map(
      (gap): Reason => ({ tier: "high", because: gap.path === null ? "missing evidence" : `gap in ${gap.path}` }),
    ),
    ...undocumentary(reach, kinds),
  ];
  const tier = highest(reasons.map((reason) => reason.tier));
  const because = [...new Set(reasons.filter((reason) => reason.tier === tier).map((reason) => reason.because))];
  return { tier, because: because.length > 0 ? because : ["reaches nothing that is deployed"] };
}

function reachReasons(reach: ReachMap, policy: Policy): Reason[] {
  const reasons: Reason[] = [];
  for (const file of reach.files) {
    if (file.unresolved)
      reasons.push({ tier: "high", because: `nobody is known to use ${file.path}, so it may reach production` });
    for (const name of environmentsOf(file, policy)) {
      const production =
        policy.environments[name]?.tier !== "development" && policy.environments[name]?.tier !== "staging";
      reasons.push({ tier: production ? "high" : "elevated", because: `environment ${name}` });
    }
  }
  return reasons;
}

/** Only documentation is known to be deployed nowhere: a migration is code as well, and so is a file that nobody can name. */
function undocumentary(reach: ReachMap, kinds: readonly KindEvidence[]): Reason[] {
  const named = kinds.map(({ kind }) => kind).filter((kind) => kind !== "docs");
  const known = new Set(kinds.map(({ path }) => path));
  const others = reach.files.some(({ path }) => !known.has(path)) ? ["files of no known kind"] : [];
  return [...new Set([...named, ...others])].map((because) => ({ tier: "elevated", because }));
}

function serviceReasons(reach: ReachMap, policy: Policy): Reason[] {
  const names = new Set(
    reach.files.flatMap((file) => [...file.services, ...file.targets.flatMap(({ service }) => service ?? [])]),
  );
  return [...names].flatMap((name) => {
    const risk = policy.services[name]?.risk ?? null;
    return risk === null ? [] : [{ tier: risk, because: `service ${name}` }];
  });
}

/** Data that is gone comes back by no revert. What lies in samples and tests reaches nothing, and deletes nothing. */
function deletionReasons(deletions: readonly StatefulDeletion[], reach: ReachMap): Reason[] {
  const deployed = new Set(
    reach.files.filter((file) => file.unresolved || file.targets.length > 0).map((file) => file.path),
  );
  return deletions
    .filter(({ path }) => deployed.has(path))
    .map(({ because }) => ({ tier: "critical", because: `data may go: ${because}` }));
}

function areaReasons(areas: readonly AreaEntered[], policy: Policy): Reason[] {
  return areas.flatMap(({ area }) => {
    const risk = policy.areas[area]?.risk ?? null;
    return risk === null ? [] : [{ tier: risk, because: `area ${area}` }];
  });
}

function highest(tiers: readonly RiskTier[]): RiskTier {
  return tiers.reduce<RiskTier>(
    (worst, tier) => (riskTiers.indexOf(tier) > riskTiers.indexOf(worst) ? tier : worst),
    "low",
  );
}
