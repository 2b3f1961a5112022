import { byCodeUnits } from "../../lib/order.ts";
import type { ChangeSet, Gap, Place } from "../change/change-set.ts";
import type { HclValue } from "../hcl.ts";
import { isVariableFile } from "../reach/files.ts";
import type { Tools } from "../syntax.ts";
import { attributeOf, terraform, textOf, unreadGaps } from "../views/terraform.ts";
import { instantiate } from "./configuration/instance.ts";
import { type Made, type ModuleInstance, withChildren } from "./configuration/module-instance.ts";
import type { AddressChange, ModuleCall, ModuleCallChange, Resource, ResourceChange, ResourcesView } from "./model.ts";
import { movesIn } from "./configuration/moves.ts";
import { type NamedBlocks, namedIn } from "./configuration/named.ts";
import { pairByAddress } from "./configuration/pair.ts";
import {
  flavoursOf,
  isTouched,
  type Repository,
  repositoryOf,
  rootsOf,
  type Standing,
} from "./configuration/repository.ts";
import { assignments, type VariableFiles, variableFilesBy, variantsOf } from "./configuration/variables.ts";
import { isUnchanged } from "./configuration/unchanged.ts";
import { assignedIn, createWorld, type World } from "./configuration/world.ts";

/** The resources that the configurations of a change set make, before and after it. Files that cannot be read are Gaps. */
export function resources(
  change: ChangeSet,
  tools: Tools,
): { readonly view: ResourcesView; readonly gaps: readonly Gap[] } {
  const { view, gaps } = terraform(change, tools);
  const flavours = flavoursOf(change).map((flavour) =>
    ofRepository(repositoryOf(change, tools, flavour), view.blocks, tools),
  );
  return {
    view: {
      resources: inOrder(flavours.flatMap((flavour) => flavour.resources)),
      modules: inOrder(flavours.flatMap((flavour) => flavour.modules)),
      unchanged: flavours
        .map(({ unchanged }) => unchanged)
        .reduce((all, own) => all.filter((root) => own.includes(root))),
      blocks: view.blocks,
    },
    gaps: [
      ...gaps,
      ...unreadGaps(change, tools, isVariableFile),
      ...uniqueById(flavours.flatMap((flavour) => flavour.gaps)),
    ],
  };
}

/** One root as one set of variable files makes it, touched by the change or not. */
export interface RootConfiguration extends Pick<ResourcesView, "resources" | "modules"> {
  /** As `ResourceChange.variables`. */
  readonly variables: string | null;
  /** What its files name, instances and values aside; null: no file of it was read on that side. */
  readonly named: { readonly base: NamedBlocks | null; readonly head: NamedBlocks | null };
}

/**
 * The configuration in one folder, once for each set of variables that it may be given. The view leaves out what the change does not
 * touch; a plan of it is judged all the same.
 */
export function configurationsOf(change: ChangeSet, tools: Tools, root: string): readonly RootConfiguration[] {
  return flavoursOf(change).flatMap((flavour) => {
    const repository = repositoryOf(change, tools, flavour);
    const files = variableFilesBy(repository, [...new Set([...rootsOf(repository), root])])(root);
    const named = { base: namedIn(repository.base, root), head: namedIn(repository.head, root) };
    return variantsOf(root, files, repository).map((variables) => {
      const { resources: made, modules } = ofRoot(repository, root, files, variables, tools);
      return { variables, resources: made, modules, named };
    });
  });
}

function inOrder<T extends { readonly address: string }>(
  changes: readonly AddressChange<T>[],
): readonly AddressChange<T>[] {
  return changes.toSorted((a, b) => byCodeUnits(keyOf(a), keyOf(b)));
}

function keyOf({ root, variables, before, after }: AddressChange<{ readonly address: string }>): string {
  return [root, variables ?? "", (after ?? before)?.address ?? "", before?.address ?? ""].join("\n");
}

function uniqueById(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((gap) => [gap.id, gap])).values()];
}

interface Found {
  readonly resources: readonly ResourceChange[];
  readonly modules: readonly ModuleCallChange[];
  /** The roots among those that are looked at of which nothing differs. */
  readonly unchanged: readonly string[];
  readonly gaps: readonly Gap[];
}

/** Only roots that the change touches: in the others nothing changes. */
function ofRepository(repository: Repository, blocks: ResourcesView["blocks"], tools: Tools): Found {
  const roots = rootsOf(repository);
  const filesOf = variableFilesBy(repository, roots);
  const unchanged: string[] = [];
  const found = roots.flatMap((root) => {
    const files = filesOf(root);
    const paths = [...files.automatic, ...files.byHand];
    if (!isTouched(repository, root, paths)) return [];
    const isSame = !paths.some((path) => repository.changedVariableFiles.has(path));
    if (isSame && isUnchanged(repository, root, blocks, tools)) unchanged.push(root);
    return variantsOf(root, files, repository).map((variant) => ofRoot(repository, root, files, variant, tools));
  });
  return {
    resources: found.flatMap((one) => one.resources),
    modules: found.flatMap((one) => one.modules),
    unchanged,
    gaps: found.flatMap((one) => one.gaps),
  };
}

