import type { Account, Facts } from "../facts.ts";
import type { Approver } from "../policy/schema.ts";

/** Whether somebody is in each of the lists. A team whose members could not be read has none. */
export function isOnEveryList(account: Account, lists: readonly (readonly Approver[])[], facts: Facts): boolean {
  return lists.every((list) => list.some((approver) => isIn(approver, account, facts)));
}

export function isTeam(approver: Approver): boolean {
  return approver !== "people";
}

function isIn(approver: Approver, account: Account, facts: Facts): boolean {
  if (!isTeam(approver)) return true;
  const wanted = approver.toLowerCase();
  const team = facts.teams.find((candidate) => candidate.team.toLowerCase() === wanted);
  return team?.members?.includes(account.id) ?? false;
}
