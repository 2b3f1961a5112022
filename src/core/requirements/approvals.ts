import type { Requirement } from "../evaluate/evaluation.ts";
import type { Facts } from "../facts.ts";
import type { Approver, Policy } from "../policy/schema.ts";
import type { Opinions } from "./eligibility.ts";
import { isOnEveryList, isTeam } from "./lists.ts";

/** N people, each of them in every one of the lists. No lists: any person whose approval counts. */
export interface Ask {
  readonly id: string;
  readonly count: number;
  readonly from: readonly (readonly Approver[])[];
  /** Why so many are asked: "high risk", "area database". */
  readonly because: string;
}

/**
 * One requirement for each ask. The same person may meet several of them (`distinct_teams` is another key). A team whose members
 * could not be read has none: the approval counts as not given.
 */
export function approvals(asks: readonly Ask[], given: Opinions, facts: Facts, policy: Policy): readonly Requirement[] {
  return asks.filter((ask) => ask.count > 0).map((ask) => answer(ask, given, facts, policy));
}

function answer(ask: Ask, given: Opinions, facts: Facts, policy: Policy): Requirement {
  const lists = [...ask.from, ...policy.approvals.from];
  const counted = given.approvers.filter((account) => isOnEveryList(account, lists, facts));
  const elsewhere = given.approvers
    .filter((account) => !counted.includes(account))
    .map((account) => ({
      login: account.login,
      because: `is not in ${lists.flat().filter(isTeam).join(" or ")}`,
      countsFromMs: null,
    }));
  const met = counted.length >= ask.count;
  const noun = ask.count === 1 ? "approval" : "approvals";
  return {
    id: `approvals:${ask.id}`,
    kind: "approvals",
    what: `${ask.count} ${noun} (${ask.because})`,
    from: whom(lists),
    now: `${Math.min(counted.length, ask.count)} of ${ask.count}`,
    actor: "people",
    state: { kind: met ? "met" : "missing" },
    need: ask.count,
    have: counted.length,
    counted: counted.map((account) => account.login),
    excluded: [...given.excluded, ...elsewhere],
  };
}

function whom(lists: readonly (readonly Approver[])[]): string {
  const named = lists
    .filter((list) => list.every(isTeam))
    .map((list) => list.map((team) => team.slice(1)).join(" or "));
  return named.length === 0 ? "anyone with write access who had no part in it" : [...new Set(named)].join(", and ");
}

/** One requirement for every person whose request for changes stands. */
export function objections(given: Opinions): readonly Requirement[] {
  return given.objectors.map(({ account, dismissal }) => ({
    id: `objection:${account.login}`,
    kind: "approvals" as const,
    what: "A request for changes is withdrawn",
    from: account.login,
    now: dismissal === null ? "stands" : `stands: ${dismissal}`,
    actor: "people" as const,
    state: { kind: "missing" as const },
    need: null,
    have: null,
    counted: [],
    excluded: [],
  }));
}
