import type { Place } from "../change/change-set.ts";
import { type Fate, fatesOf, tailOf } from "./fates.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { type StatedTiers, type Tier, tierOf } from "./stateful.ts";
import { inCode, isDeployed, listed, nameOf, pathsOf, placeOfArrival, type Reach } from "./telling.ts";
import { directoryOf } from "../views/terraform.ts";

type Moving = Extract<Fate, { kind: "readdressed" }>;

/** One `moved` block that is missing: what it would say, where it belongs, and what it would save. */
export interface MissingMove {
  readonly at: Place;
  readonly about: string;
  readonly from: string;
  readonly to: string;
  readonly message: string;
  /** The gravest of what it holds. */
  readonly tier: Tier;
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
  const deployed = moving.filter(({ root, before, after, explainedBy, broughtBy }) =>
    isDeployed(root, [after.path, ...pathsOf(before, [...explainedBy, ...broughtBy])], reach),
  );
  const kept = new Set(
    fatesOf(view).flatMap((fate) =>
      fate.kind === "stands" && fate.before.module === fate.after.module
        ? [moduleOf(fate.root, fate.before), blockIn(fate.root, fate.before)]
        : [],
    ),
  );
  const grouped = Map.groupBy(deployed, (fate) => JSON.stringify(moveOf(fate, kept)));
  return [...grouped.values()].flatMap((fates) => {
    const [first] = fates;
    return first === undefined ? [] : [told(first, fates, moveOf(first, kept), view, stated)];
  });
}

function moduleOf(root: string, { module }: Resource): string {
  return `${root}\n${module}`;
}

function blockIn(root: string, resource: Resource): string {
  return `${moduleOf(root, resource)}\n${nameOf(resource)}`;
}

/** What a `moved` block says, and the directory that it belongs to. */
interface Move {
  readonly from: string;
  readonly to: string;
  readonly directory: string;
  readonly wholeModule: boolean;
}

/** A module moves as a whole where nothing stays in it; into one of its own modules things move within it. */
function moveOf({ root, before, after }: Moving, kept: ReadonlySet<string>): Move {
  const [own, fresh] = [tailOf(before), tailOf(after)];
  const move = (from: string, to: string, directory: string): Move => {
    // A block that stands elsewhere takes all its instances along; within one block only the keys change.
    const key = keyAtEnd(from);
    const elsewhere = !kept.has(blockIn(root, before)) && !kept.has(blockIn(root, after));
    const same = elsewhere && to.endsWith(key) && (before.module !== after.module || before.name !== after.name);
    const length = same ? key.length : 0;
    return {
      from: from.slice(0, from.length - length),
      to: to.slice(0, to.length - length),
      directory,
      wholeModule: false,
    };
  };
  if (before.module === after.module) return move(own, fresh, after.directory);
  const empty = !kept.has(moduleOf(root, before)) && !kept.has(moduleOf(root, after));
  if (own === fresh && empty && before.module !== "" && after.module !== "")
    return { from: before.module, to: after.module, directory: root, wholeModule: true };
  if (before.module !== "" && after.address.startsWith(`${before.module}.`))
    return move(own, after.address.slice(before.module.length + 1), before.directory);
  return move(before.address, after.address, root);
}

function keyAtEnd(address: string): string {
  return /\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/u.exec(address)?.[0] ?? "";
}

function told(
  first: Moving,
  fates: readonly Moving[],
  { from, to, directory, wholeModule }: Move,
  view: ResourcesView,
  stated: StatedTiers,
): MissingMove {
  const at = placeOfArrival(first.after, { root: first.root, explainedBy: first.broughtBy }, view);
  const worst: Tier = fates.some(({ before }) => tierOf(before.type, stated) === "A") ? "A" : "B";
  const cost = worst === "A" ? "with the data in it" : "with an outage";
  const destroyed = wholeModule ? `destroys ${listed(fates.map(({ before }) => before.address))}` : "destroys the one";
  return {
    at,
    about: `${directory} ${from}`,
    from,
    to,
    message: `${inCode(from)} is ${inCode(to)} now, and no \`moved\` block says so: Terraform ${destroyed} ${cost} and creates the other`,
    tier: worst,
    paths: [...new Set(fates.map(({ before }) => before.path))],
    file: at.side === "head" && directory === directoryOf(at.path) && !at.path.endsWith(".json") ? at.path : null,
  };
}
