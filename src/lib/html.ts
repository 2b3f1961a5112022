/** Text for HTML, as content or as a quoted attribute; what Markdown would read in it is written as references too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`*_~[\]!|\\]/g, reference);
}

/** Every character that is syntax somewhere as a reference, in HTML or in Markdown: nothing in the text can take effect. */
export function referenced(text: string): string {
  return text.replace(/[^\p{L}\p{N} ,.;→…%+-]/gu, reference);
}

function reference(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}
