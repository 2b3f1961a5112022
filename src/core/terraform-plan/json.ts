/** An object of JSON. It may have any key of its own, `__proto__` too: it is read through `Object.entries`. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is nested deeper than providers and modules nest is made to exhaust a stack. The deepest of 361 public plans has 18 levels. */
const depthMax = 200;

/**
 * Parses JSON from outside. Null: nested too deeply. Throws `SyntaxError` where it is no JSON. A number that a double does not hold exactly
 * becomes a text with its digits, so that two that differ stay different.
 */
export function parseJson(text: string): { readonly value: unknown } | null {
  if (deepest(text) > depthMax) return null;
  const value: unknown = JSON.parse(text, (_, parsed: unknown, context?: { readonly source?: string }) =>
    typeof parsed === "number" ? exact(parsed, context?.source ?? String(parsed)) : parsed,
  );
  return { value };
}

const documentMax = 100_000;

/** The object or the list that a text is the JSON of; null: it is a text like others. */
export function documentIn(text: unknown): object | null {
  if (typeof text !== "string" || text.length > documentMax || !/^\s*[[{]/u.test(text)) return null;
  try {
    const document = parseJson(text)?.value;
    return isObject(document) || Array.isArray(document) ? document : null;
  } catch {
    // It only looks like a document: it is the text that it is.
    return null;
  }
}

/** 15 digits always survive; of numbers with an exponent only those that are whole and small enough are believed. */
function exact(parsed: number, source: string): number | string {
  const survives = /[eE]/u.test(source)
    ? Number.isSafeInteger(parsed) && parsed !== 0
    : source.replace(/[-.]/gu, "").length <= 15;
  return survives ? parsed : source;
}

function deepest(text: string): number {
  let depth = 0;
  let max = 0;
  let quoted = false;
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    if (quoted) {
      if (character === "\\") position += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") max = Math.max(max, (depth += 1));
    else if (character === "}" || character === "]") depth -= 1;
  }
  return max;
}
