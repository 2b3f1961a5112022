import { moment, nextMinute } from "../moments.ts";
import type { Account, Facts } from "../facts.ts";
import type { Approver } from "../policy/schema.ts";
import { everybodyLeft, type Grounds, mayStillApprove, type Opinions } from "./eligibility.ts";
import { areReadable, isOnEveryList, membersIn } from "./lists.ts";
import { shownSinceMs } from "./reports.ts";

type Lists = readonly (readonly Approver[])[];

/** What becomes of an ask that the people who are left cannot meet. */
export interface Shortage {
  /** What the report says of it. */
  readonly says: string;
  /** When administrators stand in, by themselves; null where nobody can. It may have passed. */
  readonly fromMs: number | null;
  /** Now: as many approvals as are enough, one of them an administrator's, and who may give them beside those on the lists. */
  readonly standIn: { readonly need: number; readonly others: readonly Account[] } | null;
}

/**
 * Null where enough people are left, or where it is not known who is. Those who are not there are stood in for by administrators whose
 * own approval counts: nobody with a part in the change becomes an approver by being the last one.
 */
export function shortage(count: number, lists: Lists, given: Opinions, grounds: Grounds): Shortage | null {
  const { facts, policy, nowMs, shown } = grounds;
  const everybody = everybodyLeft(grounds);
  const left = leftOn(lists, grounds);
  if (left === null || left >= count) return null;
  const few = `only ${left} of ${count} eligible`;
  const stuck = `${few}: it cannot be met until somebody without a part in this change joins, or the policy names others`;
  const administrators = everybody?.filter(({ permission }) => permission === "admin") ?? [];
  if (administrators.length === 0) return { says: stuck, fromMs: null, standIn: null };
  const elsewhere = administrators.filter(({ account }) => !isOnEveryList(account, lists, facts));
  const need = Math.max(1, Math.min(count, left + elsewhere.length));
  const enough = `${need} ${need === 1 ? "approval is" : "approvals are"} enough, one of them an administrator's`;
  const sinceMs = shownSinceMs(facts, shown);
  const fromMs = sinceMs === null ? null : sinceMs + policy.approvals.nobodyLeftAfterMs;
  if (fromMs === null || fromMs > nowMs) {
    const when = fromMs === null ? "later" : `from ${moment(nextMinute(fromMs), policy.timezone)}`;
    return { says: `${few}: ${when} ${enough}`, fromMs, standIn: null };
  }
  const others = given.approvers.filter(
    (account) => elsewhere.some((one) => one.account.id === account.id) && isAdministrator(account, facts),
  );
  return { says: `${few}, for too long: ${enough}`, fromMs, standIn: { need, others } };
}

/** Whether the permission of now, by which approvals are judged, is that of an administrator. */
export function isAdministrator(account: Account, { people }: Facts): boolean {
  return people.some((person) => person.account.id === account.id && person.permission === "admin");
}

/** How many could still approve from the lists; null where that is not known. */
function leftOn(lists: Lists, grounds: Grounds): number | null {
  const everybody = everybodyLeft(grounds);
  if (!areReadable(lists, grounds.facts)) return null;
  if (everybody !== null) return everybody.filter(({ account }) => isOnEveryList(account, lists, grounds.facts)).length;
  const members = membersOf(lists, grounds.facts);
  return members === null ? null : mayStillApprove(members, grounds).length;
}

/** Ids of those who are in each of the lists, whose teams can be read; null where a list is not of teams alone. */
function membersOf(lists: Lists, facts: Facts): readonly number[] | null {
  const strict = lists.filter((list) => !list.includes("people"));
  if (strict.length === 0 || strict.some((list) => list.includes("owners"))) return null;
  const everybody = strict.map((list) => list.flatMap((team) => membersIn(team, facts) ?? []));
  const [first = [], ...others] = everybody;
  return [...new Set(first)].filter((id) => others.every((ids) => ids.includes(id)));
}
