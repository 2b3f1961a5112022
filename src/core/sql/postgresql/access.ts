import type { Effect } from "../model.ts";
import { rowsOf } from "./expressions.ts";
import { kindOf } from "./drops.ts";
import { relationOf, roleOf, rolesOf } from "./names.ts";
import { type Fields, isOn, listOf, nodeOf, optionsOf, stringsOf, textOf } from "./tree.ts";

/** `grant` and `revoke` of privileges; `future` for those of `alter default privileges`. */
export function grantEffects(statement: Fields, future: boolean): readonly Effect[] {
  const named = listOf(statement["privileges"]).map((item) => textOf(nodeOf(item).fields["priv_name"]).toLowerCase());
  const privileges = named.length === 0 ? ["all"] : named;
  const roles = rolesOf(statement["grantees"]);
  const on = objectsOf(statement, future);
  if (statement["is_grant"] !== true) return [{ does: "revokes", privileges, on, from: roles }];
  const grantOption = statement["grant_option"] === true;
  return [{ does: "grants", privileges, on, to: roles, grantOption, future }];
}

function objectsOf(statement: Fields, future: boolean): string {
  const word = textOf(statement["objtype"])
    .replace(/^OBJECT_/u, "")
    .replaceAll("_", " ")
    .toLowerCase();
  if (future) return `every future ${word}`;
  const names = listOf(statement["objects"]).map((object) => {
    const { type, fields } = nodeOf(object);
    if (type === "RangeVar") return qualifiedText(object);
    return type === "ObjectWithArgs" ? stringsOf(fields["objname"]).join(".") : stringsOf([object]).join("");
  });
  return statement["targtype"] === "ACL_TARGET_ALL_IN_SCHEMA"
    ? `every ${word} of schema ${names.join(", ")}`
    : `${word} ${names.join(", ")}`;
}

function qualifiedText(value: unknown): string {
  const { schema, name } = relationOf(value);
  return schema === null ? name : `${schema}.${name}`;
}

/** `grant role to role`. */
export function membershipEffects(statement: Fields): readonly Effect[] {
  const privileges = listOf(statement["granted_roles"]).map((item) => textOf(nodeOf(item).fields["priv_name"]));
  const roles = rolesOf(statement["grantee_roles"]);
  if (statement["is_grant"] !== true) return [{ does: "revokes", privileges, on: "membership", from: roles }];
  const grantOption = isOn(optionsOf(statement["opt"]), "admin");
  return [{ does: "grants", privileges, on: "membership", to: roles, grantOption, future: false }];
}

/** Attributes of a role that reach past the privileges that are granted. */
const attributes: ReadonlyMap<string, string> = new Map([
  ["superuser", "superuser"],
  ["bypassrls", "bypassrls"],
  ["createrole", "createrole"],
  ["createdb", "createdb"],
  ["isreplication", "replication"],
  ["canlogin", "login"],
]);

/** `create role` and `alter role`. */
export function roleEffects(statement: Fields): readonly Effect[] {
  const options = optionsOf(statement["options"]);
  const role = textOf(statement["role"]);
  const set = [...attributes].filter(([option]) => options.has(option));
  const of = (on: boolean) => set.filter(([option]) => isOn(options, option) === on).map(([, name]) => name);
  const memberOf = rolesOf(nodeOf(options.get("addroleto")).fields["items"]);
  const name = role === "" ? roleOf(statement["role"]) : role;
  const changes: Effect = { does: "changes-role", role: name, gains: of(true), loses: of(false) };
  if (memberOf.length === 0) return [changes];
  const grant = { privileges: memberOf, on: "membership", to: [name], grantOption: false, future: false };
  return [changes, { does: "grants", ...grant }];
}

/** `create policy` and `alter policy`. An altered one without a condition or without roles keeps those that it has. */
export function policyEffects(statement: Fields, isNew: boolean): readonly Effect[] {
  const conditions = ["qual", "with_check"].filter((key) => key in statement).map((key) => rowsOf(statement[key]));
  const isPermissive = !isNew || statement["permissive"] === true;
  const always = isPermissive && conditions.some((rows) => rows !== "some");
  const to = rolesOf(statement["roles"]);
  const table = relationOf(statement["table"]);
  return [{ does: "writes-policy", name: textOf(statement["policy_name"]), table, to, always }];
}

export function ownerEffects(statement: Fields): readonly Effect[] {
  const what = kindOf(statement["objectType"]);
  const name = "relation" in statement ? relationOf(statement["relation"]) : null;
  const object = stringsOf(nodeOf(statement["object"]).fields["items"] ?? [statement["object"]]);
  return [
    {
      does: "changes-owner",
      what,
      name: name ?? { schema: null, name: object.join(".") },
      to: roleOf(statement["newowner"]),
    },
  ];
}
