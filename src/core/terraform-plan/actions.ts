import type { PlannedChange } from "./plan.ts";

type Acted = Pick<PlannedChange, "actions" | "mode">;

/** What Terraform and OpenTofu write. `open`, `renew` and `close` are OpenTofu's, of ephemeral resources. */
const reading = new Set(["read", "open", "renew", "close"]);
const known = new Set(["no-op", "create", "update", "delete", "forget", ...reading]);

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
  return actions.some((action) => reading.has(action));
}

/** It is known by another address from now on. */
export function moves({ address, previousAddress }: Pick<PlannedChange, "address" | "previousAddress">): boolean {
  return previousAddress !== null && previousAddress !== address;
}

export function imports({ importing }: Pick<PlannedChange, "importing">): boolean {
  return importing !== null;
}

export function doesNothing({ actions }: Pick<Acted, "actions">): boolean {
  return actions.length > 0 && actions.every((action) => action === "no-op");
}

/** What happens to a resource, in one word; what is worse than another comes first in what people read. */
export type Outcome =
  | "unknown"
  | "delete"
  | "replace"
  | "forget"
  | "update"
  | "create"
  | "import"
  | "move"
  | "read"
  | "nothing";

export function outcomeOf(change: PlannedChange): Outcome {
  if (isUnknown(change)) return doesNothing(change) ? "nothing" : "unknown";
  if (replaces(change)) return "replace";
  if (destroys(change)) return "delete";
  if (forgets(change)) return "forget";
  if (updates(change)) return "update";
  if (creates(change)) return "create";
  if (imports(change)) return "import";
  if (moves(change)) return "move";
  return reads(change) ? "read" : "nothing";
}
