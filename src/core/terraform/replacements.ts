import { byCodeUnits } from "../../lib/order.ts";
import { parseQuantity, compare as compareQuantities } from "../../lib/quantity.ts";
import { type AttributeSight, isIgnored, placeOfAttribute, readBoth, type Standing, standing } from "./attributes.ts";
import { namelike, replacing } from "./data/replacing.ts";
import { fatesOf } from "./fates.ts";
import { isOneOf } from "./guarding.ts";
import type { ResourcesView } from "./model.ts";
import { type Reading, sameReadings } from "./reading.ts";
import { type StatedTiers, tierOf } from "./stateful.ts";
import { inCode } from "./telling.ts";

export interface ReplacingPath {
  readonly path: string;
  readonly smaller: boolean;
}

/** What of a type cannot be changed in place; of a type that no table names, what things are known by. */
export function replacingPaths(type: string): readonly ReplacingPath[] {
  const tables = replacing.filter(({ types }) => isOneOf(type, types));
  const any = tables.length === 0 ? namelike : tables.flatMap((table) => table.any);
  const smaller = tables.flatMap((table) => table.smaller ?? []);
  return [
    ...[...new Set(any)].map((path) => ({ path, smaller: false })),
    ...[...new Set(smaller)].map((path) => ({ path, smaller: true })),
  ];
}

/** Attributes of what holds data that change where no provider changes them in place. */
export function replacementsIn(
  view: ResourcesView,
  stated: StatedTiers,
  reach: Parameters<typeof standing>[1],
): readonly AttributeSight[] {
  const moves = movesOf(view);
  return standing(view, reach).flatMap((fate) => {
    const { type } = fate.after;
    if (tierOf(type, stated) !== "A") return [];
    return replacingPaths(type).flatMap((one) => sightOf(fate, one, moves.get(fate.root) ?? []));
  });
}

type Moves = readonly (readonly [string, string])[];

/** By root, the addresses that stand elsewhere now: what refers to them refers to the same things. */
function movesOf(view: ResourcesView): ReadonlyMap<string, Moves> {
  const found = new Map<string, (readonly [string, string])[]>();
  for (const fate of fatesOf(view)) {
    if (fate.kind !== "stands" || fate.before.address === fate.after.address) continue;
    const moves = found.get(fate.root) ?? [];
    moves.push([fate.before.address, fate.after.address]);
    found.set(fate.root, moves);
  }
  return found;
}

function sightOf(fate: Standing, { path, smaller }: ReplacingPath, moves: Moves): readonly AttributeSight[] {
  if (isIgnored(fate.after, path)) return [];
  const { was, is } = readBoth(fate, path);
  const followed = was.map((reading) => followedBy(reading, moves));
  if (sameReadings(followed, is)) return [];
  const judged = smaller ? judgeSize(followed, is) : judgeAny(followed, is);
  if (judged === "stays") return [];
  const [before, after] = [shown(followed), shown(is)];
  const name = inCode(path);
  const certain = judged === "replaced";
  const say = (addresses: string): string => {
    if (!certain) return `whether ${addresses} is replaced: ${name} ${before} → ${after}`;
    return smaller
      ? `${name} of ${addresses} gets smaller, ${before} → ${after}: no provider shrinks it in place`
      : `${name} of ${addresses} ${before} → ${after} cannot be changed in place: what stands is destroyed, and an empty one created`;
  };
  return [{ fate, at: placeOfAttribute(fate, path), path, say, certain, before, after, values: null }];
}

function followedBy(reading: Reading, moves: Moves): Reading {
  if (reading.kind !== "unknown" && reading.kind !== "present") return reading;
  const text = moves.reduce(
    (done, [from, to]) => (done.includes(from) ? done.replaceAll(from, to) : done),
    reading.text,
  );
  return { ...reading, text };
}

type Judged = "replaced" | "undecided" | "stays";

function judgeAny(was: readonly Reading[], is: readonly Reading[]): Judged {
  const [old, fresh] = [was.map(valueOf), is.map(valueOf)];
  const known = (values: readonly (string | null | undefined)[]): boolean =>
    values.every((value) => value !== undefined);
  if (!known(old) || !known(fresh)) return "undecided";
  const ordered = (values: readonly (string | null | undefined)[]): readonly string[] =>
    values.map((value) => JSON.stringify(value ?? null)).toSorted(byCodeUnits);
  if (ordered(old).join() === ordered(fresh).join()) return "stays";
  const absent = (values: readonly unknown[]): boolean => values.every((value) => value === null);
  // A flag that is not stated is off; whatever else is not stated the provider may have filled in with the same.
  const flags = [...old, ...fresh].every((value) => value === null || value === "true" || value === "false");
  if (flags) return old.includes("true") === fresh.includes("true") ? "stays" : "replaced";
  return absent(old) || absent(fresh) ? "undecided" : "replaced";
}

/** Null: not stated. Undefined: nobody knows. */
function valueOf(reading: Reading): string | null | undefined {
  switch (reading.kind) {
    case "value":
      return String(reading.value);
    case "present":
      return reading.text;
    case "absent":
    case "without":
      return null;
    case "unknown":
    case "generated":
      return undefined;
  }
}

function judgeSize([was]: readonly Reading[], [is]: readonly Reading[]): Judged {
  const [old, fresh] = [was, is].map((reading) => (reading === undefined ? null : valueOf(reading)));
  if (old === null || fresh === null) return "stays";
  if (old === undefined || fresh === undefined) return "undecided";
  const [before, after] = [parseQuantity(old), parseQuantity(fresh)];
  if (before === null || after === null) return "undecided";
  return compareQuantities(after, before) < 0 ? "replaced" : "stays";
}

function shown(readings: readonly Reading[]): string {
  const texts = readings.map((reading) => {
    const value = valueOf(reading);
    if (value === null) return "not set";
    return inCode(value ?? ("text" in reading ? reading.text : ""));
  });
  return [...new Set(texts)].join(", ");
}
