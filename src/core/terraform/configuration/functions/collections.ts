import { byCodeUnits } from "../../../../lib/order.ts";
import type { HclValue } from "../../../hcl.ts";
import {
  asBool,
  asNumber,
  asText,
  decided,
  entry,
  fault,
  identityOf,
  list,
  literal,
  object,
  sortedEntries,
} from "../values.ts";
import { asSet } from "../types.ts";
import type { Function, Functions } from "./function.ts";

type Items = readonly HclValue[];

function itemsOf(value: HclValue | undefined): Items | null {
  return value?.kind === "list" ? value.items : null;
}

function isNull(value: HclValue): boolean {
  return value.kind === "literal" && value.value === null;
}

function onList(make: (items: Items, rest: Items) => HclValue | null): Function {
  return ([first, ...rest]) => {
    const items = itemsOf(first);
    return items === null ? null : make(items, rest);
  };
}

/** Only where every item is decided: their order or their number depends on what they are. */
function onDecided(make: (items: Items, rest: Items) => HclValue | null): Function {
  return onList((items, rest) => (items.every(decided) ? make(items, rest) : null));
}

function merge(args: Items): HclValue | null {
  const given = args.filter((arg) => !isNull(arg));
  if (!given.every((arg) => arg.kind === "object")) return null;
  return object(given.flatMap((arg) => arg.entries.map((one) => [one.key, one.value] as const)));
}

function flat(items: Items): Items | null {
  const found: HclValue[] = [];
  for (const item of items) {
    if (item.kind === "unknown") return null; // a list or one item: nobody knows how many
    if (item.kind !== "list") found.push(item);
    else {
      const inner = flat(item.items);
      if (inner === null) return null;
      found.push(...inner);
    }
  }
  return found;
}

function lengthOf(value: HclValue | undefined): HclValue | null {
  if (value?.kind === "list") return literal(value.items.length);
  if (value?.kind === "object") return literal(value.entries.length);
  const text = value?.kind === "literal" && typeof value.value === "string" ? value.value : null;
  return text === null ? null : literal(Array.from(text).length);
}

/** The key of a decided map; else its default, where one is given. */
function lookup([map, key, otherwise]: Items): HclValue | null {
  const name = asText(key);
  if (map?.kind !== "object" || name === undefined) return null;
  return entry(map, name) ?? otherwise ?? fault("a key that is not there");
}

function contains([of, wanted]: Items): HclValue | null {
  const items = itemsOf(of);
  if (items === null || wanted === undefined || !decided(wanted)) return null;
  if (items.some((item) => decided(item) && identityOf(item) === identityOf(wanted))) return literal(true);
  return items.every(decided) ? literal(false) : null;
}

/** The first that is neither null nor empty; one that is not decided may be it. */
function coalesce(args: Items): HclValue | null {
  for (const arg of args) {
    if (arg.kind === "unknown") return null;
    if (!isNull(arg) && !(arg.kind === "literal" && arg.value === "")) return arg;
  }
  return fault("nothing that is set");
}

function coalescelist(args: Items): HclValue | null {
  for (const arg of args) {
    if (arg.kind !== "list") return null;
    if (arg.items.length > 0) return arg;
  }
  return fault("no list that is not empty");
}

function element([of, index]: Items): HclValue | null {
  const items = itemsOf(of);
  const at = asNumber(index);
  if (items === null || at === undefined) return null;
  return items.at(items.length === 0 ? 0 : at % items.length) ?? fault("an item of an empty list");
}

function slice(items: Items, [from, to]: Items): HclValue | null {
  const [start, end] = [asNumber(from), asNumber(to)];
  if (start === undefined || end === undefined) return null;
  return start < 0 || end > items.length || start > end
    ? fault("a slice that is not there")
    : list(items.slice(start, end));
}

function chunklist(items: Items, [by]: Items): HclValue | null {
  const size = asNumber(by);
  if (size === undefined || size < 1) return size === 0 ? list([list(items)]) : null;
  const chunks: HclValue[] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(list(items.slice(at, at + size)));
  return list(chunks);
}

function zipmap([keys, values]: Items): HclValue | null {
  const names = itemsOf(keys)?.map(asText);
  const given = itemsOf(values);
  if (names === undefined || given === null || names.length !== given.length) return null;
  const pairs: [string, HclValue][] = [];
  for (const [index, name] of names.entries()) {
    const value = given[index];
    if (name === undefined || value === undefined) return null;
    pairs.push([name, value]);
  }
  return object(pairs);
}

