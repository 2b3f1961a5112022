import type { Effect, Name } from "../model.ts";
import { constantText, rowsOf } from "./expressions.ts";
import { nameOf, relationOf } from "./names.ts";
import { type Fields, fieldsOf, listOf, nodeOf, stringsOf, textOf, walk } from "./tree.ts";

const hidden = { does: "unknown", reason: "its condition is a placeholder" } as const;

/** What a query does to rows, wherever it stands in the statement: `with gone as (delete ...) select ...` deletes. */
export function rowEffects(statement: unknown): readonly Effect[] {
  const effects: Effect[] = [];
  for (const { type, fields } of walk(statement)) effects.push(...ofNode(type, fields));
  return effects;
}

function ofNode(type: string, fields: Fields): readonly Effect[] {
  const table = relationOf(fields["relation"]);
  switch (type) {
    case "DeleteStmt": {
      const rows = rowsOf(fields["whereClause"]);
      return rows === null ? [hidden] : [{ does: "deletes-rows", table, rows }];
    }
    case "UpdateStmt": {
      const rows = rowsOf(fields["whereClause"]);
      const columns = listOf(fields["targetList"]).map((target) => textOf(nodeOf(target).fields["name"]));
      return rows === null ? [hidden] : [{ does: "updates-rows", table, rows, columns }];
    }
    case "InsertStmt":
      return [{ does: "inserts-rows", table }];
    case "MergeStmt":
      return merges(table, fields);
    case "FuncCall":
      return calls(fields);
    default:
      return [];
  }
}

function merges(table: Name, fields: Fields): readonly Effect[] {
  const rows = rowsOf(fields["joinCondition"]) ?? "all";
  return listOf(fields["mergeWhenClauses"]).flatMap((clause): readonly Effect[] => {
    const { commandType: command, targetList: targets } = nodeOf(clause).fields;
    if (command === "CMD_DELETE") return [{ does: "deletes-rows", table, rows }];
    const columns = listOf(targets).map((target) => textOf(nodeOf(target).fields["name"]));
    return command === "CMD_UPDATE"
      ? [{ does: "updates-rows", table, rows, columns }]
      : [{ does: "inserts-rows", table }];
  });
}

const outside =
  /^(?:lo_import|lo_export|pg_read_(?:binary_)?file|pg_ls_dir|pg_file_\w+|dblink(?:_\w+)?|query_to_xml\w*|pg_execute_server_program)$/u;

/** Functions of the database that do more than answer. https://www.postgresql.org/docs/current/functions-admin.html */
function calls({ funcname: parts, args }: Fields): readonly Effect[] {
  const name = nameOf(parts);
  const [first, second] = listOf(args);
  if (name.name === "pg_drop_replication_slot") {
    const slot = { schema: null, name: constantText(first) ?? "?" };
    return [{ does: "drops", what: "replication slot", name: slot, on: null, cascade: false }];
  }
  if (name.name === "set_config") {
    const setting = constantText(first);
    if (setting === null) return [{ does: "unknown", reason: "which setting it changes is an expression" }];
    return [{ does: "sets", setting: setting.toLowerCase(), value: constantText(second), for: "session" }];
  }
  return outside.test(name.name) ? [{ does: "reaches-outside", by: name.name }] : [];
}

/** Functions of the database itself, or of the extensions that migrations use most, that change nothing. */
const own =
  /^(?:pg_|has_|json|array|string_|regexp_|to_|date_|uuid|gen_|current|make_|txid_|st_|ts_|lo_get|obj_|col_|row_|xml|int|num|tstz|ts|inet|host|text|bool|bit|every|xpath|set_?|get_)\w*$|^(?:now|setval|nextval|currval|lastval|count|sum|min|max|avg|lower|upper|format|concat|concat_ws|length|char_length|octet_length|replace|translate|substring|substr|left|right|trim|btrim|ltrim|rtrim|split_part|position|strpos|repeat|reverse|md5|sha256|digest|hmac|crypt|encode|decode|random|floor|ceil|ceiling|round|abs|mod|power|sqrt|sign|greatest|least|coalesce|nullif|generate_series|unnest|age|extract|timezone|clock_timestamp|statement_timestamp|transaction_timestamp|localtimestamp|quote_ident|quote_literal|quote_nullable|exists|version|rank|dense_rank|ntile|lag|lead|first_value|last_value|cardinality|initcap|chr|ascii|lpad|rpad|convert_from|convert_to|uuidv7|uuidv4|session_user|user|gcd|lcm|ln|exp|log|similarity|unaccent|hstore|row|set_config|addgeometrycolumn)$/u;

/** A query that calls functions of somebody's own for what they do: `select restore_views()`. */
export function callsOf(select: unknown): readonly Effect[] {
  const effects: Effect[] = [];
  for (const target of listOf(fieldsOf(select)["targetList"])) {
    const { type, fields } = nodeOf(nodeOf(target).fields["val"]);
    const parts = stringsOf(fields["funcname"]);
    if (type !== "FuncCall" || parts[0] === "pg_catalog") continue;
    const name = nameOf(fields["funcname"]);
    if (!own.test(name.name)) effects.push({ does: "calls", name });
  }
  return effects;
}
