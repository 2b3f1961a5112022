import type { Requirement } from "../evaluate/evaluation.ts";
import type { Account, Facts } from "../facts.ts";
import type { Approver } from "../policy/schema.ts";
import { type Grounds, mayStillApprove, type Opinions } from "./eligibility.ts";
import { isOnEveryList, membersIn, ownershipOf, unowned } from "./lists.ts";
import { seat } from "./matching.ts";

/** N people, each of them in every one of the lists. No lists: any person whose approval counts. */
export interface Ask {
  readonly id: string;
  readonly count: number;
  readonly from: readonly (readonly Approver[])[];
  /** Why so many are asked: "high risk", "area database". */
  readonly because: string;
}

/**
 * One requirement for each ask. The same person may meet several of them, unless `distinct_teams` is set. A team whose members
 * could not be read has none: the approval counts as not given.
 */
export function approvals(asks: readonly Ask[], given: Opinions, grounds: Grounds): readonly Requirement[] {
  const { facts, policy } = grounds;
  const open = asks
    .filter((ask) => ask.count > 0)
    .map((ask) => {
      const lists = [...ask.from, ...policy.approvals.from];
      return { ask, lists, fit: given.approvers.filter((account) => isOnEveryList(account, lists, facts)) };
    });
  if (!policy.approvals.distinctTeams) return open.map((one) => answer(one, one.fit, given, grounds));
  const seated = seat(open.map(({ ask, fit }) => ({ need: ask.count, candidates: fit.map(({ id }) => id) })));
  const busy = new Set(seated.flat());
  return open.map((one, i) => {
    // Who has no seat counts for the first that they fit, and there alone.
    const spare = (id: number) => !busy.has(id) && open.findIndex(({ fit }) => fit.some((two) => two.id === id)) === i;
    const counted = one.fit.filter(({ id }) => seated[i]?.includes(id) === true || spare(id));
    return answer(one, counted, given, grounds);
  });
}

/** An ask with all lists that hold for it, and those whose approval could meet it. */
interface Open {
  readonly ask: Ask;
  readonly lists: readonly (readonly Approver[])[];
  readonly fit: readonly Account[];
}

/** Of those who fit, `counted` do count; the others meet another requirement. */
function answer(
  { ask, lists, fit }: Open,
  counted: readonly Account[],
  given: Opinions,
  grounds: Grounds,
): Requirement {
  const { facts } = grounds;
  const left = lists.flatMap((list) => unowned(list, counted, facts));
  const met = counted.length >= ask.count && left.length === 0;
  const not = (account: Account, because: string) => ({ login: account.login, because, countsFromMs: null });
  const elsewhere = given.approvers
    .filter((account) => !fit.includes(account))
    .map((account) => not(account, notOnLists(lists, facts)));
  const busy = met
    ? []
    : fit
        .filter((account) => !counted.includes(account))
        .map((account) => not(account, "counts for another requirement"));
  const noun = ask.count === 1 ? "approval" : "approvals";
  return {
    id: `approvals:${ask.id}`,
    kind: "approvals",
    what: `${ask.count} ${noun} (${ask.because})`,
    from: whom(lists),
    now: [
      `${Math.min(counted.length, ask.count)} of ${ask.count}`,
      ...(left[0] === undefined ? [] : [`nobody who owns \`${left[0]}\``]),
      ...(met ? [] : impossible(ask, lists, grounds)),
    ].join(", and "),
    actor: "people",
    state: { kind: met ? "met" : "missing" },
    need: ask.count,
    have: counted.length,
    counted: counted.map((account) => account.login),
    excluded: [...given.excluded, ...elsewhere, ...busy],
  };
}

/** What nobody can give: fewer people are left in the teams than are asked for. Who else may approve is known for teams only. */
function impossible(ask: Ask, lists: readonly (readonly Approver[])[], grounds: Grounds): readonly string[] {
  const members = membersOf(lists, grounds.facts);
  if (members === null) return [];
  const left = mayStillApprove(members, grounds).length;
  if (left >= ask.count) return [];
  return [
    `only ${left} of ${ask.count} eligible: it cannot be met until somebody without a part in this change joins, or the policy names others`,
  ];
}

/** Ids of those who are in each of the lists; null where a list is not of teams alone, or a team could not be read. */
function membersOf(lists: readonly (readonly Approver[])[], facts: Facts): readonly number[] | null {
  const strict = lists.filter((list) => !list.includes("people"));
  if (strict.length === 0 || strict.some((list) => list.includes("owners"))) return null;
  const everybody = strict.map((list) => list.map((team) => membersIn(team, facts)));
  const [first = [], ...others] = everybody.map((teams) => teams.flatMap((ids) => ids ?? []));
  if (everybody.flat().includes(null)) return null;
  return [...new Set(first)].filter((id) => others.every((ids) => ids.includes(id)));
}

function notOnLists(lists: readonly (readonly Approver[])[], facts: Facts): string {
  const named = lists.flat();
  const { unreadable } = ownershipOf(facts);
  if (named.includes("owners") && unreadable !== null) return unreadable;
  const teams = named.filter((approver) => approver !== "people" && approver !== "owners");
  if (!named.includes("owners")) return `is not in ${teams.join(" or ")}`;
  return `owns nothing of what changes${teams.length === 0 ? "" : `, or is not in ${teams.join(" or ")}`}`;
}

function whom(lists: readonly (readonly Approver[])[]): string {
  const named = lists
    .filter((list) => !list.includes("people"))
    .map((list) => list.map((one) => (one === "owners" ? "owners of what changes" : one.slice(1))).join(" or "));
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
