import type { Syntax } from "../../syntax.ts";
import { type Effect, type Name, unknown } from "../model.ts";
import { constantText } from "./expressions.ts";
import { nameOf } from "./names.ts";
import { effectsOf } from "./statements.ts";
import { type Fields, isOn, listOf, nodeOf, optionsOf, stringsOf, textOf, walk } from "./tree.ts";

/** One statement inside a body, with its line counted from the first of the body. */
export interface Inner {
  readonly line: number;
  readonly text: string;
  readonly effects: readonly Effect[];
}

/** What a `do` block runs, statement by statement. `text` is the whole statement. */
export function doBlock(fields: Fields, text: string, syntax: Syntax): readonly Inner[] {
  const language = languageOf(optionsOf(fields["args"]));
  if (language !== "" && language !== "plpgsql") {
    return [{ line: 1, text, effects: [unknown(`its block is written in ${language}`)] }];
  }
  // Whether a branch is taken is not known: a table of this name may have been there all the time.
  return plpgsql(text, syntax).map((inner) => ({ ...inner, effects: inner.effects.map(perhaps) }));
}

function perhaps(effect: Effect): Effect {
  return effect.does === "creates-table" ? { ...effect, ifNotExists: true } : effect;
}

function languageOf(options: ReadonlyMap<string, unknown>): string {
  return (stringsOf([options.get("language")])[0] ?? "").toLowerCase();
}

/** `create function` with what a call of it would do. */
export function functionEffects(fields: Fields, text: string, syntax: Syntax): readonly Effect[] {
  const options = optionsOf(fields["options"]);
  const sets = listOf(fields["options"]).some((option) => {
    const { defname, arg } = nodeOf(option).fields;
    return defname === "set" && nodeOf(arg).fields["name"] === "search_path";
  });
  const language = languageOf(options);
  const body = (): readonly Effect[] => {
    switch (language) {
      case "plpgsql":
        return plpgsql(text, syntax).flatMap((inner) => inner.effects.map(perhaps));
      case "sql":
      case "":
        return sqlBody(fields, options, syntax);
      default:
        return [unknown(`its function is written in ${language}`)];
    }
  };
  return [
    {
      does: "writes-function",
      name: nameOf(fields["funcname"]),
      replaces: fields["replace"] === true,
      securityDefiner: isOn(options, "security"),
      searchPath: sets,
      body: body(),
    },
  ];
}

function sqlBody(fields: Fields, options: ReadonlyMap<string, unknown>, syntax: Syntax): readonly Effect[] {
  const standard = fields["sql_body"];
  if (standard !== undefined) {
    const { type, fields: inner } = nodeOf(standard);
    const statements =
      type === "List" ? listOf(inner["items"]).flatMap((item) => listOf(nodeOf(item).fields["items"])) : [standard];
    return statements.flatMap((statement) => effectsOf(statement));
  }
  return sql(stringsOf(nodeOf(options.get("as")).fields["items"])[0] ?? "", syntax);
}

function sql(text: string, syntax: Syntax): readonly Effect[] {
  const parsed = syntax.postgresql(text);
  if (!parsed.ok) return [unknown(`a statement in it cannot be read: ${parsed.reason}`)];
  return parsed.value.flatMap(({ tree }) => effectsOf(tree));
}

function plpgsql(text: string, syntax: Syntax): readonly Inner[] {
  const parsed = syntax.plpgsql(text);
  if (!parsed.ok) return [{ line: 1, text, effects: [unknown(`its block cannot be read: ${parsed.reason}`)] }];
  const found: Inner[] = [];
  let line = 1;
  for (const { type, fields } of walk(parsed.value)) {
    if (typeof fields["lineno"] === "number") line = fields["lineno"];
    const query = textOf(fields["query"]);
    if (type === "PLpgSQL_stmt_dynexecute") {
      const expression = textOf(nodeOf(fields["query"]).fields["query"]);
      found.push({ line, text: expression, effects: executed(expression, syntax) });
    } else if (type === "PLpgSQL_expr" && fields["parseMode"] === 0 && query !== "") {
      found.push({ line, text: query, effects: sql(query, syntax) });
    }
  }
  return found;
}

/** What `execute` runs, where its text is a constant or a format whose only unknowns are names and literals. */
function executed(expression: string, syntax: Syntax): readonly Effect[] {
  const parsed = syntax.postgresql(`select ${expression}`);
  const [statement] = parsed.ok ? parsed.value : [];
  const [target] = listOf(nodeOf(statement?.tree).fields["targetList"]);
  const value = nodeOf(target).fields["val"];
  const constant = constantText(value);
  if (constant !== null) return sql(constant, syntax);
  const { type, fields } = nodeOf(value);
  const name: Name = nameOf(fields["funcname"]);
  const format = type === "FuncCall" && name.name === "format" ? constantText(listOf(fields["args"])[0]) : null;
  if (format === null) return [unknown("it runs a text that is put together as it runs")];
  const filled = format.replaceAll(
    /%(?:\d+\$)?[-\d*]*([ILs%])/gu,
    (_, conversion: string) => fillings[conversion] ?? "?",
  );
  const effects = sql(filled, syntax);
  return /%(?:\d+\$)?[-\d*]*s/u.test(format)
    ? [...effects, unknown("a part of its text is put together as it runs")]
    : effects;
}
const fillings: Readonly<Record<string, string>> = { I: '"?"', L: "'?'", s: '"?"', "%": "%" };
