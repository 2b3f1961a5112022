import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import type { Account, Facts } from "../facts.ts";
import type { Approver } from "../policy/schema.ts";
import type { Grounds, Opinions } from "./eligibility.ts";
import { askable, isOnEveryList, ownershipOf, unowned } from "./lists.ts";
import { seat } from "./matching.ts";
import { isAdministrator, shortage } from "./stand-in.ts";

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
  const { facts, policy } = grounds;
  const short = shortage(ask.count, lists, given, grounds);
  const standIn = short?.standIn ?? null;
  // Where different requirements ask for different people, nobody sits twice by standing in.
  const others = policy.approvals.distinctTeams
    ? []
    : (standIn?.others.filter((account) => !counted.includes(account)) ?? []);
  const all = [...counted, ...others];
  // An administrator who stands in does so for everybody who is not there, owners included.
  const stoodIn = standIn !== null && all.some((account) => isAdministrator(account, facts));
  const left = stoodIn ? [] : lists.flatMap((list) => unowned(list, counted, facts));
  const need = stoodIn ? standIn.need : ask.count;
  const met = all.length >= need && left.length === 0;
  const not = (account: Account, because: string) => ({ login: account.login, because, countsFromMs: null });
  const elsewhere = given.approvers
    .filter((account) => !fit.includes(account) && !others.includes(account))
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
      `${Math.min(all.length, ask.count)} of ${ask.count}`,
      ...(left[0] === undefined ? [] : [`nobody who owns \`${left[0]}\``]),
      ...(short === null || (met && !stoodIn) ? [] : [short.says]),
    ].join(", and "),
    actor: "people",
    state: { kind: met ? "met" : "missing" },
    need,
    have: all.length,
    counted: all.map((account) => account.login),
    excluded: [...given.excluded, ...elsewhere, ...busy],
    askable: met ? [] : askable(lists, left, facts),
    laterMs: met ? null : (short?.fromMs ?? null),
  };
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
    ...notAsked,
  }));
}
