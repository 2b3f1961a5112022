import type { Place } from "../change/change-set.ts";
import { type Fate, fatesOf } from "./fates.ts";
import type { ResourcesView } from "./model.ts";
import { withoutKeys } from "./addresses.ts";
import { type StatedTiers, type Tier, tierOf } from "./stateful.ts";
import { inCode, isDeployed, listed, nameOf, pathsOf, placeOfLoss, type Reach } from "./telling.ts";

type Destroyed = Extract<Fate, { kind: "destroyed" }>;

/** Resources that one line takes away, in every configuration that made them. */
export interface Loss {
  readonly at: Place;
  readonly about: string;
  readonly addresses: readonly string[];
  readonly message: string;
  readonly paths: readonly string[];
}

/** What the change destroys of a tier: one loss for each block, or for the call of a module that held several. */
export function lossesOf(view: ResourcesView, tier: Tier, stated: StatedTiers, reach: Reach): readonly Loss[] {
  const destroyed = fatesOf(view).filter(
    (fate): fate is Destroyed => fate.kind === "destroyed" && tierOf(fate.before.type, stated) === tier,
  );
  const deployed = destroyed.filter(({ root, before, explainedBy }) =>
    isDeployed(root, pathsOf(before, explainedBy), reach),
  );
  const grouped = Map.groupBy(deployed, (fate) => {
    const at = placeOf(fate, view);
    return JSON.stringify([at.path, at.side, at.line]);
  });
  return [...grouped.values()].flatMap((fates) => {
    const [first] = fates;
    return first === undefined ? [] : [lossOf(first, fates, view)];
  });
}

function placeOf({ before, root, explainedBy, statement }: Destroyed, view: ResourcesView): Place {
  if (statement !== null) return { path: statement.path, side: "head", line: statement.block.line };
  return placeOfLoss(before, { root, explainedBy }, view);
}

function lossOf(first: Destroyed, fates: readonly Destroyed[], view: ResourcesView): Loss {
  const { before, statement } = first;
  const at = placeOf(first, view);
  const addresses = fates.map((fate) => fate.before.address);
  const roots = new Set(fates.map(({ root, variables }) => `${root}\n${variables ?? ""}`)).size;
  const where = roots > 1 ? ` in ${roots} configurations` : "";
  const many = new Set(addresses).size > 1;
  const how = statement === null ? "gone from the configuration" : "to be destroyed by a `removed` block";
  return {
    at,
    about: fates.every((fate) => nameOf(fate.before) === nameOf(before) && fate.before.path === before.path)
      ? `${before.path} ${nameOf(before)}`
      : `${at.path} ${before.module}`,
    addresses,
    message: `${listed(addresses)} ${many ? "are" : "is"} ${how}${where}, and no \`moved\` block takes ${many ? "them" : "it"} elsewhere`,
    paths: [...new Set(fates.map((fate) => fate.before.path))],
  };
}

/** Of what nobody can tell how much is left, one for each block. */
export interface Uncounted {
  readonly at: Place;
  readonly about: string;
  readonly text: string;
}

export function uncountedIn(view: ResourcesView, stated: StatedTiers, reach: Reach): readonly Uncounted[] {
  const found = new Map<string, Uncounted>();
  for (const fate of fatesOf(view)) {
    const { before, root, explainedBy } = fate;
    if (fate.kind !== "uncounted" || tierOf(before.type, stated) === null) continue;
    if (!isDeployed(root, pathsOf(before, explainedBy), reach)) continue;
    const about = `${before.path} ${nameOf(before)}`;
    const text = `how many of ${inCode(withoutKeys(before.address))} are left: that is ${inCode(fate.what)} now`;
    found.set(about, { at: placeOfLoss(before, { root, explainedBy }, view), about, text });
  }
  return [...found.values()];
}
