import type { Account, Facts } from "../facts.ts";
import type { Overrider, Policy } from "../policy/schema.ts";
import { neverApproves } from "../provenance/invokers.ts";

type Lists = readonly (readonly Overrider[])[];

/** Whether somebody is in each of the lists. What a team's members are and what a person may do counts as nothing where it was not read. */
export function isOverrider(account: Account, lists: Lists, facts: Pick<Facts, "people" | "teams">): boolean {
  return lists.every((list) => list.some((one) => isOne(one, account, facts)));
}

/** Of administrators no more than there are beside who opened it; where they could not be listed, as many as are stated. */
export function overridersNeeded(facts: Facts, policy: Policy): number {
  const { count } = policy.override;
  if (!onlyAdministrators(policy) || facts.administrators === null) return count;
  return Math.min(count, Math.max(1, candidates(facts, policy).length));
}

/** Whether it is known that nobody is left who could decide: only administrators may, and there is none beside who opened it. */
export function nobodyOverrides(facts: Facts, policy: Policy): boolean {
  return facts.administrators !== null && onlyAdministrators(policy) && candidates(facts, policy).length === 0;
}

/** "an administrator, and acme/sre or person-a". */
export function overriderNames(lists: Lists): string {
  return lists.map((list) => list.map(named).join(" or ")).join(", and ");
}

function onlyAdministrators({ override }: Policy): boolean {
  return override.by.every((list) => list.every((one) => one === "administrators"));
}

function candidates({ administrators, pullRequest }: Facts, policy: Policy): readonly Account[] {
  return (administrators ?? []).filter(
    (account) => account.id !== pullRequest.author.id && !neverApproves(account, policy),
  );
}

function isOne(overrider: Overrider, account: Account, facts: Pick<Facts, "people" | "teams">): boolean {
  if (overrider === "administrators")
    return facts.people.some((person) => person.account.id === account.id && person.permission === "admin");
  if (overrider === `@${account.login.toLowerCase()}`) return true;
  const team = facts.teams.find((candidate) => candidate.team.toLowerCase() === overrider);
  return team?.members?.includes(account.id) ?? false;
}

function named(overrider: Overrider): string {
  return overrider === "administrators" ? "an administrator" : overrider.slice(1);
}