function ofRoot(
  repository: Repository,
  root: string,
  files: VariableFiles,
  variables: string | null,
  tools: Tools,
): Omit<Found, "unchanged"> {
  const evaluateOn = (standing: Standing): Evaluated => {
    const world = createWorld(repository, standing, root, tools);
    return evaluateRoot(world, files, variables);
  };
  const [before, after] = [evaluateOn(repository.base), evaluateOn(repository.head)];
  const moves = movesIn(after.instances);
  const changesOf = <T>(befores: readonly Thing<T>[], afters: readonly Thing<T>[]): readonly AddressChange<T>[] =>
    pairByAddress(befores, afters, moves).map((pair) => ({
      root,
      variables,
      before: pair.before?.thing,
      after: pair.after?.thing,
      pairedBy: pair.pairedBy,
      explainedBy: placesOf([
        ...(pair.after === undefined ? [] : after.world.tracker.changesBehind(pair.after.node)),
        ...(pair.before === undefined ? [] : before.world.tracker.changesBehind(pair.before.node)),
      ]),
    }));
  return {
    resources: changesOf(before.resources, after.resources),
    modules: changesOf(before.modules, after.modules),
    gaps: [before, after].some(({ world }) => world.room.left < 0 || world.budget.isExceeded) ? [tooLarge(root)] : [],
  };
}

function tooLarge(root: string): Gap {
  const name = root === "" ? "the root of the repository" : `\`${root}\``;
  return {
    id: `too-large:terraform:${root}`,
    level: "hold",
    path: null,
    side: "head",
    line: null,
    reason: `what the configuration in ${name} makes, since it takes more steps or makes more resources than are looked at`,
    remedy: "Split the configuration, or have people accept that it was not looked at as a whole.",
  };
}

/** What stands at an address of one side, with the node that its values belong to. */
interface Thing<T> {
  readonly address: string;
  readonly node: string;
  readonly thing: T;
}

interface Evaluated {
  readonly world: World;
  readonly instances: readonly ModuleInstance[];
  readonly resources: readonly Thing<Resource>[];
  readonly modules: readonly Thing<ModuleCall>[];
}

function evaluateRoot(world: World, files: VariableFiles, variables: string | null): Evaluated {
  const module = world.standing.modules.get(world.root);
  if (module === undefined) return { world, instances: [], resources: [], modules: [] };
  const said = assignments(files, variables, world.standing);
  const given = (name: string): HclValue | null => {
    const found = said.get(name);
    if (found === undefined) return null;
    const node = `|assigned.${name}`;
    return world.tracker.value(node, node, `var.${name}`, () => {
      world.tracker.comesFrom(node, [assignedIn(world, found.path, found.attribute)]);
      return found.attribute.value;
    });
  };
  const instances = withChildren(instantiate(world, module, "", given, [], null));
  return { world, instances, resources: instances.flatMap(resourcesOf), modules: instances.flatMap(callsOf) };
}

function resourcesOf(instance: ModuleInstance): readonly Thing<Resource>[] {
  return instance.resources().map((made) => {
    const { type: mode, labels } = made.item.block;
    const [type = "", name = ""] = labels;
    return thingOf(made, {
      mode: mode === "data" || mode === "ephemeral" ? mode : "managed",
      type,
      name,
      ...standingOf(made, instance),
    });
  });
}

function callsOf(instance: ModuleInstance): readonly Thing<ModuleCall>[] {
  return instance.calls().map((made) => {
    const said = (attribute: string): string | null => {
      const value = attributeOf(made.block.body, attribute);
      return value === undefined ? null : textOf(value);
    };
    return thingOf(made, {
      name: made.item.block.labels[0] ?? "",
      source: said("source") ?? "",
      version: said("version"),
      ...standingOf(made, instance),
    });
  });
}

function thingOf<T>({ address, node }: Made, thing: T): Thing<T> {
  return { address, node, thing };
}

function standingOf(
  { address, block, item }: Made,
  instance: ModuleInstance,
): Pick<Resource, "address" | "module" | "directory" | "path" | "written" | "block"> {
  return {
    address,
    module: instance.address,
    directory: instance.module.directory,
    path: item.path,
    written: item.block,
    block,
  };
}

function placesOf(places: readonly Place[]): readonly Place[] {
  const found = new Map(places.map((place) => [[place.path, place.side, place.line].join("\n"), place]));
  return [...found.values()].toSorted(
    (a, b) => byCodeUnits(a.path, b.path) || byCodeUnits(a.side, b.side) || a.line - b.line,
  );
}
