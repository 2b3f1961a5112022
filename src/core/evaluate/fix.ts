import { sha256 } from "../../lib/digest.ts";
import type { ChangedFile, ChangeSet } from "../change/change-set.ts";
import type { Edit } from "../rule.ts";

/** The head with the edits made, or null where an edit points outside its file (then there is no fix to offer). */
export function applyEdits(change: ChangeSet, edits: readonly Edit[]): ChangeSet | null {
  const byPath = new Map<string, Edit[]>();
  for (const edit of edits) byPath.set(edit.path, [...(byPath.get(edit.path) ?? []), edit]);
  const files: ChangedFile[] = [];
  for (const file of change.files) {
    const mine = byPath.get(file.path);
    if (mine === undefined) {
      files.push(file);
      continue;
    }
    byPath.delete(file.path);
    const edited = editFile(file, mine);
    if (edited === null) return null;
    files.push(edited);
  }
  return byPath.size === 0 ? { files } : null;
}

function editFile(file: ChangedFile, edits: readonly Edit[]): ChangedFile | null {
  if (file.after?.content.kind !== "text") return null;
  let text = file.after.content.text;
  const spans = edits.map((edit) => ({
    from: offsetOf(text, edit.start),
    to: offsetOf(text, edit.end),
    text: edit.text,
  }));
  if (spans.some(({ from, to }) => from === null || to === null || to < from)) return null;
  spans.sort((a, b) => (b.from ?? 0) - (a.from ?? 0));
  if (spans.some((span, i) => i > 0 && (span.to ?? 0) > (spans[i - 1]?.from ?? 0))) return null;
  for (const span of spans) text = text.slice(0, span.from ?? 0) + span.text + text.slice(span.to ?? 0);
  // Not a SHA of git: it only has to differ from every real one, because readers remember what they read by it.
  const sha = `edited:${sha256(text)}`;
  const back =
    file.before?.mode === file.after.mode && file.before.content.kind === "text" && file.before.content.text === text;
  return {
    ...file,
    status: back ? "unchanged" : file.status === "unchanged" ? "modified" : file.status,
    after: { ...file.after, sha, content: { kind: "text", text } },
  };
}

function offsetOf(text: string, at: { readonly line: number; readonly column: number }): number | null {
  let offset = 0;
  for (let line = 1; line < at.line; line++) {
    const end = text.indexOf("\n", offset);
    if (end === -1) return null;
    offset = end + 1;
  }
  const end = text.indexOf("\n", offset);
  const length = (end === -1 ? text.length : end) - offset;
  return at.column >= 1 && at.column - 1 <= length ? offset + at.column - 1 : null;
}
