import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Resource, ResourcesView } from "../../terraform/model.ts";
import { nameOf } from "../../terraform/telling.ts";
import { pathsBehind, rootsIn, type SideOfRoot, sideOf, successorsIn } from "../configuration.ts";
import type { Grant, Held, HeldChange, Part, Role, Term, UnreadGrants } from "../grants/grant.ts";
import { itemsOf, lineOf, readText, soleReference, stated, termOf, textAt, textOfBlock } from "../grants/terms.ts";
import { appRoleOf, assignable, directoryRoleOf, membership, roleOf, vaultRole } from "./naming.ts";
import { type AzureLevel, type AzureScope, scopeOf } from "./scopes.ts";

export type AzureGrant = Grant<AzureLevel>;

/** Who holds which roles of Azure and of its directory in each root configuration, before and after. */
export function azureRoots(view: ResourcesView): readonly HeldChange<AzureLevel>[] {
  const successors = successorsIn(view);
  return rootsIn(view).flatMap((changes): readonly HeldChange<AzureLevel>[] => {
    const [first] = changes;
    if (
      first === undefined ||
      !changes.some(({ before, after }) => /^azure(?:rm|ad)_/u.test((after ?? before)?.type ?? ""))
    )
      return [];
    const behind = pathsBehind(changes);
    const from = new Map<AzureGrant | UnreadGrants, Resource>();
    const held = (side: "base" | "head"): Held<AzureLevel> => readSide(sideOf(changes, side, successors), from);
    const [before, after] = [held("base"), held("head")];
    const paths = (one: AzureGrant | UnreadGrants): readonly string[] => {
      const resource = from.get(one);
      return resource === undefined ? [one.at.path] : (behind.get(resource) ?? [resource.path]);
    };
    return [{ root: first.root, paths, before, after }];
  });
}

function readSide(side: SideOfRoot, from: Map<AzureGrant | UnreadGrants, Resource>): Held<AzureLevel> {
  const managed = [...side.byAddress.values()].filter(({ mode }) => mode === "managed");
  const found = managed.map((resource) => {
    const read = grantsOf(resource, side);
    for (const one of [...read.grants, ...read.unread]) from.set(one, resource);
    return read;
  });
  return {
    grants: found.flatMap(({ grants }) => grants),
    unread: found.flatMap(({ unread }) => unread),
    standing: new Set(managed.map(({ address }) => side.renamed(address))),
  };
}

interface Found {
  readonly grants: readonly AzureGrant[];
  readonly unread: readonly UnreadGrants[];
}

const nothing: Found = { grants: [], unread: [] };

/** https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs and hashicorp/azuread */
function grantsOf(resource: Resource, side: SideOfRoot): Found {
  const { block, type } = resource;
  const at = (name: string): HclValue | null => stated(block, name);
  switch (type) {
    case "azurerm_role_assignment":
    case "azurerm_pim_active_role_assignment":
    case "azurerm_pim_eligible_role_assignment": {
      const [scope, named] = [at("scope"), at("role_definition_id") ?? at("role_definition_name")];
      const name = at("role_definition_name") === null ? "role_definition_id" : "role_definition_name";
      if (scope === null || named === null) return nothing;
      const role = roleOf(named, side);
      const lines = linesOf(resource.written, {
        role: name,
        member: "principal_id",
        scope: "scope",
        condition: "condition",
      });
      return held(at("principal_id"), { role, scope: scopeOf(scope, resource, side), lines, resource, side });
    }
    case "azuread_directory_role_assignment":
      return inDirectory(resource, side, ["role_id", "principal_object_id"]);
    case "azuread_directory_role_member":
      return inDirectory(resource, side, ["role_object_id", "member_object_id"]);
    case "azuread_app_role_assignment": {
      const [role, on] = [at("app_role_id"), at("resource_object_id")];
      if (role === null || on === null) return nothing;
      const scope: AzureScope = { ...personOf(on, side), level: "directory", within: [], things: [] };
      const lines = linesOf(resource.written, {
        role: "app_role_id",
        member: "principal_object_id",
        scope: "resource_object_id",
        condition: "",
      });
      return held(at("principal_object_id"), { role: appRoleOf(role, side), scope, lines, resource, side });
    }
    case "azuread_group_member":
      return memberships(resource, side, at("group_object_id"), "member_object_id");
    case "azuread_group":
      return memberships(resource, side, { kind: "unknown", text: `${resource.address}.object_id` }, "members");
    case "azurerm_key_vault_access_policy":
      return vaultGrants(resource, side, at("key_vault_id"), block, resource.written);
    case "azurerm_key_vault":
      return inlinePolicies(resource, side);
    default:
      return nothing;
  }
}

