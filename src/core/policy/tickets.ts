import { RE2JS } from "re2js";

/** Longer ones are no form of a ticket; it also bounds what a pattern can cost. */
const patternMax = 200;

/** What may stand beside a ticket: anything but letters, digits and the underscore of any script, so that it stands as a word. */
const beside = "[^\\p{L}\\p{N}_]";

/** The pattern is a group of its own: `a|b` is either as a word. */
function asWord(pattern: string): string {
  return `(?:^|${beside})(?:${pattern})(?:$|${beside})`;
}

/** Why this is no form of a ticket, as a clause; null when it is one. In RE2, which takes time in proportion to the text. */
export function ticketMistake(pattern: string): string | null {
  if (pattern.length > patternMax) return `is over ${patternMax} characters long`;
  const mistake = compileMistake(pattern);
  if (mistake !== null) return `is no regular expression of RE2: ${mistake}`;
  // An open quotation takes in what stands around the pattern.
  if (compileMistake(asWord(pattern)) !== null) return "cannot stand as a word: close `\\Q` with `\\E`, or repeat less";
  return RE2JS.compile(pattern).testExact("") ? "also matches no text at all, which every change would have" : null;
}

function compileMistake(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.replace(/^error parsing regexp: /u, "");
  }
}

/** Whether a text holds a ticket of this form, as a word. */
export function ticketMatcher(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(asWord(pattern));
  return (text) => compiled.test(text);
}
