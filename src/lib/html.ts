/** Text for HTML, as content or as a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, reference);
}

/** Every character but letters, digits and blanks as a reference: nothing in it can be syntax, in HTML or in Markdown. */
export function referenced(text: string): string {
  return text.replace(/[^\p{L}\p{N} ]/gu, reference);
}

function reference(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}
