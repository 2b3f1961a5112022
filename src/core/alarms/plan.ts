import { unreachable } from "../../lib/assert.ts";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Around, BranchFacts } from "../around/around.ts";
import type { AlarmKind } from "../policy/schema.ts";
import { type Posture, standingOf } from "../posture/posture.ts";
import type { BranchSubject } from "../subject.ts";
import type { BranchAlarm, AlarmPlace, AlarmRecord } from "./alarm.ts";

/** An alarm that is to be raised in a place. `named`: the policy in force names the place; else only an earlier look did. */
export interface Due {
  readonly alarm: BranchAlarm;
  readonly place: AlarmPlace;
  readonly named: boolean;
}

export interface AlarmPlan {
  readonly due: readonly Due[];
  /** Raised earlier, about a state that lasts or of which nothing is known now. */
  readonly standing: readonly AlarmRecord[];
  /** Raised earlier, about a state that is over. */
  readonly over: readonly AlarmRecord[];
}

/**
 * What people are to be told now. Places and kinds are those of every policy in force, before and after the movements: what a
 * push takes out of a policy is still told. `known`: what the look before recorded. A happening that could not be told is due again
 * where it was to be told and where the policy would have it now; a state is due once, as long as it lasts.
 */
export function alarmsOf(
  { repository, branch }: Pick<BranchSubject, "repository" | "branch">,
  {
    facts,
    posture,
    ways,
  }: { readonly facts: BranchFacts; readonly posture: Posture; readonly ways: readonly Around[] },
  known: readonly AlarmRecord[],
): AlarmPlan {
  const on = new Set(facts.policies.flatMap(({ alarms }) => alarms.on));
  const issues = distinct(facts.policies.flatMap(({ alarms }) => alarms.issues)).toSorted(byCodeUnits);
  const asIssues = issues.map((one): AlarmPlace => ({ kind: "issue", repository: one }));
  const about = { repository, branch };

  const told = (way: Around, earlier: readonly AlarmPlace[]): readonly Due[] => {
    const kind = kindOf(way);
    const comment: readonly AlarmPlace[] = way.number === null ? [] : [{ kind: "comment", number: way.number }];
    const named = !on.has(kind) ? [] : asIssues.length > 0 ? asIssues : comment;
    return distinct([...named, ...earlier]).map((place) => ({
      alarm: { ...about, kind, way },
      place,
      named: named.some((one) => same(one, place)),
    }));
  };
  const pending = known.filter(({ raised }) => raised === null);
  const again = distinct(pending.flatMap(({ way }) => way ?? [])).flatMap((way) =>
    told(
      way,
      pending.flatMap((record) => (same(record.way, way) ? placeOf(record) : [])),
    ),
  );

  const states = known.filter(({ way, raised }) => way === null && raised !== null);
  const lapse = lapseOf(posture);
  const lapsed =
    lapse.kind === "missing" && on.has("gate_not_required")
      ? asIssues
          .filter((place) => !states.some((record) => placeOf(record).some((one) => same(one, place))))
          .map((place): Due => {
            return { alarm: { ...about, kind: "gate_not_required", because: lapse.because }, place, named: true };
          })
      : [];
  return {
    due: [...again, ...ways.flatMap((way) => told(way, [])), ...lapsed],
    standing: lapse.kind === "none" ? [] : states,
    over: lapse.kind === "none" ? states : [],
  };
}

function kindOf({ way }: Around): Exclude<AlarmKind, "gate_not_required"> {
  switch (way) {
    case "merge":
      return "bypass_merge";
    case "push":
      return "direct_push";
    default:
      return unreachable(way);
  }
}

/** None for a state without an issue: there is no pull request that it could be told on. */
function placeOf({ issues, way }: AlarmRecord): readonly AlarmPlace[] {
  if (issues !== null) return [{ kind: "issue", repository: issues }];
  return way === null || way.number === null ? [] : [{ kind: "comment", number: way.number }];
}

/** Whether the check is required and pinned. Who may bypass it is another matter: that is a decision of the administrators. */
function lapseOf(
  posture: Posture,
): { readonly kind: "none" | "unknown" } | { readonly kind: "missing"; readonly because: string } {
  if (posture.requiring.some(({ pinnedTo }) => pinnedTo === posture.appId)) return { kind: "none" };
  const standing = standingOf(posture);
  return standing.gate === "does not hold"
    ? { kind: "missing", because: standing.because.join("; ") }
    : { kind: "unknown" };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [canonicalJson(value), value])).values()];
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
