import type { ChangedFile, FileVersion } from "../change/change-set.ts";

/** Files of tests, by the names that test runners look for. Source: the documentation of the runners, each "test discovery". */
const tests: readonly RegExp[] = [
  /\.(?:test|spec|e2e|cy)\.[cm]?[jt]sx?$/u,
  /(?:^|\/)__tests__\/.+\.[cm]?[jt]sx?$/u,
  /(?:^|\/)test_[^/]+\.py$/u,
  /_(?:test|spec)\.(?:py|go|rb|exs|dart|cc|cpp|lua)$/u,
  /(?:Tests?|IT|Spec)\.(?:java|kt|cs|scala|swift|php|groovy)$/u,
  /(?:^|\/)tests\/[^/]+\.rs$/u,
  /\.(?:bats|feature|tftest\.hcl)$/u,
];

export function isTest(path: string): boolean {
  return tests.some((pattern) => pattern.test(path));
}

const sources =
  /\.(?:[cm]?[jt]sx?|py|go|rb|exs?|java|kts?|cs|scala|swift|php|groovy|rs|dart|cc?|cpp|h|hpp|lua|sh|bash|tf|hcl|ya?ml|json|toml|vue|svelte|sql)$/u;

export function isSource(path: string): boolean {
  return sources.test(path) || /(?:^|\/)Dockerfile[^/]*$/u.test(path);
}

/** What a test is about, by its name: `cart` of `cart.test.ts`, `test_cart.py`, `CartTest.java` and `cart.ts`. */
export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name
    .replace(/\.[^.]+$/u, "")
    .replace(/\.(?:test|spec|e2e|cy|tftest)$/u, "")
    .replace(/^test_|_(?:test|spec)$|(?:Tests?|IT|Spec)$/u, "")
    .toLowerCase();
}

/** Lines of a side; none where there is no such file or no text, null where it could not be read. */
export function linesOf(version: FileVersion | null): readonly string[] | null {
  if (version === null) return [];
  switch (version.content.kind) {
    case "text":
      return version.content.text.split(/\r?\n/u);
    case "unread":
      return null;
    case "binary":
    case "symlink":
    case "submodule":
      return [];
  }
}

/** Something that a line of a file says. */
export interface Mark {
  readonly key: string;
  readonly text: string;
  readonly line: number;
}

/** Marks that a change adds, with their file; null stands for a file that could not be read on one side. */
export interface NewMark {
  readonly file: ChangedFile;
  readonly mark: Mark | null;
}

/**
 * What the head marks more often than the base, over all files: moving a line, or a file, is nothing new. Of equal keys the ones whose
 * line the base does not have are the new ones.
 */
export function newMarks(
  files: readonly ChangedFile[],
  marksOf: (lines: readonly string[]) => readonly Mark[],
): readonly NewMark[] {
  const fresh: { readonly file: ChangedFile; readonly mark: Mark }[] = [];
  const unread: NewMark[] = [];
  const left = new Map<string, number>();
  for (const file of files) {
    const [was, is] = [linesOf(file.before), linesOf(file.after)];
    if (file.after === null && was === null) continue; // Nothing is left that could say anything.
    if (was === null || is === null) {
      unread.push({ file, mark: null });
      continue;
    }
    const before = marksOf(was);
    const stood = new Set(before.map(({ text }) => text));
    const counts = new Map<string, number>();
    for (const { key } of before) counts.set(key, (counts.get(key) ?? 0) + 1);
    const after = marksOf(is).toSorted(
      (a, b) => Number(stood.has(b.text)) - Number(stood.has(a.text)) || a.line - b.line,
    );
    for (const mark of after) if (!take(counts, mark.key)) fresh.push({ file, mark });
    for (const [key, count] of counts) left.set(key, (left.get(key) ?? 0) + count);
  }
  return [...unread, ...fresh.filter(({ mark }) => !take(left, mark.key))];
}

/** For what a rule could not decide about a file: whether that is because its head has no text. */
export function unreadHead({ after }: ChangedFile): { readonly unread?: true } {
  return after !== null && linesOf(after) === null ? { unread: true } : {};
}

function take(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 0) counts.set(key, count - 1);
  return count > 0;
}
