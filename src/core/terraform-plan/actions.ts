import type { PlannedChange } from "./plan.ts";

type Acted = Pick<PlannedChange, "actions" | "mode">;

const known = new Set(["no-op", "create", "read", "update", "delete", "forget"]);

/** An action or a mode that this version does not know. It may do anything: it counts as a destruction. */
export function isUnknown({ actions, mode }: Acted): boolean {
  return mode === "unknown" || actions.length === 0 || actions.some((action) => !known.has(action));
}

/** The object ceases to exist. `delete` counts wherever it stands: Terraform's own advice for lists of actions to come. */
export function destroys(change: Acted): boolean {
  return change.actions.includes("delete") || (isUnknown(change) && !doesNothing(change));
}

/** Another object takes its place; the former is destroyed or, with `forget`, left to itself. */
export function replaces(change: Acted): boolean {
  return change.actions.includes("create") && (change.actions.includes("delete") || forgets(change));
}

export function creates({ actions }: Acted): boolean {
  return actions.includes("create");
}

export function updates({ actions }: Acted): boolean {
  return actions.includes("update");
}

/** It leaves the state and goes on to exist, without anything that Terraform protected it by. */
export function forgets({ actions }: Acted): boolean {
  return actions.includes("forget");
}

export function reads({ actions }: Acted): boolean {
  return actions.includes("read");
}

/** It is known by another address from now on. */
export function moves({ address, previousAddress }: Pick<PlannedChange, "address" | "previousAddress">): boolean {
  return previousAddress !== null && previousAddress !== address;
}

export function imports({ importing }: Pick<PlannedChange, "importing">): boolean {
  return importing !== null;
}

export function doesNothing({ actions }: Acted): boolean {
  return actions.length > 0 && actions.every((action) => action === "no-op");
}
