import type { ChangedFile, FileVersion } from "../change/change-set.ts";

/** Text of a version; null where there is none, or it is no text. */
export function textIn(version: FileVersion | null): string | null {
  return version?.content.kind === "text" ? version.content.text : null;
}

/** What an added file was before: of the files that the change removes, the only one of its name. A rename is a removal and an addition. */
export function formerOf(file: ChangedFile, files: readonly ChangedFile[]): FileVersion | null {
  if (file.before !== null || file.after === null) return file.before;
  const name = nameOf(file.path);
  const gone = files.filter(({ path, after }) => after === null && nameOf(path) === name);
  return gone.length === 1 ? (gone[0]?.before ?? null) : null;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
