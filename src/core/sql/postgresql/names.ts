import type { Name } from "../model.ts";
import { fieldsOf, integerText, listOf, nodeOf, stringsOf, textOf } from "./tree.ts";

/** The name of a `RangeVar`, given with its type or without. */
export function relationOf(value: unknown): Name {
  const node = nodeOf(value);
  const fields = node.type === "RangeVar" ? node.fields : fieldsOf(value);
  const schema = textOf(fields["schemaname"]);
  return { schema: schema === "" ? null : schema, name: textOf(fields["relname"]) };
}

/** A name in parts, with its schema before it where there is one. */
export function qualified(parts: readonly string[]): Name {
  return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? "" };
}

export function nameOf(parts: unknown): Name {
  return qualified(stringsOf(parts));
}

const spellings: ReadonlyMap<string, string> = new Map([
  ["int2", "smallint"],
  ["int4", "integer"],
  ["int8", "bigint"],
  ["float4", "real"],
  ["float8", "double precision"],
  ["bool", "boolean"],
  ["bpchar", "char"],
]);

/** A `TypeName` as people write it: `varchar(20)`, `numeric(10,2)`, `text[]`. */
export function typeOf(value: unknown): string {
  const fields = fieldsOf(value);
  const parts = stringsOf(fields["names"]).filter((part) => part !== "pg_catalog");
  const name = parts.map((part) => spellings.get(part) ?? part).join(".");
  const numbers = name.startsWith("interval") ? [] : listOf(fields["typmods"]).map(numberOf);
  const modifiers = numbers.length === 0 ? "" : `(${numbers.join(",")})`;
  return `${name}${modifiers}${listOf(fields["arrayBounds"]).length > 0 ? "[]" : ""}`;
}

function numberOf(value: unknown): string {
  const { type, fields } = nodeOf(value);
  if (type !== "A_Const") return "?";
  return integerText(fields["ival"]);
}

/** The people or groups that a statement names; `public` for everybody. */
export function rolesOf(value: unknown): readonly string[] {
  return listOf(value).map(roleOf);
}

export function roleOf(value: unknown): string {
  const node = nodeOf(value);
  const fields = node.type === "RoleSpec" ? node.fields : fieldsOf(value);
  switch (fields["roletype"]) {
    case "ROLESPEC_PUBLIC":
      return "public";
    case "ROLESPEC_CURRENT_USER":
    case "ROLESPEC_CURRENT_ROLE":
    case "ROLESPEC_SESSION_USER":
      return "the current user";
    default:
      return textOf(fields["rolename"]);
  }
}
