import type { Setting } from "./setting.ts";

/** Where lines stand: the keys around them, and the object and identity that they belong to. */
export interface LinesAround {
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
export function readLines(text: string, around: LinesAround): readonly Setting[] {
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
      within: { kind: "nothing" },
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
