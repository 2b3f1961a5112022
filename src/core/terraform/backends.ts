import type { Place } from "../change/change-set.ts";
import type { HclBlock } from "../hcl.ts";
import type { Observation } from "../rule.ts";
import { isOverride, type TerraformBlock } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";
import { type Reading, readAt, sameReadings } from "./reading.ts";
import { inCode, isReached, type Reach } from "./telling.ts";
import { inDirectory, isAbsent, isDecided, modulesThatStay, nestedBlocks, shownReadings } from "./written.ts";

/**
 * Which settings of a backend say where the state lies; the others say how to get there.
 * https://developer.hashicorp.com/terraform/language/backend and the pages below it.
 */
const places: Readonly<Record<string, readonly string[]>> = {
  azurerm: ["subscription_id", "tenant_id", "resource_group_name", "storage_account_name", "container_name", "key"],
  consul: ["datacenter", "path"],
  cos: ["bucket", "prefix", "key"],
  gcs: ["bucket", "prefix"],
  http: ["address"],
  kubernetes: ["config_context", "namespace", "secret_suffix"],
  local: ["path", "workspace_dir"],
  oci: ["namespace", "bucket", "key", "workspace_key_prefix"],
  oss: ["bucket", "prefix", "key"],
  pg: ["conn_str", "schema_name"],
  remote: ["hostname", "organization", "workspaces.name", "workspaces.prefix", "workspaces.tags", "workspaces.project"],
  s3: ["bucket", "key", "workspace_key_prefix"],
};
/** Settings that keep two runs from writing at once: one of them is enough. */
const locks: Readonly<Record<string, readonly string[]>> = {
  http: ["lock_address"],
  oss: ["tablestore_table"],
  s3: ["use_lockfile", "dynamodb_table"],
};
/** What a setting is where it is not written, if that is a place of its own. */
const defaults: Readonly<Record<string, string>> = {
  "local.path": "terraform.tfstate",
  "remote.hostname": "app.terraform.io",
  "s3.workspace_key_prefix": "env:",
};
/** Values that may hold a password, and those of backends that are not known, are not shown. */
const hidden = new Set(["conn_str", "address"]);

interface Backend {
  readonly type: string;
  /** Null: none is written, and the state is a file beside the configuration. */
  readonly written: { readonly path: string; readonly block: HclBlock } | null;
}
const none: Backend = { type: "local", written: null };

/** Where Terraform keeps the state of a configuration, and whether it locks it, where that is not what it was. */
export function* backendObservations(view: ResourcesView, reach: Reach): Iterable<Observation> {
  for (const { directory, before, after } of modulesThatStay(view)) {
    const [was, is] = [backendIn(before), backendIn(after)];
    const paths = [...new Set([was, is].flatMap(({ written }) => written?.path ?? []))];
    if (!paths.some((path) => isReached(path, reach))) continue;
    const change: Change = { directory, was, is, about: `${directory}#backend`, paths };
    if (was.type !== is.type) yield anotherType(change);
    else yield* [elsewhere(change), unlocked(change)].filter((one) => one !== null);
  }
}

/** An override file takes the place of what the others say; a `cloud` block is the `remote` backend by its newer name. */
function backendIn(blocks: readonly TerraformBlock[]): Backend {
  const found = blocks
    .filter(({ block }) => block.type === "terraform")
    .flatMap(({ path, block }) => [
      ...nestedBlocks(block.body, "backend", true).map((one) => ({ path, block: one, type: one.labels[0] ?? "" })),
      ...nestedBlocks(block.body, "cloud", false).map((one) => ({ path, block: one, type: "remote" })),
    ]);
  const backend = found.findLast(({ path }) => isOverride(path)) ?? found[0];
  if (backend === undefined) return none;
  return { type: backend.type, written: { path: backend.path, block: backend.block } };
}

interface Change {
  readonly directory: string;
  readonly was: Backend;
  readonly is: Backend;
  readonly about: string;
  readonly paths: readonly string[];
}

function anotherType({ directory, was, is, about, paths }: Change): Observation {
  const message = `the state of ${inDirectory(directory)}: ${described(was)} → ${described(is)}`;
  const at = placeIn(is.written, "head") ?? placeIn(was.written, "base");
  // A first backend takes a file that only one person has to where all can use it.
  const asks = was.type === "local" ? { asks: true as const } : {};
  return { at: at ?? nowhere(directory), about, message, paths, ...asks };
}

function described({ type, written }: Backend): string {
  if (written === null) return "no backend, so a local file";
  const settings = (places[type] ?? [])
    .map((name) => ({ name, readings: readAt(written.block.body, name, 0) }))
    .filter(({ name, readings }) => !isAbsent(readings) && !hidden.has(name))
    .map(({ name, readings }) => `${inCode(name)} ${shownReadings(readings)}`);
  const more = settings.length > 0 ? ` (${settings.join(", ")})` : "";
  return `backend ${inCode(type)}${more}`;
}

