import type { ChangedFile, FileVersion } from "../change/change-set.ts";
import { hunksOf } from "../change/hunks.ts";

export interface TemplateKey {
  readonly key: string;
  /** The template itself states the value: no values file has a say in it. */
  readonly isLiteral: boolean;
}

/** The keys that the changed lines of a template name, and the first of these lines; null for other files, or where none does. */
export function changedKeys({
  before,
  after,
}: ChangedFile): { readonly line: number; readonly keys: readonly TemplateKey[] } | null {
  const [stood, stands] = [linesOf(before), linesOf(after)];
  if (!stands.includes("{{")) return null;
  const found = hunksOf(stood, stands, 1).flatMap((hunk) => {
    const first = hunk.lines.findIndex((line) => !line.startsWith(" "));
    const touched = hunk.lines.filter((line) => /^[+-](?!\s*#)/u.test(line)).flatMap(keysOn);
    // An item `{ name, value }` has its key on the line above the one that changed.
    const value =
      touched.find(({ key, isLiteral }) => key === "value" && isLiteral) ?? touched.find(({ key }) => key === "value");
    const named = value === undefined ? [] : hunk.lines.flatMap((line) => itemName.exec(line)?.[1] ?? []);
    const names = named.map((key) => ({ key, isLiteral: value?.isLiteral ?? false }));
    return [...touched, ...names].map((key) => ({ line: Math.max(1, hunk.after.start + first), ...key }));
  });
  const [first] = found;
  return first === undefined
    ? null
    : { line: first.line, keys: found.map(({ key, isLiteral }) => ({ key, isLiteral })) };
}

const itemName = /\bname: *["']?([\w.-]+)/u;

/** The text without white space at the ends of its lines, which no template means. */
function linesOf(file: FileVersion | null): string {
  return file?.content.kind === "text" ? file.content.text.replaceAll(/[ \t\r]+$/gmu, "") : "";
}

function keysOn(line: string): readonly TemplateKey[] {
  return [...line.slice(1).matchAll(/([\w./-]+)["']?\s*[:=](?=(?<value>[^,}]*))/gu)].map(({ 1: key = "", groups }) => ({
    key,
    isLiteral: /^\s*["']?[\w.+-]/u.test(groups?.["value"] ?? ""),
  }));
}
