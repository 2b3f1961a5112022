import { byCodeUnits } from "../../lib/order.ts";
import { type ChangeSet, changed } from "../change/change-set.ts";
import { isDocument } from "../change/documents.ts";
import { type Link, linksOf } from "../change/symlinks.ts";
import type { Views } from "../views/views.ts";
import { modulesOf, readersOf } from "./compute.ts";
import { packagesAround } from "./deployable.ts";
import { isSample, unique } from "./names.ts";
import type { FileReach, ReachMap } from "./reach.ts";
import type { Place } from "./graph/remote.ts";
import { terraformGraph, type TerraformGraph } from "./terraform-graph.ts";
import { everyName } from "./walk.ts";

/**
 * The folders of Terraform modules, charts and Kustomize folders that a change touches and that several use: more than one environment or
 * caller, or nobody knows who. In code-unit order; the root is the empty string.
 */
export function sharedModules(
  change: ChangeSet,
  { terraform }: Pick<Views, "terraform">,
  { files }: ReachMap,
  place: Place,
): readonly string[] {
  const graph = terraformGraph(terraform, place);
  const links = [...linksOf(change, "head"), ...linksOf(change, "base")];
  const packages = packagesAround(change);
  const reaches = new Map(files.map((file) => [file.path, file]));
  const shared = changed(change).flatMap((file) => {
    const reach = reaches.get(file.path);
    if (reach === undefined) return [];
    const several = reachesSeveral(reach);
    const names = everyName(file.path, [], links).map(({ path }) => path);
    const modules = names.flatMap((path) => [...modulesOf(file, path, graph), ...readersOf(path, graph)]);
    const parts = isDocument(file.path) ? [] : names.flatMap(packages);
    return [
      ...modules.filter((module) => several || hasSeveralCallers(module, graph, links)),
      ...parts.filter(() => several),
    ];
  });
  return unique(shared).toSorted(byCodeUnits);
}

function reachesSeveral({ targets, services, unresolved }: FileReach): boolean {
  return unresolved || new Set(targets.map(({ environment }) => environment)).size > 1 || services.length > 1;
}

/** Whether more than one root calls it, through whatever lies between. Modules that only call each other have no root that is known. */
function hasSeveralCallers(module: string, graph: TerraformGraph, links: readonly Link[]): boolean {
  const seen = new Set([module]);
  const roots = new Set<string>();
  for (const at of seen) {
    const calls = everyName(at, [], links).flatMap(({ path }) => graph.callers.get(path) ?? []);
    const callers = calls.filter(({ path }) => !isSample(path)).map(({ caller }) => caller);
    if (callers.length === 0) roots.add(at);
    for (const caller of callers) seen.add(caller);
  }
  return roots.size !== 1;
}
