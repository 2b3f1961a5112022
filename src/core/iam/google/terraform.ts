import type { HclBlock, HclValue } from "../../hcl.ts";
import { ofPlain } from "../../terraform/configuration/values.ts";
import type { Resource, ResourcesView } from "../../terraform/model.ts";
import { nameOf } from "../../terraform/telling.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { pathsBehind, rootsIn, type SideOfRoot, sideOf, successorsIn } from "../configuration.ts";
import type { Grant, Held, HeldChange, Part, Role, Term, UnreadGrants } from "../grants/grant.ts";
import {
  identityOfText,
  itemsOf,
  lineOf,
  readText,
  soleReference,
  stated,
  termOf,
  textAt,
  textOfBlock,
} from "../grants/terms.ts";
import { memberOf } from "./members.ts";
import { type GoogleLevel, type PlacedScope, scopeNamed, scopeOf } from "./scopes.ts";

export type GoogleGrant = Grant<GoogleLevel>;
export type GoogleHeld = Held<GoogleLevel>;

/** A statement that all who hold something are those that it names: whoever else held it holds it no more. */
export interface Authority {
  readonly scope: PlacedScope["scope"];
  /** Null: all roles. */
  readonly role: Role | null;
  readonly resource: Resource;
}

export interface GoogleRoot extends HeldChange<GoogleLevel> {
  readonly root: string;
  readonly base: Authorities;
  readonly head: Authorities;
}

export interface Authorities {
  readonly authorities: readonly Authority[];
  /** Who holds a role beside others, by resources that name one member each. */
  readonly single: readonly GoogleGrant[];
}

/** `google_KIND_iam_policy`, `_binding`, `_member`. https://registry.terraform.io/providers/hashicorp/google/latest/docs */
const iamResource = /^google_(\w+?)_iam_(policy|binding|member)$/u;

/** Who holds which roles of Google in each root configuration, before and after. */
export function googleRoots(view: ResourcesView): readonly GoogleRoot[] {
  const successors = successorsIn(view);
  return rootsIn(view).flatMap((changes): readonly GoogleRoot[] => {
    const [first] = changes;
    if (first === undefined || !changes.some(({ before, after }) => (after ?? before)?.type.startsWith("google_")))
      return [];
    const behind = pathsBehind(changes);
    const read = (side: "base" | "head"): SideRead => readSide(sideOf(changes, side, successors));
    const [base, head] = [read("base"), read("head")];
    const from = new Map([...base.from, ...head.from]);
    return [
      {
        root: first.root,
        paths: (one) => {
          const resources = from.get(one) ?? [];
          return [...new Set(resources.flatMap((resource) => behind.get(resource) ?? [resource.path]))];
        },
        before: base.held,
        after: head.held,
        base: base.authorities,
        head: head.authorities,
      },
    ];
  });
}

interface SideRead {
  readonly held: GoogleHeld;
  readonly authorities: Authorities;
  /** What each part stands in: the resource, and a document that it takes. */
  readonly from: ReadonlyMap<GoogleGrant | UnreadGrants, readonly Resource[]>;
}

function readSide(side: SideOfRoot): SideRead {
  const grants: GoogleGrant[] = [];
  const unread: UnreadGrants[] = [];
  const authorities: Authority[] = [];
  const single: GoogleGrant[] = [];
  const from = new Map<GoogleGrant | UnreadGrants, readonly Resource[]>();
  for (const resource of side.byAddress.values()) {
    if (resource.mode !== "managed") continue;
    const found = grantsOf(resource, side);
    if (found === null) continue;
    for (const one of [...found.grants, ...found.unread]) from.set(one, found.sources);
    grants.push(...found.grants);
    unread.push(...found.unread);
    authorities.push(...found.authorities);
    if (resource.type.endsWith("_iam_member")) single.push(...found.grants);
  }
  const standing = new Set(
    [...side.byAddress.values()].filter(({ mode }) => mode === "managed").map(({ address }) => side.renamed(address)),
  );
  return { held: { grants, unread, standing }, authorities: { authorities, single }, from };
}

