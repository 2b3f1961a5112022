import type { Policy } from "../../../core/policy/schema.ts";
import { canonicalJson } from "../../../lib/canonical-json.ts";

/** Whether any key of the policy asks for owners: by the word, so that no key can be forgotten. */
export function asksOwners(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === "owners";
  return Object.values(value).some((inner: unknown) => asksOwners(inner));
}

/** Every team that any key of the policy names. Walks all of it, so that no key can be forgotten. */
export function teamsNamed(value: unknown): readonly string[] {
  if (typeof value === "string") return /^@[^/\s]+\/[^/\s]+$/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner: unknown) => teamsNamed(inner));
}

/** What of a policy decides which facts are collected, as text to compare. */
export function factsNeeded(policy: Policy): string {
  const { layout, environments, services, capacity, limits, restore } = policy;
  const { values } = limits;
  return canonicalJson([
    { layout, environments, services, capacity, values, restore },
    asksOwners(policy),
    teamsNamed(policy),
  ]);
}
