import { attributeOf, textOf } from "../views/terraform.ts";
import { type AttributeSight, isIgnored, placeOfAttribute, readBoth, type Standing, standing } from "./attributes.ts";
import { engines, type Engine } from "./data/engines.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { type Reading, sameReadings } from "./reading.ts";
import { inCode } from "./telling.ts";

/** Versions of engines that change by a major version, or go back. */
export function engineChanges(view: ResourcesView, reach: Parameters<typeof standing>[1]): readonly AttributeSight[] {
  return standing(view, reach).flatMap((fate) =>
    engines.filter(({ types }) => types.includes(fate.after.type)).flatMap((engine) => sightOf(fate, engine)),
  );
}

function sightOf(fate: Standing, engine: Engine): readonly AttributeSight[] {
  const path = engine.version;
  if (isIgnored(fate.after, path)) return [];
  const { was, is } = readBoth(fate, path);
  if (sameReadings(was, is)) return [];
  const [old, fresh] = [versionIn(was), versionIn(is)];
  // The provider keeps what stands where no version is stated.
  if (old === null || fresh === null) return [];
  const [before, after] = [inCode(old.text), inCode(fresh.text)];
  const found = { fate, at: placeOfAttribute(fate, path), path, before: old.text, after: fresh.text, values: null };
  const name = inCode(path);
  if (old.numbers.length === 0 || fresh.numbers.length === 0 || isPartial(was) || isPartial(is)) {
    const say = (addresses: string): string => `which engine ${addresses} runs: ${name} ${before} → ${after}`;
    return [{ ...found, say, certain: false }];
  }
  const length = majorLength(fate.after, engine, old.numbers);
  const [a, b] = [old.numbers.slice(0, length), fresh.numbers.slice(0, length)];
  const order = compareVersions(old.numbers, fresh.numbers);
  const major = a.join(".") !== b.join(".");
  if (!major && order <= 0) return [];
  const how = order > 0 ? "goes back, which no provider does in place" : "is another major version";
  const now =
    order <= 0 && appliesAtOnce(fate.after)
      ? ", and `apply_immediately` starts it outside of any maintenance window"
      : "";
  const say = (addresses: string): string => `${name} of ${addresses} ${before} → ${after} ${how}${now}`;
  return [{ ...found, say, certain: true }];
}

interface Version {
  readonly text: string;
  readonly numbers: readonly number[];
}

/** The numbers of `POSTGRES_15`, `8.0.mysql_aurora.3.04.1`, `OpenSearch_2.11`: those before the name of a fork. */
function versionIn([reading]: readonly Reading[]): Version | null {
  if (reading?.kind === "unknown") return { text: reading.text, numbers: [] };
  if (reading?.kind !== "value") return null;
  const text = String(reading.value);
  const numbers = /\d+(?:[._]\d+)*/u.exec(text)?.[0].split(/[._]/u).map(Number) ?? [];
  return { text, numbers };
}

function isPartial([reading]: readonly Reading[]): boolean {
  return reading?.kind === "unknown" || reading?.kind === "generated";
}

/** MySQL, MariaDB and PostgreSQL before 10 count the first two numbers, Neptune too. */
function majorLength(resource: Resource, engine: Engine, numbers: readonly number[]): number {
  const value = engine.engine === null ? undefined : attributeOf(resource.block.body, engine.engine);
  const name = (value === undefined ? (engine.engine ?? resource.type) : textOf(value)).toLowerCase();
  if (/mysql|mariadb|neptune/u.test(name)) return 2;
  return /postgres/u.test(name) && (numbers[0] ?? 0) < 10 ? 2 : 1;
}

/** Of what both state: `15` is neither before nor after `15.4`. */
function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function appliesAtOnce({ block }: Resource): boolean {
  const value = attributeOf(block.body, "apply_immediately");
  return value?.kind === "literal" && String(value.value) === "true";
}
