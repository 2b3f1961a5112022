import type { ChangeSet, Side } from "../change/change-set.ts";
import { fallbacks } from "../helm/sets.ts";
import type { Memo } from "../syntax.ts";
import type { Setting } from "./setting.ts";
import { type Difference, isSame, type Standing } from "./setting-pairs.ts";
import { settingsIn } from "./settings.ts";

/**
 * Keys that a values file comes to set, or sets no more, differ from what it falls back to, as far as that is in the repository: a chart
 * takes its default for them. A file that is new, or goes, is an environment of its own, in which nothing stood before.
 */
export function withFallbacks(
  differences: readonly Difference[],
  change: ChangeSet,
  memo: Memo,
): readonly Difference[] {
  const treeOf = fallbacks(change, memo);
  const known = new Map<string, ReadonlyMap<string, Setting>>();
  const settingsOf = (path: string, side: Side): ReadonlyMap<string, Setting> => {
    const key = `${side} ${path}`;
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const tree = treeOf(path, side);
    const found = byKeys(tree === undefined ? [] : settingsIn(tree));
    known.set(key, found);
    return found;
  };
  return differences.flatMap((difference): readonly Difference[] => {
    const { one, before, after } = difference;
    if ((before !== undefined && after !== undefined) || one.alone || one.object !== null) return [difference];
    const side = before === undefined ? "base" : "head";
    const setting = settingsOf(one.path, side).get(keysOf(one));
    if (setting === undefined) return [difference];
    // Its place is in another file, which other environments fall back to as well: no edit is made of it.
    const fallback: Standing = { ...one, ...setting, side, style: "block", holder: null };
    if (isSame(one, fallback)) return [];
    return [before === undefined ? { ...difference, before: fallback } : { ...difference, after: fallback }];
  });
}

function keysOf({ segments }: Pick<Setting, "segments">): string {
  return JSON.stringify(segments);
}

function byKeys(settings: readonly Setting[]): ReadonlyMap<string, Setting> {
  return new Map(settings.map((setting) => [keysOf(setting), setting]));
}
