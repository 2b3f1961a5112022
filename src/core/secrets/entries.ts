/** A name and what is written for it, in a text of whatever format. */
export interface Entry {
  readonly name: string;
  /** Without quotes; of what goes on over lines, its first ones. */
  readonly value: string;
  readonly quoted: boolean;
  /** Where the value stands: line and column from 1, the end is the first column behind it. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Nobody writes longer lines by hand. */
const lineMax = 2_000;
/** How far below its name a value is looked for. */
const linesBelow = 4;
const entry =
  /^(\s*(?:-\s+)?(?:(?:export|const|let|var|final|static|public|private|protected|readonly|String|string|set|ENV|ARG)\s+){0,4}(?:self\.|this\.)?["']?)([A-Za-z_][\w.-]{0,80})(["']?(?::\s?(?:string|String|str))?\s{0,20}(?::=|=>|=(?!=)|:(?!:))\s{0,20})/;
const heads = /^(?:name|key|Name|Key)$/;
const values = /^(?:value|Value)$/;
/** Maps that stand for one value. */
const nestedReference = /^["']?(?:valueFrom|value_from|secretKeyRef|secret_key_ref|Ref|Fn::\w+)\b/;
const sources = /^(?:valueFrom|value_from|value_source|ValueFrom)$/;

/**
 * Everything that a text assigns, line by line: `NAME=value`, `name: value`, `"name": "value"`, `name = "value"`. Items that give a value to a name
 * beside it (`name: X`, `value: y`) are read as such. Text and no format: a file with templates in it has none.
 */
export function entriesIn(text: string): readonly Entry[] {
  const lines = text.split("\n").map((line) => line.slice(0, lineMax).trimEnd());
  const own = lines.map((line, index) => entryAt(line, index));
  return own.flatMap((one, index) => {
    if (one === null) return [];
    const below = own.slice(index + 1, index + 1 + linesBelow);
    if (heads.test(one.name) && /^[A-Za-z_][\w.-]*$/.test(one.value)) return named(one, below, lines);
    const isOpen = one.value === "" || one.value === "{";
    if (!isOpen) return [one];
    const value = deeper(lines, index);
    return nestedReference.test(value) ? [{ ...one, value }] : [];
  });
}

/** The value that an item gives to the name that it begins with. */
function named(head: Entry, below: readonly (Entry | null)[], lines: readonly string[]): readonly Entry[] {
  for (const one of below) {
    if (one === null) continue;
    if (heads.test(one.name)) return [];
    if (values.test(one.name)) return [{ ...one, name: head.value }];
    if (sources.test(one.name)) {
      return [{ ...one, name: head.value, value: `${one.name} ${one.value} ${deeper(lines, one.line - 1)}` }];
    }
    // Blocks of HCL have no separator: `value_source {`.
  }
  const opened = lines
    .slice(head.line, head.line + linesBelow)
    .find((line) => /^\s*value_(?:from|source)\s*\{/.test(line));
  return opened === undefined ? [] : [{ ...head, name: head.value, value: `value_from ${deeper(lines, head.line)}` }];
}

/** The lines below that stand deeper, on one line. */
function deeper(lines: readonly string[], index: number): string {
  const indent = indentOf(lines[index] ?? "");
  const found: string[] = [];
  for (const line of lines.slice(index + 1, index + 1 + linesBelow)) {
    if (line.trim() !== "" && indentOf(line) <= indent) break;
    found.push(line.trim());
  }
  return found.join(" ");
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function entryAt(line: string, index: number): Entry | null {
  const found = entry.exec(line);
  const name = found?.[2];
  if (found === null || name === undefined || /^\s*(?:#|\/\/|;)/.test(line)) return null;
  const start = found[0].length;
  const rest = line.slice(start).replace(/[,;]$/, "");
  const quote = rest[0] ?? "";
  if (quote === '"' || quote === "'" || quote === "`") {
    const end = rest.indexOf(quote, 1);
    const value = end < 0 ? rest.slice(1) : rest.slice(1, end);
    return { name, value, quoted: end > 0, line: index + 1, column: start + 2, endColumn: start + 2 + value.length };
  }
  const comment = rest.search(/\s#/);
  const value = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
  return { name, value, quoted: false, line: index + 1, column: start + 1, endColumn: start + 1 + value.length };
}
