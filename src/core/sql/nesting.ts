import type { Token } from "./lexer.ts";

/** The grammar's output is deep where its input is: beyond this depth its reader runs out of stack. Measured to fail above 900. */
export const nestingLimit = 400;

/** Words that put what follows one level deeper, or what came before. */
const deepening: ReadonlySet<string> = new Set([
  "not",
  "case",
  "is",
  "union",
  "except",
  "intersect",
  "join",
  "collate",
  "like",
  "ilike",
  "in",
  "between",
  "at",
  "isnull",
  "notnull",
  "operator",
]);

/** How deep the tree of a statement may become, never less than it does: parentheses, and operators in a row between two commas. */
export function nestingOf(text: string, tokens: readonly Token[]): number {
  let deepest = 0;
  /** What stands in a row at each level of parentheses; queries that are joined by `union` reach over commas. */
  const rows: number[] = [0];
  const unions: number[] = [0];
  let total = 0;
  for (const { kind, start, end } of tokens) {
    if (kind !== "mark" && kind !== "word") continue;
    const token = text.slice(start, end).toLowerCase();
    const level = rows.length - 1;
    if (token === "(" || token === "[") {
      rows.push(1);
      unions.push(0);
      total += 1;
    } else if (token === ")" || token === "]") {
      total -= level === 0 ? 0 : (rows.pop() ?? 0) + (unions.pop() ?? 0);
    } else if (token === ",") {
      total -= (rows[level] ?? 0) - (level === 0 ? 0 : 1);
      rows[level] = level === 0 ? 0 : 1;
    } else if (["union", "except", "intersect"].includes(token)) {
      unions[level] = (unions[level] ?? 0) + 1;
      total += 1;
    } else if ((kind === "mark" && token !== "." && token !== ";") || deepening.has(token)) {
      rows[level] = (rows[level] ?? 0) + 1;
      total += 1;
    }
    deepest = Math.max(deepest, total);
  }
  return deepest;
}
