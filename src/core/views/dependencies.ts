import {
  type ChangedFile,
  type ChangeSet,
  changed,
  type FileVersion,
  type Gap,
  type Side,
} from "../change/change-set.ts";
import { readerOf } from "../dependencies/readers.ts";
import { type Ecosystem, type Reader, type Reading, nothing } from "../dependencies/reading.ts";
import type { Memo, Parsed, Tools } from "../syntax.ts";

/** A file that says what is depended on, as it was and as it is. Where it did not stand, or does not any more, it says nothing. */
export interface DependencyFile {
  readonly path: string;
  readonly ecosystem: Ecosystem;
  readonly role: Reader["role"];
  readonly isNew: boolean;
  readonly isGone: boolean;
  readonly before: Reading;
  readonly after: Reading;
}

export interface DependenciesView {
  /** Only files that differ and can be read where they stand, sorted by path. */
  readonly files: readonly DependencyFile[];
  /** Lockfiles that stay as they are, as far as they were asked for as context; null: one that cannot be read. */
  readonly standing: ReadonlyMap<string, Reading | null>;
}

/** Claims manifests, lockfiles and the configuration of registries, and reads both sides of those that change. */
export function dependencies(
  change: ChangeSet,
  { memo }: Pick<Tools, "memo">,
): { readonly view: DependenciesView; readonly gaps: readonly Gap[] } {
  const files: DependencyFile[] = [];
  const gaps: Gap[] = [];
  for (const file of changed(change)) {
    const reader = readerOf(file.path);
    if (reader === undefined) continue;
    const before = read(reader, file.path, file.before, memo);
    const after = read(reader, file.path, file.after, memo);
    // What nobody could read and is gone leaves nothing to be compared with: the rules see that it is gone.
    const was = before.ok || file.after !== null ? before : { ok: true as const, value: nothing };
    if (!after.ok) gaps.push(gapOf(file, "head", after, before.ok && file.before !== null));
    else if (!was.ok) gaps.push(gapOf(file, "base", was, false));
    else {
      const { ecosystem, role } = reader;
      const sides = { isNew: file.before === null, isGone: file.after === null, before: was.value, after: after.value };
      files.push({ path: file.path, ecosystem, role, ...sides });
    }
  }
  return { view: { files, standing: standingIn(change, memo) }, gaps };
}

function standingIn({ files }: ChangeSet, memo: Memo): DependenciesView["standing"] {
  const found = files.flatMap(({ path, status, after }): readonly (readonly [string, Reading | null])[] => {
    const reader = status === "unchanged" ? readerOf(path) : undefined;
    if (reader?.role !== "lock") return [];
    const written = read(reader, path, after, memo);
    return [[path, written.ok ? written.value : null]];
  });
  return new Map(found);
}

/** Raise it when a reader changes. */
const readerVersion = "dependencies@2";

/** What git leaves where two sides were not put together. No package manager reads past it. */
const conflict = /^(?:<{7}|>{7}|\|{7}) /mu;

function read(reader: Reader, path: string, version: FileVersion | null, memo: Memo): Parsed<Reading> {
  if (version === null) return { ok: true, value: nothing };
  const { content } = version;
  switch (content.kind) {
    case "text":
      return memo(`${readerVersion} ${path} ${version.sha}`, () => readText(reader, content.text));
    case "unread":
      return { ok: false, line: 1, reason: content.reason };
    case "binary":
      return elsewhere(reader, "it is binary, or its text is not valid UTF-8");
    case "symlink":
      return elsewhere(reader, "it is a link to another file");
    case "submodule":
      return elsewhere(reader, "a submodule stands in its place");
  }
}

function readText(reader: Reader, text: string): Parsed<Reading> {
  const torn = reader.role === "lines" ? null : conflict.exec(text);
  if (torn === null) return reader.read(text);
  const line = text.slice(0, torn.index).split("\n").length;
  return { ok: false, line, reason: "it holds the marks of a merge that was not finished" };
}

function elsewhere({ role }: Reader, reason: string): Parsed<Reading> {
  return role === "lines" ? { ok: true, value: nothing } : { ok: false, line: 1, reason };
}

function gapOf(
  { path }: ChangedFile,
  side: Side,
  { line, reason }: { readonly line: number; readonly reason: string },
  wasReadable: boolean,
): Gap {
  return {
    id: `unreadable:${path}`,
    level: wasReadable ? "block" : "hold",
    path,
    side,
    line,
    reason: `what \`${path}\` depends on: ${reason}`,
    remedy: "Have the package manager write the file anew, or have a person look at it.",
  };
}