interface Given {
  readonly role: Role;
  readonly scope: AzureScope;
  readonly lines: Readonly<Record<Part, number>>;
  readonly resource: Resource;
  readonly side: SideOfRoot;
}

function held(members: HclValue | null, { role, scope, lines, resource, side }: Given): Found {
  const value = stated(resource.block, "condition");
  const condition = value === null ? null : termOf(value, side);
  const owner = `${resource.path} ${nameOf(resource)}`;
  const at = { path: resource.path, side: side.side, line: lines.role };
  const grants = itemsOf(members, resource).map((member) => ({
    scope,
    role,
    member: personOf(member, side),
    condition,
    at,
    lines,
    owner,
  }));
  return { grants, unread: [] };
}

function linesOf(written: HclBlock, names: Readonly<Record<Part, string>>): Readonly<Record<Part, number>> {
  const line = (part: Part): number => lineOf(written, names[part]);
  return { role: line("role"), member: line("member"), scope: line("scope"), condition: line("condition") };
}

/** Names of one and the same identity of a thing. */
const identities = /^(?:id|object_id|principal_id|client_id|application_id)$/u;

/** Somebody, whatever attribute of a thing names them. */
function personOf(value: HclValue, side: SideOfRoot): Term {
  const term = termOf(value, side);
  const reference = soleReference(readText(value));
  if (term.address !== null && reference !== null && identities.test(reference.attribute))
    return { ...term, id: `\${${term.address}}` };
  return term.literal === null ? term : { ...term, id: term.literal.toLowerCase() };
}

function inDirectory(resource: Resource, side: SideOfRoot, [role, member]: readonly [string, string]): Found {
  const [named, scoped] = [stated(resource.block, role), stated(resource.block, "directory_scope_id")];
  if (named === null) return nothing;
  const whole = scoped === null || (scoped.kind === "literal" && scoped.value === "/");
  const id = whole ? "directory" : termOf(scoped, side).id;
  const scope: AzureScope = {
    id,
    shown: whole ? "the directory" : termOf(scoped, side).shown,
    literal: null,
    address: null,
    level: whole ? "directory" : "resource",
    within: whole ? [] : ["directory"],
    things: [],
  };
  const lines = linesOf(resource.written, { role, member, scope: "directory_scope_id", condition: "" });
  return held(stated(resource.block, member), { role: directoryRoleOf(named, side), scope, lines, resource, side });
}

function memberships(resource: Resource, side: SideOfRoot, group: HclValue | null, attribute: string): Found {
  const members = stated(resource.block, attribute);
  if (group === null || members === null) return nothing;
  const reference = soleReference(readText(group));
  const found = reference === null ? undefined : side.byAddress.get(reference.address);
  const named = found === undefined ? null : textAt(found.block, "display_name");
  const term = personOf(group, side);
  const things = term.address === null ? [] : [term.address];
  const scope: AzureScope = { ...term, shown: named ?? term.shown, level: "directory", within: [], things };
  const isAssignable = found !== undefined && textAt(found.block, "assignable_to_role") === "true";
  const role = isAssignable ? { ...membership, permissions: [assignable] } : membership;
  const lines = linesOf(resource.written, {
    role: attribute,
    member: attribute,
    scope: "group_object_id",
    condition: "",
  });
  return held(members, { role, scope, lines, resource, side });
}

function vaultGrants(
  resource: Resource,
  side: SideOfRoot,
  vault: HclValue | null,
  block: HclBlock,
  written: HclBlock,
): Found {
  if (vault === null) return nothing;
  const lines = linesOf(written, { role: "", member: "object_id", scope: "key_vault_id", condition: "" });
  return held(stated(block, "object_id"), {
    role: vaultRole(block, side),
    scope: scopeOf(vault, resource, side),
    lines,
    resource,
    side,
  });
}

function inlinePolicies(resource: Resource, side: SideOfRoot): Found {
  const of = ({ body }: HclBlock): readonly HclBlock[] => body.blocks.filter(({ type }) => type === "access_policy");
  const [made, texts] = [of(resource.block), of(resource.written)];
  const vault: HclValue = { kind: "unknown", text: `${resource.address}.id` };
  const scope = scopeOf(vault, resource, side);
  const grants = made.flatMap(
    (block, index) =>
      vaultGrants(resource, side, vault, block, texts.length === made.length ? (texts[index] ?? block) : block).grants,
  );
  const generated = resource.block.body.blocks.filter(
    ({ type, labels }) => type === "dynamic" && labels[0] === "access_policy",
  );
  const unread = generated.map((block) => ({
    text: side.renamed(textOfBlock(block)),
    scope: scope.id,
    at: { path: resource.path, side: side.side, line: block.line },
    owner: `${resource.path} ${nameOf(resource)}`,
  }));
  return { grants, unread };
}
