import type { Mistake } from "./explain.ts";
import { policyPaths } from "./places.ts";
import { operations } from "./schema/freezes.ts";
import { group } from "./schema/key.ts";
import { root } from "./schema/root.ts";
import type { Located } from "./yaml.ts";

/** The whole file of planned operations: whoever edits it can forbid with it and do nothing else. */
export const operationsRoot = group("The file of planned operations.", { operations });

/** The file as a mapping: a list that stands alone is the list of operations. */
export function asMapping({ value, places }: Located): Located {
  if (!Array.isArray(value)) return { value, places };
  const start = places.get("");
  return {
    value: { operations: value },
    places: new Map([
      ...(start === undefined ? [] : [["", start] as const]),
      ...[...places].map(([key, place]) => [key === "" ? ".operations" : `.operations\0${key}`, place] as const),
    ]),
  };
}

/** What the file leaves out, and keys of the policy that have no place in it. */
export function misplaced(value: unknown): readonly Mistake[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const missing: readonly Mistake[] = Object.hasOwn(value, "operations")
    ? []
    : [{ path: [], at: "value", message: "`operations` is missing", remedy: "add it, or delete the file" }];
  return [
    ...missing,
    ...Object.keys(value)
      .filter(belongsElsewhere)
      .map((name): Mistake => {
        const message = `\`${name}\` has no place among planned operations`;
        return { path: [name], at: "key", message, remedy: `state it in ${policyPaths.repository}` };
      }),
  ];
}

/** Whether it is a key of the policy that this file does not have. */
export function belongsElsewhere(name: string): boolean {
  return name !== "operations" && Object.hasOwn(root.entry.below?.keys ?? {}, name);
}
