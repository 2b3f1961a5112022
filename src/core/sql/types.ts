/** What becomes of a column's values, and of its table, when its type changes. `unknown`: nothing that was read says it. */
export type TypeChange = "same" | "widens" | "rewrites" | "narrows" | "unknown";

interface Type {
  readonly name: string;
  readonly numbers: readonly number[];
}

const synonyms: Readonly<Record<string, string>> = {
  "character varying": "varchar",
  character: "char",
  decimal: "numeric",
  int: "integer",
  int4: "integer",
  int8: "bigint",
  int2: "smallint",
  float8: "double precision",
  float4: "real",
  string: "varchar",
};

function parse(text: string): Type | null {
  const match = /^([^()]+?)\s*(?:\(([\d,\s]*)\))?$/u.exec(text.toLowerCase().trim());
  if (match === null) return null;
  const name = match[1] ?? "";
  const numbers = (match[2] ?? "")
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  return { name: synonyms[name] ?? name, numbers };
}

/** How much each type holds, within its row. */
const ladders: readonly (readonly string[])[] = [
  ["tinyint", "smallint", "mediumint", "integer", "bigint", "numeric"],
  ["real", "double precision"],
  ["tinytext", "text", "mediumtext", "longtext"],
  ["date", "timestamp"],
  ["date", "timestamptz"],
];

/** https://www.postgresql.org/docs/current/sql-altertable.html: what is binary coercible is not written anew. */
export function typeChange(from: string | null, to: string): TypeChange {
  const [a, b] = [from === null ? null : parse(from), parse(to)];
  if (a === null || b === null) return "unknown";
  if (a.name === b.name) return sameName(a, b);
  const texts = ["varchar", "text", "citext"];
  if (texts.includes(a.name) && texts.includes(b.name)) return b.numbers.length === 0 ? "widens" : "narrows";
  if (a.name === "text" && b.name === "char") return "narrows";
  for (const ladder of ladders) {
    const [low, high] = [ladder.indexOf(a.name), ladder.indexOf(b.name)];
    if (low !== -1 && high !== -1) return high > low ? "rewrites" : "narrows";
  }
  const fractions = ["numeric", "real", "double precision"];
  const whole = ["smallint", "integer", "bigint"];
  return fractions.includes(a.name) && whole.includes(b.name) ? "narrows" : "rewrites";
}

function sameName({ name, numbers: a }: Type, { numbers: b }: Type): TypeChange {
  if (a.join(",") === b.join(",")) return "same";
  if (b.length === 0) return name === "char" ? "narrows" : "widens";
  if (a.length === 0) return "narrows";
  const [before, after] = [a[0] ?? 0, b[0] ?? 0];
  const [scaleBefore, scaleAfter] = [a[1] ?? 0, b[1] ?? 0];
  if (name === "numeric") {
    if (after - scaleAfter < before - scaleBefore || scaleAfter < scaleBefore) return "narrows";
    return scaleAfter === scaleBefore ? "widens" : "rewrites";
  }
  if (after < before) return "narrows";
  return name === "char" ? "rewrites" : "widens";
}
