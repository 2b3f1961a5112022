import type { Place } from "../change/change-set.ts";
import type { HclValue } from "../hcl.ts";
import type { Observation } from "../rule.ts";
import { type TerraformBlock, textOf } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";
import { inCode, isReached, type Reach } from "./telling.ts";
import { inDirectory, modulesThatStay, nestedBlocks } from "./written.ts";

interface Requirement {
  readonly name: string;
  /** Address in a registry, in full; null: an expression. */
  readonly source: string | null;
  readonly version: string | null;
  readonly text: string;
  readonly at: Place;
}

/** Providers that come from another registry or namespace, or whose version nothing holds any more. */
export function* providerSourceObservations(view: ResourcesView, reach: Reach): Iterable<Observation> {
  for (const { directory, before, after } of modulesThatStay(view)) {
    const required = new Map(requirementsIn(before, "base").map((one) => [one.name, one]));
    for (const is of requirementsIn(after, "head")) {
      const was = required.get(is.name);
      if (was === undefined || was.text === is.text || !isReached(is.at.path, reach)) continue;
      const about = `${directory}#provider.${is.name}`;
      const what = `provider ${inCode(is.name)} of ${inDirectory(directory)}`;
      if (was.source === null || is.source === null || was.version === null || is.version === null)
        yield {
          at: is.at,
          about,
          undecided: `whether ${what} is the same one: ${inCode(was.text)} → ${inCode(is.text)}`,
        };
      else if (was.source !== is.source)
        yield { at: is.at, about, message: `${what} is another one: ${inCode(was.source)} → ${inCode(is.source)}` };
      else if (holds(was.version) && !holds(is.version))
        yield {
          at: is.at,
          about,
          message: `${what} is held to no version: ${inCode(was.version)} → ${shown(is.version)}`,
        };
    }
  }
}

/** Any constraint does: the lock file holds the version that was taken, and modules of others are to ask for no more than `>=`. */
function holds(version: string): boolean {
  return !/^\s*(?:>=?\s*0(?:\.0)*\s*)?$/u.test(version);
}

function shown(version: string): string {
  return version === "" ? "not set" : inCode(version);
}

/** https://developer.hashicorp.com/terraform/language/providers/requirements: a text alone is a version, as before 0.13. */
function requirementsIn(blocks: readonly TerraformBlock[], side: Place["side"]): readonly Requirement[] {
  return blocks
    .filter(({ block }) => block.type === "terraform")
    .flatMap(({ path, block }) =>
      nestedBlocks(block.body, "required_providers", false).flatMap(({ body }) =>
        body.attributes.map(({ name, value, line }) => requirementOf(name, value, { path, side, line })),
      ),
    );
}

function requirementOf(name: string, value: HclValue, at: Place): Requirement {
  const text = textOf(value);
  if (value.kind === "literal") return { name, source: inFull(name), version: String(value.value), text, at };
  if (value.kind !== "object") return { name, source: null, version: null, text, at };
  const said = (key: string): string | null => {
    const found = value.entries.find((entry) => entry.key === key)?.value;
    if (found === undefined) return "";
    return found.kind === "literal" ? String(found.value) : null;
  };
  const source = said("source");
  return {
    name,
    source: source === null ? null : inFull(source === "" ? name : source),
    version: said("version"),
    text,
    at,
  };
}

/** OpenTofu's registry serves the providers of the public one under their names. */
function inFull(source: string): string {
  const parts = source.toLowerCase().split("/");
  const [type = ""] = parts.slice(-1);
  const [namespace = "hashicorp"] = parts.slice(-2, -1);
  const [host = "registry.terraform.io"] = parts.slice(0, -2);
  return [host === "registry.opentofu.org" ? "registry.terraform.io" : host, namespace, type].join("/");
}
