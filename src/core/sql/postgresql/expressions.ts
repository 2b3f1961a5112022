import type { Default, Rows } from "../model.ts";
import { fieldsOf, integerText, listOf, nodeOf, stringsOf, textOf, walk } from "./tree.ts";

/** Functions whose answer differs from row to row. https://www.postgresql.org/docs/current/xfunc-volatility.html */
const volatileFunctions: ReadonlySet<string> = new Set([
  "random",
  "gen_random_uuid",
  "gen_random_bytes",
  "uuidv4",
  "uuidv7",
  "uuid_generate_v1",
  "uuid_generate_v1mc",
  "uuid_generate_v4",
  "clock_timestamp",
  "timeofday",
  "nextval",
  "txid_current",
]);
const steadyFunctions: ReadonlySet<string> = new Set([
  "now",
  "transaction_timestamp",
  "statement_timestamp",
  "current_setting",
  "timezone",
  "date_trunc",
  "date_part",
  "to_timestamp",
  "to_date",
  "to_char",
  "make_interval",
  "make_date",
  "lower",
  "upper",
  "concat",
  "md5",
  "jsonb_build_object",
  "jsonb_build_array",
  "json_build_object",
  "json_build_array",
  "to_jsonb",
  "to_json",
  "array_fill",
  "decode",
  "encode",
  "int4range",
  "int8range",
  "tstzrange",
  "tsrange",
  "daterange",
  "row_to_json",
  "coalesce",
]);

/** How a default fills the rows that are there when its column is added. */
export function defaultOf(expression: unknown): Default {
  if (expression === undefined) return "none";
  let found: Default = "constant";
  for (const { type, fields } of walk(expression)) {
    if (type === "SubLink" || type === "ColumnRef" || type === "ParamRef") return "unknown";
    if (type !== "FuncCall") continue;
    const name = stringsOf(fields["funcname"]).at(-1) ?? "";
    if (volatileFunctions.has(name)) return "volatile";
    if (!steadyFunctions.has(name)) found = "unknown";
  }
  return isNull(expression) ? "none" : found;
}

/** `default null` is no default. */
export function isNull(expression: unknown): boolean {
  const { type, fields } = nodeOf(expression);
  if (type === "TypeCast") return isNull(fields["arg"]);
  return type === "A_Const" && fields["isnull"] === true;
}

/** Which rows a condition lets through. Null: a placeholder stands in it that may become anything. */
export function rowsOf(where: unknown): Rows | null {
  if (where === undefined) return "all";
  const { type, fields } = nodeOf(where);
  if (type === "BoolExpr") {
    const arms = listOf(fields["args"]).map(rowsOf);
    if (arms.includes(null)) return null;
    if (fields["boolop"] === "AND_EXPR") return arms.every((arm) => arm === "all") ? "all" : "some";
    if (fields["boolop"] === "OR_EXPR" && arms.includes("all")) return "all";
  }
  if (type === "ColumnRef" && /[{:%]/u.test(columnOf(where))) return null;
  if (type === "A_Const" && fieldsOf(fields["boolval"])["boolval"] !== true && "boolval" in fields) return "some";
  if (comparesWithItself(where)) return "all";
  for (const inner of walk(where)) if (inner.type === "ColumnRef" || inner.type === "SubLink") return "some";
  return "all";
}

/** `id = id`, which is true of every row that has one. */
function comparesWithItself(where: unknown): boolean {
  const { type, fields } = nodeOf(where);
  const operator = stringsOf(fields["name"]).at(-1) ?? "";
  const [left, right] = [columnOf(fields["lexpr"]), columnOf(fields["rexpr"])];
  return type === "A_Expr" && ["=", ">=", "<="].includes(operator) && left !== "" && left === right;
}

/** A column as written, the empty string where an expression is no plain column. */
export function columnOf(expression: unknown): string {
  const { type, fields } = nodeOf(expression);
  return type === "ColumnRef" ? stringsOf(fields["fields"]).join(".") : "";
}

/** The columns that a check requires to be there and nothing else: `a is not null and b is not null`. */
export function requiredIn(check: unknown): readonly string[] {
  const { type, fields } = nodeOf(check);
  if (type === "BoolExpr" && fields["boolop"] === "AND_EXPR") {
    const arms = listOf(fields["args"]).map(requiredIn);
    return arms.some((arm) => arm.length === 0) ? [] : arms.flat();
  }
  const column = columnOf(fields["arg"]);
  return type === "NullTest" && fields["nulltesttype"] === "IS_NOT_NULL" && column !== "" ? [column] : [];
}

/** The text of a string constant, null of anything else. */
export function constantText(expression: unknown): string | null {
  const { type, fields } = nodeOf(expression);
  if (type === "TypeCast") return constantText(fields["arg"]);
  if (type !== "A_Const" || !("sval" in fields)) return null;
  return textOf(fieldsOf(fields["sval"])["sval"]);
}

/** A constant as a setting shows it. */
export function shownConstant(expression: unknown): string {
  const { fields } = nodeOf(expression);
  const text = constantText(expression);
  if (text !== null) return text;
  if ("ival" in fields) return integerText(fields["ival"]);
  if ("boolval" in fields) return fieldsOf(fields["boolval"])["boolval"] === true ? "true" : "false";
  return textOf(fieldsOf(fields["fval"])["fval"]);
}
