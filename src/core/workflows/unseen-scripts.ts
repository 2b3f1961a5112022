import { inOrder } from "./script-patterns.ts";

const fetching = /\b(?:curl|wget)\b/u;
const unpacking = /\bbase64\s+(?:-d|-D|--decode)\b/u;
const interpreter =
  /^\s*(?:sudo\s+(?:-\w+\s+)*)?(?:\w+=\S+\s+)*(?:(?:ba|z|da|k)?sh|python3?|node|perl|ruby|php|deno)\b/u;
const inserted =
  /\b(?:ba|z|da)?sh\s+(?:-c\s+["']?)?<?\(?["']?\$?\(\s*(?:curl|wget)\b|\beval\s+["']?\$\(\s*(?:curl|wget)\b|\b(?:source|\.)\s+<\(\s*(?:curl|wget)\b/iu;
const ofPowerShell = /\b(?:iwr|irm|invoke-webrequest|downloadstring)\b/iu;
/** A way out for whoever sent it. */
const way = /\/dev\/tcp\/|\bnc\s+(?:-\w+\s+)*-\w*e/u;

function isFetched(text: string): boolean {
  return (
    isPiped(text, fetching) ||
    inserted.test(text) ||
    inOrder(text, /\biex\b/iu, ofPowerShell) ||
    inOrder(text, ofPowerShell, /\|\s*(?:iex|invoke-expression)\b/iu)
  );
}

/** What nobody can read, or leads out. */
function isHidden(text: string): boolean {
  return isPiped(text, unpacking) || way.test(text);
}

/** A command of the kind, and an interpreter at the other end of its pipe. */
function isPiped(text: string, kind: RegExp): boolean {
  const parts = text.split("|");
  return parts.some((part, index) => {
    const next = parts[index + 1];
    return next !== undefined && interpreter.test(next) && kind.test(part.split(/[;&]/u).at(-1) ?? "");
  });
}

/** How a line runs what nobody saw; null where it does not. */
export function runsUnseen(text: string): "hidden" | "piped" | null {
  if (isHidden(text)) return "hidden";
  return isFetched(text) ? "piped" : null;
}

/** The address, which tells one script from another; the line where it has none. */
export function unseenSource(text: string): string {
  return /https?:\/\/[^\s"'|)]+/u.exec(text)?.[0] ?? text;
}
