import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import type { Facts } from "../facts.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { Opinions } from "./eligibility.ts";
import { isOverrider, nobodyOverrides, overriderNames, overridersNeeded } from "./overriders.ts";

/**
 * Who must agree to a change of the policy: those whom the policy in force names under `override`, beside everything else that is
 * asked; to more planned operations in their own file, which can only forbid, any other person. An agent's is refused, whatever level
 * the policy gives to guardrails and whoever approves.
 */
export function policyChangeRequirements(
  change: PolicyChange | null,
  given: Opinions,
  facts: Facts,
  provenance: Provenance,
  policy: Policy,
): readonly Requirement[] {
  if (change === null) return [];
  if (provenance.author === "agent") return [refusal(change)];
  return [change.onlyPlans ? planned(given) : agreement(given, facts, policy)];
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
    ...notAsked,
  };
}

function agreement(given: Opinions, facts: Facts, policy: Policy): Requirement {
  const { by } = policy.override;
  const need = overridersNeeded(facts, policy);
  const counted = given.approvers.filter((account) => isOverrider(account, by, facts));
  const others = given.approvers
    .filter((account) => !counted.includes(account))
    .map(({ login }) => ({ login, because: "is not named in `override.by`", countsFromMs: null }));
  const way = "; nobody else is an administrator: make somebody one";
  return {
    id: "approvals:policy",
    kind: "approvals",
    what: `${need} ${need === 1 ? "approval" : "approvals"} (change of the policy)`,
    from: overriderNames(by),
    now: `${Math.min(counted.length, need)} of ${need}${nobodyOverrides(facts, policy) ? way : ""}`,
    actor: "people",
    state: { kind: counted.length >= need ? "met" : "missing" },
    need,
    have: counted.length,
    counted: counted.map(({ login }) => login),
    excluded: [...given.excluded, ...others],
    askable: by.flat().filter((one) => one !== "administrators"),
    laterMs: null,
  };
}

function planned(given: Opinions): Requirement {
  const counted = given.approvers;
  return {
    id: "approvals:operations",
    kind: "approvals",
    what: "1 approval (planned operations)",
    from: "another person who may write here",
    now: `${Math.min(counted.length, 1)} of 1`,
    actor: "people",
    state: { kind: counted.length > 0 ? "met" : "missing" },
    need: 1,
    have: counted.length,
    counted: counted.map(({ login }) => login),
    excluded: given.excluded,
    ...notAsked,
  };
}
