import { tokenRules } from "./catalogue.ts";
import { rank, type Candidate } from "./find.ts";
import { isMadeUp } from "./placeholders.ts";
import type { TokenRule } from "./rule.ts";
import { endOfMatch, isIn, isRun, startOfRun, word, type Reading } from "./shape.ts";

/** A literal of the prefilter and the rule it belongs to. */
export interface TokenKeyword {
  readonly literal: string;
  readonly rule: TokenRule;
}

/** Every literal of every token rule. */
export const tokenKeywords: readonly TokenKeyword[] = tokenRules.flatMap((rule) =>
  rule.literals.map((literal) => ({ literal, rule })),
);

/** The token of `rule` whose literal stands at `at`, or null. */
export function tokenAt(reading: Reading, at: number, { literal, rule }: TokenKeyword): Candidate | null {
  const { text } = reading;
  reading.work.steps += literal.length;
  if (!text.startsWith(literal, at)) return null;
  const start = rule.lead === null ? at : startOfRun(reading, at, rule.lead.of, rule.lead.max);
  if (rule.lead !== null && at - start < rule.lead.min) return null;
  // A checksum proves more than what stands in front: no name ends like that.
  if (!rule.proven && (!isFreshStart(text, start) || isPartOfName(text, start, literal))) return null;
  const end = endOfMatch(reading, at + literal.length, rule.rest);
  if (end < 0 || !isCleanEnd(text, end, rule)) return null;
  const value = text.slice(start, end);
  reading.work.steps += value.length;
  if (rule.passes !== null && !rule.passes(value)) return null;
  const drawn = text.slice(start, at) + text.slice(at + literal.length, end);
  if (!rule.proven && isMadeUp(drawn)) return null;
  const hint = rule.lead === null ? literal.slice(0, 2) : "";
  return { rule: rule.id, what: rule.what, level: rule.level, start, end, value, hint, rank: rank.provider };
}

/**
 * Nothing that belongs to the same word stands in front, where the form begins with a word. What an escape leaves there does not belong to it: the letter of a line break
 * written out (backslash and n), or the digits of a character written in percent.
 */
function isFreshStart(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (!isIn(word, text.charCodeAt(start))) return true;
  if (start === 0 || !(isIn(word, before) || before === 95)) return true;
  if (text[start - 2] === "\\" && /[nrtbf]/.test(text[start - 1] ?? "")) return true;
  return /^%[0-9A-Fa-f]{2}$/.test(text.slice(Math.max(0, start - 3), start));
}

/** `cache-key-` ends with a prefix of a provider and means something else; prefixes of five characters and more are too rare for that. */
function isPartOfName(text: string, start: number, literal: string): boolean {
  return literal.length < 5 && text[start - 1] === "-" && isIn(word, text.charCodeAt(start - 2));
}

/** What ends with a run goes no further than the run may; what ends otherwise is followed by no letter or digit. */
function isCleanEnd(text: string, end: number, rule: TokenRule): boolean {
  const after = text.charCodeAt(end);
  if (end >= text.length) return true;
  if (isIn(word, after)) return false;
  const last = rule.rest.at(-1);
  return !(last !== undefined && isRun(last) && isIn(last.of, after) && after !== 45 && after !== 46);
}
