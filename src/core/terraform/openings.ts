import { type Opening, openingsOf } from "./anyone.ts";
import { fatesOf } from "./fates.ts";
import type { BlockSight } from "./guarded-blocks.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { inCode, isDeployed, nameOf, pathsOf, type Reach } from "./telling.ts";

/** `loose`: a document that something else may attach, and that may stand behind a network of its own. */
export interface OpeningSight extends BlockSight {
  readonly loose: boolean;
}

/** Resources that anybody may use, in a way in which nobody could before. */
export function openingsIn(view: ResourcesView, reach: Reach): readonly OpeningSight[] {
  const readdressed = new Map(fatesOf(view).flatMap((fate) => ("after" in fate ? [[fate.after, fate.before]] : [])));
  const found = new Map<string, OpeningSight>();
  for (const { root, before, after, explainedBy } of view.resources) {
    if (after === undefined || !isDeployed(root, pathsOf(after, explainedBy), reach)) continue;
    for (const sight of newIn(before ?? readdressed.get(after), after)) found.set(JSON.stringify(sight), sight);
  }
  return [...found.values()];
}

function newIn(before: Resource | undefined, after: Resource): readonly OpeningSight[] {
  const was = before === undefined ? { openings: [], undecided: [] } : openingsOf(before);
  const is = openingsOf(after);
  const known = new Set(was.openings.map(keyOf));
  const texts = new Set(was.undecided.map(({ text }) => text));
  const about = `${after.path} ${nameOf(after)}#anyone`;
  const sight = (line: number, text: string, certain: boolean): OpeningSight => ({
    at: { path: after.path, side: "head", line },
    about,
    text,
    certain,
    paths: [after.path],
    loose: after.mode === "data",
  });
  return [
    ...is.openings.flatMap((opening) =>
      known.has(keyOf(opening))
        ? []
        : [sight(opening.line, `${inCode(after.address)} gives ${opening.who} ${inCode(opening.what)}`, true)],
    ),
    ...is.undecided.flatMap(({ text, line }) =>
      texts.has(text) ? [] : [sight(line, `whom ${inCode(text)} of ${inCode(after.address)} lets in`, false)],
    ),
  ];
}

function keyOf({ who, what }: Opening): string {
  return JSON.stringify([who, what]);
}
