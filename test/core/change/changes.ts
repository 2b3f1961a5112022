import type { ChangedFile, ChangeSet, Content, FileVersion, Mode } from "../../../src/core/change/change-set.ts";
import { byCodeUnits } from "../../../src/lib/order.ts";

/** A change of a few files, written down: sorted by path, as every change set is. */
export function change(...files: ChangedFile[]): ChangeSet {
  return { files: [...files].sort((a, b) => byCodeUnits(a.path, b.path)) };
}

/** A text file; null on a side where it does not exist. */
export function text(path: string, before: string | null, after: string | null): ChangedFile {
  return between(path, before === null ? null : textVersion(before), after === null ? null : textVersion(after));
}
export function added(path: string, content = "x\n"): ChangedFile {
  return text(path, null, content);
}
export function removed(path: string, content = "x\n"): ChangedFile {
  return text(path, content, null);
}
export function edited(path: string): ChangedFile {
  return text(path, "before\n", "after\n");
}
export function context(path: string, content = "x\n"): ChangedFile {
  return text(path, content, content);
}
/** A symlink that this change does not touch. */
export function symlink(path: string, target: string): ChangedFile {
  const link = version("120000", { kind: "symlink", target });
  return between(path, link, link);
}

export function between(path: string, before: FileVersion | null, after: FileVersion | null): ChangedFile {
  const same = before !== null && after !== null && before.sha === after.sha && before.mode === after.mode;
  const status = before === null ? "added" : after === null ? "removed" : same ? "unchanged" : "modified";
  return { path, status, before, after };
}
/** A stand-in for git's blob SHA that differs where contents differ. */
export function version(mode: Mode, content: Content): FileVersion {
  return { mode, sha: JSON.stringify(content), content };
}
export function textVersion(content: string, mode: Mode = "100644"): FileVersion {
  return version(mode, { kind: "text", text: content });
}
