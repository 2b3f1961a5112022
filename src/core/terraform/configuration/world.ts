import { sha256 } from "../../../lib/digest.ts";
import type { ChangedFile, Place, Side } from "../../change/change-set.ts";
import { joined } from "../../change/symlinks.ts";
import type { HclAttribute, HclBlock, HclUnknown, HclValue } from "../../hcl.ts";
import type { Tools } from "../../syntax.ts";
import { sameBlock } from "../../views/terraform.ts";
import { blockWith, type Item, type Module } from "./module.ts";
import type { Repository, Standing } from "./repository.ts";
import type { Budget } from "./scope.ts";
import { createTracker, type Origin, type Tracker } from "./track.ts";

/** What stands behind an undecided value that is a resource or a module call. */
export interface Handle {
  readonly attribute: (name: string) => HclValue;
}

/** One root on one side with one set of variable files, while it is evaluated. */
export interface World {
  readonly standing: Standing;
  readonly other: Standing;
  readonly repository: Repository;
  readonly root: string;
  readonly tools: Tools;
  readonly tracker: Tracker;
  readonly budget: Budget;
  readonly handles: WeakMap<HclUnknown, Handle>;
  /** Instances of modules and resources that may still be made. */
  readonly room: { left: number };
}

const stepsPerRoot = 2_000_000;
const instancesPerRoot = 20_000;

export function createWorld(repository: Repository, standing: Standing, root: string, tools: Tools): World {
  return {
    standing,
    other: standing === repository.base ? repository.head : repository.base,
    repository,
    root,
    tools,
    tracker: createTracker(),
    budget: { steps: stepsPerRoot, depth: 0, isExceeded: false },
    handles: new WeakMap(),
    room: { left: instancesPerRoot },
  };
}

/**
 * A part of a block; it is changed where the other side does not have the same in the block of that name. It is placed in the head, unless
 * only the base has it.
 */
export function originOf(
  world: World,
  module: Module,
  item: Item,
  part: (block: HclBlock) => HclBlock | null = (block) => block,
): Origin {
  const here = part(item.block) ?? item.block;
  const other = world.other.modules.get(module.directory)?.items.get(item.key);
  const there = other === undefined ? null : part(other.block);
  const isPlacedThere = world.standing.side === "base" && other !== undefined && there !== null;
  return {
    place: isPlacedThere ? placeOf("head", other.path, there) : placeOf(world.standing.side, item.path, here),
    isChanged: () => other !== item && (there === null || !sameBlock(here, there)),
  };
}

function placeOf(side: Side, path: string, { line, endLine }: Pick<HclBlock, "line" | "endLine">): Place {
  return { path, side, line, endLine };
}

export function attributePart(name: string): (block: HclBlock) => HclBlock | null {
  return (block) => {
    const attribute = block.body.attributes.find((candidate) => candidate.name === name);
    return attribute === undefined ? null : blockWith(block.type, [attribute]);
  };
}

/** Assigned in a file of values. */
export function assignedIn(world: World, path: string, attribute: HclAttribute): Origin {
  const there = world.other.variableFiles.get(path)?.attributes.find(({ name }) => name === attribute.name);
  return {
    place:
      world.standing.side === "base" && there !== undefined
        ? placeOf("head", path, there)
        : placeOf(world.standing.side, path, attribute),
    isChanged: () => there === undefined || !sameBlock(blockWith("", [attribute]), blockWith("", [there])),
  };
}

/** The text of a file that the configuration names, from the root or from the repository; null where it is not part of what was read. */
export function fileText(world: World, named: string): string | null {
  const path = joined(world.root === "" ? [] : world.root.split("/"), named);
  const file = path === null || named.startsWith("/") ? undefined : world.repository.files.get(path);
  const content = (world.standing.side === "base" ? file?.before : file?.after)?.content;
  return content?.kind === "text" ? content.text : null;
}

/** Changed files at or below a path that the configuration names; null: all of them, since nobody knows which it names. */
export function changedFilesBelow(world: World, named: string | null): readonly ChangedFile[] {
  if (named?.startsWith("/") === true) return [];
  const path = named === null ? "" : joined(world.root === "" ? [] : world.root.split("/"), named);
  if (path === null) return [];
  const isBelow = (file: string): boolean => path === "" || file === path || file.startsWith(`${path}/`);
  return [...world.repository.files.values()].filter(
    ({ path: file, status }) => status !== "unchanged" && isBelow(file),
  );
}

/** What these files are on this side, in a word that is the same only for the same. */
export function digestOfFiles({ standing }: World, files: readonly ChangedFile[]): string {
  const versions = files.map(({ path, before, after }) => {
    const version = standing.side === "base" ? before : after;
    return [path, version?.sha ?? null, version?.mode ?? null];
  });
  return sha256(JSON.stringify(versions)).slice(0, 12);
}

export function readOrigin(world: World, named: string): Origin | null {
  const path = joined(world.root === "" ? [] : world.root.split("/"), named);
  const file = path === null ? undefined : world.repository.files.get(path);
  if (file === undefined || file.status === "unchanged") return null;
  const side = file.after === null ? "base" : "head";
  return { place: { path: file.path, side, line: 1 }, isChanged: () => true };
}

/** A template in a file has the syntax of a heredoc. */
export function parseTemplate({ tools }: World, text: string): HclValue {
  const end = "END_OF_THE_TEMPLATE";
  const undecided: HclValue = { kind: "unknown", text: "a template that cannot be read" };
  if (text.includes(end)) return undecided;
  const parsed = tools.syntax.hcl(`a = <<${end}\n${text}\n${end}\n`);
  const value = parsed.ok ? parsed.value.attributes[0]?.value : undefined;
  if (value?.kind === "literal" && typeof value.value === "string")
    return { kind: "literal", value: value.value.slice(0, -1) };
  if (value?.kind !== "unknown" || value.expression?.kind !== "template") return undecided;
  const parts = value.expression.parts.flatMap((part, index, all) => {
    if (index < all.length - 1 || part.kind !== "text") return [part];
    const shortened = part.text.replace(/\n$/u, "");
    return shortened === "" ? [] : [{ ...part, text: shortened }];
  });
  return { ...value, expression: { kind: "template", parts } };
}
