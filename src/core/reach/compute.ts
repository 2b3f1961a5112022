import { byCodeUnits } from "../../lib/order.ts";
import { type ChangedFile, type ChangeSet, changed, type Gap } from "../change/change-set.ts";
import { isDocument } from "../change/documents.ts";
import { firstChange } from "../change/hunks.ts";
import { linksOf } from "../change/symlinks.ts";
import type { Memo } from "../syntax.ts";
import { directoryOf, isTerraform, type TerraformView } from "../views/terraform.ts";
import type { Views } from "../views/views.ts";
import { deployables, isOfChart } from "./deployable.ts";
import { generatorOf } from "./generators.ts";
import { unitAt } from "./graph/edge.ts";
import { deploymentGraph } from "./graph/graph.ts";
import { isKustomizationFile } from "./graph/kustomize.ts";
import { isTerragrunt } from "./graph/terragrunt.ts";
import { isSample, namesOf, type Names, type ReachPolicy, unique } from "./names.ts";
import type { FileReach, ReachMap, Step } from "./reach.ts";
import { settledRoots } from "./settled-roots.ts";
import { terraformGraph, type TerraformGraph } from "./terraform-graph.ts";
import { ancestors, filesBy, isVariableFile } from "./files.ts";
import { openEdge, unreadReaders } from "./open-edges.ts";
import { add, keyOf, put, type Trail } from "./trail.ts";
import { type Consumer, consumersBy, environmentsIn, everyName, holdersOf, walkUp } from "./walk.ts";
import type { World } from "./world.ts";
import { isValuesFile, settingsOfTests } from "./values-files.ts";

/** Where a change would be merged. */
export interface Destination {
  readonly owner: string;
  readonly name: string;
  readonly baseRef: string;
}

/**
 * What each changed file reaches: by `layout`, by names in its path, through whoever reads it (modules of Terraform, kustomizations,
 * charts, Applications of Argo CD, jobs that deploy), and by the branch it would be merged into. Everything that tells an environment
 * counts; nothing takes one away. What something is deployed from and no environment is told of is unresolved.
 */
