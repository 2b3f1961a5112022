import type { Token } from "./lexer.ts";
import type { Piece } from "./split.ts";

/**
 * A statement with its placeholders (`${schema}`, `{{ name }}`, psql's `:name`) written as quoted names, so that the grammar accepts them where
 * a name may stand. Null where it holds none.
 */
export function withPlaceholders(text: string, { tokens, start, end }: Piece): string | null {
  const parts: string[] = [];
  let found = false;
  for (let at = 0; at < tokens.length; ) {
    const run = runFrom(text, tokens, at);
    const raw = text.slice(tokens[at]?.start ?? end, tokens[at + run.length - 1]?.end ?? end);
    if (run.placeholder) {
      found = true;
      parts.push(quoted(raw));
    } else {
      parts.push(raw);
    }
    at += run.length;
  }
  return found ? parts.join("").slice(Math.max(0, start - (tokens[0]?.start ?? start))) : null;
}

function quoted(raw: string): string {
  // psql writes `:'name'` for a literal and `:"name"` for a name.
  if (raw.startsWith(":'")) return raw.slice(1);
  return `"${raw.replaceAll(/["\r\n]/gu, "")}"`;
}

/** The tokens from one on that touch each other and make one name, with a placeholder among them; else that one token alone. */
function runFrom(
  text: string,
  tokens: readonly Token[],
  from: number,
): { readonly length: number; readonly placeholder: boolean } {
  const [first, second] = tokens.slice(from, from + 2);
  if (first === undefined) return { length: 1, placeholder: false };
  const isColon = first.kind === "mark" && text[first.start] === ":" && text[first.start - 1] !== ":";
  if (isColon && second !== undefined && ["word", "text", "name"].includes(second.kind) && second.start === first.end) {
    return { length: 2, placeholder: true };
  }
  let length = 0;
  let placeholder = false;
  for (let token: Token | undefined = first; token !== undefined; token = tokens[from + length]) {
    if (!["word", "template", "number"].includes(token.kind)) break;
    placeholder ||= token.kind === "template";
    length += 1;
  }
  return placeholder ? { length, placeholder } : { length: 1, placeholder: false };
}
