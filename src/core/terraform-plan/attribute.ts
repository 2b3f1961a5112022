import { byCodeUnits } from "../../lib/order.ts";
import type { Place } from "../change/change-set.ts";
import type { ModuleCallChange, ResourceChange } from "../terraform/model.ts";
import { isOpen, withoutKeys } from "../terraform/addresses.ts";
import type { RootConfiguration } from "../terraform/resources.ts";
import { destroys, moves, type Outcome, outcomeOf } from "./actions.ts";
import type { Attribution, Attributions } from "./attribution.ts";
import type { PlannedChange, TerraformPlan } from "./plan.ts";
import { countsAnew, partIdentity, standsFor, undecidedInBody, undecidedUnder } from "./presence.ts";

/** What a change says about one root, as far as it can explain a plan of it. */
export interface Explaining {
  readonly configuration: Pick<RootConfiguration, "resources" | "modules">;
  /** By the address of a provider, where the lock file comes to select another version of it. */
  readonly upgrades: ReadonlyMap<string, Place>;
}

/** Rows that follow from rows that follow from rows, at most so far. */
const roundsLimit = 50;

/**
 * What of a change explains each row of a plan in which something happens. A row is explained by what the change does to this resource: it
 * comes, goes, or differs in what the plan changes. Where the plan changes what is only known later, what it refers to explains it, if that
 * changes in the plan for a reason itself. That a resource is created which the base has, or deleted which the head has, nothing explains.
 */
export function attribute(plan: TerraformPlan, explaining: Explaining): Attributions {
  const rows = plan.changes.filter((change) => outcomeOf(change) !== "nothing");
  const found = new Map<string, readonly Place[]>();
  const index = indexed(explaining.configuration.resources);
  for (let round = 0, size = -1; round < roundsLimit && size !== found.size; round += 1) {
    size = found.size;
    const upstream = upstreamOf(rows, found, explaining.configuration);
    for (const row of rows) {
      if (found.has(row.address)) continue;
      const places = placesOf(row, { ...explaining, changesOf: index, upstream });
      if (places !== null && places.length > 0) found.set(row.address, places);
    }
  }
  const attributionOf = ({ address }: PlannedChange): Attribution => {
    const places = found.get(address);
    return places === undefined ? "nothing" : { explainedBy: places };
  };
  return new Map(rows.map((row) => [row.address, attributionOf(row)]));
}

type ChangesOf = (address: string) => readonly ResourceChange[];

interface Sources extends Explaining {
  readonly changesOf: ChangesOf;
  /** What explains that the value of an undecided expression becomes another one; empty: nothing does. */
  readonly upstream: (texts: readonly string[]) => readonly Place[];
}

