import { type Opening, openingsOf } from "./anyone.ts";
import { fatesOf } from "./fates.ts";
import type { BlockSight } from "./guarded-blocks.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { inCode, isDeployed, listed, nameOf, pathsOf, type Reach } from "./telling.ts";

/** `loose`: a document that something else may attach, and that may stand behind a network of its own. */
export interface OpeningSight extends BlockSight {
  readonly loose: boolean;
}

/** Resources that anybody may use, in a way in which nobody could before: one for each place, whatever makes several of them. */
export function openingsIn(view: ResourcesView, reach: Reach): readonly OpeningSight[] {
  const readdressed = new Map(fatesOf(view).flatMap((fate) => ("after" in fate ? [[fate.after, fate.before]] : [])));
  const found = view.resources.flatMap(({ root, before, after, explainedBy }) =>
    after !== undefined && isDeployed(root, pathsOf(after, explainedBy), reach)
      ? newIn(before ?? readdressed.get(after), after).map((one) => ({ after, ...one }))
      : [],
  );
  const alike = Map.groupBy(found, ({ after, line, what }) => JSON.stringify([after.path, nameOf(after), line, what]));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { after, line, what, certain } = first;
    const addresses = listed(group.map((one) => one.after.address));
    return [
      {
        at: { path: after.path, side: "head", line },
        about: `${after.path} ${nameOf(after)}#anyone`,
        text: certain ? `${addresses}: ${what}` : `whom ${what} of ${addresses} lets in`,
        certain,
        paths: [after.path],
        loose: after.mode === "data",
      },
    ];
  });
}

interface NewOpening {
  readonly line: number;
  readonly what: string;
  readonly certain: boolean;
}

function newIn(before: Resource | undefined, after: Resource): readonly NewOpening[] {
  const was = before === undefined ? { openings: [], undecided: [] } : openingsOf(before);
  const is = openingsOf(after);
  const known = new Set(was.openings.map(keyOf));
  const texts = new Set(was.undecided.map(({ text }) => text));
  return [
    ...is.openings.flatMap((opening) =>
      known.has(keyOf(opening))
        ? []
        : [{ line: opening.line, what: `${opening.who} may use ${inCode(opening.what)}`, certain: true }],
    ),
    ...is.undecided.flatMap(({ text, line }) =>
      texts.has(text) ? [] : [{ line, what: inCode(text), certain: false }],
    ),
  ];
}

function keyOf({ who, what }: Opening): string {
  return JSON.stringify([who, what]);
}
