import type { Column, ConstraintKind, Default, Effect, Name } from "../model.ts";
import { defaultOf, requiredIn } from "./expressions.ts";
import { relationOf, typeOf } from "./names.ts";
import { fieldsOf, listOf, nodeOf, stringsOf, textOf } from "./tree.ts";

const constraintKinds: ReadonlyMap<string, ConstraintKind> = new Map([
  ["CONSTR_CHECK", "check"],
  ["CONSTR_FOREIGN", "foreign key"],
  ["CONSTR_UNIQUE", "unique"],
  ["CONSTR_PRIMARY", "primary key"],
  ["CONSTR_EXCLUSION", "exclusion"],
  ["CONSTR_NOTNULL", "not null"],
]);
const serial = /^(?:big|small)?serial[248]?$/u;

/** A column as it is defined when it is added or its table is created. */
export function columnFrom(definition: unknown): Column {
  const fields = fieldsOf(definition);
  const constraints = listOf(fields["constraints"]).map((item) => nodeOf(item).fields);
  const kinds = constraints.flatMap(({ contype }) => constraintKinds.get(textOf(contype)) ?? []);
  const type = "typeName" in fields ? typeOf(fields["typeName"]) : null;
  return {
    name: textOf(fields["colname"]),
    type,
    notNull: kinds.includes("not null") || kinds.includes("primary key") || serial.test(type ?? ""),
    default: serial.test(type ?? "") ? "generated" : defaultFrom(constraints),
    constraints: kinds.filter((kind) => kind !== "not null"),
  };
}

function defaultFrom(constraints: readonly Readonly<Record<string, unknown>>[]): Default {
  for (const { contype, raw_expr: expression, generated_kind: kind } of constraints) {
    if (contype === "CONSTR_DEFAULT") return defaultOf(expression);
    if (contype === "CONSTR_IDENTITY") return "generated";
    // A virtual column is computed when it is read: nothing is written.
    if (contype === "CONSTR_GENERATED") return kind === "v" ? "constant" : "generated";
  }
  return "none";
}

/** A constraint that is added to a table, as one effect. */
export function constraintFrom(table: Name, definition: unknown): Effect {
  const fields = nodeOf(definition).fields;
  const kind = constraintKinds.get(textOf(fields["contype"]));
  if (kind === undefined) return { does: "unknown", reason: "it adds a constraint that is not known" };
  const name = textOf(fields["conname"]);
  const columns = [...stringsOf(fields["keys"]), ...(kind === "foreign key" ? stringsOf(fields["fk_attrs"]) : [])];
  return {
    does: "adds-constraint",
    table,
    kind,
    name: name === "" ? null : name,
    columns,
    validated: fields["skip_validation"] !== true && !(fields["is_enforced"] !== true && isEnforceable.has(kind)),
    usingIndex: textOf(fields["indexname"]) !== "",
    references: "pktable" in fields ? relationOf(fields["pktable"]) : null,
    notNull: kind === "check" ? requiredIn(fields["raw_expr"]) : kind === "not null" ? columns : [],
  };
}
/** `not enforced` may be said of these only. */
const isEnforceable: ReadonlySet<ConstraintKind> = new Set(["check", "foreign key"]);
