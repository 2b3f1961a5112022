import { byCodeUnits } from "../../lib/order.ts";
import { type ChangeSet, changed } from "../change/change-set.ts";
import { isDocument } from "../change/documents.ts";
import { linksOf } from "../change/symlinks.ts";
import { modulesOf, readersOf } from "../reach/compute.ts";
import { deploymentGraph } from "../reach/graph/graph.ts";
import type { Place } from "../reach/graph/remote.ts";
import { isSample } from "../reach/names.ts";
import { terraformGraph } from "../reach/terraform-graph.ts";
import { everyName } from "../reach/walk.ts";
import type { Memo } from "../syntax.ts";
import { directoryOf } from "../views/terraform.ts";
import type { Views } from "../views/views.ts";

/** A folder of Terraform whose resources a change may alter. */
export interface TouchedModule {
  readonly directory: string;
  /** Whether anything in this repository calls it as a module, samples aside: then it is no root configuration. */
  readonly isCalled: boolean;
}

/**
 * The modules that a change may alter: those whose files it touches or that read them, and all that call one of these, through whatever lies between, at base and at
 * head. A call that may name any module is one of each. Sorted by folder.
 */
export function modulesTouched(
  change: ChangeSet,
  { terraform }: Pick<Views, "terraform">,
  place: Place,
  memo: Memo,
): readonly TouchedModule[] {
  const graph = terraformGraph(terraform, place);
  const units = deploymentGraph(change, memo, place);
  const links = [...linksOf(change, "head"), ...linksOf(change, "base")];
  const callersOf = (directory: string): readonly string[] =>
    everyName(directory, [], links).flatMap(({ path }) => [
      ...(graph.callers.get(path) ?? []).flatMap((call) => (isSample(call.path) ? [] : [call.caller])),
      ...units.readersOf(path, "unit").flatMap(({ by }) => (by.kind === "module" ? [by.path] : [])),
    ]);
  const touched = changed(change).flatMap((file) =>
    everyName(file.path, [], links).flatMap(({ path }) => [
      ...modulesOf(file, path, graph),
      ...readersOf(path, graph),
      ...(graph.directories.has(directoryOf(path)) && !isDocument(path) ? [directoryOf(path)] : []),
    ]),
  );
  const seen = new Set(touched);
  const openCallers = seen.size === 0 ? [] : graph.open.map(({ caller }) => caller);
  for (const caller of openCallers) seen.add(caller);
  // A set that grows while it is walked: what calls a caller is walked as well.
  for (const directory of seen) for (const caller of callersOf(directory)) seen.add(caller);
  return [...seen]
    .toSorted(byCodeUnits)
    .map((directory) => ({ directory, isCalled: callersOf(directory).some((caller) => caller !== directory) }));
}