function distinct(items: Items): HclValue {
  const seen = new Set<string>();
  return list(
    items.filter((item) => {
      const id = identityOf(item);
      return !seen.has(id) && seen.add(id) !== undefined;
    }),
  );
}

function sort(items: Items): HclValue | null {
  const texts = items.map(asText);
  if (!texts.every((text) => text !== undefined)) return null;
  return list(texts.toSorted(byCodeUnits).map(literal));
}

function compact(items: Items): HclValue {
  return list(items.filter((item) => !isNull(item) && !(item.kind === "literal" && item.value === "")));
}

function indexIn(items: Items, [wanted]: Items): HclValue | null {
  if (wanted === undefined || !decided(wanted)) return null;
  const at = items.findIndex((item) => identityOf(item) === identityOf(wanted));
  return at < 0 ? fault("an item that is not there") : literal(at);
}

/** `one` and `length` need how many items there are, not what they are. */
function one([of]: Items): HclValue | null {
  if (of !== undefined && isNull(of)) return of;
  const items = itemsOf(of);
  if (items === null || items.length > 1) return items === null ? null : fault("more than one item");
  return items[0] ?? literal(null);
}

function every(deciding: boolean): Function {
  return onList((items) => {
    const known = items.map(asBool);
    if (known.includes(deciding)) return literal(deciding);
    return known.every((item) => item !== undefined) ? literal(!deciding) : null;
  });
}

function concat(args: Items): HclValue | null {
  const lists = args.map(itemsOf);
  return lists.every((items) => items !== null) ? list(lists.flat()) : null;
}

function flatten(items: Items): HclValue | null {
  const found = flat(items);
  return found === null ? null : list(found);
}

function scalarTo(convert: (value: HclValue) => string | number | boolean | undefined): Function {
  return ([value]) => {
    if (value?.kind !== "literal") return null;
    if (value.value === null) return value;
    const made = convert(value);
    return made === undefined ? fault("a conversion that does not fit") : literal(made);
  };
}

const rangeLimit = 1024; // Terraform's own

function range(args: Items): HclValue | null {
  const numbers = args.map(asNumber);
  if (!numbers.every((number) => number !== undefined)) return null;
  const [start = 0, limit = 0] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const step = numbers[2] ?? (limit < start ? -1 : 1);
  if (step === 0 || Math.abs((limit - start) / step) > rangeLimit) return fault("a range that is too long");
  const found: HclValue[] = [];
  for (let at = start; step > 0 ? at < limit : at > limit; at += step) found.push(literal(at));
  return list(found);
}

export const collectionFunctions: Functions = [
  ["merge", merge],
  ["concat", concat],
  ["flatten", onList(flatten)],
  ["distinct", onDecided(distinct)],
  ["compact", onDecided(compact)],
  ["sort", onDecided(sort)],
  ["index", onDecided(indexIn)],
  ["reverse", onList((items) => list(items.toReversed()))],
  ["slice", onList(slice)],
  ["chunklist", onList(chunklist)],
  ["element", element],
  ["length", ([value]) => lengthOf(value)],
  ["lookup", lookup],
  ["contains", contains],
  ["coalesce", coalesce],
  ["coalescelist", coalescelist],
  ["keys", ([map]) => (map?.kind === "object" ? list(sortedEntries(map).map(({ key }) => literal(key))) : null)],
  ["values", ([map]) => (map?.kind === "object" ? list(sortedEntries(map).map(({ value }) => value)) : null)],
  ["zipmap", zipmap],
  ["range", range],
  ["one", one],
  ["alltrue", every(false)],
  ["anytrue", every(true)],
  ["tolist", ([value]) => (value?.kind === "list" ? value : null)],
  ["toset", ([value]) => (value?.kind === "list" ? asSet(value.items) : null)],
  ["tomap", ([value]) => (value?.kind === "object" ? value : null)],
  ["tostring", scalarTo(asText)],
  ["tonumber", scalarTo(asNumber)],
  ["tobool", scalarTo(asBool)],
  ["sensitive", ([value]) => value ?? null],
  ["nonsensitive", ([value]) => value ?? null],
  ["ephemeralasnull", () => null],
];
