import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { ReachMap } from "../reach/reach.ts";
import type { Ask } from "../requirements/approvals.ts";
import type { AreaEntered, JudgedGap } from "./evaluation.ts";
import type { UntriedFinding } from "./findings.ts";
import { isOpen } from "./open.ts";
import type { Risk } from "./risk.ts";
import { environmentsOf, type Scope } from "./scope.ts";

/** What the demand for people rests on. */
export interface Grounds {
  readonly scope: Scope;
  readonly risk: Risk;
  readonly reach: ReachMap;
  readonly areas: readonly AreaEntered[];
  readonly findings: readonly UntriedFinding[];
  readonly gaps: readonly JudgedGap[];
  readonly provenance: Provenance;
  /** People that the autonomy of an agent takes at least. */
  readonly leastPeople: number;
  readonly policy: Policy;
}

/**
 * Whose approval is asked for. In full: as many people as the risk asks in the strictest environment that is reached, or as the
 * autonomy of an agent takes, one more where nobody knows who started the agent, the people of every area that is entered, and whoever
 * a level names. Outside of all environments counts as one of them: a file that reaches a mild environment must not take the others
 * with it. Lenient: one other person where something would block or is missing.
 */
export function demands(grounds: Grounds): readonly Ask[] {
  const open = grounds.findings.filter((finding) => finding.level === "review" && isOpen(finding));
  const asked = open.length > 0 || grounds.gaps.some((gap) => gap.level === "hold" && gap.overridden === null);
  switch (grounds.scope) {
    case "lenient":
      return asked ? [{ id: "findings", count: 1, from: [], because: "findings or gaps" }] : [];
    case "full":
      return [byRisk(grounds, asked), ...ofAreas(grounds), ...ofLevels(open)];
  }
}

function byRisk({ risk, reach, provenance, leastPeople, policy }: Grounds, asked: boolean): Ask {
  const reached = reach.files.map((file) => environmentsOf(file, policy));
  const general = policy.approvals.byRisk;
  const counts = reached.flat().map((name) => (policy.environments[name]?.approvals ?? general)[risk.tier]);
  const outside = reached.length === 0 || reached.some((environments) => environments.length === 0);
  const wanted = Math.max(...counts, outside ? general[risk.tier] : 0, asked ? 1 : 0, leastPeople);
  const unknown = wanted > 0 && provenance.author === "agent" && !provenance.invokerKnown;
  return {
    id: `risk:${risk.tier}`,
    count: wanted + (unknown ? 1 : 0),
    from: [],
    because: unknown ? `${risk.tier} risk, and one more: who started the agent is not known` : `${risk.tier} risk`,
  };
}

function ofAreas({ areas, policy }: Grounds): readonly Ask[] {
  return areas.flatMap(({ area }) =>
    (policy.areas[area]?.approvals ?? []).map((demand, i) => ({
      id: i === 0 ? `area:${area}` : `area:${area}:${i + 1}`,
      count: demand.count,
      from: [demand.from],
      because: `area ${area}`,
    })),
  );
}

function ofLevels(open: readonly UntriedFinding[]): readonly Ask[] {
  const asks = new Map<string, Ask>();
  for (const finding of open)
    for (const list of finding.acceptedBy) {
      const id = `finding:${list.join("|")}`;
      if (!asks.has(id)) asks.set(id, { id, count: 1, from: [list], because: `finding ${finding.rule}` });
    }
  return [...asks.values()];
}
