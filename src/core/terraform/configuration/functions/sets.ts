import type { HclValue } from "../../../hcl.ts";
import { asSet } from "../types.ts";
import { decided, identityOf, list } from "../values.ts";
import type { Function, Functions } from "./function.ts";

const productLimit = 10_000;

/** On decided sets only: what an undecided item is, decides whether it is in the other one. */
function onSets(make: (sets: readonly (readonly HclValue[])[]) => readonly HclValue[]): Function {
  return (args) => {
    const sets = args.map((arg) => (arg.kind === "list" && decided(arg) ? arg.items : null));
    return sets.length > 0 && sets.every((set) => set !== null) ? asSet(make(sets)) : null;
  };
}

function idsOf(items: readonly HclValue[]): ReadonlySet<string> {
  return new Set(items.map(identityOf));
}

const product: Function = (args) => {
  const lists = args.map((arg) => (arg.kind === "list" ? arg.items : null));
  if (lists.length === 0 || !lists.every((items) => items !== null)) return null;
  if (lists.reduce((size, items) => size * items.length, 1) > productLimit) return null;
  const rows = lists.reduce<readonly (readonly HclValue[])[]>(
    (made, items) => made.flatMap((row) => items.map((item) => [...row, item])),
    [[]],
  );
  return list(rows.map(list));
};

export const setFunctions: Functions = [
  ["setunion", onSets((sets) => sets.flat())],
  [
    "setintersection",
    onSets(([first = [], ...rest]) => {
      const others = rest.map(idsOf);
      return first.filter((item) => others.every((ids) => ids.has(identityOf(item))));
    }),
  ],
  [
    "setsubtract",
    onSets(([first = [], second = []]) => {
      const gone = idsOf(second);
      return first.filter((item) => !gone.has(identityOf(item)));
    }),
  ],
  ["setproduct", product],
];
