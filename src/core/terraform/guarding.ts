import { guardTables } from "./data/guards.ts";
import type { Concern, Guard, GuardTable, GuardValue, Rank, Trend } from "./guard.ts";
import { inCode } from "./telling.ts";
import { type Reading, sameReadings } from "./reading.ts";

/** A guarded attribute of a type: where it stands and which way it gets worse. */
export interface Guarded extends Guard {
  readonly concern: Concern;
  readonly path: string;
}

const concerns: readonly Concern[] = ["protection", "backup", "encryption", "exposure", "audit", "login", "filter"];

/** Whether a type is one of these names, or begins as one that ends in `*`. */
export function isOneOf(type: string, names: readonly string[]): boolean {
  return names.some((name) => (name.endsWith("*") ? type.startsWith(name.slice(0, -1)) : name === type));
}

export function guardsIn(table: GuardTable): readonly Guarded[] {
  return concerns.flatMap((concern) =>
    Object.entries(table[concern] ?? {}).map(([path, guard]) => ({ ...guard, concern, path })),
  );
}

const ofType = new Map<string, readonly Guarded[]>();

/** The guarded attributes of a resource type. The first table that names one decides. */
export function guardsOf(type: string): readonly Guarded[] {
  const known = ofType.get(type);
  if (known !== undefined) return known;
  const found = new Map<string, Guarded>();
  for (const table of guardTables) {
    if (!isOneOf(type, table.types)) continue;
    for (const guard of guardsIn(table)) if (!found.has(guard.path)) found.set(guard.path, guard);
  }
  const guards = [...found.values()];
  ofType.set(type, guards);
  return guards;
}

export type Judged = "worse" | "undecided" | "no worse";

/** Whether an attribute is worse at head than at base. What was the worst already cannot get worse. */
export function judge(guard: Guard, before: readonly Reading[], after: readonly Reading[]): Judged {
  if (guard.trend.kind === "listed") return judgeLists(before, after, guard.trend.among);
  if (guard.trend.kind === "unlisted") return judgeLists(after, before, guard.trend.among);
  // What may have been there counts as if it was: that it is gone is then seen.
  const was = scoreOf(guard, before) ?? (guard.trend.kind === "stated" ? bestOf(guard.trend) : null);
  const is = scoreOf(guard, after);
  if (was !== null && is !== null) return is < was ? "worse" : "no worse";
  if (was !== null && was <= worstOf(guard.trend)) return "no worse";
  if (is !== null && is >= bestOf(guard.trend)) return "no worse";
  return sameReadings(before, after) ? "no worse" : "undecided";
}

/** What is on the first list and not on the second is worse; where one of them is not decided, that may be anything. */
function judgeLists(first: readonly Reading[], second: readonly Reading[], among: readonly string[] | null): Judged {
  const [all, found] = [itemsOf(first), itemsOf(second)];
  const wanted = all?.filter((item) => among === null || among.includes(item)) ?? null;
  if (wanted !== null && found !== null)
    return wanted.every((item) => found.some((one) => covers(one, item))) ? "no worse" : "worse";
  return wanted?.length === 0 || sameReadings(first, second) ? "no worse" : "undecided";
}

/**
 * Of names of Amazon's, the beginning of one stands for all that begin so: `arn:aws:s3` for every object. Of services of Google's
 * that are audited, `allServices` stands for each.
 */
function covers(one: string, item: string): boolean {
  return one === item || one === "allServices" || (one.startsWith("arn:") && item.startsWith(one));
}

function itemsOf(readings: readonly Reading[]): readonly string[] | null {
  const items = readings.map((reading) => {
    switch (reading.kind) {
      case "absent":
      case "without":
        return [];
      case "value":
        return [String(reading.value)];
      case "present":
        return reading.items;
      case "unknown":
      case "generated":
        return null;
    }
  });
  return items.includes(null) ? null : items.flatMap((some) => some ?? []);
}

