import type { HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { SideOfRoot } from "../configuration.ts";
import type { Scope } from "../grants/grant.ts";
import { identityOfText, lineOf, readText, soleReference, stated, textAt } from "../grants/terms.ts";
import { accountOfMail } from "./members.ts";

export type GoogleLevel = "organisation" | "folder" | "project" | "service account" | "resource";
export type GoogleScope = Scope<GoogleLevel>;

/** What a role is held on, with the line that says so. */
export interface PlacedScope {
  readonly scope: GoogleScope;
  readonly line: number;
}

/** Arguments that say who holds what, and those of every resource. */
const others = new Set([
  "role",
  "member",
  "members",
  "policy_data",
  "condition",
  "for_each",
  "count",
  "provider",
  "depends_on",
  "lifecycle",
  "timeouts",
]);
/** Where a thing is: its name alone may be the same elsewhere. */
const places = new Set(["project", "location", "region", "zone"]);
/** Arguments by which a thing is named where roles are held on it. */
const names: Readonly<Record<string, string>> = {
  project: "project_id",
  bigquery_dataset: "dataset_id",
  secret_manager_secret: "secret_id",
  artifact_registry_repository: "repository_id",
};

/** The scope of a `google_KIND_iam_member`, from the arguments that name what it is on. */
export function scopeOf(resource: Resource, kind: string, side: SideOfRoot): PlacedScope {
  const { block, written } = resource;
  const naming = block.body.attributes.map(({ name }) => name).filter((name) => !others.has(name));
  const own = naming.filter((name) => kind === "project" || !places.has(name));
  const [first = "project"] = own;
  const line = lineOf(written, first);
  const value = own.length === 1 ? stated(block, first) : null;
  if (value !== null) return { scope: scopeNamed(kind, value, resource, side), line };
  const texts = own.map((name) => [name, identityOfValue(stated(block, name), side)] as const);
  const project = projectOf(resource, side);
  const id = `${kind}:${texts.length === 0 ? providers : texts.map(([, text]) => text).join("/")}`;
  const shown = own.map((name) => shownOf(stated(block, name))).join("/");
  const within = kind === "project" ? [] : [project];
  return {
    scope: {
      id,
      shown: shown === "" ? "of the provider" : shown,
      literal: null,
      address: null,
      level: levelOf(kind),
      within,
      things: [],
    },
    line,
  };
}

/** Stands for the project that the provider is configured with. */
const providers = "(of the provider)";

/** The scope of one kind that a value names: a thing of the configuration, or one elsewhere. */
export function scopeNamed(kind: string, value: HclValue, from: Resource, side: SideOfRoot): GoogleScope {
  const text = readText(value);
  const level = levelOf(kind);
  if (kind === "project" && isOfProvider(value, side))
    return {
      id: `project:${providers}`,
      shown: text.shown,
      literal: null,
      address: null,
      level,
      within: [],
      things: [],
    };
  const thing = thingOf(kind, value, side);
  const name = thing === null ? null : nameOfThing(kind, thing);
  const literal = text.literal === null ? null : shortened(kind, text.literal);
  const own = name ?? literal ?? (thing === null ? identityOfText(text, side) : `\${${side.renamed(thing.address)}}`);
  const project =
    kind === "project"
      ? null
      : (projectIn(text.literal) ?? projectOf(stated(from.block, "project") === null ? (thing ?? from) : from, side));
  const around = thing === null ? { within: [], things: [] } : aroundOf(thing, side);
  return {
    id: `${kind}:${own}`,
    shown: text.shown,
    literal: text.literal,
    address: thing === null ? null : side.renamed(thing.address),
    level,
    within:
      level === "resource" || level === "service account"
        ? [...(project === null ? [] : [project]), ...around.within]
        : around.within,
    things: [...(thing === null ? [] : [side.renamed(thing.address)]), ...around.things],
  };
}

function levelOf(kind: string): GoogleLevel {
  switch (kind) {
    case "organization":
    case "billing_account":
      return "organisation";
    case "folder":
      return "folder";
    case "project":
      return "project";
    case "service_account":
      return "service account";
    default:
      return "resource";
  }
}

/** The project that a provider is configured with, as a data source tells it. */
function isOfProvider(value: HclValue, { byAddress }: SideOfRoot): boolean {
  const reference = soleReference(readText(value));
  const found = reference?.attribute === "project" ? byAddress.get(reference.address) : undefined;
  return found?.type === "google_client_config" && attributeOf(found.block.body, "provider") === undefined;
}

function identityOfValue(value: HclValue | null, side: SideOfRoot): string {
  return value === null ? "" : identityOfText(readText(value), side);
}

function shownOf(value: HclValue | null): string {
  return value === null ? "" : readText(value).shown;
}

/** The thing of the configuration that a value names: by an attribute of it, or by its name. */
function thingOf(kind: string, value: HclValue, side: SideOfRoot): Resource | null {
  const text = readText(value);
  const reference = soleReference(text);
  const direct = reference === null ? undefined : side.byAddress.get(reference.address);
  if (direct?.mode === "managed") return direct;
  if (text.literal === null) return null;
  if (kind === "service_account") {
    const address = accountOfMail(shortened(kind, text.literal), side);
    return address === null ? null : (side.byAddress.get(address) ?? null);
  }
  const literal = shortened(kind, text.literal);
  const found = [...side.byAddress.values()].filter(
    ({ type, mode, block }) =>
      mode === "managed" && type === `google_${kind}` && textAt(block, names[kind] ?? "name") === literal,
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** A name that stands for the thing whatever is called by it; accounts go by their addresses. */
function nameOfThing(kind: string, { block, type }: Resource): string | null {
  if (kind === "service_account" || type !== `google_${kind}`) return null;
  return textAt(block, names[kind] ?? "name");
}

/** A long name of the interface by the last of its parts: `projects/acme/topics/orders`. Others are left as they are. */
function shortened(kind: string, literal: string): string {
  if (kind === "service_account") return literal.replace(/^projects\/[^/]+\/serviceAccounts\//u, "").toLowerCase();
  if (kind === "storage_bucket") return literal.replace(/^b\//u, "");
  return /^(?:projects|organizations|folders)\/([^/]+)$/u.exec(literal)?.[1] ?? literal;
}

function projectIn(literal: string | null): string | null {
  const project = /^projects\/([^/]+)\/./u.exec(literal ?? "")?.[1];
  return project === undefined ? null : `project:${project}`;
}

/** The project that an argument states, or that of the provider. */
function projectOf({ block }: Resource, side: SideOfRoot): string {
  const value = stated(block, "project");
  if (value === null || isOfProvider(value, side)) return `project:${providers}`;
  const thing = thingOf("project", value, side);
  const text = readText(value);
  const name = thing === null ? null : nameOfThing("project", thing);
  if (thing !== null && name === null) return `project:\${${side.renamed(thing.address)}}`;
  return `project:${name ?? (text.literal === null ? identityOfText(text, side) : shortened("project", text.literal))}`;
}

/** What a project or folder of the configuration lies in. */
function aroundOf(
  thing: Resource,
  side: SideOfRoot,
  depth = 0,
): { readonly within: readonly string[]; readonly things: readonly string[] } {
  const { type, block } = thing;
  const parent =
    type === "google_folder"
      ? attributeOf(block.body, "parent")
      : type === "google_project"
        ? (attributeOf(block.body, "folder_id") ?? attributeOf(block.body, "org_id"))
        : attributeOf(block.body, "project");
  if (parent === undefined || depth > depthLimit) return { within: [], things: [] };
  const text = readText(parent);
  const isOrganisation =
    type === "google_project"
      ? attributeOf(block.body, "folder_id") === undefined
      : text.literal?.startsWith("organizations/") === true;
  const kind =
    type !== "google_project" && type !== "google_folder" ? "project" : isOrganisation ? "organization" : "folder";
  const above = thingOf(kind, parent, side);
  const further = above === null || above === thing ? { within: [], things: [] } : aroundOf(above, side, depth + 1);
  const name = above === null ? null : nameOfThing(kind, above);
  const id =
    name ??
    (above !== null
      ? `\${${side.renamed(above.address)}}`
      : text.literal === null
        ? identityOfText(text, side)
        : shortened(kind, text.literal));
  return {
    within: [`${kind}:${id}`, ...further.within],
    things: [...(above === null ? [] : [side.renamed(above.address)]), ...further.things],
  };
}
const depthLimit = 10;
