import type { HclValue } from "../../hcl.ts";
import type { Scope } from "./scope.ts";
import { literal, sortedEntries } from "./values.ts";

/** What a `for` walks through; null where that is not decided. */
export function roundsOf(of: HclValue): readonly { readonly key: HclValue; readonly value: HclValue }[] | null {
  if (of.kind === "list") return of.items.map((value, index) => ({ key: literal(index), value }));
  if (of.kind === "object") return sortedEntries(of).map(({ key, value }) => ({ key: literal(key), value }));
  return null;
}

export function binding(
  scope: Scope,
  names: { readonly key: string | null; readonly value: string },
  key: HclValue,
  value: HclValue,
): Scope {
  const bound = new Map(scope.bound).set(names.value, value);
  if (names.key !== null) bound.set(names.key, key);
  return { ...scope, bound };
}

/** Takes steps off the budget; false where none are left. */
export function spend({ budget }: Scope, steps: number): boolean {
  budget.steps -= steps;
  if (budget.steps > 0) return true;
  budget.isExceeded = true;
  return false;
}
