import { escapeHtml, referenced } from "./html.ts";
import { shorten, visible, visibleLines } from "./text.ts";

/** GitHub makes mentions, references, links, mathematics and emoji of these; in code it makes nothing of anything. */
const live = /[@#$`]|:\/\/|\bwww\.|:[\w+-]+:|\bGH-\d/i;
const codeMax = 200;
const proseMax = 1_500;

/** Code on one line. Where the text holds a delimiter of code or of table cells, the HTML form is used: it cannot be left. */
export function code(text: string, max = codeMax): string {
  const shown = shorten(visible(text), max);
  if (shown.trim() === "") return "`(empty)`";
  return /[`|]/.test(shown) ? `<code>${referenced(shown)}</code>` : `\`${shown}\``;
}

/**
 * A sentence in which text of authors stands between backticks. What is between them becomes code; outside of them no character
 * is syntax and words that GitHub would bring to life become code too, so that a stray backtick of an author gains nothing.
 */
export function prose(text: string, max = proseMax): string {
  const parts = shorten(visible(text), max).split("`");
  const closed = parts.length % 2 === 1;
  const written = parts.map((part, index) => {
    const isCode = index % 2 === 1 && (closed || index < parts.length - 1);
    return isCode && part !== "" ? code(part, max) : plain(part);
  });
  return written.join("").replace(/^(\s*)([-+=]|\d+[.)])(?=\s|$)/, (_all, blank: string, mark: string) => {
    return `${blank}${mark.slice(0, -1)}\\${mark.slice(-1)}`;
  });
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

/** A folded section. The summary is plain text. */
export function details(summary: string, body: string): string {
  return `<details><summary>${escapeHtml(visible(summary))}</summary>\n\n${body}\n</details>`;
}

function plain(text: string): string {
  return text
    .split(/( +)/)
    .map((word) => (live.test(word) ? code(word) : word.replace(/[\\*_~[\]|]/g, "\\$&").replace(/[<>&]/g, escapeHtml)))
    .join("");
}
