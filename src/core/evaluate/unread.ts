import type { Gap } from "../change/change-set.ts";

/**
 * A file that nobody can read is one thing to decide. Where a view says so of a file, what rules would have looked for in it is told with
 * it, so that whoever accepts the gap knows all that was not seen; where none does, what the rules say stands alone.
 */
export function foldUnread(ofViews: readonly Gap[], ofRules: readonly Gap[]): readonly Gap[] {
  const open = new Map(ofRules.map((gap) => [gap.path, gap]));
  const folded = ofViews.map((gap): Gap => {
    const more = gap.id === `unreadable:${gap.path}` ? open.get(gap.path) : undefined;
    if (more === undefined) return gap;
    open.delete(gap.path);
    return { ...gap, reason: `${gap.reason}; nor is it known ${more.reason}` };
  });
  return [...folded, ...open.values()];
}
