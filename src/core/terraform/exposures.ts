import type { Place } from "../change/change-set.ts";
import { opensAsARule, opensUnlessStated } from "./data/exposure.ts";
import { fatesOf } from "./fates.ts";
import type { Guard } from "./guard.ts";
import { guardsOf, judge, shownAs } from "./guarding.ts";
import type { BlockSight } from "./guarded-blocks.ts";
import type { Resource, ResourceChange, ResourcesView } from "./model.ts";
import { type Reading, readAt } from "./reading.ts";
import { inCode, isDeployed, listed, nameOf, pathsOf, type Reach } from "./telling.ts";

/**
 * Resources that come and can be reached from outside from the first day. What a provider leaves open by default counts only for what
 * is there to be reached, such as a load balancer; elsewhere somebody has to have said so.
 */
export function exposedFromTheStart(view: ResourcesView, reach: Reach): readonly BlockSight[] {
  const found = arrivals(view)
    .filter(({ root, after, explainedBy }) => isDeployed(root, pathsOf(after, explainedBy), reach))
    .flatMap(({ after }) => openGuards(after).map((guard) => ({ after, ...guard })));
  return [...Map.groupBy(found, ({ at, path, value }) => JSON.stringify([at, path, value])).values()].flatMap(
    (alike) => {
      const [first] = alike;
      if (first === undefined) return [];
      const { after, at, path, value, certain } = first;
      const what = `${inCode(path)} of ${listed(alike.map((one) => one.after.address))}`;
      const text = certain ? `${what}, which is new, is ${value}` : `whether ${what}, which is new, opens it: ${value}`;
      return [{ at, about: `${after.path} ${nameOf(after)}#${path}`, text, certain, paths: [after.path] }];
    },
  );
}

interface OpenGuard {
  readonly at: Place;
  readonly path: string;
  readonly value: string;
  readonly certain: boolean;
}

function openGuards(after: Resource): readonly OpenGuard[] {
  return guardsOf(after.type).flatMap((guard) => {
    const { path, concern } = guard;
    if (concern !== "exposure" || opensAsARule(after.type, path)) return [];
    const is = readAt(after.block.body, path, after.block.line).filter((reading) => counts(reading, after, path));
    const judged = is.length === 0 ? "no worse" : judge(guard, [closed(guard)], is);
    if (judged === "no worse") return [];
    const at: Place = { path: after.path, side: "head", line: lineOf(after, path) };
    return [{ at, path, value: shownAs(guard, is), certain: judged === "worse" }];
  });
}

/** Resources that nothing stood for before: neither at their address, nor under another one. */
export function arrivals(view: ResourcesView): readonly (ResourceChange & { readonly after: Resource })[] {
  const successors = new Set(fatesOf(view).flatMap((fate) => ("after" in fate ? [fate.after] : [])));
  return view.resources.flatMap((change) => {
    const { before, after } = change;
    return before === undefined && after?.mode === "managed" && !successors.has(after) ? [{ ...change, after }] : [];
  });
}

function counts({ kind }: Reading, { type }: Resource, path: string): boolean {
  return (kind !== "absent" && kind !== "without") || opensUnlessStated(type, path);
}

/** The value that opens nothing. */
function closed({ trend }: Guard): Reading {
  const best = trend.kind === "order" ? trend.worstFirst.flat().at(-1) : undefined;
  return best === undefined ? { kind: "absent", line: 1 } : { kind: "value", value: best, line: 1 };
}

function lineOf({ written }: Resource, path: string): number {
  return readAt(written.body, path, written.line)[0]?.line ?? written.line;
}
