/** An object of JSON. It may have any key of its own, `__proto__` too: it is read through `Object.entries`. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is nested deeper than providers and modules nest is made to exhaust a stack. The deepest of 361 public plans has 18 levels. */
const depthMax = 200;
const documentMax = 100_000;

/**
 * Parses JSON from outside. Null: nested too deeply. Throws `SyntaxError` where it is no JSON. A number that a double does not hold exactly
 * becomes a text with its digits, so that two that differ stay different.
 */
export function parseJson(text: string): { readonly value: unknown } | null {
  const { depth, inexact } = scan(text);
  return depth > depthMax ? null : { value: JSON.parse(quote(text, inexact)) as unknown };
}

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

/** What a parser would only tell too late: how deep it goes, and which numbers it would round. Asking it for each number takes minutes. */
function scan(text: string): { readonly depth: number; readonly inexact: readonly (readonly [number, number])[] } {
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
  const inexact: (readonly [number, number])[] = [];
  let [depth, deepest] = [0, 0];
  for (let position = 0; position < text.length; position += 1) {
    const character = text.charAt(position);
    if (character === '"') position = endOfText(text, position);
    else if (character === "{" || character === "[") deepest = Math.max(deepest, (depth += 1));
    else if (character === "}" || character === "]") depth -= 1;
    else if (character === "-" || (character >= "0" && character <= "9")) {
      number.lastIndex = position;
      const [digits = character] = number.exec(text) ?? [];
      if (!isExact(digits)) inexact.push([position, position + digits.length]);
      position += digits.length - 1;
    }
  }
  return { depth: deepest, inexact };
}

/** Where the text ends that begins with the quotation mark at `start`. */
function endOfText(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, position: number): boolean {
  let first = position;
  while (text[first - 1] === "\\") first -= 1;
  return (position - first) % 2 === 1;
}

/** 15 digits always survive; of numbers with an exponent only those that are whole and small enough are believed. */
function isExact(digits: string): boolean {
  if (digits.length <= 15 && !/[eE]/u.test(digits)) return true;
  const value = Number(digits);
  return /[eE]/u.test(digits) ? Number.isSafeInteger(value) && value !== 0 : digits.replace(/[-.]/gu, "").length <= 15;
}

function quote(text: string, parts: readonly (readonly [number, number])[]): string {
  let after = 0;
  const pieces = parts.flatMap(([start, end]) => {
    const before = text.slice(after, start);
    after = end;
    return [before, `"${text.slice(start, end)}"`];
  });
  return parts.length === 0 ? text : `${pieces.join("")}${text.slice(after)}`;
}
