import { byCodeUnits } from "../../lib/order.ts";
import { type ChangedFile, type ChangeSet, changed, type Gap } from "../change/change-set.ts";
import { isDocument } from "../change/documents.ts";
import { firstChange } from "../change/hunks.ts";
import { linksOf } from "../change/symlinks.ts";
import { directoryOf, isTerraform, type TerraformView } from "../views/terraform.ts";
import type { Views } from "../views/views.ts";
import { deployables } from "./deployable.ts";
import { isSample, namesOf, type Names, type ReachPolicy, unique } from "./names.ts";
import type { FileReach, ReachMap, Step } from "./reach.ts";
import { graphOf, type TerraformGraph } from "./terraform-graph.ts";
import { add, everyName, keyOf, type Trail, walkUp, type World } from "./walk.ts";

/**
 * What each changed file reaches: by `layout`, by names in its path, through the calls of Terraform modules up to the roots,
 * and by the branch it would be merged into. Everything that tells an environment counts; nothing takes one away. What something is
 * deployed from and no environment is told of is unresolved.
 */
export function computeReach(
  change: ChangeSet,
  { terraform, kubernetes }: Pick<Views, "terraform" | "kubernetes">,
  policy: ReachPolicy,
  baseRef: string,
): ReachMap {
  const names = namesOf(policy);
  const graph = graphOf(terraform);
  const world: World = {
    names,
    graph,
    view: terraform,
    links: [...linksOf(change, "head"), ...linksOf(change, "base")],
    variableFiles: variableFilesOf(change, graph),
    isDeployable: deployables(change, kubernetes),
    ofBranch: names.ofBranch(baseRef),
    baseRef,
  };
  const gaps = new Map<string, Gap>();
  const files = changed(change).map((file) => {
    const { reach, found } = reachOf(file, world);
    for (const gap of found) gaps.set(gap.id, gap);
    return reach;
  });
  return { files, gaps: [...gaps.values()].sort((a, b) => byCodeUnits(a.id, b.id)) };
}

/**
 * What any path reaches: changed files as computed, others (neighbours in a pool) by what their own path and the branch say.
 * Modules are not followed for those: nothing of them changes.
 */
export function reachLookup(map: ReachMap, policy: ReachPolicy, baseRef: string): (path: string) => FileReach {
  const names = namesOf(policy);
  const ofBranch = names.ofBranch(baseRef);
  const known = new Map(map.files.map((file) => [file.path, file]));
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const services = [...names.services(path)].sort(byCodeUnits);
    const places = [
      ...namedByPath(path, names),
      ...ofBranch.map((environment) => ({ environment, service: services[0] ?? null })),
    ];
    const targets = places.map((place) => ({ ...place, chain: [{ path, line: null, note: "" }] }));
    const reach = { path, targets, services, unresolved: false };
    known.set(path, reach);
    return reach;
  };
}

function reachOf(file: ChangedFile, world: World): { readonly reach: FileReach; readonly found: readonly Gap[] } {
  const trail: Trail = { targets: new Map(), gaps: new Map(), nameless: false, open: false };
  const start = firstStep(file, world.view);
  if (!isDocument(file.path) && world.ofBranch.length > 0) fromBranch(file.path, start, world, trail);
  for (const { path, chain } of everyName(file.path, [start], world.links)) walkFrom(file, path, chain, world, trail);
  const targets = [...trail.targets.values()].sort(
    (a, b) => byCodeUnits(a.environment, b.environment) || byCodeUnits(keyOf(a), keyOf(b)),
  );
  const services = unique([...world.names.services(file.path), ...targets.flatMap(({ service }) => service ?? [])]);
  const homeless = targets.length === 0 && world.isDeployable(file.path) && !isSample(file.path);
  const unresolved = trail.open || homeless || (trail.nameless && world.ofBranch.length === 0);
  return {
    reach: { path: file.path, targets, services: [...services].sort(byCodeUnits), unresolved },
    found: [...trail.gaps.values()],
  };
}

/** The changed file itself, with the line and the block where the change begins. */
function firstStep(file: ChangedFile, view: TerraformView): Step {
  const at = firstChange(file);
  if (at === null) return { path: file.path, line: null, note: "" };
  const block = view.blocks
    .map(({ before, after }) => (at.side === "head" ? after : before))
    .find((side) => side?.path === file.path && side.block.line <= at.line && at.line <= side.block.endLine);
  return { path: file.path, line: at.line, note: block?.address ?? "" };
}

