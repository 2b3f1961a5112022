import type { Gap, Side } from "../change/change-set.ts";
import { type Link, within } from "../change/symlinks.ts";
import { directoryOf, type TerraformView } from "../views/terraform.ts";
import { isSample, type Names, unique } from "./names.ts";
import type { Step, Target } from "./reach.ts";
import type { Call, TerraformGraph } from "./terraform-graph.ts";

/** What is looked up again and again while the files of one change are walked. */
export interface World {
  readonly names: Names;
  readonly graph: TerraformGraph;
  readonly view: TerraformView;
  readonly links: readonly Link[];
  /** Paths of variable files, by the module they lie in or below. */
  readonly variableFiles: ReadonlyMap<string, readonly string[]>;
  /** A manifest, or a file that Helm or Kustomize makes manifests of. */
  readonly isDeployable: (path: string) => boolean;
  readonly ofBranch: readonly string[];
  readonly baseRef: string;
}

/** What a walk has found so far. */
export interface Trail {
  readonly targets: Map<string, Target>;
  readonly gaps: Map<string, Gap>;
  /** A chain has an end that names no environment. */
  nameless: boolean;
  /** An edge could not be followed. */
  open: boolean;
}

/**
 * Follows calls from a module to whoever calls it, breadth first: the first chain to a place is a shortest one. `told`: the
 * way so far has named an environment. An end that no way there has named may be anything, production included.
 */
export function walkUp(module: string, from: readonly Step[], told: boolean, world: World, trail: Trail): void {
  const queue = [{ module, chain: from }];
  const arrivals = new Map([[module, told]]);
  const ends: string[] = [];
  for (const { module: at, chain } of queue) {
    openEdges(at, world, trail);
    const consumers = consumersOf(at, chain, world);
    if (consumers.length === 0) ends.push(at);
    for (const { call, named, chain: next } of consumers) {
      for (const { environment, service } of named) add(trail, environment, service, next);
      const known = arrivals.get(call.caller);
      arrivals.set(call.caller, (known ?? true) && ((arrivals.get(at) ?? false) || named.length > 0));
      if (known === undefined) queue.push({ module: call.caller, chain: next });
    }
    if (fromRoot(at, chain, world, trail)) arrivals.set(at, true);
  }
  // Modules that call each other in a circle have no end; nothing is known of what they reach either.
  if (ends.length === 0) trail.nameless ||= ![...arrivals.values()].includes(true);
  else trail.nameless ||= ends.some((end) => arrivals.get(end) === false && !isSample(`${end}/main.tf`));
}

interface Consumer {
  readonly call: Call;
  readonly named: readonly { readonly environment: string; readonly service: string | null }[];
  readonly chain: readonly Step[];
}

function consumersOf(module: string, chain: readonly Step[], { names, graph, links }: World): readonly Consumer[] {
  return everyName(module, chain, links).flatMap(({ path, chain: through }) =>
    (graph.callers.get(path) ?? []).flatMap((call) => {
      const named = namedByCall(call, names);
      const note = `module "${call.label}" { source = "${call.source}" }`;
      return named === null ? [] : [{ call, named, chain: [...through, { path: call.path, line: call.line, note }] }];
    }),
  );
}

/** What a call says of the environment: where it stands, and how it is labelled. Null: a sample, which deploys nothing. */
function namedByCall(call: Call, names: Names): readonly { environment: string; service: string | null }[] | null {
  const stated = names.stated(call.path);
  const service = names.services(call.path)[0] ?? null;
  const found = unique([
    ...stated.flatMap(({ environment }) => environment ?? []),
    ...names.conventional(call.path),
    ...names.inWord(call.label),
    ...(call.environment === null ? [] : names.inWord(call.environment)),
  ]);
  if (found.length === 0 && stated.length === 0 && isSample(call.path)) return null;
  return found.map((environment) => ({ environment, service }));
}

/** Environments of a root that its path does not name: by its variable files and its workspaces. */
function fromRoot(module: string, chain: readonly Step[], world: World, trail: Trail): boolean {
  let told = false;
  for (const path of world.variableFiles.get(module) ?? []) {
    for (const environment of [
      ...world.names.stated(path).flatMap((named) => named.environment ?? []),
      ...world.names.conventional(path),
    ]) {
      add(trail, environment, null, [...chain, { path, line: null, note: `variables of ${environment}` }]);
      told = true;
    }
  }
  for (const { name, path, line } of world.graph.workspaces.get(module) ?? []) {
    for (const environment of world.names.inWord(name)) {
      add(trail, environment, null, [...chain, { path, line, note: `workspace "${name}"` }]);
      told = true;
    }
  }
  return told;
}

/** Edges that may lead to a module and cannot be followed. */
function openEdges(module: string, { graph, view }: World, trail: Trail): void {
  const name = module.slice(module.lastIndexOf("/") + 1);
  for (const call of graph.open) {
    if (!mayCall(call, module, name)) continue;
    trail.open = true;
    put(trail, `unresolved-call:${call.path}:${call.label}`, call.path, call.line, {
      reason: `whether module "${call.label}" calls \`${module}\`, since its source \`${call.source}\` is not a path in this repository`,
      remedy: "Write the source as a literal path, or pin a remote one with `?ref=`.",
    });
  }
  for (const { path, line, text, reason } of view.unreadContext) {
    if (text !== null && !text.includes(name === "" ? ".." : name)) continue;
    trail.open = true;
    put(trail, `unresolved-caller:${path}`, path, line, {
      reason: `whether \`${path}\` calls \`${module}\`, since it is ${reason}`,
      remedy: "Make the file valid Terraform in a change of its own.",
    });
  }
}

function mayCall(call: Call, module: string, name: string): boolean {
  switch (call.kind) {
    case "local":
      return false; // it leads out of the repository
    case "undecided":
      return !/["/]/u.test(call.source) || call.source.includes(name);
    case "remote": {
      // `…//modules/shared` without a pin may be this repository, as it is at the next `terraform init`.
      const inside = /[^:]\/\/([^?]*)/u.exec(call.source)?.[1] ?? "";
      return module !== "" && inside === module && !/[?&]ref=/u.test(call.source);
    }
  }
}

function put(trail: Trail, id: string, path: string, line: number | null, words: Pick<Gap, "reason" | "remedy">): void {
  const side: Side = "head";
  trail.gaps.set(id, { id, level: "hold", path, side, line, ...words });
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

/** One target for each environment, service and place of arrival; the first chain found stays. */
export function add(trail: Trail, environment: string, service: string | null, chain: readonly Step[]): void {
  const target = { environment, service, chain };
  const key = keyOf(target);
  if (!trail.targets.has(key)) trail.targets.set(key, target);
}

export function keyOf({ environment, service, chain }: Target): string {
  const last = chain.at(-1);
  return [environment, service ?? "", last === undefined ? "" : directoryOf(last.path)].join("\n");
}