interface Found {
  readonly grants: readonly GoogleGrant[];
  readonly unread: readonly UnreadGrants[];
  readonly authorities: readonly Authority[];
  readonly sources: readonly Resource[];
}

/** Null: a resource that gives nobody a role. */
function grantsOf(resource: Resource, side: SideOfRoot): Found | null {
  if (resource.type === "google_bigquery_dataset_access") {
    const value = stated(resource.block, "dataset_id");
    if (value === null) return null;
    const placed = {
      scope: scopeNamed("bigquery_dataset", value, resource, side),
      line: lineOf(resource.written, "dataset_id"),
    };
    return {
      grants: accessIn(resource.block, resource.written, { resource, placed, side }),
      unread: [],
      authorities: [],
      sources: [resource],
    };
  }
  if (resource.type === "google_bigquery_dataset") return datasetGrants(resource, side);
  const [, kind, form] = iamResource.exec(resource.type) ?? [];
  if (kind === undefined) return null;
  const placed = scopeOf(resource, kind, side);
  const context: Context = { resource, placed, side };
  if (form === "policy") return policyGrants(context);
  const grants = bindingGrants(resource.block, resource.written, context);
  const [first] = grants;
  const isBinding = form === "binding" && first !== undefined;
  const authorities =
    isBinding && first.condition === null ? [{ scope: placed.scope, role: first.role, resource }] : [];
  return { grants, unread: [], authorities, sources: [resource] };
}

interface Context {
  readonly resource: Resource;
  readonly placed: PlacedScope;
  readonly side: SideOfRoot;
}

/** The members of a block with a `role`: a resource, or a `binding` in a policy. `written` has the lines. */
function bindingGrants(block: HclBlock, written: HclBlock, context: Context): readonly GoogleGrant[] {
  const { resource, side } = context;
  const value = stated(block, "role");
  if (value === null) return [];
  const role = roleOf(value, side);
  const members = [...itemsOf(stated(block, "member"), resource), ...itemsOf(stated(block, "members"), resource)];
  const condition = conditionOf(block, side);
  return members
    .filter((member) => !(member.kind === "literal" && String(member.value).startsWith("deleted:")))
    .map((member) => grantOf(role, memberOf(member, side), condition, written, context));
}

function grantOf(
  role: Role,
  member: Term,
  condition: Term | null,
  written: HclBlock,
  { resource, placed, side }: Context,
): GoogleGrant {
  const line = (...names: readonly string[]): number =>
    written.body.attributes.find(({ name }) => names.includes(name))?.line ?? written.line;
  const within = written.body.blocks.find(({ type }) => type === "condition");
  const lines: Record<Part, number> = {
    role: line("role"),
    member: line("member", "members", ...accountNames),
    scope: placed.line,
    condition: within === undefined ? written.line : lineOf(within, "expression"),
  };
  const at = { path: resource.path, side: side.side, line: lines.role };
  return { scope: placed.scope, role, member, condition, at, lines, owner: `${resource.path} ${nameOf(resource)}` };
}

/** A condition by its expression: title and description say nothing. Of a generated one nobody knows when it holds. */
function conditionOf({ body }: HclBlock, side: SideOfRoot): Term | null {
  const block = body.blocks.find(({ type }) => type === "condition");
  if (block !== undefined) {
    const value = stated(block, "expression");
    return value === null ? null : termOf(value, side);
  }
  const generated = body.blocks.find(({ type, labels }) => type === "dynamic" && labels[0] === "condition");
  if (generated === undefined) return null;
  const text = side.renamed(textOfBlock(generated));
  return { id: text, shown: "a condition that is generated", literal: null, address: null };
}

/** A role by its name, or one that the configuration defines. */
export function roleOf(value: HclValue, side: SideOfRoot): Role {
  const text = readText(value);
  const reference = soleReference(text);
  const direct = reference === null ? undefined : side.byAddress.get(reference.address);
  const custom = direct ?? (text.literal === null ? undefined : customNamed(text.literal, side));
  if (custom !== undefined && isCustomRole(custom)) {
    const permissions = permissionsOf(custom);
    const address = side.renamed(custom.address);
    return { id: `\${${address}}`, shown: text.shown, literal: text.literal, address, permissions, isUndecided: false };
  }
  return {
    id: text.literal ?? identityOfText(text, side),
    shown: text.shown,
    literal: text.literal,
    address: null,
    permissions: null,
    isUndecided: text.literal === null && !isKnownName(text.shown),
  };
}

