import type { ChangedFile, Side } from "../change/change-set.ts";
import { type Pair, pairByIdentity } from "./pairing.ts";
import type { Setting } from "./setting.ts";
import type { Settings } from "./settings.ts";

/** A setting in its file. */
export interface Standing extends Setting {
  readonly path: string;
  readonly side: Side;
  /** False for files that are on both sides: their keys are paired within them. */
  readonly alone: boolean;
  /** The identity that it shares with others of its file, before they are told apart by their order. */
  readonly shared: string;
}

/** The settings of one side of a file; those that share an identity are told apart by their order. */
export function standing(file: ChangedFile, read: Settings, side: Side): readonly Standing[] {
  if (!read.ok) return [];
  const alone = file.before === null || file.after === null;
  const seen = new Map<string, number>();
  return read.settings.map((setting) => {
    const occurrence = (seen.get(setting.identity) ?? 0) + 1;
    seen.set(setting.identity, occurrence);
    const identity = occurrence === 1 ? setting.identity : `${setting.identity} #${occurrence}`;
    return { ...setting, identity, shared: setting.identity, path: file.path, side, alone };
  });
}

/** A setting that differs; `one` is the later of the two. */
export interface Difference extends Pair<Standing> {
  readonly one: Standing;
  /** Another key stands beside it in the head, and it is in no item of a list that only its position tells apart. */
  readonly inPlace: boolean;
}

/**
 * Keys pair within their file, and one that comes to stand there once more with its namesake, since a reader takes the last; what is left pairs by its object, or, between files that came and went, by the name of the file.
 */
export function differing(befores: readonly Standing[], afters: readonly Standing[]): readonly Difference[] {
  const own = (setting: Standing): string => `${setting.path}\n${setting.identity}`;
  const left = new Map(befores.map((before) => [own(before), before]));
  const pairs: Pair<Standing>[] = [];
  const arrived: Standing[] = [];
  const namesakes = new Map(befores.map((before) => [`${before.path}\n${before.shared}`, before]));
  for (const after of afters) {
    const again = after.identity !== after.shared;
    const before = left.get(own(after)) ?? (again ? namesakes.get(`${after.path}\n${after.shared}`) : undefined);
    if (before === undefined) arrived.push(after);
    else if (!same(before, after)) pairs.push({ before, after });
    left.delete(own(after));
  }
  const movable = (setting: Standing): boolean => setting.object !== null || setting.alone;
  const keyed = (setting: Standing) => ({ key: travelling(setting), path: setting.path, setting });
  const moves = pairByIdentity([...left.values()].filter(movable).map(keyed), arrived.filter(movable).map(keyed));
  for (const { before, after } of moves) {
    if (before === undefined || after === undefined || !same(before.setting, after.setting)) {
      pairs.push({ before: before?.setting, after: after?.setting });
    }
  }
  const settled = [...left.values()].filter((setting) => !movable(setting));
  pairs.push(...settled.map((before) => ({ before, after: undefined })));
  const holders = new Map(afters.map((after) => [own(after), after]));
  pairs.splice(0, pairs.length, ...pairs.map((pair) => withHolder(pair, holders)));
  pairs.push(...arrived.filter((setting) => !movable(setting)).map((after) => ({ before: undefined, after })));
  const folders = new Set(afters.map(folderOf));
  return pairs.flatMap(({ before, after }) => {
    const one = after ?? before;
    return one === undefined ? [] : [{ one, before, after, inPlace: !isPlaced(one) && folders.has(folderOf(one)) }];
  });
}

function isPlaced({ segments }: Standing): boolean {
  return segments.some((segment) => /^\d+$/u.test(segment));
}

/** The file, the object and all keys but the last. */
function folderOf({ path, object, segments }: Standing): string {
  return `${path}\n${object ?? ""}\n${segments.slice(0, -1).join(".")}`;
}

/** A part that went because an expression stands for the whole is not gone: what it is now is not known. */
function withHolder({ before, after }: Pair<Standing>, afters: ReadonlyMap<string, Standing>): Pair<Standing> {
  if (before === undefined || after !== undefined || before.holder === null) return { before, after };
  const holder = afters.get(`${before.path}\n${before.holder}`);
  const isOpen = holder !== undefined && (holder.scalar === undefined || /\$\{|\{\{|\$\(/u.test(String(holder.scalar)));
  return { before, after: isOpen ? { ...before, side: "head", scalar: undefined, span: holder.span } : undefined };
}

function travelling({ object, identity, path }: Standing): string {
  return object === null ? `${path.slice(path.lastIndexOf("/") + 1)}\n${identity}` : identity;
}

function same(a: Setting, b: Setting): boolean {
  return a.scalar === b.scalar && (a.scalar !== undefined || (a.hidden !== null && a.hidden === b.hidden));
}
