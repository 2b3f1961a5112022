import type { Place } from "../change/change-set.ts";
import type { HclBody } from "../hcl.ts";
import type { Observation } from "../rule.ts";
import { attributeOf, type BlockChange, type TerraformBlock, textOf } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";
import { type Meaning, meaningOf, type Names, namesIn } from "./names.ts";
import { type Reading, readAt, sameReadings } from "./reading.ts";
import { inCode, isReached, type Reach } from "./telling.ts";
import { isAbsent, isDecided, modulesWritten, shownReadings } from "./written.ts";

const identities = ["profile", "assume_role.role_arn", "assume_role_with_web_identity.role_arn"];
const clouds = ["region", "project", "impersonate_service_account", "subscription_id", "tenant_id", "environment"];
const clusters = ["host", "config_path", "config_context", "config_context_cluster"];
const accounts = ["account_id", "account", "account_name", "organization", "organization_name", "org_name", "owner"];
const services = ["address", "api_url", "base_url", "url", "server", "endpoint", "domain", "namespace", "datacenter"];
/**
 * What says where a provider works, by the names that providers give it: AWS, Google, Azure, Kubernetes and Helm, and those of the
 * services that teams run production on. How it gets there (tokens, timeouts, retries) is not listed.
 */
const targets: readonly string[] = [
  ...identities,
  ...clouds,
  ...clusters,
  ...clusters.map((name) => `kubernetes.${name}`),
  ...accounts,
  ...services,
];

interface Side {
  readonly names: Names;
  readonly providers: ReadonlyMap<string, TerraformBlock>;
}
interface Sides {
  readonly base: Side;
  readonly head: Side;
}

/** Providers that work in another account, project, region or cluster than before, or with fewer limits to that. */
export function* providerObservations(view: ResourcesView, reach: Reach): Iterable<Observation> {
  const touched = new Map(
    modulesWritten(view).map(({ directory, before, after }) => [
      directory,
      { base: sideOf(before), head: sideOf(after) },
    ]),
  );
  for (const change of view.blocks) {
    const { directory, before, after } = change;
    const sides = touched.get(directory);
    if (sides === undefined || before === undefined || after === undefined) continue;
    const pair: Pair = { change, before, after, sides };
    const isProvider = after.block.type === "provider";
    const seen = isProvider ? [...retargeted(pair), ...unlimited(pair)] : [...reassigned(pair)];
    yield* seen.filter(({ at }) => isReached(at.path, reach));
  }
}

function sideOf(blocks: readonly TerraformBlock[]): Side {
  const providers = blocks.filter(({ block }) => block.type === "provider");
  return {
    names: namesIn(blocks),
    providers: new Map(providers.map((one) => [one.address.replace(/^provider\./u, ""), one])),
  };
}

interface Pair {
  readonly change: BlockChange;
  readonly before: TerraformBlock;
  readonly after: TerraformBlock;
  readonly sides: Sides;
}

interface Difference {
  readonly name: string;
  readonly was: readonly Reading[];
  readonly is: readonly Reading[];
  readonly certain: boolean;
  /** The name of what differs, where the provider itself says the same. */
  readonly behind: string | null;
}

function* retargeted({ change, before, after, sides }: Pair): Iterable<Observation> {
  for (const difference of differencesOf(before, after, sides)) {
    const { name, certain, behind } = difference;
    const about = `${after.path} ${change.address}#${name}`;
    const said = `${inCode(name)} of ${inCode(change.address)}`;
    const how = behind === null ? shownOf(difference) : `through ${inCode(behind)}, ${valuesOf(behind, sides)}`;
    const at = behind === null ? placeOf(difference, before, after) : placeBehind(behind, sides, after);
    if (certain) yield { at, about, message: `${said}: ${how}`, paths: [...new Set([after.path, at.path])] };
    else yield { at, about, undecided: `whether ${said} leads where it did: ${how}` };
  }
}

function differencesOf(before: TerraformBlock, after: TerraformBlock, { base, head }: Sides): readonly Difference[] {
  return targets.flatMap((name): readonly Difference[] => {
    const [was, is] = [readIn(before, name), readIn(after, name)];
    const [meant, means] = [meaningIn(was, base.names), meaningIn(is, head.names)];
    if (meant.essence === means.essence) return [];
    const decided = [meant, means].every(({ literal, byDefault }) => literal !== null && !byDefault);
    const isThere = !isAbsent(was) && !isAbsent(is);
    // With or without a role is another identity, whatever the environment provides.
    const certain = decided && (isThere || identities.includes(name));
    const behind = sameReadings(was, is) ? behindOf(meant, means, { base, head }) : null;
    return [{ name, was, is, certain, behind }];
  });
}

function readIn({ block }: TerraformBlock, name: string): readonly Reading[] {
  return readAt(block.body, name, block.line);
}

function meaningIn(readings: readonly Reading[], names: Names): Meaning {
  if (isAbsent(readings)) return meaningOf("not set", true, names);
  const texts = readings.map((one) => ("value" in one ? String(one.value) : "text" in one ? one.text : ""));
  return meaningOf(texts.join(", "), isDecided(readings), names);
}

function behindOf(meant: Meaning, means: Meaning, { base, head }: Sides): string | null {
  const all = [...new Set([...meant.behind, ...means.behind])];
  return all.find((name) => base.names.get(name)?.text !== head.names.get(name)?.text) ?? null;
}