/** The least of all, because one block that lets go is enough; null where one of them is not decided. */
function scoreOf(guard: Guard, readings: readonly Reading[]): number | null {
  const scores = readings.map((reading) => score(guard, reading));
  return scores.includes(null) ? null : Math.min(...scores.map((one) => one ?? 0));
}

function score({ trend, absent, without }: Guard, reading: Reading): number | null {
  switch (reading.kind) {
    case "generated":
      return null;
    case "absent":
      return absent === null ? scoreOfNothing(trend) : rank(trend, absent);
    case "without":
      return without === null ? scoreOfNothing(trend) : rank(trend, without);
    case "unknown":
    case "present":
      return scoreOfSomething(trend, reading);
    case "value":
      return rank(trend, reading.value);
  }
}

function scoreOfNothing({ kind }: Trend): number {
  return kind === "unstated" ? 1 : 0;
}

/** A reference to a resource is there; any other expression may come to nothing. */
function scoreOfSomething({ kind }: Trend, reading: Extract<Reading, { kind: "unknown" | "present" }>): number | null {
  if (kind === "stated") return reading.kind === "present" || something.test(reading.text) ? 1 : null;
  return kind === "unstated" && (reading.kind === "present" || reference.test(reading.text)) ? 0 : null;
}
/** A text with something in it, and what a resource, a data source or a module is known by. */
const something = /^(?:"|(?:(?:module|data)\.|[a-z][a-z0-9]*_\w+\.)[^?]+$)/u;
const reference = /^[a-z][a-z0-9]*_\w+\.[^?]+$/u;

/** Keys that a service of AWS keeps for everybody in an account: better than none, less than one's own. */
const keyOfService = /(?:^|:)alias\/aws\//u;

function rank(trend: Trend, value: GuardValue): number | null {
  switch (trend.kind) {
    case "stated":
      return value === "" || value === false ? 0 : keyOfService.test(String(value)) ? 0.5 : 1;
    case "unstated":
      return value === "" || value === false ? 1 : 0;
    case "listed":
    case "unlisted":
      return null;
    case "order": {
      const index = trend.worstFirst.findIndex((one) => valuesOf(one).includes(String(value)));
      return index < 0 ? null : index;
    }
    case "number": {
      const number = typeof value === "boolean" || value === "" ? Number.NaN : Number(value);
      if (number === trend.forever) return Number.POSITIVE_INFINITY;
      return Number.isFinite(number) ? number : null;
    }
  }
}

/** The texts of a rank: a value may be written as a text or as what it is. */
export function valuesOf(one: Rank): readonly string[] {
  return isList(one) ? one.map(String) : [String(one)];
}

function isList(one: Rank): one is readonly GuardValue[] {
  return Array.isArray(one);
}

function worstOf(trend: Trend): number {
  return trend.kind === "number" && trend.forever === null ? 0 : trend.kind === "number" ? Number.NEGATIVE_INFINITY : 0;
}

function bestOf(trend: Trend): number {
  switch (trend.kind) {
    case "order":
      return trend.worstFirst.length - 1;
    case "stated":
    case "unstated":
    case "listed":
    case "unlisted":
      return 1;
    case "number":
      return Number.POSITIVE_INFINITY;
  }
}

/** As people read it: the value, the expression, or what holds where nothing is stated. */
export function shownAs({ absent, without }: Guard, readings: readonly Reading[]): string {
  const texts = readings.map((reading) => {
    switch (reading.kind) {
      case "value":
        return inCode(String(reading.value));
      case "present":
        return reading.items === null ? "set" : inCode(reading.text);
      case "unknown":
      case "generated":
        return inCode(reading.text);
      case "absent":
        return absent === null ? "not set" : `not set (the provider's default is \`${String(absent)}\`)`;
      case "without":
        return without === null ? "not set" : `not set (the provider's default is \`${String(without)}\`)`;
    }
  });
  return [...new Set(texts)].join(", ");
}
