import type { Line } from "./source.ts";

/** The text from a line on until what it opens is closed, over so many lines at most. */
export function joined(lines: readonly Line[], from: number, most: number): string {
  let depth = 0;
  const parts: string[] = [];
  for (const { code, text } of lines.slice(from, from + most)) {
    parts.push(text);
    for (const one of code) {
      if (one === "(" || one === "[") depth += 1;
      if (one === ")" || one === "]") depth -= 1;
    }
    if (depth <= 0) break;
  }
  return parts.join("\n");
}

/** The arguments of a call, at the commas that stand in no bracket and no quotes. */
export function splitArguments(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let quote: string | null = null;
  let own = "";
  for (const one of text) {
    if (quote !== null) {
      if (one === quote) quote = null;
    } else if (one === '"' || one === "'" || one === "`") quote = one;
    else if ("([{".includes(one)) depth += 1;
    else if (")]}".includes(one)) depth -= 1;
    if (one === "," && depth === 0 && quote === null) {
      found.push(own);
      own = "";
    } else own += one;
  }
  return own.trim() === "" ? found : [...found, own];
}