export function computeReach(
  change: ChangeSet,
  { terraform, kubernetes, resources }: Pick<Views, "terraform" | "kubernetes" | "resources">,
  policy: ReachPolicy,
  destination: Destination,
  memo: Memo,
): ReachMap {
  const names = namesOf(policy);
  const place = { ...destination, modules: policy.modules };
  const modules = terraformGraph(terraform, place);
  const graph = deploymentGraph(change, memo, place);
  const generated = generatorOf(change);
  const links = [...linksOf(change, "head"), ...linksOf(change, "base")];
  const world: World = {
    names,
    terraform: modules,
    view: terraform,
    graph,
    unchanged: settledRoots(resources.unchanged, modules, links),
    links,
    variableFiles: filesBy(change, isVariableFile, modules.directories),
    valuesFiles: filesBy(change, isValuesFile, graph.charts),
    isDeployable: deployables(change, kubernetes),
    ofBranch: names.ofBranch(destination.baseRef),
    baseRef: destination.baseRef,
  };
  const gaps = new Map<string, Gap>();
  const files = changed(change).map((file) => {
    const { reach, found } = reachOf(file, world, generated);
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

function reachOf(
  file: ChangedFile,
  world: World,
  generated: ReturnType<typeof generatorOf>,
): { readonly reach: FileReach; readonly found: readonly Gap[] } {
  const { names } = world;
  const stated = names.stated(file.path).some(({ environment }) => environment !== null);
  const trail: Trail = { targets: new Map(), gaps: new Map(), nameless: false, open: false, stated };
  const start = firstStep(file, world.view);
  if (!isDocument(file.path) && world.ofBranch.length > 0) fromBranch(file.path, start, world, trail);
  // What a module reads may differ in content where what it says of it does not.
  const seen = isTerraform(file.path) ? world : { ...world, unchanged: new Set<string>() };
  for (const { path, chain } of everyName(file.path, [start], world.links)) walkFrom(file, path, chain, seen, trail);
  if (trail.targets.size === 0 && !isSample(file.path) && !names.isLibrary(file.path))
    ungenerated(file, generated, trail);
  const targets = [...trail.targets.values()].sort(
    (a, b) => byCodeUnits(a.environment, b.environment) || byCodeUnits(keyOf(a), keyOf(b)),
  );
  const services = unique([...names.services(file.path), ...targets.flatMap(({ service }) => service ?? [])]);
  const homeless =
    targets.length === 0 && world.isDeployable(file.path) && !isSample(file.path) && !names.isLibrary(file.path);
  const unresolved = trail.open || homeless || (trail.nameless && world.ofBranch.length === 0);
  return {
    reach: { path: file.path, targets, services: [...services].sort(byCodeUnits), unresolved },
    found: [...trail.gaps.values()],
  };
}

/** What a tool deploys whose configuration is not read here may be deployed anywhere. */
function ungenerated(file: ChangedFile, generated: ReturnType<typeof generatorOf>, trail: Trail): void {
  const generator = generated(file);
  if (generator === null) return;
  const { tool, path } = generator;
  trail.open = true;
  put(trail, `deployed-by:${tool}`, path, null, {
    reason: `where ${tool} deploys what it makes, here of \`${path}\`, which is not read`,
    remedy: "Name in `layout` the environments that are deployed from here.",
  });
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
  const { names, terraform } = world;
  const named = namedBy(path, file, names);
  for (const { environment, service } of named) add(trail, environment, service, chain);
  const told = named.length > 0;
  deployedFrom(path, chain, told, world, trail);
  if (isVariableFile(path) && told) return;
  for (const module of modulesOf(file, path, terraform))
    walkUp(unitAt("module", module), chain, isToldAround(path, module, names), world, trail);
  for (const module of readersOf(path, terraform)) {
    const next = [...chain, { path: `${module}/`.replace(/^\/$/u, "./"), line: null, note: "the module reads it" }];
    const place = namedByPath(`${module}/main.tf`, names);
    for (const { environment, service } of place) add(trail, environment, service, next);
    walkUp(unitAt("module", module), next, told || place.length > 0, world, trail);
  }
}

/** Through kustomizations, charts, Applications and jobs: what the file is part of, and whoever reads it. */
function deployedFrom(path: string, chain: readonly Step[], told: boolean, world: World, trail: Trail): void {
  const { graph } = world;
  if (isTerragrunt(path)) walkUp(unitAt("module", directoryOf(path)), chain, told, world, trail);
  if (isKustomizationFile(path)) walkUp(unitAt("kustomization", directoryOf(path)), chain, told, world, trail);
  const follow = ({ by, named, chain: next, undecided }: Consumer): void => {
    if (undecided !== null) openEdge(undecided, { path }, trail);
    for (const { environment, service } of named) add(trail, environment, service, next);
    const whole = by.kind === "chart" ? by.path : by.kind === "kustomization" ? directoryOf(path) : null;
    const isTold = whole === null ? told : isToldAround(path, whole, world.names);
    walkUp(by, next, isTold || named.length > 0, world, trail);
  };
  for (const consumer of consumersBy(path, "file", chain, world)) follow(consumer);
  for (const holder of holdersOf(path, chain, world))
    if (!isDocument(path) && !isSample(path) && !settingsOfTests.test(path) && isOfChart(path, holder.by.path))
      enterChart(holder);
  for (const { unit, line, note, words } of graph.declaredIn(path)) {
    const found = unique(words.flatMap(world.names.inWord));
    const next = [...chain, { path, line, note }];
    for (const environment of found) add(trail, environment, null, next);
    walkUp(unit, next, told || found.length > 0, world, trail);
  }
  if (trail.targets.size > 0 || world.isDeployable(path)) unreadReaders({ kind: "chart", path }, world, trail);

  /** The values of one environment go no further: the chart itself is that of all. */
  function enterChart(holder: Consumer): void {
    const own = isValuesFile(path) || isSetting(path, holder.by.path) ? ofChart(path, holder.by.path, world.names) : [];
    for (const environment of own)
      add(trail, environment, world.names.services(path)[0] ?? null, [
        ...chain,
        { path: holder.chain.at(-1)?.path ?? path, line: null, note: `values of ${environment}` },
      ]);
    if (own.length === 0) follow(holder);
  }
}

/** By the names below the chart's folder, whatever the ending: settings of charts often have none. */
function ofChart(path: string, chart: string, names: Names): readonly string[] {
  const found = environmentsIn(path, chart, names);
  return found.length > 0 ? found : environmentsIn(`${path}/any.yaml`, chart, names);
}

/** A file of the chart that Helm renders for every environment is no setting of one, whatever its folder is called. */
function isSetting(path: string, chart: string): boolean {
  return !/^(?:templates|crds|charts)\//u.test(path.slice(chart === "" ? 0 : chart.length + 1));
}

/**
 * What is put together with the files beside it goes where they go: `notify-test.yaml` in a chart is about a test, and deployed wherever
 * the chart is. So the name of one file adds an environment, and ends no search; a folder around all of them does, and so does the policy.
 */
function isToldAround(path: string, folder: string, names: Names): boolean {
  const around = namedByPath(folder === "" ? "any.yaml" : `${folder}/any.yaml`, names);
  return around.length > 0 || names.stated(path).some(({ environment }) => environment !== null);
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
