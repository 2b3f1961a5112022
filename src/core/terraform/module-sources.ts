import type { Place } from "../change/change-set.ts";
import type { HclBlock } from "../hcl.ts";
import type { Observation } from "../rule.ts";
import { attributeOf, type TerraformBlock } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";
import { inCode, isReached, type Reach } from "./telling.ts";

/**
 * Where a module's code comes from, and what holds it to one version. `origin` is null in the repository itself, and the same for the
 * ways to name one repository. https://developer.hashicorp.com/terraform/language/modules/sources
 */
interface Source {
  readonly origin: string | null;
  readonly pin: Pin;
  /** As it is written. */
  readonly text: string;
}

/** From what can change under one's feet to what cannot. */
interface Pin {
  readonly strength: "none" | "range" | "version" | "commit";
  readonly text: string;
}
const unpinned: Pin = { strength: "none", text: "nothing" };

/** Calls of modules whose code comes from somebody else, or is no longer held to a version. */
export function* moduleSourceObservations({ blocks }: ResourcesView, reach: Reach): Iterable<Observation> {
  for (const { before, after, address } of blocks) {
    if (before?.block.type !== "module" || after?.block.type !== "module" || !isReached(after.path, reach)) continue;
    const about = `${after.path} ${address}#source`;
    const [was, is] = [sourceOf(before), sourceOf(after)];
    if (was === "undecided" || is === "undecided") {
      const [from, to] = [textsOf(before.block), textsOf(after.block)];
      const undecided = `whether the code of ${inCode(address)} is still the same one's: ${inCode(from)} → ${inCode(to)}`;
      if (from !== to) yield { at: placeOf(after, "source"), about, undecided };
    } else if (is.origin !== null && was.origin !== is.origin) {
      const message = `the code of ${inCode(address)} comes from somewhere else: ${inCode(was.text)} → ${inCode(is.text)}`;
      yield { at: placeOf(after, "source"), about, message };
    } else if (is.origin !== null && isLooser(was.pin, is.pin)) {
      const how = `${inCode(was.pin.text)} → ${inCode(is.pin.text)}`;
      const name = isRegistry(is.text) ? "version" : "source";
      const gone = attributeLine(after.block, name) === null;
      const at: Place = gone ? placeOf(before, name, "base") : placeOf(after, name);
      yield { at, about, message: `the code of ${inCode(address)} is held to less: ${how}` };
    }
  }
}

/** From a commit to anything that can be moved; from a version to what takes any newer one. Another version of the same is none. */
function isLooser(was: Pin, is: Pin): boolean {
  switch (is.strength) {
    case "commit":
      return false;
    case "version":
    case "range":
      return was.strength === "commit";
    case "none":
      return was.strength !== "none";
  }
}

function sourceOf({ block }: TerraformBlock): Source | "undecided" {
  const source = attributeOf(block.body, "source");
  const version = attributeOf(block.body, "version");
  if (source?.kind !== "literal" || (version !== undefined && version.kind !== "literal")) return "undecided";
  const text = String(source.value);
  if (/^\.\.?\//u.test(text)) return { origin: null, pin: unpinned, text };
  if (isRegistry(text)) {
    const constraint = version === undefined ? "" : String(version.value);
    return { origin: registryOrigin(text), pin: constraintPin(constraint), text };
  }
  return { origin: remoteOrigin(text), pin: referencePin(text), text };
}

function textsOf({ body }: HclBlock): string {
  return ["source", "version"]
    .flatMap((name) => {
      const value = attributeOf(body, name);
      return value === undefined
        ? []
        : value.kind === "literal"
          ? String(value.value)
          : "text" in value
            ? value.text
            : [];
    })
    .join(" ");
}

const registrySource =
  /^(?!(?:github\.com|gitlab\.com|bitbucket\.org)\/)(?:(?<host>[\w-]+(?:\.[\w-]+)+(?::\d+)?)\/)?(?<namespace>[\w-]+)\/(?<name>[\w-]+)\/(?<provider>[\w-]+)(?:\/\/.*)?$/u;

/** `github.com/acme/modules/a` looks like one and is none. */
function isRegistry(source: string): boolean {
  return registrySource.test(source);
}

/** The public registry takes every module from a repository of GitHub by that name. https://developer.hashicorp.com/terraform/registry/modules/publish */
function registryOrigin(source: string): string {
  const { host, namespace, name, provider } = registrySource.exec(source)?.groups ?? {};
  const isPublic = host === undefined || host === "registry.terraform.io" || host === "registry.opentofu.org";
  return isPublic
    ? `github.com/${namespace}/terraform-${provider}-${name}`.toLowerCase()
    : `${host}/${namespace}/${name}/${provider}`.toLowerCase();
}

/** Host and path, without scheme, user, folder within, query and `.git`. */
function remoteOrigin(source: string): string {
  const plain = source
    .replace(/^(?:git|hg|s3|gcs)::/u, "")
    .replace(/\?.*$/u, "")
    .replace(/^[a-z][a-z+]*:\/\//iu, "")
    .replace(/^[^@/]*@/u, "");
  const [repository = plain] = plain.split("//");
  return repository
    .replace(/^([^/:]+):(?!\d+\/)/u, "$1/")
    .replace(/\.git$/u, "")
    .toLowerCase();
}

function constraintPin(constraint: string): Pin {
  const parts = constraint.split(",").map((part) => part.trim());
  const isHeld = parts.some((part) => /^(?:=|~>|<=?)?\s*v?\d/u.test(part));
  if (!isHeld) return { ...unpinned, text: constraint.trim() === "" ? "nothing" : constraint };
  const isExact = parts.some((part) => /^=?\s*v?\d/u.test(part));
  return { strength: isExact ? "version" : "range", text: constraint };
}

/** A name that holds neither a version nor a day is taken for a branch. */
function referencePin(source: string): Pin {
  const reference = /[?&]ref=(?<ref>[^&]+)/u.exec(source)?.groups?.["ref"];
  const archive = /\d+\.\d+[^/]*\.(?:zip|tar\.gz|tgz)(?:\?|$)/u.exec(source)?.[0];
  if (reference === undefined) return archive === undefined ? unpinned : { strength: "version", text: archive };
  if (/^[0-9a-f]{7,40}$/iu.test(reference)) return { strength: "commit", text: reference };
  const isVersion = /\d\.\d|^v?\d+$|\d{4}-?\d{2}-?\d{2}/u.test(reference);
  return { strength: isVersion ? "version" : "none", text: reference };
}

function placeOf({ path, block }: TerraformBlock, name: string, side: Place["side"] = "head"): Place {
  return { path, side, line: attributeLine(block, name) ?? block.line };
}

function attributeLine({ body }: HclBlock, name: string): number | null {
  return body.attributes.find((one) => one.name === name)?.line ?? null;
}
