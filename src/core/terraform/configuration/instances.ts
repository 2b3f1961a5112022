import type { HclBlock, HclValue } from "../../hcl.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { Scope } from "./scope.ts";
import { asNumber, asText, digested, list, literal, object, sortedEntries, unknown } from "./values.ts";

/** One of those that `count` or `for_each` makes. */
export interface Instance {
  /** As an address has it: empty, `[0]`, `["a"]`, or `[*]` for all of them where nobody can tell how many there are. */
  readonly suffix: string;
  readonly bound: ReadonlyMap<string, HclValue>;
}

export interface Instances {
  readonly by: "none" | "count" | "each" | "undecided";
  readonly all: readonly Instance[];
  readonly keys: readonly string[];
}

const instancesLimit = 200;
const nothing: ReadonlyMap<string, HclValue> = new Map();

export function instancesOf(block: HclBlock, scope: Scope, room: { left: number }): Instances {
  const count = attributeOf(block.body, "count");
  const forEach = attributeOf(block.body, "for_each");
  if (count === undefined && forEach === undefined)
    return taken({ by: "none", all: [{ suffix: "", bound: nothing }], keys: [] }, room);
  const given = count ?? forEach;
  const of = given === undefined ? unknown("") : scope.evaluate(given, scope);
  const found = count === undefined ? byEach(of) : byCount(of);
  return taken(found ?? undecided(count === undefined ? of : null), room, of);
}

function taken(instances: Instances, room: { left: number }, of: HclValue | null = null): Instances {
  room.left -= instances.all.length;
  return room.left < 0 && instances.all.length > 1 ? undecided(instances.by === "each" ? of : null) : instances;
}

/** One for all. What `each.value` is there depends on what they are made of: a digest of that stands in its text. */
function undecided(of: HclValue | null): Instances {
  const bound: ReadonlyMap<string, HclValue> =
    of === null
      ? new Map([["count", object([["index", unknown("count.index")]])]])
      : new Map([
          [
            "each",
            object([
              ["key", unknown("each.key")],
              ["value", unknown(digested("each.value", of))],
            ]),
          ],
        ]);
  return { by: "undecided", all: [{ suffix: "[*]", bound }], keys: [] };
}

function byCount(count: HclValue): Instances | null {
  const number = asNumber(count);
  if (number === undefined || !Number.isInteger(number) || number < 0 || number > instancesLimit) return null;
  const all = Array.from({ length: number }, (_, index) => ({
    suffix: `[${index}]`,
    bound: new Map([["count", object([["index", literal(index)]])]]),
  }));
  return { by: "count", all, keys: all.map((_, index) => String(index)) };
}

function byEach(of: HclValue): Instances | null {
  const pairs =
    of.kind === "object"
      ? sortedEntries(of).map(({ key, value }) => [key, value] as const)
      : of.kind === "list"
        ? of.items.map((item) => [asText(item), item] as const)
        : null;
  if (pairs === null || pairs.length > instancesLimit) return null;
  const unique = new Map<string, HclValue>();
  for (const [key, value] of pairs) {
    if (key === undefined) return null;
    unique.set(key, value);
  }
  const all = [...unique].map(([key, value]) => ({
    suffix: `[${JSON.stringify(key)}]`,
    bound: new Map([
      [
        "each",
        object([
          ["key", literal(key)],
          ["value", value],
        ]),
      ],
    ]),
  }));
  return { by: "each", all, keys: [...unique.keys()] };
}

/** What a name of a block with instances stands for in an expression. */
export function valueOfInstances(
  { by, all, keys }: Instances,
  address: string,
  handle: (instance: Instance) => HclValue,
): HclValue {
  const values = all.map(handle);
  switch (by) {
    case "none":
      return values[0] ?? unknown(address);
    case "count":
      return list(values);
    case "each":
      return object(keys.map((key, index) => [key, values[index] ?? unknown(address)]));
    case "undecided":
      return unknown(address);
  }
}
