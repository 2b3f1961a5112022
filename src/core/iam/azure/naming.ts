import { byCodeUnits } from "../../../lib/order.ts";
import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { SideOfRoot } from "../configuration.ts";
import type { Role } from "../grants/grant.ts";
import { identityOfText, readText, referenceIn, stated, textAt, type TextOf } from "../grants/terms.ts";
import { directoryRole, graphPermission } from "./directory.ts";
import { builtInRole } from "./roles.ts";

/** A role of Azure: built in, of the configuration, or one that is defined elsewhere. */
export function roleOf(value: HclValue, side: SideOfRoot): Role {
  const text = readText(value);
  const last = text.parts.at(-1);
  if (last?.kind === "expression") {
    const found = definitionIn(last.text, text, side);
    if (found !== null) return found;
  }
  const whole = text.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  const known = builtInRole(whole);
  if (known !== null) return { ...ofText(known, text), shown: known === whole ? text.shown : known };
  if (text.literal !== null) {
    const defined = [...side.byAddress.values()].find(
      ({ block, ...one }) => isDefinition(one) && textAt(block, "name") === text.literal,
    );
    return defined === undefined ? ofText(text.literal.toLowerCase(), text) : ofDefinition(defined, text, side);
  }
  const ends = /\/roleDefinitions\/[\w-]{36}$/iu.test(whole);
  return { ...ofText(identityOfText(text, side), text), isUndecided: !ends };
}

function ofText(id: string, { shown, literal }: TextOf): Role {
  return { id, shown, literal, address: null, permissions: null, isUndecided: false };
}

export function isDefinition({ type, mode }: Pick<Resource, "type" | "mode">): boolean {
  return mode === "managed" && type === "azurerm_role_definition";
}

/** A definition of the configuration, or the role that a data source looks up. */
function definitionIn(expression: string, text: TextOf, side: SideOfRoot): Role | null {
  const reference = referenceIn(expression);
  const found = reference === null ? undefined : side.byAddress.get(reference.address);
  if (found?.type !== "azurerm_role_definition") return null;
  if (found.mode === "managed") return ofDefinition(found, text, side);
  const named = stated(found.block, "name") ?? stated(found.block, "role_definition_id");
  if (named === null) return null;
  const role = roleOf(named, side);
  return { ...role, shown: role.literal ?? role.shown };
}

function ofDefinition(found: Resource, text: TextOf, side: SideOfRoot): Role {
  const address = side.renamed(found.address);
  return {
    id: `\${${address}}`,
    shown: text.shown,
    literal: text.literal,
    address,
    permissions: actionsOf(found),
    isUndecided: false,
  };
}

/** Actions that a definition allows; null where one of them is an expression. */
export function actionsOf({ block }: Resource): readonly string[] | null {
  const lists = block.body.blocks
    .filter(({ type }) => type === "permissions")
    .flatMap(({ body }) => ["actions", "data_actions"].map((name) => textsOf(attributeOf(body, name))));
  const isGenerated = block.body.blocks.some(({ type }) => type === "dynamic");
  return isGenerated || lists.includes(null) ? null : lists.flatMap((list) => list ?? []);
}

/** The texts of a list; null where one is an expression. */
export function textsOf(value: HclValue | undefined): readonly string[] | null {
  if (value === undefined || (value.kind === "literal" && value.value === null)) return [];
  if (value.kind !== "list") return null;
  const texts = value.items.map((item) => (item.kind === "literal" ? String(item.value) : null));
  return texts.includes(null) ? null : texts.flatMap((text) => text ?? []);
}

/** A role of the directory, by its template or by the resource that stands for it. */
export function directoryRoleOf(value: HclValue, side: SideOfRoot): Role {
  const text = readText(value);
  const reference = text.literal === null ? referenceIn(text.parts[0]?.text ?? "") : null;
  const found = reference === null ? undefined : side.byAddress.get(reference.address);
  const named =
    found?.type === "azuread_directory_role"
      ? (textAt(found.block, "display_name") ?? textAt(found.block, "template_id"))
      : text.literal;
  if (named === null) return { ...ofText(identityOfText(text, side), text), isUndecided: true };
  const name = directoryRole(named)?.name ?? named;
  return { ...ofText(`directory role ${name.toLowerCase()}`, text), shown: name, literal: named };
}

/** A permission of an application: by its identifier, or by its name among those of another. */
export function appRoleOf(value: HclValue, side: SideOfRoot): Role {
  const text = readText(value);
  const named = text.literal ?? /\.app_role_ids\["([^"]+)"\]$/u.exec(text.parts.at(-1)?.text ?? "")?.[1] ?? null;
  if (named === null) return { ...ofText(identityOfText(text, side), text), isUndecided: true };
  const name = graphPermission(named)?.name ?? named;
  return { ...ofText(`application role ${name.toLowerCase()}`, text), shown: name, literal: named };
}

/** To belong to a group is to hold what it holds. */
export const membership: Role = {
  id: "membership",
  shown: "membership",
  literal: "membership",
  address: null,
  permissions: null,
  isUndecided: false,
};

/** Stands among the permissions of belonging to a group that may hold roles of the directory. */
export const assignable = "assignable_to_role";

const sorts = ["certificate", "key", "secret", "storage"] as const;

/** What an access policy of a vault allows, as a role of its own. */
export function vaultRole(block: HclBlock, side: SideOfRoot): Role {
  const values = sorts.map((sort) => [sort, attributeOf(block.body, `${sort}_permissions`)] as const);
  const read = values.map(([sort, value]) => [sort, textsOf(value)] as const);
  if (read.some(([, texts]) => texts === null)) {
    const id = values
      .map(([sort, value]) => `${sort} ${value === undefined ? "" : identityOfText(readText(value), side)}`)
      .join("; ");
    return {
      id: `access policy ${id}`,
      shown: "an access policy",
      literal: null,
      address: null,
      permissions: null,
      isUndecided: true,
    };
  }
  const permissions = read
    .flatMap(([sort, texts]) => (texts ?? []).map((text) => `${sort} ${text.toLowerCase()}`))
    .toSorted(byCodeUnits);
  const shown = read
    .flatMap(([sort, texts]) => (texts === null || texts.length === 0 ? [] : [`${sort}: ${texts.join(" ")}`]))
    .join("; ");
  return {
    id: `access policy ${permissions.join(", ")}`,
    shown: shown === "" ? "nothing" : shown,
    literal: null,
    address: null,
    permissions,
    isUndecided: false,
  };
}

export function isVaultRole({ id }: Role): boolean {
  return id.startsWith("access policy ");
}
