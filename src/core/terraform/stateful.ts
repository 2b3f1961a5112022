import { families } from "./data/stateful-types.ts";

/** A: what is gone is gone. B: it can be built again, with an outage. */
export type Tier = "A" | "B";

/** Types that a policy adds, or knows better. */
export type StatedTiers = Readonly<Record<string, Tier>>;

const exact = new Map<string, Tier>();
const beginnings: (readonly [string, Tier])[] = [];
for (const { tier, types } of families) {
  for (const type of types) {
    if (type.endsWith("*")) beginnings.push([type.slice(0, -1), tier]);
    else exact.set(type, tier);
  }
}

/** The tier of a resource type; null: nothing is known to go with it. A policy can raise a tier, and add types, not lower one. */
export function tierOf(type: string, stated: StatedTiers): Tier | null {
  const known = exact.get(type) ?? beginnings.find(([start]) => type.startsWith(start))?.[1] ?? null;
  const own = Object.hasOwn(stated, type) ? (stated[type] ?? null) : null;
  return known === "A" || own === "A" ? "A" : (known ?? own);
}
