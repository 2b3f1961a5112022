import type { Place } from "../change/change-set.ts";
import { opensAsARule, opensUnlessStated } from "./data/exposure.ts";
import { fatesOf } from "./fates.ts";
import type { Guard } from "./guard.ts";
import { guardsOf, judge, shownAs } from "./guarding.ts";
import type { BlockSight } from "./guarded-blocks.ts";
import type { Resource, ResourceChange, ResourcesView } from "./model.ts";
import { type Reading, readAt } from "./reading.ts";
import { inCode, isDeployed, nameOf, pathsOf, type Reach } from "./telling.ts";

/**
 * Resources that come and can be reached from outside from the first day. What a provider leaves open by default counts only for what
 * is there to be reached, such as a load balancer; elsewhere somebody has to have said so.
 */
export function exposedFromTheStart(view: ResourcesView, reach: Reach): readonly BlockSight[] {
  const found = new Map<string, BlockSight>();
  for (const change of arrivals(view)) {
    const { root, after, explainedBy } = change;
    if (!isDeployed(root, pathsOf(after, explainedBy), reach)) continue;
    for (const guard of guardsOf(after.type)) {
      if (guard.concern !== "exposure" || opensAsARule(after.type, guard.path)) continue;
      const is = readAt(after.block.body, guard.path, after.block.line).filter((reading) =>
        counts(reading, after, guard.path),
      );
      const judged = is.length === 0 ? "no worse" : judge(guard, [closed(guard)], is);
      if (judged === "no worse") continue;
      const what = `${inCode(guard.path)} of ${inCode(after.address)}`;
      const certain = judged === "worse";
      const text = certain
        ? `${what}, which is new, is ${shownAs(guard, is)}`
        : `whether ${what}, which is new, opens it: ${shownAs(guard, is)}`;
      const at: Place = { path: after.path, side: "head", line: lineOf(after, guard.path) };
      const about = `${after.path} ${nameOf(after)}#${guard.path}`;
      found.set(JSON.stringify([at, about, text]), { at, about, text, certain, paths: [after.path] });
    }
  }
  return [...found.values()];
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
