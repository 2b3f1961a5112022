import type { Effect, ObjectKind } from "../model.ts";
import { qualified } from "./names.ts";
import { type Fields, listOf, nodeOf, stringsOf, textOf } from "./tree.ts";

/** Kinds of objects by the word of the grammar. What is not here is `other`. */
const kinds: Readonly<Record<string, ObjectKind>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_FOREIGN_TABLE: "foreign table",
  OBJECT_SCHEMA: "schema",
  OBJECT_DATABASE: "database",
  OBJECT_TABLESPACE: "tablespace",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "function",
  OBJECT_ROUTINE: "function",
  OBJECT_AGGREGATE: "function",
  OBJECT_TRIGGER: "trigger",
  OBJECT_POLICY: "policy",
  OBJECT_RULE: "rule",
  OBJECT_EVENT_TRIGGER: "event trigger",
  OBJECT_EXTENSION: "extension",
  OBJECT_PUBLICATION: "publication",
  OBJECT_SUBSCRIPTION: "subscription",
  OBJECT_ROLE: "role",
  OBJECT_FOREIGN_SERVER: "server",
  OBJECT_STATISTIC_EXT: "statistics",
};

export function kindOf(word: unknown): ObjectKind {
  const text = textOf(word);
  return (Object.hasOwn(kinds, text) ? kinds[text] : undefined) ?? "other";
}

/** `drop ...` of anything that a `DropStmt` takes. */
export function dropEffects(statement: Fields): readonly Effect[] {
  const cascade = statement["behavior"] === "DROP_CASCADE";
  const concurrently = statement["concurrent"] === true;
  return listOf(statement["objects"]).map((object): Effect => {
    const parts = partsOf(object);
    if (statement["removeType"] === "OBJECT_INDEX") {
      return { does: "drops-index", table: null, name: qualified(parts), concurrently, cascade };
    }
    const what = kindOf(statement["removeType"]);
    // Of what belongs to a table the last part is its own name, those before are the table's.
    return onTable.has(what)
      ? { does: "drops", what, name: qualified(parts.slice(-1)), on: qualified(parts.slice(0, -1)), cascade }
      : { does: "drops", what, name: qualified(parts), on: null, cascade };
  });
}
const onTable: ReadonlySet<ObjectKind> = new Set(["trigger", "policy", "rule"]);

function partsOf(object: unknown): readonly string[] {
  const { type, fields } = nodeOf(object);
  switch (type) {
    case "List":
      return stringsOf(fields["items"]);
    case "TypeName":
      return stringsOf(fields["names"]);
    case "ObjectWithArgs":
      return stringsOf(fields["objname"]);
    default:
      return stringsOf([object]);
  }
}

/** `alter ... rename`. */
export function renameEffects(
  statement: Fields,
  relation: { readonly schema: string | null; readonly name: string },
): readonly Effect[] {
  const to = textOf(statement["newname"]);
  const part = textOf(statement["subname"]);
  switch (statement["renameType"]) {
    case "OBJECT_COLUMN":
      return [{ does: "renames-column", table: relation, column: part, to }];
    case "OBJECT_ATTRIBUTE":
    case "OBJECT_INDEX":
    case "OBJECT_TABCONSTRAINT":
    case "OBJECT_DOMCONSTRAINT":
    case "OBJECT_TRIGGER":
    case "OBJECT_POLICY":
    case "OBJECT_RULE":
      return [];
    default: {
      const what = kindOf(statement["renameType"]);
      const own = relation.name === "" ? qualified(partsOf(statement["object"])) : relation;
      const name = own.name === "" ? { schema: null, name: part } : own;
      return [{ does: "renames", what, name, to }];
    }
  }
}
