import { sha256 } from "../lib/digest.ts";
import type { ChangedFile, ChangeSet, Content, FileVersion, Mode, Status } from "./change/change-set.ts";

/**
 * The notation of examples: a change as a reader of a pull request sees it.
 *
 *     M k8s/api.yaml            M modified, A added, D removed, = unchanged (context)
 *       containers:             two blanks: on both sides
 *     -   threshold: 3          only in the base
 *     +   threshold: 1          only in the head
 *     >   threshold: 1          only in the head, and must be reported at this line
 *     <   threshold: 3          only in the base, and must be reported at this line
 *     !   replicas: 8           on both sides, and must be reported at this line of the head
 *
 * In an added (removed) file unmarked lines are added (removed). `>` before the letter of a file expects a report of the file
 * as a whole, which rules place at line 1. After the path may stand what the head (the base, for D) holds instead of plain text:
 * ` -> target` (a symbolic link), ` (submodule)`, ` (binary)`, ` (unread)` or ` (executable)`.
 */
export interface ParsedExample {
  readonly change: ChangeSet;
  /** Where something must be reported: `path:line` of the head, `path:-line` of the base. */
  readonly expected: readonly string[];
}

const statuses: Readonly<Record<string, Status>> = { M: "modified", A: "added", D: "removed", "=": "unchanged" };
const header =
  /^(?<mark>> )?(?<letter>[MAD=]) (?<path>\S+)(?: -> (?<target>\S+)| \((?<form>submodule|binary|unread|executable)\))?$/u;
const marks = new Set(["  ", "- ", "+ ", "> ", "< ", "! "]);

interface Draft {
  readonly path: string;
  readonly status: Status;
  readonly target: string | undefined;
  readonly form: string | undefined;
  readonly before: string[];
  readonly after: string[];
}

/** Throws with the line where the text does not follow the notation. */
export function parseExample(source: string): ParsedExample {
  const drafts: Draft[] = [];
  const expected: string[] = [];
  for (const [index, line] of dedent(source).entries()) {
    const top = header.exec(line)?.groups;
    if (top !== undefined) {
      const status = statuses[top["letter"] ?? ""] ?? "modified";
      const path = top["path"] ?? "";
      drafts.push({ path, status, target: top["target"], form: top["form"], before: [], after: [] });
      if (top["mark"] !== undefined) expected.push(status === "removed" ? `${path}:-1` : `${path}:1`);
      continue;
    }
    const draft = drafts.at(-1);
    if (draft === undefined) {
      throw new Error(`Cannot read line ${index + 1} of an example: "${line}" stands before the first "M some/path"`);
    }
    const place = take(draft, line.slice(0, 2).padEnd(2), line.slice(2));
    if (place === undefined) {
      throw new Error(
        `Cannot read line ${index + 1} of an example: "${line}" does not start with a blank or one of - + > < !`,
      );
    }
    if (place !== null) expected.push(place);
  }
  const files = drafts.map(finish).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { change: { files }, expected };
}

/** Adds a line to its sides. The place it is expected at, null where none is, undefined for an unknown mark. */
function take(draft: Draft, mark: string, text: string): string | null | undefined {
  if (!marks.has(mark)) return undefined;
  const both = mark === "  " || mark === "! ";
  if (mark === "- " || mark === "< " || (both && draft.status !== "added")) draft.before.push(text);
  if (mark === "+ " || mark === "> " || (both && draft.status !== "removed")) draft.after.push(text);
  if (mark === "> " || mark === "! ") return `${draft.path}:${draft.after.length}`;
  return mark === "< " ? `${draft.path}:-${draft.before.length}` : null;
}

function finish(draft: Draft): ChangedFile {
  const { path, status } = draft;
  const special = specialOf(draft);
  const before = status === "added" ? null : status === "removed" && special !== null ? special : text(draft.before);
  const after = status === "removed" ? null : (special ?? text(draft.after));
  return { path, status, before, after };
}

function specialOf({ target, form, after, before, status }: Draft): FileVersion | null {
  if (target !== undefined) return version("120000", { kind: "symlink", target });
  switch (form) {
    case "submodule":
      return version("160000", { kind: "submodule" });
    case "binary":
      return version("100644", { kind: "binary" });
    case "unread":
      return version("100644", { kind: "unread", reason: "it is larger than the reader takes" });
    case "executable":
      return text(status === "removed" ? before : after, "100755");
    case undefined:
    default:
      return null;
  }
}

