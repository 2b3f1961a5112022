import type { Place } from "../change/change-set.ts";
import { type Fate, fatesOf } from "./fates.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { type StatedTiers, type Tier, tierOf } from "./stateful.ts";
import { inCode, isDeployed, listed, placeOfArrival } from "./telling.ts";

type Moving = Extract<Fate, { kind: "readdressed" }>;

/** One `moved` block that is missing: what it would say, where it belongs, and what it would save. */
export interface MissingMove {
  readonly at: Place;
  readonly about: string;
  readonly from: string;
  readonly to: string;
  readonly message: string;
  readonly paths: readonly string[];
  /** Where the `moved` block belongs; null: not in a file that is at hand. */
  readonly file: string | null;
}

/**
 * Resources of a tier that stand at another address now, with nothing that tells Terraform so. What a module holds moves with the
 * module: one block for the call says it for everything in it.
 */
export function missingMoves(view: ResourcesView, stated: StatedTiers, reach: Reach): readonly MissingMove[] {
  const moving = fatesOf(view).filter(
    (fate): fate is Moving => fate.kind === "readdressed" && tierOf(fate.before.type, stated) !== null,
  );
  const deployed = moving.filter(({ before, after, explainedBy }) =>
    isDeployed([before.path, after.path, ...explainedBy.map(({ path }) => path)], reach),
  );
  const grouped = Map.groupBy(deployed, (fate) => {
    const { from, to, directory } = addressesOf(fate);
    return JSON.stringify([directory, from, to]);
  });
  return [...grouped.values()].flatMap((fates) => {
    const [first] = fates;
    return first === undefined ? [] : [moveOf(first, fates, view, stated)];
  });
}
type Reach = Parameters<typeof isDeployed>[1];

/** As a `moved` block in `directory` names them. */
function addressesOf({ root, before, after }: Moving): {
  readonly from: string;
  readonly to: string;
  readonly directory: string;
} {
  const [own, fresh] = [tailOf(before), tailOf(after)];
  if (before.module === after.module) return { from: own, to: fresh, directory: after.directory };
  const wholeModule = own === fresh && before.module !== "" && after.module !== "";
  return wholeModule
    ? { from: before.module, to: after.module, directory: root }
    : { from: before.address, to: after.address, directory: root };
}

/** The address within its module. */
function tailOf({ module, address }: Resource): string {
  return module === "" ? address : address.slice(module.length + 1);
}

function moveOf(first: Moving, fates: readonly Moving[], view: ResourcesView, stated: StatedTiers): MissingMove {
  const { from, to, directory } = addressesOf(first);
  const at = placeOfArrival(first.after, { root: first.root, explainedBy: first.broughtBy }, view);
  const worst: Tier = fates.some(({ before }) => tierOf(before.type, stated) === "A") ? "A" : "B";
  const held = fates.map(({ before }) => before.address);
  const whole = from !== tailOf(first.before) && from !== first.before.address;
  const cost = worst === "A" ? "with the data in it" : "with an outage";
  const destroyed = whole ? `destroys ${listed(held)} ${cost}` : `destroys the one ${cost}`;
  return {
    at,
    about: `${directory} ${from}`,
    from,
    to,
    message: `${inCode(from)} is ${inCode(to)} now, and no \`moved\` block says so: Terraform ${destroyed} and creates the other`,
    paths: [first.before.path],
    file: at.side === "head" && directory === directoryOf(at.path) && !at.path.endsWith(".json") ? at.path : null,
  };
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