/** The end of a name of a custom role tells it, whatever project is filled in before it. */
function isKnownName(shown: string): boolean {
  return /\/roles\/[\w.]+$/u.test(shown);
}

export function isCustomRole({ type, mode }: Resource): boolean {
  return mode === "managed" && /^google_(?:project|organization)_iam_custom_role$/u.test(type);
}

function customNamed(literal: string, { byAddress }: SideOfRoot): Resource | undefined {
  const id = /^(?:projects|organizations)\/[^/]+\/roles\/([\w.]+)$/u.exec(literal)?.[1];
  const found = [...byAddress.values()].filter((one) => isCustomRole(one) && textAt(one.block, "role_id") === id);
  return id === undefined || found.length !== 1 ? undefined : found[0];
}

/** Null where one of them is an expression. */
export function permissionsOf({ block }: Resource): readonly string[] | null {
  const value = attributeOf(block.body, "permissions");
  if (value?.kind !== "list") return null;
  const texts = value.items.map((item) => (item.kind === "literal" ? String(item.value) : null));
  return texts.includes(null) ? null : texts.flatMap((text) => text ?? []);
}

function policyGrants(context: Context): Found {
  const { resource, placed, side } = context;
  const { scope } = placed;
  const authorities = [{ scope, role: null, resource }];
  const value = stated(resource.block, "policy_data");
  const reference = value === null ? null : soleReference(readText(value));
  const data = reference === null ? undefined : side.byAddress.get(reference.address);
  const at = { path: resource.path, side: side.side, line: lineOf(resource.written, "policy_data") };
  const owner = `${resource.path} ${nameOf(resource)}`;
  if (data?.type === "google_iam_policy") {
    const inside: Context = { resource: data, placed, side };
    const pairs = bindingsOf(data);
    const generated = data.block.body.blocks.filter(
      ({ type, labels }) => type === "dynamic" && labels[0] === "binding",
    );
    const unread = generated.map((block) => ({
      text: side.renamed(textOfBlock(block)),
      scope: scope.id,
      at: { ...at, path: data.path, line: block.line },
      owner: `${data.path} ${nameOf(data)}`,
    }));
    return {
      grants: pairs.flatMap(([block, written]) => bindingGrants(block, written, inside)),
      unread,
      authorities,
      sources: [resource, data],
    };
  }
  const grants = value === null ? [] : documentGrants(value, context);
  const text = value === null ? "" : identityOfText(readText(value), side);
  return {
    grants: grants ?? [],
    unread: grants === null ? [{ text, scope: scope.id, at, owner }] : [],
    authorities,
    sources: [resource],
  };
}

/** Each `binding` as it is evaluated, with the one that it is written as where they are as many. */
function bindingsOf({ block, written }: Resource): readonly (readonly [HclBlock, HclBlock])[] {
  const of = ({ body }: HclBlock): readonly HclBlock[] => body.blocks.filter(({ type }) => type === "binding");
  const [made, texts] = [of(block), of(written)];
  return made.map((one, index) => [one, texts.length === made.length ? (texts[index] ?? one) : one]);
}

/** A policy that is written out: `{ bindings = [{ role, members, condition }] }`. Null where it cannot be read. */
function documentGrants(value: HclValue, context: Context): readonly GoogleGrant[] | null {
  const { side, resource } = context;
  const json = value.kind === "unknown" ? value.json : undefined;
  const bindings = json?.kind === "object" ? json.entries.find(({ key }) => key === "bindings")?.value : undefined;
  if (bindings?.kind !== "list") return value.kind === "literal" ? textGrants(String(value.value), context) : null;
  const line = lineOf(resource.written, "policy_data");
  const blocks = bindings.items.map((item) => (item.kind === "object" ? blockOfEntries(item, line) : null));
  if (blocks.includes(null)) return null;
  return blocks.flatMap((block) => (block === null ? [] : bindingGrants(block, block, { ...context, side })));
}