function valuesOf(name: string, { base, head }: Sides): string {
  const [was, is] = [base.names.get(name)?.text, head.names.get(name)?.text];
  return `${was === undefined ? "not set" : inCode(was)} → ${is === undefined ? "not set" : inCode(is)}`;
}

function placeBehind(name: string, { base, head }: Sides, after: TerraformBlock): Place {
  const [was, is] = [base.names.get(name), head.names.get(name)];
  const [found, side] = is === undefined ? [was, "base" as const] : [is, "head" as const];
  if (found === undefined) return { path: after.path, side: "head", line: after.block.line };
  const { path, block } = found.block;
  const own = block.body.attributes.find((one) => one.name === "default")?.line;
  return { path, side, line: own ?? block.line };
}

function shownOf({ was, is }: Pick<Difference, "was" | "is">): string {
  return `${shownReadings(was)} → ${shownReadings(is)}`;
}

function placeOf({ was, is }: Difference, before: TerraformBlock, after: TerraformBlock): Place {
  return isAbsent(is)
    ? { path: before.path, side: "base", line: was[0]?.line ?? before.block.line }
    : { path: after.path, side: "head", line: is[0]?.line ?? after.block.line };
}

/** https://registry.terraform.io/providers/hashicorp/aws/latest/docs#provider-configuration: an empty list limits nothing. */
function* unlimited({ change, before, after }: Pair): Iterable<Observation> {
  for (const name of ["allowed_account_ids", "forbidden_account_ids"]) {
    const [was, is] = [idsIn(before.block.body, name), idsIn(after.block.body, name)];
    const said = `${inCode(name)} of ${inCode(change.address)}`;
    const about = `${after.path} ${change.address}#${name}`;
    const gone = is.line === null;
    const at: Place = gone
      ? { path: before.path, side: "base", line: was.line ?? before.block.line }
      : { path: after.path, side: "head", line: is.line };
    if (was.ids === null || is.ids === null) {
      const same = was.text === is.text || (was.ids !== null && was.ids.length === 0);
      if (!same && gone) yield { at, about, message: `${said} is gone: ${inCode(was.text)}`, paths: [after.path] };
      else if (!same) yield { at, about, undecided: `whether ${said} still limits as much: ${inCode(is.text)}` };
      continue;
    }
    const [from, to] = [new Set(was.ids), new Set(is.ids)];
    const freed =
      name === "allowed_account_ids"
        ? from.size > 0 && (to.size === 0 || [...to].some((id) => !from.has(id)))
        : [...from].some((id) => !to.has(id));
    const shown = gone ? "not set" : inCode(is.text);
    if (freed) yield { at, about, message: `${said}: ${inCode(was.text)} → ${shown}`, paths: [after.path] };
  }
}

function idsIn(
  body: HclBody,
  name: string,
): { readonly ids: readonly string[] | null; readonly text: string; readonly line: number | null } {
  const attribute = body.attributes.find((one) => one.name === name);
  if (attribute === undefined) return { ids: [], text: "not set", line: null };
  const { value, line } = attribute;
  return { ids: value.kind === "list" ? value.items.map(textOf) : null, text: textOf(value), line };
}

/** Resources and modules that another configuration of a provider makes from here on. */
function* reassigned({ change, before, after, sides }: Pair): Iterable<Observation> {
  const [was, is] = [assignedIn(before), assignedIn(after)];
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [from, to] = [was.get(key) ?? key, is.get(key) ?? key];
    if (from === to) continue;
    const [old, now] = [providerNamed(from, sides.base, before), providerNamed(to, sides.head, after)];
    const said = `${inCode(change.address)}: provider ${inCode(from)} → ${inCode(to)}`;
    const about = `${after.path} ${change.address}#provider.${key}`;
    const line = after.block.body.attributes.find(({ name }) => name === "provider" || name === "providers")?.line;
    const at: Place = { path: after.path, side: "head", line: line ?? after.block.line };
    const differences = old === null || now === null ? null : differencesOf(old, now, sides);
    const other = differences?.find(({ certain }) => certain);
    if (other !== undefined)
      yield { at, about, message: `${said} (${inCode(other.name)} ${shownOf(other)})`, paths: [after.path] };
    else if (differences === null || differences.length > 0)
      yield { at, about, undecided: `whether both lead to the same place: ${said}` };
  }
}

/** A provider without an alias needs no block: it takes all from the environment. With one, and no block, a caller hands it in. */
function providerNamed(name: string, { providers }: Side, beside: TerraformBlock): TerraformBlock | null {
  const found = providers.get(name);
  if (found !== undefined || name.includes(".")) return found ?? null;
  return { ...beside, block: { ...beside.block, body: { attributes: [], blocks: [] } } };
}

/** By the provider that a module or resource knows, the configuration that it gets where that is not the one of the same name. */
function assignedIn({ block }: TerraformBlock): ReadonlyMap<string, string> {
  if (block.type === "module") {
    const value = attributeOf(block.body, "providers");
    return new Map(value?.kind === "object" ? value.entries.map((one) => [one.key, textOf(one.value)]) : []);
  }
  if (block.type !== "resource" && block.type !== "data") return new Map();
  const value = attributeOf(block.body, "provider");
  const [type = ""] = block.labels;
  return new Map(value === undefined ? [] : [[type.split("_")[0] ?? type, textOf(value)]]);
}