interface Difference {
  readonly name: string;
  readonly was: readonly Reading[];
  readonly is: readonly Reading[];
}

function elsewhere(change: Change): Observation | null {
  const { directory, was, is, about, paths } = change;
  const differences = settingsOf(was, is).flatMap((name): readonly Difference[] => {
    const difference = { name, was: placed(was, name), is: placed(is, name) };
    return sameReadings(difference.was, difference.is) ? [] : [difference];
  });
  // What is not written may be given on the command line (`-backend-config`): the same place, written elsewhere.
  const certain = differences.filter((one) =>
    [one.was, one.is].every((readings) => isDecided(readings) && !isAbsent(readings)),
  );
  const told = certain.length > 0 ? certain : differences;
  const [first] = told;
  if (first === undefined) return null;
  const how = told.map((one) => spoken(is.type, one)).join("; ");
  const what = `the state of ${inDirectory(directory)} in backend ${inCode(is.type)}`;
  const at = placeOf(change, first);
  return certain.length > 0
    ? { at, about, message: `${what} is another one: ${how}`, paths }
    : { at, about, undecided: `whether ${what} is the same one: ${how}` };
}

function settingsOf(was: Backend, is: Backend): readonly string[] {
  const known = Object.hasOwn(places, is.type) ? places[is.type] : undefined;
  if (known !== undefined) return known;
  const written = [was, is].flatMap(({ written }) => written?.block.body.attributes ?? []);
  const guards = new Set(Object.hasOwn(locks, is.type) ? locks[is.type] : []);
  return [...new Set(written.map(({ name }) => name))].filter((name) => !guards.has(name)).toSorted();
}

function placed(backend: Backend, name: string): readonly Reading[] {
  const readings = readIn(backend, name);
  const key = `${backend.type}.${name}`;
  const byDefault = Object.hasOwn(defaults, key) ? defaults[key] : undefined;
  if (byDefault === undefined || !isAbsent(readings)) return readings;
  return [{ kind: "value", value: byDefault, line: readings[0]?.line ?? 1 }];
}

function readIn({ written }: Backend, name: string): readonly Reading[] {
  return written === null ? [{ kind: "absent", line: 1 }] : readAt(written.block.body, name, written.block.line);
}

function spoken(type: string, { name, was, is }: Difference): string {
  return hidden.has(name) || !Object.hasOwn(places, type)
    ? `${inCode(name)} is another`
    : `${inCode(name)} ${shownReadings(was)} → ${shownReadings(is)}`;
}

function unlocked(change: Change): Observation | null {
  const { directory, was, is, paths } = change;
  const names = Object.hasOwn(locks, is.type) ? (locks[is.type] ?? []) : [];
  const [locked, locking] = [lockingOf(was, names), lockingOf(is, names)];
  const gone = names.find((name) => isOn(readIn(was, name)) !== "off");
  if (gone === undefined || locked === "off" || locking === "on" || locked === locking) return null;
  const about = `${change.about}.lock`;
  const difference = { name: gone, was: readIn(was, gone), is: readIn(is, gone) };
  const at = placeOf(change, difference);
  const what = `the state of ${inDirectory(directory)}`;
  const how = `${inCode(gone)} ${shownReadings(difference.was)} → ${shownReadings(difference.is)}`;
  return locking === "off"
    ? { at, about, message: `${what} is no longer locked while somebody writes it: ${how}`, paths }
    : { at, about, undecided: `whether ${what} is still locked: ${how}` };
}

type Switch = "on" | "off" | "unknown";

function lockingOf(backend: Backend, names: readonly string[]): Switch {
  const found = names.map((name) => isOn(readIn(backend, name)));
  return found.find((one) => one === "on") ?? found.find((one) => one === "unknown") ?? "off";
}

function isOn(readings: readonly Reading[]): Switch {
  if (isAbsent(readings)) return "off";
  if (!isDecided(readings)) return "unknown";
  const off = readings.every((one) => one.kind === "value" && ["", "false"].includes(String(one.value)));
  return off ? "off" : "on";
}

function placeOf({ was, is, directory }: Change, difference: Difference): Place {
  const gone = isAbsent(readIn(is, difference.name));
  const line = (gone ? readIn(was, difference.name) : difference.is)[0]?.line;
  const at = gone ? placeIn(was.written, "base") : placeIn(is.written, "head");
  return at === null ? nowhere(directory) : { ...at, line: line ?? at.line };
}

function placeIn(written: Backend["written"], side: Place["side"]): Place | null {
  return written === null ? null : { path: written.path, side, line: written.block.line };
}

/** Not reached: where nothing is written on either side, nothing differs. */
function nowhere(directory: string): Place {
  return { path: directory, side: "head", line: 1 };
}
