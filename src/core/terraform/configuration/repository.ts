import { byCodeUnits } from "../../../lib/order.ts";
import type { ChangedFile, ChangeSet, Side } from "../../change/change-set.ts";
import { joined, linksOf } from "../../change/symlinks.ts";
import { isVariableFile } from "../../reach/files.ts";
import type { Tools } from "../../syntax.ts";
import { directoryOf, isTerraform, sourceOn } from "../../views/terraform.ts";
import { localSource, type Module, moduleOf, type VariableFile } from "./module.ts";

/**
 * A repository can hold a configuration twice: `main.tofu` stands for `main.tf` where OpenTofu runs, and Terraform reads neither it nor any
 * other `.tofu`. Which of them runs is not written down, so both are judged.
 */
export type Flavour = "terraform" | "opentofu";

/** What stands on one side. */
export interface Standing {
  readonly side: Side;
  readonly modules: ReadonlyMap<string, Module>;
  readonly variableFiles: ReadonlyMap<string, VariableFile>;
  /** Symlinks by path, with the path that each names; null: it leads out of the repository. */
  readonly links: ReadonlyMap<string, string | null>;
}

export interface Repository {
  readonly flavour: Flavour;
  readonly base: Standing;
  readonly head: Standing;
  readonly files: ReadonlyMap<string, ChangedFile>;
  /** Directories of Terraform files that differ. */
  readonly changedDirectories: ReadonlySet<string>;
  readonly changedVariableFiles: ReadonlySet<string>;
  readonly changesOthers: boolean;
  readonly changesLinks: boolean;
}

export function flavoursOf(change: ChangeSet): readonly Flavour[] {
  return change.files.some(({ path }) => isOfTofu(path)) ? ["terraform", "opentofu"] : ["terraform"];
}

function isOfTofu(path: string): boolean {
  return /\.tofu(?:\.json)?$/u.test(path);
}

export function repositoryOf(change: ChangeSet, tools: Tools, flavour: Flavour): Repository {
  const files = new Map(change.files.map((file) => [file.path, file]));
  const byDirectory = Map.groupBy(
    change.files.filter(({ path }) => isTerraform(path)),
    ({ path }) => directoryOf(path),
  );
  const base = new Map<string, Module>();
  const head = new Map<string, Module>();
  const changedDirectories = new Set<string>();
  for (const [directory, inside] of byDirectory) {
    const [before, isChanged] = readModule(directory, inside, "base", files, tools, flavour);
    if (before !== null) base.set(directory, before);
    if (!isChanged && before !== null) head.set(directory, before);
    else {
      const [after] = readModule(directory, inside, "head", files, tools, flavour);
      if (after !== null) head.set(directory, after);
      if (isChanged) changedDirectories.add(directory);
    }
  }
  const given = change.files.filter(({ path }) => isVariableFile(path));
  const differing = change.files.filter(({ status }) => status !== "unchanged").map(({ path }) => path);
  const links = { base: linksBy(change, "base"), head: linksBy(change, "head") };
  return {
    flavour,
    files,
    base: {
      side: "base",
      modules: base,
      variableFiles: variableFilesOn("base", given, files, tools),
      links: links.base,
    },
    head: {
      side: "head",
      modules: head,
      variableFiles: variableFilesOn("head", given, files, tools),
      links: links.head,
    },
    changedDirectories,
    changedVariableFiles: new Set(differing.filter(isVariableFile)),
    changesLinks: differing.some((path) => links.base.has(path) || links.head.has(path)),
    changesOthers: differing.some((path) => !isTerraform(path) && !isVariableFile(path)),
  };
}

function readModule(
  directory: string,
  inside: readonly ChangedFile[],
  side: Side,
  files: ReadonlyMap<string, ChangedFile>,
  tools: Tools,
  flavour: Flavour,
): readonly [Module | null, boolean] {
  const there = inside.filter((file) => (side === "base" ? file.before : file.after) !== null);
  const names = new Set(there.map(({ path }) => path));
  const counts = there.filter(({ path }) =>
    flavour === "terraform"
      ? !isOfTofu(path)
      : isOfTofu(path) || !names.has(path.replace(/\.tf(?=$|\.json$)/u, ".tofu")),
  );
  let isChanged = inside.some(({ status }) => status !== "unchanged");
  let isWhole = true;
  const read = counts.flatMap((file) => {
    const source = sourceOn(file, side, files, tools);
    isWhole &&= source.kind === "read";
    if (source.kind !== "read") return [];
    isChanged ||= source.changed;
    return [{ path: file.path, blocks: source.body.blocks }];
  });
  return [counts.length === 0 ? null : moduleOf(directory, read, isWhole), isChanged];
}