function version(mode: Mode, content: Content): FileVersion {
  return { mode, sha: sha256(JSON.stringify(content)).slice(0, 40), content };
}

function text(lines: readonly string[], mode: Mode = "100644"): FileVersion {
  return version(mode, { kind: "text", text: lines.map((line) => `${line}\n`).join("") });
}

function dedent(source: string): string[] {
  const lines = source.split("\n");
  while (lines[0]?.trim() === "") lines.shift();
  while (lines.at(-1)?.trim() === "") lines.pop();
  const margin = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/u)));
  return lines.map((line) => line.slice(margin));
}

const flipped: Readonly<Record<Status, Status>> = {
  added: "removed",
  removed: "added",
  modified: "modified",
  unchanged: "unchanged",
};

/** The same change backwards. */
export function reversed(change: ChangeSet): ChangeSet {
  return {
    files: change.files.map((file) => ({
      ...file,
      status: flipped[file.status],
      before: file.after,
      after: file.before,
    })),
  };
}

/** A change of white space and comments over what stands in the head: nothing may be reported. */
export function reformatted(change: ChangeSet): ChangeSet {
  return {
    files: change.files.flatMap(({ path, after }) =>
      after === null ? [] : [{ path, status: "modified" as const, before: after, after: dressed(path, after) }],
    ),
  };
}

/** The same change with its head in another dress (comments, trailing blanks, line ends): it must be reported as often. */
export function redressed(change: ChangeSet): ChangeSet {
  return {
    files: change.files.map((file) =>
      file.after === null || file.status === "unchanged" ? file : { ...file, after: dressed(file.path, file.after) },
    ),
  };
}

function dressed(path: string, file: FileVersion): FileVersion {
  if (file.content.kind !== "text") return file;
  const comment = /\.json$|(?:^|\/)(?:composer|Pipfile)\.lock$/u.test(path)
    ? ""
    : path.endsWith(".sql")
      ? "-- reformatted"
      : "# reformatted";
  const lineEnd = path.endsWith(".tf") ? "  \n" : "  \r\n";
  const lines = [comment, "", ...file.content.text.split("\n")];
  return version(file.mode, { kind: "text", text: lines.join(lineEnd) });
}

/**
 * The change with the values on the lines that must be reported made undecidable: a rule that falls silent now would pass what
 * it cannot see. One change for each way to hide a value; none where no marked line holds one.
 */
export function blinded({ change, expected }: ParsedExample): readonly ChangeSet[] {
  return expressions.flatMap(({ files, blind }) => {
    let touched = false;
    const changed = change.files.map((file) => {
      if (file.after?.content.kind !== "text" || !files.test(file.path)) return file;
      const lines = file.after.content.text
        .split("\n")
        .map((line, index) => (expected.includes(`${file.path}:${index + 1}`) ? blind(line) : line));
      const after = version(file.after.mode, { kind: "text", text: lines.join("\n") });
      touched ||= after.sha !== file.after.sha;
      return { ...file, after };
    });
    return touched ? [{ files: changed }] : [];
  });
}

const hclValue = /=(?!=).*[^{[(,\s]\s*$/u;
/** Values of a line of YAML or JSON that a rule can measure: they start with a digit, quoted or not, or are negative. */
const measured = /(?<=[:-]\s+)(["']?)-?\d[^\s,{}[\]"']*\1/gu;
const lastScalar = /(?<=:\s+)[^\s,{}[\]#][^,{}[\]#]*?(?=\s*$)/u;

const expressions: readonly { readonly files: RegExp; readonly blind: (line: string) => string }[] = [
  { files: /\.tf$/u, blind: (line) => line.replace(hclValue, "= var.blind") },
  { files: /\.ya?ml$|\.json$/u, blind: (line) => hide(line, '"${BLIND}"') },
  { files: /\.ya?ml$/u, blind: (line) => hide(line, "{{ .Values.blind }}") },
  { files: /\.(?:toml|ini|properties)$|(?:^|\/)\.env[^/]*$/u, blind: (line) => line.replace(/=.*$/u, "=$${BLIND}") },
];

function hide(line: string, expression: string): string {
  const replaced = line.replace(measured, () => expression);
  return replaced === line ? line.replace(lastScalar, () => expression) : replaced;
}