function textGrants(text: string, context: Context): readonly GoogleGrant[] | null {
  const parsed = jsonOf(text);
  if (parsed === null) return null;
  const line = lineOf(context.resource.written, "policy_data");
  return parsed.flatMap((one) => {
    const value = ofPlain(one);
    const block = value.kind === "object" ? blockOfEntries(value, line) : null;
    return block === null ? [] : bindingGrants(block, block, context);
  });
}

function jsonOf(text: string): readonly unknown[] | null {
  try {
    const read: unknown = JSON.parse(text);
    const bindings: unknown = typeof read === "object" && read !== null && "bindings" in read ? read.bindings : null;
    return Array.isArray(bindings) ? bindings : null;
  } catch {
    return null; // said to be undecided by the caller
  }
}

function blockOfEntries(value: Extract<HclValue, { kind: "object" }>, line: number): HclBlock {
  const conditions = value.entries.filter(({ key, value: inner }) => key === "condition" && inner.kind === "object");
  return {
    type: "binding",
    labels: [],
    line,
    endLine: line,
    body: {
      attributes: value.entries
        .filter(({ key }) => key !== "condition")
        .map((entry) => ({ name: entry.key, value: entry.value, line, endLine: line })),
      blocks: conditions.flatMap((entry) =>
        entry.value.kind === "object" ? [{ ...blockOfEntries(entry.value, line), type: "condition" }] : [],
      ),
    },
  };
}

/** Arguments that name an account in a grant of BigQuery, and what stands before it in a member. */
const accounts: Readonly<Record<string, string>> = {
  user_by_email: "user:",
  group_by_email: "group:",
  domain: "domain:",
  special_group: "",
  iam_member: "",
};
const accountNames = Object.keys(accounts);
/** https://cloud.google.com/bigquery/docs/access-control-basic-roles */
const datasetRoles: Readonly<Record<string, string>> = {
  OWNER: "roles/bigquery.dataOwner",
  WRITER: "roles/bigquery.dataEditor",
  READER: "roles/bigquery.dataViewer",
};

function datasetGrants(resource: Resource, side: SideOfRoot): Found | null {
  const of = ({ body }: HclBlock): readonly HclBlock[] => body.blocks.filter(({ type }) => type === "access");
  const [made, texts] = [of(resource.block), of(resource.written)];
  const value = stated(resource.block, "dataset_id");
  if (made.length === 0 || value === null) return null;
  const placed = { scope: scopeNamed("bigquery_dataset", value, resource, side), line: resource.written.line };
  const grants = made.flatMap((block, index) =>
    accessIn(block, texts.length === made.length ? (texts[index] ?? block) : block, { resource, placed, side }),
  );
  return { grants, unread: [], authorities: [], sources: [resource] };
}

function accessIn(block: HclBlock, written: HclBlock, context: Context): readonly GoogleGrant[] {
  const value = stated(block, "role");
  if (value === null) return [];
  const known = value.kind === "literal" ? datasetRoles[String(value.value)] : undefined;
  const role = roleOf(known === undefined ? value : { kind: "literal", value: known }, context.side);
  return accountNames.flatMap((name) => {
    const named = stated(block, name);
    if (named === null) return [];
    const prefix = accounts[name] ?? "";
    const member = memberOf(prefixed(prefix, name, named), context.side);
    return [grantOf(role, member, null, written, context)];
  });
}

function prefixed(prefix: string, name: string, value: HclValue): HclValue {
  if (value.kind === "literal") {
    const account =
      /\.gserviceaccount\.com$/u.test(String(value.value)) && name === "user_by_email" ? "serviceAccount:" : prefix;
    return { kind: "literal", value: `${account}${String(value.value)}` };
  }
  const text = textOf(value);
  const isAccount = /google_service_account\./u.test(text);
  return { kind: "unknown", text: prefix === "" ? text : `"${isAccount ? "serviceAccount:" : prefix}\${${text}}"` };
}
