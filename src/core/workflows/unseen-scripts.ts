/** A script that is fetched and run at once. */
export const piped =
  /\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+(?:-\w+\s+)*)?(?:\w+=\S+\s+)*(?:ba|z|da|k)?sh\b|\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:python3?|node|perl|ruby|php|deno)\b|\b(?:ba|z|da)?sh\s+(?:-c\s+["']?)?<?\(?["']?\$?\(\s*(?:curl|wget)\b|\beval\s+["']?\$\(\s*(?:curl|wget)\b|\b(?:source|\.)\s+<\(\s*(?:curl|wget)\b|\biex\b.*\b(?:iwr|irm|invoke-webrequest|downloadstring)\b|\b(?:iwr|irm|invoke-webrequest)\b.*\|\s*(?:iex|invoke-expression)\b/iu;
/** A script that nobody can read, or a way out for whoever sent it. */
export const hidden =
  /\bbase64\s+(?:-d|-D|--decode)\b[^|;&]*\|\s*(?:sudo\s+)?(?:(?:ba|z|da)?sh|python3?|node|perl)\b|\/dev\/tcp\/|\bnc\s+(?:-\w+\s+)*-\w*e/u;

/** Longer lines hold data; they are looked at as far as this. */
const lineLimit = 4000;

/** How a line runs what nobody saw; null where it does not. */
export function runsUnseen(text: string): "hidden" | "piped" | null {
  const looked = text.slice(0, lineLimit);
  if (hidden.test(looked)) return "hidden";
  return piped.test(looked) ? "piped" : null;
}

/** The address, which tells one script from another; the line where it has none. */
export function unseenSource(text: string): string {
  return /https?:\/\/[^\s"'|)]+/u.exec(text)?.[0] ?? text;
}
