import type { Place } from "../change/change-set.ts";
import type { HclBlock } from "../hcl.ts";
import { attributeOf, textOf } from "../views/terraform.ts";
import { type Fate, fatesOf } from "./fates.ts";
import type { GuardValue } from "./guard.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { isOpen } from "./addresses.ts";
import { type Reading, readAt, sameReadings, textOfReading } from "./reading.ts";
import { isDeployed, listed, nameOf, pathsOf, type Reach } from "./telling.ts";

export type Standing = Extract<Fate, { kind: "stands" }>;

/** What is seen of one attribute of one resource. `say` gets the addresses of all that share it. */
export interface AttributeSight {
  readonly fate: Standing;
  readonly at: Place;
  readonly path: string;
  readonly say: (addresses: string) => string;
  readonly certain: boolean;
  readonly before: string;
  readonly after: string;
  /** Both sides as values, where they are no text of an author's own. */
  readonly values: ShownValues | null;
}

export interface ShownValues {
  readonly before: GuardValue | null;
  readonly after: GuardValue | null;
}

/** The same sight in several instances or configurations, as one. */
export interface SharedSight {
  readonly at: Place;
  readonly about: string;
  readonly text: string;
  readonly certain: boolean;
  readonly object: string;
  readonly pointer: string;
  readonly values: ShownValues | null;
  readonly paths: readonly string[];
}

/** Resources that stand on both sides, differ, and are deployed. */
export function standing(view: ResourcesView, reach: Reach): readonly Standing[] {
  return fatesOf(view).filter(
    (fate): fate is Standing =>
      fate.kind === "stands" &&
      JSON.stringify(fate.before.block.body) !== JSON.stringify(fate.after.block.body) &&
      isDeployed(fate.root, pathsOf(fate.after, fate.explainedBy), reach),
  );
}

/** One sight for each place, block and attribute, whatever makes several of them. */
export function shared(sights: readonly AttributeSight[]): readonly SharedSight[] {
  const grouped = Map.groupBy(sights, ({ fate, at, path, before, after, certain }) =>
    JSON.stringify([at.path, at.side, at.line, fate.after.path, nameOf(fate.after), path, before, after, certain]),
  );
  const found = [...grouped.values()].flatMap((group): readonly SharedSight[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { fate, at, path, certain, values } = first;
    const text = first.say(listed(group.map((one) => one.fate.after.address)));
    const about = `${fate.after.path} ${nameOf(fate.after)}#${path}`;
    const object = fate.after.address;
    return [{ at, about, text, certain, object, pointer: path, values, paths: [fate.after.path] }];
  });
  const times = new Map<string, number>();
  return found.map((one) => {
    const time = (times.get(one.about) ?? 0) + 1;
    times.set(one.about, time);
    return time === 1 ? one : { ...one, about: `${one.about} ${one.object}` };
  });
}

/**
 * What stands at a path on both sides. Where one side stands for instances that nobody can tell and the other is one of them, only
 * what is written can be compared: `each.key` of all against the value of one says nothing.
 */
export function readBoth(
  { before, after }: Pick<Standing, "before" | "after">,
  path: string,
): { readonly was: readonly Reading[]; readonly is: readonly Reading[] } {
  const evaluated = isOpen(before.address) === isOpen(after.address);
  const [was, is] = evaluated ? [before.block, after.block] : [before.written, after.written];
  return { was: readIn(was, path), is: readIn(is, path) };
}

function readIn({ body, line }: HclBlock, path: string): readonly Reading[] {
  return readAt(body, path, line);
}

/** The line that a reader changes: of the attribute at head, of the attribute at base where it is gone, or of what feeds it. */
export function placeOfAttribute({ before, after, explainedBy }: Standing, path: string): Place {
  const [was, is] = [readIn(before.written, path), readIn(after.written, path)];
  const head: Place = { path: after.path, side: "head", line: is[0]?.line ?? after.written.line };
  if (sameReadings(was, is)) {
    const { line, endLine } = after.written;
    const inside = (place: Place): boolean => place.path === after.path && place.line >= line && place.line <= endLine;
    return explainedBy.find((place) => place.side === "head" && !inside(place)) ?? head;
  }
  const gone = is.every(({ kind }) => kind === "absent" || kind === "without");
  if (!gone) return { ...head, line: changedLine(was, is) ?? head.line };
  return { path: before.path, side: "base", line: was[0]?.line ?? before.written.line };
}

function changedLine(was: readonly Reading[], is: readonly Reading[]): number | undefined {
  const old = new Set(was.map(textOfReading));
  return is.find((reading) => !old.has(textOfReading(reading)))?.line;
}

/** Names of attributes that Terraform does not compare with what stands; `all` for every one. */
export function ignoredBy({ written }: Resource): readonly string[] | "all" | "undecided" {
  const lifecycle = written.body.blocks.find(({ type }) => type === "lifecycle");
  const value = lifecycle === undefined ? undefined : attributeOf(lifecycle.body, "ignore_changes");
  if (value === undefined) return [];
  if (value.kind === "list") return value.items.map((item) => textOf(item).replaceAll(/\[[^\]]*\]/gu, ""));
  return textOf(value) === "all" ? "all" : "undecided";
}

/** Whether a change at a path has no effect, because Terraform was told to leave it alone. */
export function isIgnored(resource: Resource, path: string): boolean {
  const names = path.startsWith("lifecycle.") ? [] : ignoredBy(resource);
  if (names === "all") return true;
  if (names === "undecided") return false;
  return names.some((name) => path === name || path.startsWith(`${name}.`));
}
