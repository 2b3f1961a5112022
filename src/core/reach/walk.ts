import { type Link, within } from "../change/symlinks.ts";
import { directoryOf } from "../views/terraform.ts";
import { type Edge, type Unit, unitAt } from "./graph/edge.ts";
import { saysNothing } from "./graph/expressions.ts";
import { isSample, type Names, unique } from "./names.ts";
import { openCalls, openEdge, stepsLimit, tooLong, unreadReaders } from "./open-edges.ts";
import type { Step } from "./reach.ts";
import type { Call } from "./terraform-graph.ts";
import { add, type Trail } from "./trail.ts";
import type { World } from "./world.ts";

/**
 * Follows edges from a unit to whoever reads it, breadth first: the first chain to a place is a shortest one. `told`: the
 * way so far has named an environment. An end that no way there has named may be anything, production included.
 */
export function walkUp(start: Unit, from: readonly Step[], told: boolean, world: World, trail: Trail): void {
  const queue = [{ unit: start, chain: from }];
  const arrivals = new Map([[start.id, told]]);
  /** Units that tell an environment by themselves. */
  const rooted = new Set<string>();
  const ends: Unit[] = [];
  const steps: (readonly [from: string, to: string])[] = [];
  for (const { unit: at, chain } of queue) {
    if (at.kind === "module") openCalls(at.path, world, trail);
    unreadReaders(at, world, trail);
    const wasTold = arrivals.get(at.id) === true;
    if (fromRoot(at, chain, world, trail)) rooted.add(at.id);
    // Values files tell where a chart is deployed, by whomever; variable files belong to the root that they lie in.
    const isTold = wasTold || (at.kind === "chart" && rooted.has(at.id));
    const consumers = followed(at, chain, world, trail).filter(
      // An expression that may name anything is no reason to doubt what is known.
      ({ undecided }) => !isTold || undecided === null || !isVague(undecided),
    );
    const settled = at.kind === "module" ? unchangedCallers(at.path, chain, world, trail) : [];
    if (settled.length > 0) rooted.add(at.id);
    if (consumers.length === 0) ends.push(at);
    for (const { by, named, chain: next, undecided } of consumers) {
      if (undecided !== null) openEdge(undecided, at, trail);
      for (const { environment, service } of named) add(trail, environment, service, next);
      const known = arrivals.get(by.id);
      const now = (known ?? true) && (isTold || named.length > 0);
      arrivals.set(by.id, now);
      steps.push([at.id, by.id]);
      // A second, nameless way to a unit makes the ends behind it nameless too.
      if (known === undefined || known !== now) queue.push({ unit: by, chain: next });
    }
  }
  const isNameless = (id: string): boolean => arrivals.get(id) === false && !rooted.has(id);
  trail.nameless ||= ends.some((end) => isNameless(end.id) && !deploysNothing(end, world.names));
  const settled = [...ends.map(({ id }) => id), ...[...arrivals.keys()].filter((id) => !isNameless(id))];
  trail.nameless ||= isCircling(arrivals.keys(), steps, settled);
}

/**
 * Whether some unit leads to no end and to nothing that tells: modules that call each other, Applications that deploy each other. Nothing
 * is known of what such a circle reaches.
 */
function isCircling(
  units: Iterable<string>,
  steps: readonly (readonly [from: string, to: string])[],
  settled: readonly string[],
): boolean {
  const before = Map.groupBy(steps, ([, to]) => to);
  const leading = new Set(settled);
  for (const id of leading) for (const [from] of before.get(id) ?? []) leading.add(from);
  return [...units].some((id) => !leading.has(id));
}

function followed(unit: Unit, chain: readonly Step[], world: World, trail: Trail): readonly Consumer[] {
  if (chain.length <= stepsLimit) return consumersOf(unit, chain, world);
  tooLong(unit, trail);
  return [];
}

function isVague({ reads }: Edge): boolean {
  return reads.kind === "pattern" && saysNothing(reads.pattern);
}

/** What reads a path or a unit, with what it names of the environment. */
export interface Consumer {
  readonly by: Unit;
  readonly named: readonly { readonly environment: string; readonly service: string | null }[];
  readonly chain: readonly Step[];
  /** The edge, where nobody can tell whether it is one. */
  readonly undecided: Edge | null;
}

function consumersOf(unit: Unit, chain: readonly Step[], world: World): readonly Consumer[] {
  switch (unit.kind) {
    case "module":
      return everyName(unit.path, chain, world.links).flatMap(({ path, chain: through }) => [
        ...(world.terraform.callers.get(path) ?? [])
          .filter((call) => !isUnchangedRoot(call, world))
          .flatMap((call) => byCall(call, through, world.names)),
        ...consumersBy(path, "unit", through, world).filter(({ by }) => by.kind === "job" || by.kind === "module"),
      ]);
    case "kustomization":
    case "chart":
      return everyName(unit.path, chain, world.links).flatMap(({ path, chain: through }) =>
        consumersBy(path, "unit", through, world),
      );
    case "application":
      // Whoever deploys the file that declares it deploys it as well: an app of apps.
      return [...holdersOf(unit.path, chain, world), ...consumersBy(unit.path, "file", chain, world)].filter(
        ({ by }) => by.id !== unit.id,
      );
    case "job":
      return [];
  }
}

