import { type Documents, readDocuments, type Span, type Tree } from "./documents.ts";
import { withEmbedded } from "./embedded.ts";
import { type Dialect, readLines, tornHeader } from "./key-lines.ts";
import type { Setting, Within } from "./setting.ts";

export type Settings =
  | { readonly ok: true; readonly settings: readonly Setting[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

type Format = "documents" | Dialect;

/** How a file of this name is read; null for names that hold no configuration. Terraform in JSON is the Terraform view's. */
export function formatOf(path: string): Format | null {
  if (/\.tf\.json$/iu.test(path)) return null;
  if (/\.(?:ya?ml|json)$/iu.test(path)) return "documents";
  if (/\.(?:env|properties|toml|ini|cfg|cnf|service)$|(?:^|\/)\.env(?:\.[^/]+)?$/iu.test(path)) return "lines";
  if (/\.conf$|(?:^|\/)(?:puma\.rb|jvm\.options|sshd_config)$/iu.test(path)) return "directives";
  if (/(?:^|\/)settings(?:\/[^/]+)?\.py$/iu.test(path)) return "python";
  return /(?:^|\/)(?:[^/]+\.)?(?:Dockerfile|Containerfile)(?:\.[^/]+)?$/u.test(path) ? "image" : null;
}

/**
 * All keys of a configuration file. What its values hold as files of their own (a ConfigMap) is read too. `documents` are those
 * of the text, for formats that have any.
 */
export function readSettings(path: string, text: string, documents: () => Documents): Settings {
  const format = formatOf(path);
  switch (format) {
    case null:
      return { ok: true, settings: [] };
    case "lines":
    case "directives":
    case "python":
    case "image": {
      const torn = format === "lines" ? tornHeader(text) : null;
      if (torn !== null) return { ok: false, line: torn, reason: "a section has no closing bracket" };
      const settings = readLines(text, { prefix: [], object: null, identity: "" }, format);
      return { ok: true, settings: withEmbedded(settings) };
    }
    case "documents": {
      const plain = /\.json$/iu.test(path) ? withoutComments(text) : text;
      const read = readTrees(plain === text ? documents() : readDocuments(plain), text);
      return read.ok ? { ok: true, settings: withEmbedded(read.settings) } : read;
    }
  }
}

/** JSON with comments is common in settings of tools, and YAML would take a comment for part of a key; blanks in their place keep every position. */
function withoutComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//gu, (match) =>
    match.startsWith('"') ? match : match.replaceAll(/[^\n]/gu, " "),
  );
}

function readTrees(read: Documents, source: string): Settings {
  if (!read.ok) return read;
  const lines = source.split("\n");
  const settings = read.documents.flatMap((document, index) => {
    const object = objectName(document);
    const around = { lines, object, identity: object ?? `document ${index}` };
    return flatten(document, { ...around, key: "", segments: [], starts: [0], nesting: 0 });
  });
  return { ok: true, settings };
}

/** The keys of values that were put together from several files, by where each of them stands. */
export function settingsIn(tree: Tree): readonly Setting[] {
  const around = { lines: [], object: null, identity: "document 0", key: "", segments: [], starts: [0], nesting: 0 };
  return withEmbedded(flatten(tree, around));
}

interface Around {
  readonly lines: readonly string[];
  readonly object: string | null;
  readonly identity: string;
  /** The last key on the way, as it is written. */
  readonly key: string;
  readonly segments: readonly string[];
  readonly starts: readonly number[];
  /** How many values this is the file of a value of. */
  readonly nesting: number;
}

function flatten(tree: Tree, around: Around): readonly Setting[] {
  const below = (key: string): Around => ({
    ...around,
    key,
    segments: [...around.segments, ...key.split(".")],
  });
  switch (tree.kind) {
    case "map": {
      const own = namedValue(tree);
      return [
        ...tree.entries.flatMap(({ key, value }) => flatten(value, below(key))),
        ...(own === null ? [] : flattenNamed(own, around)),
      ];
    }
    case "list":
      return tree.items.flatMap((item, index) => flatten(item, below(nameOf(item) ?? String(index))));
    case "scalar": {
      const { within, inner } = nested(tree, around);
      return [{ ...settingOf(tree, around), within }, ...inner];
    }
  }
}

/** `- name: DB_POOL` with `value: "50"`, as containers have their environment. */
function namedValue(tree: Extract<Tree, { kind: "map" }>): { readonly name: string; readonly value: Tree } | null {
  const name = nameOf(tree);
  const value = tree.entries.find(({ key }) => key === "value" || key === "valueFrom")?.value;
  return name === null || value === undefined ? null : { name, value };
}

/** The list has put the name into the keys already; the setting is that key itself. */
function flattenNamed(
  { name, value }: { readonly name: string; readonly value: Tree },
  around: Around,
): readonly Setting[] {
  const segments = around.segments.join(".").endsWith(name) ? around.segments : [...around.segments, name];
  if (value.kind === "scalar") return [settingOf(value, { ...around, segments })];
  const block: Tree = { kind: "scalar", value: null, style: "block", span: value.span };
  return [{ ...settingOf(block, { ...around, segments }), scalar: undefined, hidden: outline(value) }];
}

/** A value without its positions. */
function outline(tree: Tree): string {
  switch (tree.kind) {
    case "scalar":
      return JSON.stringify(tree.value);
    case "list":
      return `[${tree.items.map(outline).join(",")}]`;
    case "map":
      return `{${tree.entries.map(({ key, value }) => `${JSON.stringify(key)}:${outline(value)}`).join(",")}}`;
  }
}

