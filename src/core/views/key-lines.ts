import type { Setting } from "./setting.ts";

/** Where lines stand: the keys around them, and the object and identity that they belong to. */
export interface LinesAround {
  readonly prefix: readonly string[];
  readonly object: string | null;
  readonly identity: string;
}

/**
 * How lines assign. `lines`: environment files, properties, TOML and INI. `directives`: a name, blanks and what it is given, as nginx,
 * Redis, PostgreSQL and Puma have it. `python`: literals of a settings module. `image`: the ENV of a Dockerfile.
 */
export type Dialect = "lines" | "directives" | "python" | "image";

const section = /^\s*\[{1,2}([^[\]]+)\]{1,2}\s*(?:[#;].*)?$/u;
const assignment = /^(\s*(?:export\s+)?["']?)([\w.$/-]+)(["']?\s*[=:]\s*)(.*)$/u;
/** Java's properties take white space for the sign. */
const blankAssignment = /^(\s*)([\w.$/-]+)(\s+)(\S.*)$/u;
/** What begins here ends on another line. */
const open = /^(?:"""|'''|\[(?!.*\])|\{(?!.*\}))|\\$/u;

/** `key = value`, line by line, under `[sections]`. */
export function readLines(text: string, around: LinesAround, dialect: Dialect = "lines"): readonly Setting[] {
  let table: readonly string[] = [];
  const settings: Setting[] = [];
  for (const [index, line] of text.replaceAll("\r", "").split("\n").entries()) {
    if (/^\s*[#;!]/u.test(line)) continue;
    if (dialect === "image") {
      settings.push(...readInstruction(line, index + 1, around));
      continue;
    }
    const header = section.exec(line)?.[1];
    if (header !== undefined) {
      table = segmentsOf(header);
      continue;
    }
    const assigned = assignment.exec(line) ?? (dialect === "python" ? null : blankAssignment.exec(line));
    const [, lead = "", key, sign = "", rest = ""] = assigned ?? [];
    if (key === undefined) continue;
    const written = dialect === "lines" ? rest : rest.replace(dialect === "python" ? /,\s*(?:#.*)?$/u : /;.*$/u, "");
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
      holder: null,
      within: { kind: "nothing" },
      style,
      span: { line: index + 1, column, endLine: index + 1, endColumn: column + to },
    });
  }
  return settings;
}

/** `ENV A=1 B="2"` sets both, `ENV A 1` one; the command of the image has flags. */
function readInstruction(line: string, number: number, { prefix, object, identity }: LinesAround): readonly Setting[] {
  const [all, lead = "", word = "", rest = ""] = /^(\s*)(ENV|CMD|ENTRYPOINT)(?=\s)(.*)$/iu.exec(line) ?? [];
  if (all === undefined) return [];
  const start = lead.length + word.length + 1;
  const setting = (name: string, written: string, from: number): Setting => {
    const { scalar, style, to } = valueOn(written);
    const column = start + from;
    return {
      identity: `${identity} ${[...prefix, name].join(".")}`,
      object,
      segments: [...prefix, name],
      starts: [0],
      scalar,
      hidden: null,
      holder: null,
      within: { kind: "nothing" },
      style,
      span: { line: number, column, endLine: number, endColumn: column + to },
    };
  };
  if (word.toUpperCase() !== "ENV") {
    const flat = rest.replaceAll(/["'[\],]+/gu, " ");
    return [{ ...setting(word.toLowerCase(), flat.trim(), rest.search(/\S/u)), style: "block" }];
  }
  const single = /^(\s+)(\w+)(\s+)([^\s=].*)$/u.exec(rest);
  if (single !== null) {
    const [, before = "", name = "", blank = "", written = ""] = single;
    return [setting(name, written, before.length + name.length + blank.length)];
  }
  return [...rest.matchAll(/(\w+)=("[^"]*"|'[^']*'|[^\s\\]*)/gu)].map(({ 1: name = "", 2: written = "", index }) =>
    setting(name, written, index + name.length + 1),
  );
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
