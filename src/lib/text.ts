/**
 * Characters that show nothing, move the cursor, turn the reading direction or pass for a plain space: control and format
 * characters, private use, line and paragraph separators, lone surrogates, variation selectors, fillers and odd blanks.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}\u{A0}\u{115F}\u{1160}\u{2000}-\u{200A}\u{202F}\u{205F}\u{2800}\u{3000}\u{3164}\u{FFA0}]|\u{34F}/gu;

/** Text on one line with every unseen character written out, as `\u{202E}`. A tab becomes a space. */
export function visible(text: string): string {
  return text.replaceAll("\t", " ").replace(unseen, spelled);
}

/** The same over several lines: line ends and tabs stay, also the carriage return before a line end goes. */
export function visibleLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.split("\t").map(visible).join("\t"))
    .join("\n");
}

/** At most `max` characters, the last one an ellipsis where something was cut. No character is cut in two. */
export function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Length in UTF-8 bytes, which is never less than the length in characters. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** "1 finding", "2 findings". */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

function spelled(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
}
