import { byCodeUnits } from "../../lib/order.ts";
import { count } from "../../lib/text.ts";
import type { Policy, TripOn } from "../policy/schema.ts";

/** What a breaker can be set to, as the policy writes it. */
export const breakerNames = ["bypass_merge", "rollback", "guardrail_edit", "blocks_per_hour"] as const;
export type BreakerName = (typeof breakerNames)[number];

/** Something that an agent did, counted once for good. */
export interface Strike {
  /** Names it for good, so that looking again or starting anew counts nothing twice. */
  readonly id: string;
  readonly installationId: number;
  /** Key of the catalogue, or the login of an account that is not listed. */
  readonly agent: string;
  readonly breaker: BreakerName;
  /** When it was done, by GitHub's clock where GitHub tells: not when it was found. */
  readonly atMs: number;
}

/** What breakers make of a pull request, and where it is told if one trips. */
export interface Conduct {
  /** Who is held to account for it, by their keys; never empty. */
  readonly agents: readonly string[];
  readonly strikes: readonly Strike[];
  readonly tripOn: TripOn;
  /** `owner/name` of repositories in which people are told; empty: on the pull request itself. */
  readonly reportTo: readonly string[];
}

/** A breaker that trips, and since when what it counted is counted. */
export interface Trip {
  readonly breaker: BreakerName;
  readonly sinceMs: number;
  /** Why, as a clause without names. */
  readonly because: string;
}

const hourMs = 3_600_000;
/** What was done longer ago halts nobody any more: a breaker that is set today must not trip over last year. */
export const countedMs = 24 * hourMs;

/**
 * The breakers that trip over an agent's strikes in one installation. `liftedMs`: when somebody last lifted a halt of this agent by that
 * breaker; what was done until then has been dealt with. Null: nobody ever did.
 */
export function trips(
  strikes: readonly Strike[],
  tripOn: TripOn,
  liftedMs: (breaker: BreakerName) => number | null,
  nowMs: number,
): readonly Trip[] {
  return breakerNames.flatMap((breaker): readonly Trip[] => {
    const sinceMs = liftedMs(breaker) ?? 0;
    const within = (ms: number): number =>
      strikes.filter((strike) => strike.breaker === breaker && strike.atMs > Math.max(sinceMs, nowMs - ms)).length;
    switch (breaker) {
      case "bypass_merge":
        return tripOn.bypassMerge && within(countedMs) > 0
          ? [{ breaker, sinceMs, because: "a change of it was merged past the gate" }]
          : [];
      case "rollback":
        return tripOn.rollback && within(countedMs) > 0
          ? [{ breaker, sinceMs, because: "something went wrong after a change of it went live" }]
          : [];
      case "guardrail_edit":
        return tripOn.guardrailEdit && within(countedMs) > 0
          ? [{ breaker, sinceMs, because: "it edited what guards production" }]
          : [];
      case "blocks_per_hour": {
        const blocked = within(hourMs);
        return tripOn.blocksPerHour !== null && blocked >= tripOn.blocksPerHour
          ? [{ breaker, sinceMs, because: `${count(blocked, "head")} of it blocked within an hour` }]
          : [];
      }
    }
  });
}

/** The tightest of what several policies say. Those that only observe trip nothing. */
export function tightest(policies: readonly Pick<Policy, "halt" | "mode">[]): TripOn {
  const enforced = policies.filter(({ mode }) => mode === "enforce").map(({ halt }) => halt.tripOn);
  const limits = enforced.flatMap(({ blocksPerHour }) => blocksPerHour ?? []);
  return {
    bypassMerge: enforced.some(({ bypassMerge }) => bypassMerge),
    rollback: enforced.some(({ rollback }) => rollback),
    guardrailEdit: enforced.some(({ guardrailEdit }) => guardrailEdit),
    blocksPerHour: limits.length === 0 ? null : Math.min(...limits),
  };
}

/** Each once, in the order of their ids. */
export function distinctStrikes(strikes: readonly Strike[]): readonly Strike[] {
  return [...new Map(strikes.map((strike) => [strike.id, strike])).values()].toSorted((a, b) =>
    byCodeUnits(a.id, b.id),
  );
}
