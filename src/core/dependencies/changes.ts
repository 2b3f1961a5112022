import { aboutAll } from "../../lib/about.ts";
import { count } from "../../lib/text.ts";
import type { Place } from "../change/change-set.ts";
import type { Sighting } from "../rule.ts";
import type { DependencyFile } from "../views/dependencies.ts";
import type { Directive, DirectiveKind, Locked } from "./reading.ts";

/** A text of the file as a message shows it. */
export function inCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** The folder of a path with its slash; "" at the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** A package of the head with all that the base held under its name. */
export interface LockedChange {
  readonly file: DependencyFile;
  readonly is: Locked;
  readonly were: readonly Locked[];
  /** Nothing of its ecosystem was locked in any file of the change before: there is nothing to compare with. */
  readonly isFirst: boolean;
}

type ByName = ReadonlyMap<string, readonly Locked[]>;

/**
 * Packages of the head that do not stand in the base as they are. They are looked for in the same file first; where it is new, or held no
 * such package, in all files of the ecosystem that the change touches, so that a lockfile that is renamed, moved, split or written by
 * another package manager is compared with what it takes the place of.
 */
export function lockedChanges(files: readonly DependencyFile[]): readonly LockedChange[] {
  const everywhere = new Map<string, ByName>();
  for (const [kind, group] of Map.groupBy(files, kindOf)) {
    everywhere.set(kind, byName(group.flatMap(({ before }) => before.locked)));
  }
  return files.flatMap((file) => {
    if (file.after.locked.length === 0) return [];
    const own = byName(file.before.locked);
    const all: ByName = everywhere.get(kindOf(file)) ?? new Map();
    const isFirst = file.isNew && all.size === 0;
    return file.after.locked.flatMap((is) => {
      const were = own.get(is.name) ?? all.get(is.name) ?? [];
      return were.some((was) => sameLocked(was, is)) ? [] : [{ file, is, were, isFirst }];
    });
  });
}

/** Manifests pin versions without a hash where lockfiles have one: they are compared with each other alone. */
function kindOf({ ecosystem, role }: DependencyFile): string {
  return `${ecosystem} ${role}`;
}

function byName(locked: readonly Locked[]): ByName {
  return Map.groupBy(locked, ({ name }) => name);
}

function sameLocked(a: Locked, b: Locked): boolean {
  return (
    a.version === b.version &&
    a.source === b.source &&
    a.runsScript === b.runsScript &&
    a.hashes.join(" ") === b.hashes.join(" ")
  );
}

/** One finding for each file and reason, however many packages it is about: a tool that goes over a lockfile touches all of them. */
export function toldByFile(
  changes: readonly (Pick<LockedChange, "file" | "is"> & { readonly why: string })[],
): readonly (Sighting & { readonly asks: true })[] {
  const groups = Map.groupBy(changes, ({ file, why }) => JSON.stringify([file.path, why]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = [...new Set(group.map(({ is }) => is.name))];
    const others = names.length === 1 ? "" : ` (and ${count(names.length - 1, "other package")})`;
    const named = inCode(first.is.version === "" ? first.is.name : `${first.is.name} ${first.is.version}`);
    return [
      {
        at: { path: first.file.path, side: "head", line: first.is.line },
        about: aboutAll(names.map((name) => `${first.file.path} ${name}`)),
        message: `${named}${others} ${first.why}`,
        asks: true,
      },
    ];
  });
}

export interface DirectiveChange {
  readonly file: DependencyFile;
  readonly is: Directive;
  /** What the same key said before and says no more. */
  readonly was: Directive | undefined;
}

/** Lines of these kinds that the head has and the base has not. One that moves along with its file, or further down, was there. */
export function directiveChanges(
  files: readonly DependencyFile[],
  ...kinds: readonly DirectiveKind[]
): readonly DirectiveChange[] {
  const left = files.flatMap((file) => lostFrom(file, kinds).map((was) => ({ file, was })));
  return files.flatMap((file) =>
    cameTo(file, kinds).flatMap((is): readonly DirectiveChange[] => {
      const moved = left.some((from) => same(from.was, is) && mayMove(from.file, file));
      return moved ? [] : [{ file, is, was: lostFrom(file, kinds).find(({ key }) => key === is.key) }];
    }),
  );
}

/** Lines of these kinds that the base had and that stand nowhere any more under their key, where what they applied to stays. */
export function directivesLost(
  files: readonly DependencyFile[],
  ...kinds: readonly DirectiveKind[]
): readonly { readonly file: DependencyFile; readonly was: Directive }[] {
  const came = files.flatMap((file) => cameTo(file, kinds).map((is) => ({ file, is })));
  return files.flatMap((file) =>
    lostFrom(file, kinds).flatMap((was) => {
      const stays = file.after.directives.some(({ key, kind }) => key === was.key && kinds.includes(kind));
      const moved = came.some((to) => same(was, to.is) && mayMove(to.file, file));
      return stays || moved || isLeft(file, files) ? [] : [{ file, was }];
    }),
  );
}

/** A file of settings that goes together with a manifest or lockfile beside it: nothing is left that it could set. */
function isLeft(file: DependencyFile, files: readonly DependencyFile[]): boolean {
  const beside = files.filter(({ path, role }) => role !== "settings" && folderOf(path) === folderOf(file.path));
  return file.isGone && (file.role !== "settings" || beside.some(({ isGone }) => isGone));
}

function cameTo({ before, after }: DependencyFile, kinds: readonly DirectiveKind[]): readonly Directive[] {
  return after.directives.filter((is) => kinds.includes(is.kind) && !before.directives.some((was) => same(was, is)));
}

function lostFrom({ before, after }: DependencyFile, kinds: readonly DirectiveKind[]): readonly Directive[] {
  return before.directives.filter((was) => kinds.includes(was.kind) && !after.directives.some((is) => same(was, is)));
}

function same(a: Directive, b: Directive): boolean {
  return a.kind === b.kind && a.key === b.key && a.value === b.value;
}

/** Down to a folder below, or sideways together with the file. Further up the same line reaches more. */
function mayMove(from: DependencyFile, to: DependencyFile): boolean {
  if (from.ecosystem !== to.ecosystem || from.path === to.path) return false;
  const [above, below] = [folderOf(from.path), folderOf(to.path)];
  return below.startsWith(above) || (from.isGone && to.isNew && !above.startsWith(below));
}

export function placeOf({ file, is }: { readonly file: DependencyFile; readonly is: { readonly line: number } }): {
  readonly path: string;
  readonly side: "head";
  readonly line: number;
} {
  return { path: file.path, side: "head", line: is.line };
}

/** Where a line stood that is no more. */
export function formerPlaceOf({
  file,
  was,
}: {
  readonly file: DependencyFile;
  readonly was: { readonly line: number };
}): Place {
  return { path: file.path, side: "base", line: was.line };
}
