import { RE2JS } from "re2js";
import type { HclValue } from "../../../hcl.ts";
import { asText, fault, list, literal, object } from "../values.ts";
import type { Functions } from "./function.ts";

const patternLimit = 1000;
const matchesLimit = 10_000;

interface Match {
  readonly start: number;
  readonly end: number;
  readonly captured: HclValue;
}

/**
 * What a pattern of RE2 matches, as Terraform gives it: the text, a list of its groups, or an object of those that have names. Null: where
 * nothing is matched somewhere, readers of RE2 differ in how often.
 */
function matchesOf(pattern: string, text: string): readonly Match[] | null | "refused" {
  if (pattern.length > patternLimit) return null;
  const compiled = compile(pattern);
  if (compiled === null) return "refused";
  const names = Object.entries(compiled.namedGroups());
  const groups = compiled.groupCount();
  if (names.length > 0 && names.length < groups) return "refused";
  const matcher = compiled.matcher(text);
  const found: Match[] = [];
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (start === end || found.length >= matchesLimit) return null;
    const group = (index: number): HclValue => literal(matcher.group(index));
    const captured =
      names.length > 0
        ? object(names.map(([name, index]) => [name, group(index)] as const))
        : groups > 0
          ? list(Array.from({ length: groups }, (_, index) => group(index + 1)))
          : group(0);
    found.push({ start, end, captured });
  }
  return found;
}

function compile(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return null; // Terraform refuses it as well
  }
}

function regex([pattern, of]: readonly HclValue[]): HclValue | null {
  const found = matchesIn(pattern, of);
  if (found === null || found === "refused") return found === null ? null : fault("what is no regular expression");
  return found[0]?.captured ?? fault("a pattern that matches nothing");
}

function regexall([pattern, of]: readonly HclValue[]): HclValue | null {
  const found = matchesIn(pattern, of);
  if (found === null || found === "refused") return found === null ? null : fault("what is no regular expression");
  return list(found.map(({ captured }) => captured));
}

function matchesIn(pattern: HclValue | undefined, of: HclValue | undefined): ReturnType<typeof matchesOf> {
  const [written, text] = [asText(pattern), asText(of)];
  return written === undefined || text === undefined ? null : matchesOf(written, text);
}

/** A replacement with `$` names groups, in Go's way: not decided. */
export function replacePattern(text: string, pattern: string, to: string): HclValue | null {
  if (to.includes("$")) return null;
  const found = matchesOf(pattern, text);
  if (found === null || found === "refused") return found === null ? null : fault("what is no regular expression");
  let made = "";
  let at = 0;
  for (const { start, end } of found) {
    made += text.slice(at, start) + to;
    at = end;
  }
  return literal(made + text.slice(at));
}

export const patternFunctions: Functions = [
  ["regex", regex],
  ["regexall", regexall],
];