/** Changes of the configuration that have an address, keys aside, on either side. */
function indexed(resources: readonly ResourceChange[]): ChangesOf {
  const byName = new Map<string, ResourceChange[]>();
  for (const one of resources) {
    const names = [one.before, one.after].flatMap((side) => (side === undefined ? [] : [withoutKeys(side.address)]));
    for (const name of new Set(names)) byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  return (address) => byName.get(withoutKeys(address)) ?? [];
}

function placesOf(row: PlannedChange, sources: Sources): readonly Place[] | null {
  const outcome = outcomeOf(row);
  const call = unreadAround(row, sources);
  if (call !== null) return ofUnread(outcome, call);
  if (row.deposed !== null) return null;
  switch (outcome) {
    case "create":
      return ofArrival(row, sources);
    case "delete":
    case "forget":
      return ofDeparture(row, sources);
    case "replace":
      return standingAt(row, sources, ofReplacement);
    case "update":
    case "read":
      return standingAt(row, sources, ofUpdate);
    case "import":
    case "move":
      return standingAt(row, sources, (_, change) => change.explainedBy);
    case "unknown":
    case "nothing":
      return null;
  }
}

/** The call of a module that was not read, where the row lies in one. */
function unreadAround({ module }: PlannedChange, { configuration }: Sources): ModuleCallChange | null {
  const name = withoutKeys(module);
  return configuration.modules.find((call) => isIn(name, call)) ?? null;
}

function nameOf({ before, after }: ModuleCallChange): string {
  return withoutKeys((after ?? before)?.address ?? "");
}

function isIn(module: string, call: ModuleCallChange): boolean {
  const name = nameOf(call);
  return module === name || module.startsWith(`${name}.`);
}

/** Nobody sees what it makes of its arguments: what changes in them may explain whatever happens in it. */
function ofUnread(outcome: Outcome, call: ModuleCallChange): readonly Place[] | null {
  if (outcome === "unknown") return null;
  if (outcome === "create" && call.after === undefined) return null;
  if ((outcome === "delete" || outcome === "forget") && call.before === undefined) return null;
  return call.explainedBy;
}

function ofArrival(row: PlannedChange, { changesOf }: Sources): readonly Place[] | null {
  const arrived = changesOf(row.address).filter(
    ({ after }) => after !== undefined && standsFor(after.address, row.address),
  );
  return firstOf(
    arrived.map((change) => (change.before === undefined || isCounted(change) ? change.explainedBy : null)),
  );
}

function ofDeparture(row: PlannedChange, { changesOf }: Sources): readonly Place[] | null {
  const left = changesOf(row.address).filter(
    ({ before }) => before !== undefined && standsFor(before.address, row.address),
  );
  return firstOf(left.map((change) => (change.after === undefined || isCounted(change) ? change.explainedBy : null)));
}

function isCounted(change: ResourceChange): boolean {
  const { before, after } = change;
  return (isOpen(before?.address ?? "") || isOpen(after?.address ?? "")) && countsAnew(change);
}

function standingAt(
  row: PlannedChange,
  sources: Sources,
  explain: (row: PlannedChange, change: ResourceChange, sources: Sources) => readonly Place[] | null,
): readonly Place[] | null {
  const there = sources
    .changesOf(row.address)
    .filter(({ after }) => after !== undefined && standsFor(after.address, row.address));
  return firstOf(
    there.map((change) => {
      if (moves(row) && !isMovedFrom(change, row.previousAddress)) return null;
      // Taken into the state by an import that comes with it.
      if (change.before === undefined) return row.importing === null && !destroys(row) ? null : change.explainedBy;
      return explain(row, change, sources);
    }),
  );
}

function isMovedFrom({ before, pairedBy }: ResourceChange, previous: string | null): boolean {
  return pairedBy === "moved" && before !== undefined && previous !== null && standsFor(before.address, previous);
}

function ofUpdate(row: PlannedChange, change: ResourceChange, sources: Sources): readonly Place[] | null {
  const names = namesOf(row.attributes.map(({ path }) => path));
  const places = explained(names, change, sources);
  if (places !== null && places.length > 0) return places;
  if (row.mode === "data")
    return sources.upstream(undecidedInBody((change.after ?? change.before)?.block.body ?? none));
  if (moves(row) && names.length === 0) return change.explainedBy;
  const upgrade = row.provider === null ? undefined : sources.upgrades.get(row.provider);
  return upgrade === undefined ? null : [upgrade];
}
const none = { attributes: [], blocks: [] };

function ofReplacement(row: PlannedChange, change: ResourceChange, sources: Sources): readonly Place[] | null {
  const names = namesOf(row.replacePaths);
  // Tainted, asked for on the command line, or triggered: only the last of these is written in a configuration.
  return names.length === 0 ? triggering(change, sources) : explained(names, change, sources);
}

function triggering({ after }: ResourceChange, { upstream }: Sources): readonly Place[] {
  const lifecycle = after?.written.body.blocks.filter(({ type }) => type === "lifecycle") ?? [];
  const texts = lifecycle.flatMap(({ body }) => undecidedUnder(body, "replace_triggered_by"));
  const prefix = after === undefined || after.module === "" ? "" : `${after.module}.`;
  return upstream(texts.map((text) => `${prefix}${text}`));
}

/**
 * Null: something in these attributes differs without a reason. What is not written on either side is computed by the provider: it follows
 * from whatever else differs, or from the provider itself.
 */
function explained(names: readonly string[], change: ResourceChange, sources: Sources): readonly Place[] | null {
  const { before, after, explainedBy } = change;
  if (before === undefined || after === undefined) return null;
  const [was, is] = [before.block.body, after.block.body];
  const written = names.filter((name) => partIdentity(was, name) !== null || partIdentity(is, name) !== null);
  if (written.length === 0) return explainedBy;
  const reasons = written.map((name): readonly Place[] =>
    partIdentity(was, name) === partIdentity(is, name) ? sources.upstream(undecidedUnder(is, name)) : explainedBy,
  );
  return reasons.some((places) => places.length === 0) ? null : distinct(reasons.flat());
}

function namesOf(paths: readonly (readonly (string | number)[])[]): readonly string[] {
  return [...new Set(paths.flatMap(([name]) => (typeof name === "string" ? [name] : [])))];
}

const reference = /(?:[A-Za-z_][\w-]*(?:\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\])?\.)+[A-Za-z_][\w-]*/gu;

function upstreamOf(
  rows: readonly PlannedChange[],
  found: ReadonlyMap<string, readonly Place[]>,
  { resources, modules }: Explaining["configuration"],
): Sources["upstream"] {
  const byName = new Map<string, readonly Place[]>();
  const add = (name: string, places: readonly Place[]): void => {
    byName.set(name, distinct([...(byName.get(name) ?? []), ...places]));
  };
  for (const { address, module } of rows) {
    const places = found.get(address) ?? [];
    add(withoutKeys(address), places);
    const call = modules.find((one) => isIn(withoutKeys(module), one));
    if (call !== undefined) add(nameOf(call), places);
  }
  for (const call of modules) add(nameOf(call), call.explainedBy);
  // What is only read says something else where it reads something else.
  for (const { before, after, explainedBy } of resources)
    if (after?.mode === "data" && (before === undefined || blockDiffers(before, after)))
      add(withoutKeys(after.address), explainedBy);
  return (texts) =>
    distinct(
      texts
        .flatMap((text) => (text.match(reference) ?? []).flatMap((name) => prefixes(withoutKeys(name))))
        .flatMap((name) => byName.get(name) ?? []),
    );
}

function blockDiffers(
  before: NonNullable<ResourceChange["before"]>,
  after: NonNullable<ResourceChange["after"]>,
): boolean {
  const names = new Set(
    [before, after].flatMap(({ block: { body } }) => [
      ...body.attributes.map(({ name }) => name),
      ...body.blocks.map(({ type }) => type),
    ]),
  );
  return [...names].some((name) => partIdentity(before.block.body, name) !== partIdentity(after.block.body, name));
}

/** `a.b.c` and `a.b`: whatever of a reference is an address. */
function prefixes(name: string): readonly string[] {
  const parts = name.split(".");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join(".")).filter((one) => one.includes("."));
}

function firstOf(all: readonly (readonly Place[] | null)[]): readonly Place[] | null {
  return all.find((places) => places !== null && places.length > 0) ?? null;
}

function distinct(places: readonly Place[]): readonly Place[] {
  const found = new Map(places.map((place) => [[place.path, place.side, place.line].join("\n"), place]));
  return [...found.values()].toSorted(
    (a, b) => byCodeUnits(a.path, b.path) || byCodeUnits(a.side, b.side) || a.line - b.line,
  );
}