function walkFrom(file: ChangedFile, path: string, chain: readonly Step[], world: World, trail: Trail): void {
  const named = namedBy(path, file, world.names);
  for (const { environment, service } of named) add(trail, environment, service, chain);
  if (isVariableFile(path) && named.length > 0) return;
  for (const module of modulesOf(file, path, world.graph)) walkUp(module, chain, named.length > 0, world, trail);
  for (const module of readersOf(path, world.graph)) {
    const next = [...chain, { path: `${module}/`.replace(/^\/$/u, "./"), line: null, note: "the module reads it" }];
    const place = namedByPath(`${module}/main.tf`, world.names);
    for (const { environment, service } of place) add(trail, environment, service, next);
    walkUp(module, next, named.length > 0 || place.length > 0, world, trail);
  }
}

interface Place {
  readonly environment: string;
  readonly service: string | null;
}

/** Environments that a path names by itself; a symlink or a submodule may hold configuration under any name. */
function namedBy(path: string, file: ChangedFile, names: Names): readonly Place[] {
  return namedByPath(isOpaque(file) ? `${path}/any.yaml` : path, names);
}

function namedByPath(path: string, names: Names): readonly Place[] {
  const service = names.services(path)[0] ?? null;
  const stated = names
    .stated(path)
    .flatMap(({ environment, service: own }) =>
      environment === null ? [] : [{ environment, service: own ?? service }],
    );
  const conventional = names.conventional(path).map((environment) => ({ environment, service }));
  return conventional.reduce(
    (found, place) => (found.some(({ environment }) => environment === place.environment) ? found : [...found, place]),
    stated,
  );
}

/** A symlink or a submodule stands for a tree of files. */
function isOpaque(file: ChangedFile): boolean {
  const kind = (file.after ?? file.before)?.content.kind;
  return kind === "symlink" || kind === "submodule";
}

/** The modules that a path is part of: that of its folder, and the path itself where a module stands behind it. */
export function modulesOf(file: ChangedFile, path: string, graph: TerraformGraph): readonly string[] {
  const directory = directoryOf(path);
  const own = isOpaque(file) && graph.callers.has(path) ? [path] : [];
  if (isTerraform(path) || /(?:^|\/)\.terraform\.lock\.hcl$/u.test(path)) return [directory, ...own];
  if (!isVariableFile(path)) return own;
  return [...own, ancestors(directory).find((folder) => graph.directories.has(folder)) ?? directory];
}

/** The modules that read a file which is no Terraform: a template, a script, the source of a function. */
export function readersOf(path: string, graph: TerraformGraph): readonly string[] {
  if (isTerraform(path) || isVariableFile(path) || isDocument(path)) return [];
  const prefixes = ancestors(path).filter((prefix) => prefix !== "");
  const naming = [...graph.reads].filter(([, { paths }]) => prefixes.some((prefix) => paths.has(prefix)));
  const around = ancestors(directoryOf(path)).filter((folder) => readsBelow(folder, path, graph));
  return unique([...naming.map(([folder]) => folder), ...around]);
}

/** A module reads what it names: the file, or the folder of its own that the file lies in. */
function readsBelow(folder: string, path: string, graph: TerraformGraph): boolean {
  const reads = graph.reads.get(folder);
  if (reads === undefined) return false;
  const below = path.slice(folder === "" ? 0 : folder.length + 1).split("/");
  const name = below.at(-1) ?? "";
  return reads.openEnded || reads.words.has(name) || (below.length > 1 && reads.words.has(below[0] ?? ""));
}

/** Merging into the branch of an environment reaches it, whatever the path. */
function fromBranch(path: string, start: Step, { names, ofBranch, baseRef }: World, trail: Trail): void {
  const service = names.services(path)[0] ?? null;
  for (const environment of ofBranch)
    add(trail, environment, service, [start, { path, line: null, note: `merged into the branch ${baseRef}` }]);
}

function isVariableFile(path: string): boolean {
  return /\.tfvars(?:\.json)?$/u.test(path);
}

/** Variable files by the nearest module around them. */
function variableFilesOf(change: ChangeSet, graph: TerraformGraph): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { path } of change.files) {
    if (!isVariableFile(path)) continue;
    const module = ancestors(directoryOf(path)).find((folder) => graph.directories.has(folder));
    if (module !== undefined) found.set(module, [...(found.get(module) ?? []), path]);
  }
  return found;
}

/** A path and the folders around it, from the inside out; the root is the empty string. */
function ancestors(path: string): readonly string[] {
  const found = [path];
  for (let at = path; at !== ""; ) {
    at = directoryOf(at);
    found.push(at);
  }
  return found;
}
