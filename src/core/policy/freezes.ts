import { neverOpens } from "../windows/window.ts";
import type { Mistake } from "./explain.ts";
import { windowOf } from "./resolve.ts";
import type { StatedFreeze } from "./schema/freezes.ts";
import type { Statement } from "./schema/root.ts";

/** Freezes that one file states and that cannot be meant: no window, two of them, one that never opens, one name for two. */
export function impossibleFreezes({ freezes = [], timezone = "UTC" }: Statement): readonly Mistake[] {
  const names = new Set<string>();
  return freezes.flatMap((freeze, index): readonly Mistake[] => {
    const twice = names.has(freeze.name);
    names.add(freeze.name);
    const mistake = mistakeIn(freeze, timezone);
    return [
      ...(twice
        ? [
            {
              path: ["freezes", index, "name"],
              at: "value" as const,
              message: `the freeze "${freeze.name}" stands twice`,
              remedy: "give each freeze its own name",
            },
          ]
        : []),
      ...(mistake === null ? [] : [{ ...mistake, path: ["freezes", index, ...mistake.path] }]),
    ];
  });
}

function mistakeIn(freeze: StatedFreeze, timezone: string): Mistake | null {
  const { name, schedule, from, to } = freeze;
  if (schedule !== null) {
    if (from === null && to === null) return null;
    return {
      path: ["schedule"],
      at: "key",
      message: `the freeze "${name}" has both a schedule and a start or an end`,
      remedy: "make two freezes of it",
    };
  }
  if (from === null || to === null) {
    const missing = from !== null ? "`to`" : to !== null ? "`from`" : "`schedule`, or `from` and `to`";
    return { path: [], at: "value", message: `the freeze "${name}" never opens and closes`, remedy: `add ${missing}` };
  }
  if (!neverOpens(windowOf(freeze, timezone))) return null;
  return {
    path: ["to"],
    at: "value",
    message: `the freeze "${name}" is over before it begins, and so never is open`,
    remedy: "let it end after `from`",
  };
}
