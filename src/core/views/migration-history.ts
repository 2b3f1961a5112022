import type { ChangedFile, ChangeSet, FileVersion, Gap } from "../change/change-set.ts";
import { appliedPieces } from "../sql/applied.ts";
import { compareVersions, type KnownFramework, type Late, type Step } from "../sql/frameworks/framework.ts";
import { frameworkOf } from "../sql/frameworks/list.ts";
import type { Tools } from "../syntax.ts";

/** One side of a migration: the pieces of it that a database has had, or would have. Null where they could not be read. */
export interface Applying {
  readonly pieces: readonly string[] | null;
  /** Pieces may be added behind those that ran. */
  readonly grows: boolean;
}

/** A file that stands in the history of a database, on the sides on which it is there. */
export interface HistoryFile {
  readonly file: ChangedFile;
  readonly framework: string;
  readonly late: Late;
  readonly step: Step;
  readonly before: Applying | null;
  readonly after: Applying | null;
}

export interface MigrationHistoryView {
  /** Those that differ. */
  readonly files: readonly HistoryFile[];
  /** The last migration of the base in each series, of those that are at hand: the change's own and the context's. */
  readonly last: ReadonlyMap<string, HistoryFile>;
}

/** The histories that migrations are part of. What cannot be read is a Gap of the view of migrations, which claims the same files. */
export function migrationHistory(
  change: ChangeSet,
  tools: Tools,
): { readonly view: MigrationHistoryView; readonly gaps: readonly Gap[] } {
  const files: HistoryFile[] = [];
  const last = new Map<string, HistoryFile>();
  for (const file of change.files) {
    const found = historyOf(file, tools);
    if (found === null) continue;
    if (file.status !== "unchanged") files.push(found);
    const { series, version } = found.step;
    const known = last.get(series)?.step.version ?? null;
    if (found.before === null || version === null) continue;
    if (known === null || compareVersions(known, version) < 0) last.set(series, found);
  }
  return { view: { files, last }, gaps: [] };
}

function historyOf(file: ChangedFile, tools: Tools): HistoryFile | null {
  const framework = frameworkOf(file.path, textOf(file.after) ?? textOf(file.before));
  const step = framework?.step(file.path) ?? null;
  if (framework === null || step === null) return null;
  return {
    file,
    framework: framework.name,
    late: framework.late,
    step,
    before: applying(framework, file.path, file.before, tools),
    after: applying(framework, file.path, file.after, tools),
  };
}

function textOf(version: FileVersion | null): string | null {
  return version?.content.kind === "text" ? version.content.text : null;
}

function applying(framework: KnownFramework, path: string, version: FileVersion | null, tools: Tools): Applying | null {
  if (version === null) return null;
  const text = textOf(version);
  if (text === null) return { pieces: null, grows: false };
  const applied = framework.applied(text, path);
  return {
    pieces: appliedPieces(applied, { text, sha: version.sha }, tools),
    grows: applied.kind === "sql" && applied.grows,
  };
}

/** Whether what ran is there as it was. Null where one of the sides could not be read. */
export function keeps(before: Applying, after: Applying): boolean | null {
  if (before.pieces === null || after.pieces === null) return null;
  const { pieces } = after;
  if (after.grows) return before.pieces.every((piece) => pieces.includes(piece));
  return before.pieces.length === pieces.length && before.pieces.every((piece, index) => piece === pieces[index]);
}
