import type { Term } from "../grants/grant.ts";

/** Whether a grant under the one condition holds whenever it holds under the other: https://cloud.google.com/iam/docs/conditions-overview */
export function coversCondition(wide: Term | null, narrow: Term | null): boolean {
  if (wide === null) return true;
  if (narrow === null) return false;
  const given = conjunctsOf(narrow.id);
  return conjunctsOf(wide.id).every((demand) => given.some((one) => implies(one, demand)));
}

/** What is joined by `&&` on the outside; the whole where an `||` stands there too. */
function conjunctsOf(text: string): readonly string[] {
  const expression = text.trim();
  const found: string[] = [];
  let [depth, quote, from] = [0, "", 0];
  for (let at = 0; at < expression.length; at++) {
    const character = expression[at] ?? "";
    if (quote !== "") {
      if (character === "\\") at++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    else if (depth === 0 && expression.startsWith("||", at)) return [spaced(expression)];
    else if (depth === 0 && expression.startsWith("&&", at)) {
      found.push(expression.slice(from, at));
      from = at + 2;
    }
  }
  return [...found, expression.slice(from)].map(spaced);
}

/** White space between words says nothing; quotes are of one sort. */
function spaced(text: string): string {
  return text
    .trim()
    .replaceAll(/'([^'"\\]*)'/gu, '"$1"')
    .replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/gu, "");
}

function implies(given: string, demand: string): boolean {
  if (given === demand) return true;
  const [expiry, later] = [expiryOf(given), expiryOf(demand)];
  if (expiry !== null && later !== null) return expiry <= later;
  const prefix = /^(resource\.name)\.startsWith\("([^"\\]*)"\)$/u.exec(demand)?.[2];
  const longer = /^resource\.name(?:\.startsWith\(|==)"([^"\\]*)"\)?$/u.exec(given)?.[1];
  return prefix !== undefined && longer !== undefined && longer.startsWith(prefix);
}

/** The end of what holds only before it; null for other tests. Times in UTC compare as their texts do. */
function expiryOf(test: string): string | null {
  return /^request\.time<timestamp\("(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"\)$/u.exec(test)?.[1] ?? null;
}