function variableFilesOn(
  side: Side,
  given: readonly ChangedFile[],
  files: ReadonlyMap<string, ChangedFile>,
  tools: Tools,
): ReadonlyMap<string, VariableFile> {
  const found = new Map<string, VariableFile>();
  for (const file of given) {
    const source = sourceOn(file, side, files, tools);
    if (source.kind === "read") found.set(file.path, { path: file.path, attributes: source.body.attributes });
  }
  return found;
}

/** Where a call leads: a directory of this repository that holds configuration, or null. */
export function targetOf(standing: Standing, directory: string, source: string | null): Module | null {
  const target = source === null ? null : joined(directory === "" ? [] : directory.split("/"), source);
  const place = target === null ? null : throughLinks(standing, target);
  return place === null ? null : (standing.modules.get(place) ?? null);
}

const linkLimit = 10;

/** Where a path leads once the symlinks on the way are followed; null: out of the repository, or in circles. */
function throughLinks({ links }: Standing, path: string): string | null {
  let at = path;
  for (let step = 0; step < linkLimit; step++) {
    const link = links.size === 0 ? undefined : foldersTo(at).find((folder) => links.has(folder));
    if (link === undefined) return at;
    const target = links.get(link) ?? null;
    if (target === null) return null;
    at = [target, at.slice(link.length + 1)].filter((part) => part !== "").join("/");
  }
  return null;
}

/** The folders on the way to a path, the outermost first, and the path itself. */
function foldersTo(path: string): readonly string[] {
  const segments = path.split("/");
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
}

function linksBy(change: ChangeSet, side: Side): ReadonlyMap<string, string | null> {
  return new Map(linksOf(change, side).map(({ path, target }) => [path, target]));
}

/** The modules that a root is made of, itself the first; null for a call that should lead to one of them and does not. */
export function modulesBelow(standing: Standing, root: string): readonly (Module | null)[] {
  const own = standing.modules.get(root);
  if (own === undefined) return [null];
  const found = new Set<Module | null>([own]);
  for (const module of found)
    for (const item of module === null ? [] : module.items.values()) {
      const source = item.block.type === "module" ? localSource(item) : null;
      if (module !== null && source !== null) found.add(targetOf(standing, module.directory, source));
    }
  return [...found];
}

function targetsOf(standing: Standing, module: Module): readonly Module[] {
  return [...module.items.values()]
    .filter(({ block }) => block.type === "module")
    .map((item) => targetOf(standing, module.directory, localSource(item)))
    .filter((target) => target !== null);
}

/** Directories that nobody calls, or that stand alone although somebody does, on either side. */
export function rootsOf({ base, head }: Repository): readonly string[] {
  const roots = new Set<string>();
  for (const standing of [base, head]) {
    const called = new Set(
      [...standing.modules.values()].flatMap((module) => targetsOf(standing, module).map(({ directory }) => directory)),
    );
    for (const { directory, standsAlone } of standing.modules.values())
      if (standsAlone || !called.has(directory)) roots.add(directory);
  }
  return [...roots].toSorted(byCodeUnits);
}

/** Whether anything differs that the configuration of a root is made of. */
export function isTouched(repository: Repository, root: string, variableFiles: readonly string[]): boolean {
  if (repository.changesLinks || variableFiles.some((path) => repository.changedVariableFiles.has(path))) return true;
  return [repository.base, repository.head].some((standing) => {
    const seen = new Set<string>();
    const left = [root];
    for (let directory = left.pop(); directory !== undefined; directory = left.pop()) {
      if (seen.has(directory)) continue;
      seen.add(directory);
      if (repository.changedDirectories.has(directory)) return true;
      const module = standing.modules.get(directory);
      if (module === undefined) continue;
      if (module.readsFiles && repository.changesOthers) return true;
      left.push(...targetsOf(standing, module).map((target) => target.directory));
    }
    return false;
  });
}
