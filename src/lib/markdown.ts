import { escapeHtml, referenced } from "./html.ts";
import { shorten, visible, visibleLines } from "./text.ts";

/** GitHub makes mentions, references, links, mathematics and emoji of these; in code it makes nothing of anything. */
const live = /[@#$]|:\/\/|www\.|:[\w+-]+:|GH-\d/i;
const strayBacktick = "&#96;";
const codeMax = 200;
const proseMax = 1_500;

/** Code on one line. Where the text holds a delimiter of code or of table cells, the HTML form is used: it cannot be left. */
export function code(text: string, max = codeMax): string {
  const shown = shorten(visible(shorten(text, max)), max);
  if (shown.trim() === "") return "`(empty)`";
  return /[`|]/.test(shown) ? `<code>${referenced(shown)}</code>` : `\`${shown}\``;
}

/**
 * A sentence in which text of authors stands between backticks. What is between them becomes code; outside of them no character
 * is syntax and words that GitHub would bring to life become code too, so that a stray backtick of an author gains nothing.
 */
export function prose(text: string, max = proseMax): string {
  const parts = shorten(visible(shorten(text, max)), max)
    .trim()
    .split("`");
  const closed = parts.length % 2 === 1;
  const pieces = parts.flatMap((part, index) => {
    if (index % 2 === 0) return plain(part);
    // A backtick without a partner, or around nothing, stays to be seen: without it its neighbours would grow together.
    if (!closed && index === parts.length - 1) return [strayBacktick, ...plain(part)];
    return part === "" ? [strayBacktick, strayBacktick] : [code(part, max)];
  });
  return pieces.reduce(apart, "");
}

/** A sentence that begins a line or an item: what would make a list, a rule, a quotation or a heading there is made a character. */
export function paragraph(text: string, max = proseMax): string {
  return prose(text, max)
    .replace(/^[-+=>]/, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}

/** Two spans of code that touch would make a longer delimiter, which opens something else. */
function apart(before: string, next: string): string {
  return before.endsWith("`") && next.startsWith("`") ? `${before} ${next}` : before + next;
}

/** A fenced block. The fence is longer than any run of backticks in it. */
export function fence(language: string, text: string): string {
  const shown = visibleLines(text).replace(/\n$/, "");
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const bar = "`".repeat(longest + 1);
  return `${bar}${language}\n${shown}\n${bar}`;
}

/** A table of cells that are Markdown already, each on one line. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${columns.map((_, index) => cells[index] ?? "").join(" | ")} |`;
  return [line(columns), `|${columns.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

/** A link with a label that is Markdown already. `url` must come from `address`. */
export function link(label: string, url: string): string {
  return `[${label}](${url})`;
}

/** An address of percent-encoded segments below a site that the operator configured. */
export function address(site: string, segments: readonly string[], fragment = ""): string {
  const encode = (segment: string) =>
    encodeURIComponent(segment.toWellFormed()).replace(
      /[!'()*~]/g,
      (character) => `%${character.charCodeAt(0).toString(16)}`,
    );
  return `${site}/${segments.map(encode).join("/")}${fragment}`;
}

/** A folded section. The summary is plain text, and stands in HTML: there only the element makes code. */
export function details(summary: string, body: string): string {
  const words = shorten(visible(shorten(summary, codeMax)), codeMax)
    .replaceAll("`", "")
    .split(/( +)/);
  const shown = words.map((word) => (live.test(word) ? `<code>${referenced(word)}</code>` : escapeHtml(word))).join("");
  return `<details><summary>${shown}</summary>\n\n${body}\n</details>`;
}

function plain(text: string): readonly string[] {
  return text
    .split(/( +)/)
    .filter((word) => word !== "")
    .map((word) => (live.test(word) ? code(word) : word.replace(/[\\*_~[\]|]/g, "\\$&").replace(/[<&]/g, escapeHtml)));
}
