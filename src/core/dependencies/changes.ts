import { aboutAll } from "../../lib/about.ts";
import { count } from "../../lib/text.ts";
import type { Sighting } from "../rule.ts";
import type { DependencyFile } from "../views/dependencies.ts";
import type { Directive, Locked } from "./reading.ts";

/** A text of the file as a message shows it. */
export function inCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** A package of the head with all that the base held under its name in the same file. */
export interface LockedChange {
  readonly file: DependencyFile;
  readonly is: Locked;
  readonly were: readonly Locked[];
}

/** Packages of the head that do not stand in the base as they are. A file that is new has no base to be compared with. */
export function lockedChanges(files: readonly DependencyFile[]): readonly LockedChange[] {
  return files.flatMap((file) => {
    if (file.isNew) return [];
    const before = Map.groupBy(file.before.locked, ({ name }) => name);
    return file.after.locked.flatMap((is) => {
      const were = before.get(is.name) ?? [];
      return were.some((was) => sameLocked(was, is)) ? [] : [{ file, is, were }];
    });
  });
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
  changes: readonly (LockedChange & { readonly why: string })[],
): readonly (Sighting & { readonly asks: true })[] {
  const groups = Map.groupBy(changes, ({ file, why }) => JSON.stringify([file.path, why]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = [...new Set(group.map(({ is }) => is.name))];
    const others = names.length === 1 ? "" : ` and ${count(names.length - 1, "other package")}`;
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
  readonly was: Directive | undefined;
}

/** Lines of one kind that say something else than in the base, or that the base does not have. */
export function directiveChanges(
  files: readonly DependencyFile[],
  kind: Directive["kind"],
): readonly DirectiveChange[] {
  return files.flatMap((file) => {
    const before = new Map(file.before.directives.filter((one) => one.kind === kind).map((one) => [one.key, one]));
    return file.after.directives.flatMap((is): readonly DirectiveChange[] => {
      const was = before.get(is.key);
      return is.kind !== kind || was?.value === is.value ? [] : [{ file, is, was }];
    });
  });
}

export function placeOf({ file, is }: { readonly file: DependencyFile; readonly is: { readonly line: number } }): {
  readonly path: string;
  readonly side: "head";
  readonly line: number;
} {
  return { path: file.path, side: "head", line: is.line };
}
