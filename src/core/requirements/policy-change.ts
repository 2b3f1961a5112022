import type { Requirement } from "../evaluate/evaluation.ts";
import type { Account, Facts } from "../facts.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { Overrider, Policy } from "../policy/schema.ts";
import { neverApproves } from "../provenance/invokers.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { Opinions } from "./eligibility.ts";

/**
 * Who must agree to a change of the policy: those whom the policy in force names under `override`, beside everything else that is
 * asked. An agent's is refused, whatever level the policy gives to guardrails and whoever approves.
 */
export function policyChangeRequirements(
  change: PolicyChange | null,
  given: Opinions,
  facts: Facts,
  provenance: Provenance,
  policy: Policy,
): readonly Requirement[] {
  if (change === null) return [];
  return provenance.author === "agent" ? [refusal(change)] : [agreement(given, facts, policy)];
}

function refusal({ paths }: PolicyChange): Requirement {
  return {
    id: "policy-change",
    kind: "policy_change",
    what: "The policy is not edited by an agent",
    from: "the author; a person changes the policy in a pull request of its own",
    now: `${paths.map((path) => `\`${path}\``).join(" and ")} would change`,
    actor: "agent",
    state: { kind: "failed" },
    need: null,
    have: null,
    counted: [],
    excluded: [],
  };
}

function agreement(given: Opinions, facts: Facts, policy: Policy): Requirement {
  const { by } = policy.override;
  const need = needed(facts, policy);
  const counted = given.approvers.filter((account) =>
    by.every((list) => list.some((one) => isOne(one, account, facts))),
  );
  const others = given.approvers
    .filter((account) => !counted.includes(account))
    .map(({ login }) => ({ login, because: "is not named in `override.by`", countsFromMs: null }));
  const nobody = facts.administrators !== null && onlyAdministrators(policy) && candidates(facts, policy).length === 0;
  const way = "; nobody else is an administrator: make somebody one";
  return {
    id: "approvals:policy",
    kind: "approvals",
    what: `${need} ${need === 1 ? "approval" : "approvals"} (change of the policy)`,
    from: by.map((list) => list.map(named).join(" or ")).join(", and "),
    now: `${Math.min(counted.length, need)} of ${need}${nobody ? way : ""}`,
    actor: "people",
    state: { kind: counted.length >= need ? "met" : "missing" },
    need,
    have: counted.length,
    counted: counted.map(({ login }) => login),
    excluded: [...given.excluded, ...others],
  };
}

/** Of administrators no more than there are beside who opened it; where they could not be listed, as many as are stated. */
function needed(facts: Facts, policy: Policy): number {
  const { count } = policy.override;
  if (!onlyAdministrators(policy) || facts.administrators === null) return count;
  return Math.min(count, Math.max(1, candidates(facts, policy).length));
}

function onlyAdministrators({ override }: Policy): boolean {
  return override.by.every((list) => list.every((one) => one === "administrators"));
}

function candidates({ administrators, pullRequest }: Facts, policy: Policy): readonly Account[] {
  return (administrators ?? []).filter(
    (account) => account.id !== pullRequest.author.id && !neverApproves(account, policy),
  );
}

function isOne(overrider: Overrider, account: Account, facts: Facts): boolean {
  if (overrider === "administrators")
    return facts.people.some((person) => person.account.id === account.id && person.permission === "admin");
  if (overrider === `@${account.login.toLowerCase()}`) return true;
  const team = facts.teams.find((candidate) => candidate.team.toLowerCase() === overrider);
  return team?.members?.includes(account.id) ?? false;
}

function named(overrider: Overrider): string {
  return overrider === "administrators" ? "an administrator" : overrider.slice(1);
}
