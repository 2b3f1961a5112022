import type { Term } from "../grants/grant.ts";

/** Whether a grant under the one condition holds whenever it holds under the other: https://cloud.google.com/iam/docs/conditions-overview */
export function coversCondition(wide: Term | null, narrow: Term | null): boolean {
  if (wide === null) return true;
  if (narrow === null) return false;
  return impliesAll(conjunctsOf(narrow.id), conjunctsOf(wide.id));
}

/** Whether each demand follows from one of what is given. */
export function impliesAll(given: readonly string[], demands: readonly string[]): boolean {
  return demands.every((demand) => given.some((one) => implies(one, demand)));
}

/** What is joined by `&&` on the outside; the whole where an `||` stands there too. */
export function conjunctsOf(text: string): readonly string[] {
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
  const [several, one, some] = [membershipOf(demand), equalityOf(given), membershipOf(given)];
  if (several !== null && one?.of === several.of) return several.values.includes(one.value);
  if (several !== null && some?.of === several.of) return some.values.every((value) => several.values.includes(value));
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

/** `assertion.repository=="acme/web"`: what is compared, and with what. */
function equalityOf(test: string): { readonly of: string; readonly value: string } | null {
  const [, of, value] = /^([\w.]+)=="([^"\\]*)"$/u.exec(test) ?? [];
  return of === undefined || value === undefined ? null : { of, value };
}

/** `assertion.repository in ["acme/web", "acme/api"]`. */
function membershipOf(test: string): { readonly of: string; readonly values: readonly string[] } | null {
  const [, of, list] = /^([\w.]+?)in\[((?:"[^"\\]*",?)*)\]$/u.exec(test) ?? [];
  return of === undefined || list === undefined
    ? null
    : { of, values: [...list.matchAll(/"([^"]*)"/gu)].map(([, value = ""]) => value) };
}
