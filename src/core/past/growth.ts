import type { TreeEntry } from "../change/build.ts";
import { type ChangedFile, type ChangeSet, changed, type Content, type FileVersion } from "../change/change-set.ts";
import type { Policy, ValueLimit } from "../policy/schema.ts";
import type { Memo } from "../syntax.ts";
import { formatOf } from "../views/settings.ts";
import { isUnreadable, namedBy, values, type Written } from "../views/values.ts";
import { contentKey, type FormerState, type KnownPast, type Past, statesSince, unknownSince } from "./past.ts";

/** The windows that the policy measures growth in. */
export function growthWindowsMs({ limits }: Pick<Policy, "limits">): readonly number[] {
  return [...new Set(bounded(limits.values).map(({ growthWithinMs }) => growthWithinMs))];
}

/** The paths whose past growth is measured against: every file of configuration in the change, once one value of it is bounded so. */
export function pathsOfGrowth(change: ChangeSet, { limits }: Pick<Policy, "limits">, memo: Memo): readonly string[] {
  const isBounded = namedBy(bounded(limits.values).flatMap(({ keys }) => keys));
  const { view } = values(change, { memo });
  if (!view.values.some((value) => value.after !== undefined && isBounded(value))) return [];
  return changed(change)
    .map(({ path }) => path)
    .filter((path) => formatOf(path) !== null);
}

/** Whether a bounded key comes to stand in a step of the branch, as far as these paths tell: it may have stood elsewhere before. */
export function bringsBounded(step: ChangeSet, { limits }: Pick<Policy, "limits">, memo: Memo): boolean {
  const isBounded = namedBy(bounded(limits.values).flatMap(({ keys }) => keys));
  const { view } = values(step, { memo });
  return view.values.some((value) => value.before === undefined && value.after !== undefined && isBounded(value));
}

function bounded(limits: readonly ValueLimit[]): readonly (ValueLimit & { readonly growthWithinMs: number })[] {
  return limits.flatMap((limit) => {
    const { growthFactor, growthWithinMs } = limit;
    return growthFactor === null || growthWithinMs === null ? [] : [{ ...limit, growthWithinMs }];
  });
}

/** What the base held at keys of configuration within a window. */
export interface FormerValues {
  /** What stood at that key of the head, as far as it was something else: one for each state that held anything there. */
  readonly of: (after: Written) => readonly Written[];
  /** Why some of what stood there is not known, as a clause; null: all is. */
  readonly unknown: (after: Written) => string | null;
}

/**
 * What stood within a window at the keys that a change writes. Each former state is paired with the head as the base is, so that a key
 * that has moved since is the same key.
 */
export function formerValues(
  past: Past,
  change: ChangeSet,
  memo: Memo,
  nowMs: number,
): (withinMs: number) => FormerValues {
  const known = new Map<number, FormerValues>();
  return (withinMs) => {
    const found = known.get(withinMs) ?? readFormer(past, change, memo, nowMs - withinMs);
    known.set(withinMs, found);
    return found;
  };
}

function readFormer(past: Past, change: ChangeSet, memo: Memo, sinceMs: number): FormerValues {
  switch (past.kind) {
    case "not_asked":
      return { of: () => [], unknown: () => "it was not asked for" };
    case "unknowable":
      return { of: () => [], unknown: () => null };
    case "known":
      return readKnown(past, change, memo, sinceMs);
  }
}

function readKnown(past: KnownPast, change: ChangeSet, memo: Memo, sinceMs: number): FormerValues {
  const [tip] = past.states;
  const former = new Map<string, Written[]>();
  let unknown = unknownSince(past, sinceMs);
  for (const state of unlike(statesSince(past, sinceMs), past)) {
    const step = towards(state, tip, change, past);
    unknown ??= step === null ? `\`${shortOf(state)}\` cannot be read` : unreadableIn(step, state, memo);
    if (step === null) continue;
    for (const { before, after } of values(step, { memo }).view.values) {
      if (before === undefined || after === undefined) continue;
      former.set(placeOf(after), [...(former.get(placeOf(after)) ?? []), before]);
    }
  }
  const asked = new Set(past.growthPaths);
  return {
    of: (after) => former.get(placeOf(after)) ?? [],
    unknown: (after) => unknown ?? (asked.has(after.path) ? null : "it was not asked for"),
  };
}

function placeOf({ path, place }: Written): string {
  return `${place.line}:${place.column ?? 0}:${path}`;
}

function shortOf({ sha }: FormerState): string {
  return sha.slice(0, 12);
}

/** One of each kind: most movements of a branch leave these paths alone. */
function unlike(states: readonly FormerState[], { growthPaths }: KnownPast): readonly FormerState[] {
  const byForm = Map.groupBy(states, ({ entries }) => JSON.stringify(growthPaths.map((path) => entries[path] ?? null)));
  return [...byForm.values()].flatMap((alike) => alike.find(isRead) ?? alike[0] ?? []);
}

function isRead({ entries }: FormerState): boolean {
  return Object.keys(entries).length > 0;
}

/** From a former state to the head; what the change leaves alone is at the head as the tip of the base has it. Null: it is not known. */
function towards(
  state: FormerState,
  tip: FormerState | undefined,
  change: ChangeSet,
  { growthPaths, contents }: KnownPast,
): ChangeSet | null {
  const written = new Map(changed(change).map((file) => [file.path, file.after]));
  const files: ChangedFile[] = [];
  for (const path of growthPaths) {
    const [before, stands] = [state.entries[path], tip?.entries[path]];
    if (before === undefined || stands === undefined) return null;
    const after = written.get(path);
    files.push(fileOf(path, versionOf(before, contents), after === undefined ? versionOf(stands, contents) : after));
  }
  return { files };
}

/** A path on two sides, either of which may hold nothing. */
export function fileOf(path: string, before: FileVersion | null, after: FileVersion | null): ChangedFile {
  const same = before?.sha === after?.sha && before?.mode === after?.mode;
  const status = same ? "unchanged" : before === null ? "added" : after === null ? "removed" : "modified";
  return { path, status, before, after };
}

export function versionOf(entry: TreeEntry | null, contents: Readonly<Record<string, Content>>): FileVersion | null {
  if (entry === null) return null;
  const content = contents[contentKey(entry)] ?? { kind: "unread", reason: "it was not asked for" };
  return { ...entry, content };
}

function unreadableIn({ files }: ChangeSet, state: FormerState, memo: Memo): string | null {
  const file = files.find(({ path, before }) => before !== null && isUnreadable(path, before, memo));
  return file === undefined ? null : `\`${file.path}\` at \`${shortOf(state)}\` cannot be read`;
}
