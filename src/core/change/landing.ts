import { byCodeUnits } from "../../lib/order.ts";
import type { ChangedFile, ChangeSet, FileVersion, Place } from "./change-set.ts";
import { hunksOf } from "./hunks.ts";

/** A change as it was written, and as it would land on a base that has moved since. */
export interface Landing {
  /** From the merge base to the head. */
  readonly written: ChangeSet;
  /** From the tip of the base to the result of the merge. */
  readonly landing: ChangeSet;
}

/**
 * The files of both, those of `first` where both have changed one. Whoever asks about paths asks both: a merge that follows a rename
 * may land a line in a file that its author never named.
 */
export function joined(first: ChangeSet, second: ChangeSet): ChangeSet {
  const files = new Map<string, ChangedFile>();
  for (const file of [...first.files, ...second.files]) {
    const known = files.get(file.path);
    if (known === undefined || (known.status === "unchanged" && file.status !== "unchanged"))
      files.set(file.path, file);
  }
  return { files: [...files.values()].sort((a, b) => byCodeUnits(a.path, b.path)) };
}

/** Whether the merge leaves the file as the head has it, so that lines and edits of one hold for the other. */
export function landsAsWritten(path: string, { written, landing }: Landing): boolean {
  const [ours, merged] = [fileAt(written, path)?.after ?? null, fileAt(landing, path)?.after ?? null];
  return ours !== null && ours.sha === merged?.sha;
}

/**
 * Finds the place of the merge result in the head, or of the base's tip in the merge base: those are what people see. A line that is
 * not there is given by the line that it would follow.
 */
export function placeWritten(place: Place, { written, landing }: Landing): Place {
  const version = (change: ChangeSet): FileVersion | null => {
    const file = fileAt(change, place.path);
    return (place.side === "head" ? file?.after : file?.before) ?? null;
  };
  const [seen, merged] = [version(written), version(landing)];
  if (seen?.content.kind !== "text" || merged?.content.kind !== "text" || seen.sha === merged.sha) return place;
  const lineOf = lineFinder(merged.content.text, seen.content.text);
  const [first, last] = [lineOf(place.line), lineOf(place.endLine ?? place.line)];
  const { path, side, line: _, endLine, column, endColumn } = place;
  return {
    path,
    side,
    line: first.line,
    ...(endLine === undefined ? {} : { endLine: Math.max(first.line, last.line) }),
    // Columns hold only where the lines are the same.
    ...(column === undefined || !first.kept || !last.kept ? {} : { column }),
    ...(endColumn === undefined || !first.kept || !last.kept ? {} : { endColumn }),
  };
}

function lineFinder(from: string, to: string): (line: number) => { readonly line: number; readonly kept: boolean } {
  const found = hunksOf(to, from, 0);
  return (line) => {
    let offset = 0;
    for (const { before, after } of found) {
      if (line < after.start) break;
      if (line < after.start + after.count)
        return { line: Math.max(1, before.start - (before.count === 0 ? 1 : 0)), kept: false };
      offset += before.count - after.count;
    }
    return { line: line + offset, kept: true };
  };
}

function fileAt({ files }: ChangeSet, path: string): ChangedFile | undefined {
  return files.find((file) => file.path === path);
}