/** A root of which everything is the same is not reached through its call. What may call it itself is asked all the same. */
function unchangedCallers(module: string, chain: readonly Step[], world: World, trail: Trail): readonly Call[] {
  const calls = everyName(module, chain, world.links).flatMap(({ path }) => world.terraform.callers.get(path) ?? []);
  const settled = calls.filter((call) => isUnchangedRoot(call, world));
  for (const { caller } of settled) openCalls(caller, world, trail);
  return settled;
}

/** As a root it was looked at with nobody around it: one that is called as well may be given something else. */
function isUnchangedRoot({ caller }: Call, { unchanged, terraform, links }: World): boolean {
  if (!unchanged.has(caller)) return false;
  return everyName(caller, [], links).every(({ path }) => (terraform.callers.get(path) ?? []).length === 0);
}

/** Who reads what stands at a path. */
export function consumersBy(
  path: string,
  what: "file" | "unit",
  chain: readonly Step[],
  { graph, names }: World,
): readonly Consumer[] {
  return graph.readersOf(path, what).flatMap((edge) => {
    const named = namedBy(edge.step.path, edge.words(path), names);
    const undecided = edge.undecided === null ? null : edge;
    return named === null ? [] : [{ by: edge.by, named, chain: [...chain, edge.step], undecided }];
  });
}

/** The chart that a file is part of. */
export function holdersOf(path: string, chain: readonly Step[], { graph, names }: World): readonly Consumer[] {
  const folder = chartAround(path, graph.charts);
  if (folder === null) return [];
  const root = folder === "" ? "Chart.yaml" : `${folder}/Chart.yaml`;
  const named = namedBy(root, [], names);
  const step = { path: root, line: null, note: "part of the chart" };
  return named === null
    ? []
    : [{ by: unitAt("chart", folder), named, chain: path === root ? chain : [...chain, step], undecided: null }];
}

/** The nearest folder around a path that is a chart. */
export function chartAround(path: string, charts: ReadonlySet<string>): string | null {
  for (let at = path; at !== ""; ) {
    at = directoryOf(at);
    if (charts.has(at)) return at;
  }
  return null;
}

function byCall(call: Call, chain: readonly Step[], names: Names): readonly Consumer[] {
  const words = [call.label, ...(call.environment === null ? [] : [call.environment])];
  const named = namedBy(call.path, words, names);
  const step = { path: call.path, line: call.line, note: `module "${call.label}" { source = "${call.source}" }` };
  const by = unitAt("module", call.caller);
  return named === null ? [] : [{ by, named, chain: [...chain, step], undecided: null }];
}

/** What an edge says of the environment: where it stands, and by its words. Null: a sample, which deploys nothing. */
function namedBy(path: string, words: readonly string[], names: Names): Consumer["named"] | null {
  const stated = names.stated(path);
  const service = names.services(path)[0] ?? null;
  const found = unique([
    ...stated.flatMap(({ environment }) => environment ?? []),
    ...names.conventional(path),
    ...words.flatMap(names.inWord),
  ]);
  if (found.length === 0 && stated.length === 0 && isSample(path)) return null;
  return found.map((environment) => ({ environment, service }));
}

/** Samples deploy nothing, nor does a library by itself. */
function deploysNothing({ kind, path }: Unit, { isLibrary }: Names): boolean {
  const file = kind === "application" || kind === "job" ? path : `${path}/main.tf`;
  return isSample(file) || isLibrary(file.replace(/^\//u, ""));
}

/** Environments of a root that its path does not name: by its variable files, its workspaces and its values files. */
function fromRoot({ kind, path: folder }: Unit, chain: readonly Step[], world: World, trail: Trail): boolean {
  const { names, terraform } = world;
  let told = false;
  const files = kind === "module" ? world.variableFiles : kind === "chart" ? world.valuesFiles : null;
  for (const path of files?.get(folder) ?? []) {
    for (const environment of environmentsIn(path, kind === "chart" ? folder : "", names)) {
      const word = kind === "chart" ? "values" : "variables";
      add(trail, environment, null, [...chain, { path, line: null, note: `${word} of ${environment}` }]);
      // Values for the machines of developers may lie here, and those of production with whoever deploys it.
      told ||= names.isProduction(environment);
    }
  }
  for (const { name, path, line } of kind === "module" ? (terraform.workspaces.get(folder) ?? []) : []) {
    for (const environment of names.inWord(name)) {
      add(trail, environment, null, [...chain, { path, line, note: `workspace "${name}"` }]);
      told = true;
    }
  }
  return told;
}

/** Environments that a path names; by convention only with what lies below `folder`. */
export function environmentsIn(path: string, folder: string, names: Names): readonly string[] {
  const below = folder === "" ? path : path.slice(folder.length + 1);
  return unique([...names.stated(path).flatMap((named) => named.environment ?? []), ...names.conventional(below)]);
}

/** A path, and the paths that symlinks to it or to a folder around it give it as well. */
export function everyName(
  path: string,
  chain: readonly Step[],
  links: readonly Link[],
): readonly { readonly path: string; readonly chain: readonly Step[] }[] {
  const found = [{ path, chain }];
  const seen = new Set([path]);
  for (const { path: at, chain: so } of found) {
    for (const link of links) {
      if (link.target === null || !within(at, link.target)) continue;
      const rest = at.slice(link.target.length).replace(/^\//u, "");
      const alias = rest === "" ? link.path : `${link.path}/${rest}`;
      // A link to a folder that holds the link itself would give names without end.
      if (seen.has(alias) || seen.size > links.length + 1) continue;
      seen.add(alias);
      found.push({ path: alias, chain: [...so, { path: link.path, line: null, note: `symlink to ${link.target}` }] });
    }
  }
  return found;
}
