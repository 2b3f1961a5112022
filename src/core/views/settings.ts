import { type Documents, readDocuments, type ScalarValue, type Span, type Style, type Tree } from "./documents.ts";

/** One key of a configuration file on one side, with what is written there. */
export interface Setting {
  /** Identity within its file: the document or object it is in, and the keys down to it. */
  readonly identity: string;
  /** The object of a manifest it belongs to, which stays the same in another file; null elsewhere. */
  readonly object: string | null;
  readonly segments: readonly string[];
  /** Where a configuration begins: 0, and in a file within a value (a ConfigMap) the first key of that file. */
  readonly starts: readonly number[];
  /** Undefined where something stands that is no scalar (a reference to a secret) or goes over lines. */
  readonly scalar: ScalarValue | undefined;
  /** What stands there where it is no scalar, to be compared only; null where it is not known to its end. */
  readonly hidden: string | null;
  /** `block`: it cannot be edited in place. */
  readonly style: Style;
  readonly span: Span;
  readonly within: Within;
}

/**
 * What a value holds as a file of its own, by the name of its key or by its looks: keys that are read, nothing of that kind, or
 * a file that cannot be read. `line` is in the outer file.
 */
export type Within =
  | { readonly kind: "keys" }
  | { readonly kind: "nothing" }
  | { readonly kind: "unreadable"; readonly line: number; readonly reason: string };

export type Settings =
  | { readonly ok: true; readonly settings: readonly Setting[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

type Format = "documents" | "lines";

/** How a file of this name is read; null for names that hold no configuration. Terraform in JSON is the Terraform view's. */
export function formatOf(path: string): Format | null {
  if (/\.tf\.json$/iu.test(path)) return null;
  if (/\.(?:ya?ml|json)$/iu.test(path)) return "documents";
  return /\.(?:env|properties|toml|ini|cfg)$|(?:^|\/)\.env(?:\.[^/]+)?$/iu.test(path) ? "lines" : null;
}

/**
 * All keys of a configuration file. What its values hold as files of their own (a ConfigMap) is read too. `documents` are those
 * of the text, for formats that have any.
 */
export function readSettings(path: string, text: string, documents: () => Documents): Settings {
  switch (formatOf(path)) {
    case null:
      return { ok: true, settings: [] };
    case "lines":
      return { ok: true, settings: readLines(text, { prefix: [], object: null, identity: "" }) };
    case "documents": {
      const plain = /\.json$/iu.test(path) ? withoutComments(text) : text;
      return readTrees(plain === text ? documents() : readDocuments(plain), text);
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
  return { ...written, hidden: null, within: nothing };
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
  const unreadable = (line: number, reason: string): Nested => ({
    within: { kind: "unreadable", line: literal === null ? span.line : line + literal.line, reason },
    inner: [],
  });
  const literal = style === "block" ? offsetOf(span, around.lines) : null;
  if (around.nesting >= nestingLimit) return unreadable(1, "it is a file within too many others");
  const read = readInner(value, named, around);
  const isFile = named !== null || looksLikeLines(value) || looksLikeDocument(value);
  if (!read.ok)
    return isFile
      ? unreadable(Math.min(read.line, value.trimEnd().split("\n").length), read.reason)
      : { within: nothing, inner: [] };
  const start = around.segments.length;
  const inner = read.settings.map((setting) => ({
    ...setting,
    starts: [...around.starts, start],
    ...(literal === null ? { span, style: "block" as const } : { span: shifted(setting.span, literal) }),
  }));
  return { within: isFile && inner.length > 0 ? { kind: "keys" } : nothing, inner };
}

/** By the name of its key where that names a file; else by its looks. */
function readInner(text: string, named: Format | null, around: Around): Settings {
  if ((named ?? (looksLikeLines(text) ? "lines" : "documents")) === "lines") {
    const { segments: prefix, object, identity } = around;
    return { ok: true, settings: readLines(text, { prefix, object, identity }) };
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

const keyLine = /^["']?[\w./-]+["']?:(?:\s|$)/u;

/** JSON by how it begins, YAML by lines of which all that are not indented are keys or items. Scripts and prose are neither. */
function looksLikeDocument(text: string): boolean {
  if (/^\s*(?:\{\s*["}]|\[\s*[[{"\]])/u.test(text)) return true;
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

interface LinesAround {
  readonly prefix: readonly string[];
  readonly object: string | null;
  readonly identity: string;
}

const section = /^\s*\[{1,2}([^[\]]+)\]{1,2}\s*(?:[#;].*)?$/u;
const assignment = /^(\s*(?:export\s+)?["']?)([\w.$/-]+)(["']?\s*[=:]\s*)(.*)$/u;
/** Java's properties take white space for the sign. */
const blankAssignment = /^(\s*)([\w.$/-]+)(\s+)(\S.*)$/u;
/** What begins here ends on another line. */
const open = /^(?:"""|'''|\[(?!.*\])|\{(?!.*\}))|\\$/u;

/** `key = value`, line by line, under `[sections]`: environment files, properties, TOML and INI. */
function readLines(text: string, around: LinesAround): readonly Setting[] {
  let table: readonly string[] = [];
  const settings: Setting[] = [];
  for (const [index, line] of text.replaceAll("\r", "").split("\n").entries()) {
    if (/^\s*[#;!]/u.test(line)) continue;
    const header = section.exec(line)?.[1];
    if (header !== undefined) {
      table = segmentsOf(header);
      continue;
    }
    const [, lead = "", key, sign = "", written = ""] = assignment.exec(line) ?? blankAssignment.exec(line) ?? [];
    if (key === undefined) continue;
    const segments = [...around.prefix, ...table, ...segmentsOf(key)];
    const { scalar, style, to } = valueOn(written);
    const column = lead.length + key.length + sign.length + 1;
    settings.push({
      identity: `${around.identity} ${segments.join(".")}`,
      object: around.object,
      segments,
      starts: [0],
      scalar,
      hidden: null,
      within: nothing,
      style,
      span: { line: index + 1, column, endLine: index + 1, endColumn: column + to },
    });
  }
  return settings;
}

function segmentsOf(key: string): readonly string[] {
  return key.split(".").map((segment) => segment.trim().replaceAll(/^["']|["']$/gu, ""));
}

function valueOn(written: string): Pick<Setting, "scalar" | "style"> & { readonly to: number } {
  const trimmed = written.trimEnd();
  if (open.test(trimmed)) return { scalar: undefined, style: "block", to: trimmed.length };
  const quoted = /^(["'])((?:(?!\1).)*)\1/u.exec(trimmed);
  if (quoted !== null) {
    const style = quoted[1] === '"' ? "double" : "single";
    return { scalar: quoted[2] ?? "", style, to: quoted[0].length };
  }
  const bare = trimmed.replace(/\s+[#;].*$/u, "");
  return { scalar: bare, style: "plain", to: bare.length };
}