function nameOf(tree: Tree): string | null {
  const name = tree.kind === "map" ? tree.entries.find(({ key }) => key === "name")?.value : undefined;
  return name?.kind === "scalar" && typeof name.value === "string" && name.value !== "" ? name.value : null;
}

function objectName(tree: Tree): string | null {
  const scalar = (of: Tree | undefined, key: string): string => {
    const found = of?.kind === "map" ? of.entries.find((entry) => entry.key === key)?.value : undefined;
    return found?.kind === "scalar" && found.value !== null ? String(found.value) : "";
  };
  const metadata = tree.kind === "map" ? tree.entries.find(({ key }) => key === "metadata")?.value : undefined;
  const [kind, name] = [scalar(tree, "kind"), scalar(metadata, "name")];
  return kind === "" || name === "" ? null : `${kind}/${scalar(metadata, "namespace")}/${name}`;
}

const nothing: Within = { kind: "nothing" };

function settingOf(tree: Extract<Tree, { kind: "scalar" }>, { identity, object, segments, starts }: Around): Setting {
  const { value: scalar, style, span } = tree;
  const written = { identity: `${identity} ${segments.join(".")}`, object, segments, starts, scalar, style, span };
  return { ...written, hidden: null, holder: null, within: nothing };
}

/** A file in a value of a file in a value, and so on: nothing that is configured goes further. */
const nestingLimit = 4;

interface Nested {
  readonly within: Within;
  readonly inner: readonly Setting[];
}

/** The keys of a file that is the value of a key, such as `application.properties: |` of a ConfigMap. */
function nested(tree: Extract<Tree, { kind: "scalar" }>, around: Around): Nested {
  const { value, style, span } = tree;
  const named = formatOf(around.key);
  if (typeof value !== "string" || value.trim() === "") return { within: nothing, inner: [] };
  if (named === null && !value.includes("\n") && style !== "block" && !/^\s*[[{]/u.test(value)) {
    return { within: nothing, inner: [] };
  }
  const isFile = (named !== null || json.test(value)) && !expression.test(value);
  const unreadable = (line: number, reason: string, isFile: boolean): Nested => ({
    within: { kind: "unreadable", isFile, line: literal === null ? span.line : line + literal.line, reason },
    inner: [],
  });
  const literal = style === "block" ? offsetOf(span, around.lines) : null;
  if (around.nesting >= nestingLimit) return unreadable(1, "it is a file within too many others", true);
  const read = readInner(value, named, around);
  if (!read.ok) return unreadable(Math.min(read.line, value.trimEnd().split("\n").length), read.reason, isFile);
  const start = around.segments.length;
  const inner = read.settings.map((setting) => ({
    ...setting,
    starts: [...around.starts, start],
    ...(literal === null ? { span, style: "block" as const } : { span: shifted(setting.span, literal) }),
  }));
  const looksLikeFile = isFile || looksLikeLines(value) || looksLikeDocument(value);
  return { within: inner.length > 0 ? { kind: "keys", isFile: looksLikeFile } : nothing, inner };
}

/** By the name of its key where that names a file; else by its looks. */
function readInner(text: string, named: Format | null, around: Around): Settings {
  const format = named ?? (looksLikeLines(text) ? "lines" : "documents");
  if (format !== "documents") {
    const { segments: prefix, object, identity } = around;
    return { ok: true, settings: readLines(text, { prefix, object, identity }, format) };
  }
  const read = readDocuments(/\.json$/iu.test(around.key) ? withoutComments(text) : text);
  if (!read.ok) return read;
  const inner = { ...around, lines: text.split("\n"), nesting: around.nesting + 1 };
  return { ok: true, settings: read.documents.flatMap((tree) => (tree.kind === "scalar" ? [] : flatten(tree, inner))) };
}

/** Every line that says something assigns. */
function looksLikeLines(text: string): boolean {
  const lines = text.split("\n").filter((line) => !/^\s*(?:[#;!].*)?$/u.test(line));
  return lines.length > 0 && lines.every((line) => /^\s*(?:\[[^\]]+\]\s*|[\w.$-]+\s*=.*)$/u.test(line));
}

const json = /^\s*(?:\{\s*["}]|\[\s*[[{"\]])/u;
/** Nothing but an expression: what it stands for comes from elsewhere, not from this change. */
const expression = /^\s*\{\{[^{}]*\}\}\s*$/u;
const keyLine = /^["']?[$\w./-]+["']?:(?:\s|$)/u;

/** JSON by how it begins, YAML by lines of which all that are not indented are keys or items. Scripts and prose are neither. */
function looksLikeDocument(text: string): boolean {
  if (json.test(text)) return true;
  const lines = text.split("\n").filter((line) => !/^\s*(?:#.*|---)?\s*$/u.test(line));
  const margin = Math.min(...lines.map((line) => line.search(/\S/u)));
  const top = lines.map((line) => line.slice(margin)).filter((line) => !/^\s/u.test(line));
  const [only = ""] = lines;
  if (lines.length === 1) return /^\s*["']?[\w./-]+["']?:\s+(?:[[{].*|[\d.]+\w*)$/u.test(only);
  return lines.length > 1 && top.every((line) => keyLine.test(line) || /^(?:-\s|[\]}])/u.test(line));
}

interface Offset {
  readonly line: number;
  readonly column: number;
}

/** The lines of a literal block begin below its header, all with the same indentation. */
function offsetOf(span: Span, lines: readonly string[]): Offset | null {
  const first = lines.slice(span.line).find((line) => line.trim() !== "");
  return first === undefined ? null : { line: span.line, column: first.length - first.trimStart().length };
}

function shifted(span: Span, { line, column }: Offset): Span {
  return {
    line: span.line + line,
    column: span.column + column,
    endLine: span.endLine + line,
    endColumn: span.endColumn + column,
  };
}
