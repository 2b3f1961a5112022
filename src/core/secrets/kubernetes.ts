import { printableBase64 } from "./checksums.ts";
import { isCommonPassword } from "./connections.ts";
import { rank, type Candidate } from "./find.ts";
import { linesOf } from "./formats.ts";
import { jsonSecretEntries, type SecretEntry } from "./kubernetes-json.ts";
import type { PathTraits } from "./paths.ts";
import { isPlaceholder, isReference, looksRandom } from "./placeholders.ts";
import type { Reading } from "./shape.ts";

const publicEntry =
  /^(.*user(name)?|host(name)?|port|database|dbname|db|name|email|url|endpoint|server|region|bucket|type|project|ca\.crt|tls\.crt|.*\.(crt|pem\.pub|pub)|realm|issuer|.*-?id|namespace|config\.ya?ml|.*url)$/i;

/** Digests of passwords by crypt, bcrypt and Argon2: they open nothing, and can be guessed at. */
const passwordDigest = /(?:^|:)\$(?:2[abxy]|apr1|1|5|6|y|argon2\w{1,2})\$/;
const moment = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Values in `data` and `stringData` of a Kubernetes Secret. Text, not YAML: a file with templates in it is not YAML, and its Secrets count
 * all the same. Entries of one line each; what stands in a block of several lines is text like any other and scanned as such.
 */
export function kubernetesFinds(reading: Reading, traits: PathTraits): readonly Candidate[] {
  const { text } = reading;
  reading.work.steps += text.length;
  if (!/kind["']?\s{0,4}:\s{0,4}["']?Secret\b/.test(text)) return [];
  const entries = traits.yaml
    ? yamlSecretEntries(reading)
    : traits.name.endsWith(".json")
      ? jsonSecretEntries(reading)
      : [];
  return entries.flatMap((entry) => candidateOf(entry, traits) ?? []);
}

interface Line {
  readonly start: number;
  readonly line: string;
  /** Where its first key stands, behind the dashes of items; -1 for a line without text. */
  readonly indent: number;
  readonly startsItem: boolean;
}

function yamlSecretEntries(reading: Reading): readonly SecretEntry[] {
  const lines: readonly Line[] = [...linesOf(reading.text)].map(({ start, line }) => {
    const opening = /^\s*(?:-\s+)*/.exec(line)?.[0] ?? "";
    const isBlank = line.trim() === "" || line.trimStart().startsWith("#");
    return { start, line, indent: isBlank ? -1 : opening.length, startsItem: opening.includes("-") };
  });
  reading.work.steps += reading.text.length;
  const found: SecretEntry[] = [];
  /** Per indent, the line behind the last object that was read: a second `kind` in it is no other object. */
  const readTo = new Map<number, number>();
  for (const [index, { line, indent }] of lines.entries()) {
    if (!/^\s*(?:-\s+)*kind:\s*["']?Secret["']?\s*(#.*)?$/.test(line) || index < (readTo.get(indent) ?? 0)) continue;
    const { from, to } = objectAround(lines, index, indent);
    readTo.set(indent, to);
    reading.work.steps += to - from;
    for (let at = from; at < to; at++) {
      const block = /^\s*(?:-\s+)*(data|stringData):\s*(.*)$/.exec(lines[at]?.line ?? "");
      if (block === null || lines[at]?.indent !== indent) continue;
      found.push(...entriesBelow(lines, at, to, block[1] === "data"));
    }
  }
  return found;
}

/** The lines of the object that a key at `indent` belongs to: from its first to before the one that follows it. */
function objectAround(lines: readonly Line[], index: number, indent: number): { from: number; to: number } {
  let from = index;
  while (from > 0 && lines[from]?.startsItem !== true && isWithin(lines[from - 1], indent)) from -= 1;
  let to = index + 1;
  while (to < lines.length && isWithin(lines[to], indent) && !(lines[to]?.indent === indent && lines[to]?.startsItem))
    to += 1;
  return { from, to };
}

function isWithin(line: Line | undefined, indent: number): boolean {
  if (line === undefined || line.line.startsWith("---")) return false;
  return line.indent < 0 || line.indent >= indent;
}

/** The entries right below `data` or `stringData`, or beside it in braces. What stands deeper belongs to one of them. */
function entriesBelow(lines: readonly Line[], at: number, to: number, encoded: boolean): readonly SecretEntry[] {
  const found: SecretEntry[] = [];
  const holder = lines[at];
  if (holder === undefined) return [];
  const flow = holder.line.indexOf("{");
  if (flow >= 0 && !holder.line.includes("{{")) {
    for (const entry of holder.line.matchAll(/["']?([A-Za-z0-9._-]+)["']?:\s*["']?([^\s"',{}]+)/g)) {
      const start = holder.start + entry.index + entry[0].length - (entry[2]?.length ?? 0);
      if (entry.index > flow) found.push({ name: entry[1] ?? "", written: entry[2] ?? "", start, encoded });
    }
    return found;
  }
  const depth = lines.slice(at + 1, to).find(({ indent }) => indent >= 0)?.indent ?? -1;
  if (depth <= holder.indent) return [];
  for (let next = at + 1; next < to; next++) {
    const below = lines[next];
    if (below === undefined || (below.indent >= 0 && below.indent < depth)) break;
    if (below.indent !== depth) continue;
    const entry = /^\s+["']?([A-Za-z0-9._-]+)["']?:\s+(.*)$/.exec(below.line);
    if (entry === null) continue;
    const [, name = "", rest = ""] = entry;
    const inBlock = /^[|>][+-]?\d?\s*$/.test(rest) ? onlyLine(lines, next, to, depth) : null;
    const written = inBlock?.line.trim() ?? /^["']?([^\s"'#|>][^\s"']*)["']?\s*(?:#.*)?$/.exec(rest)?.[1];
    const on = inBlock ?? below;
    if (written === undefined || /\{\{|\}\}/.test(on.line)) continue;
    found.push({ name, written, start: on.start + on.line.lastIndexOf(written), encoded });
  }
  return found;
}

/** The one line of a block, null where there are more. */
function onlyLine(lines: readonly Line[], at: number, to: number, depth: number): Line | null {
  const first = lines[at + 1];
  const second = lines[at + 2];
  if (first === undefined || at + 1 >= to || first.indent <= depth || /\s/.test(first.line.trim())) return null;
  return second !== undefined && at + 2 < to && second.indent > depth ? null : first;
}

function candidateOf({ name, written, start, encoded }: SecretEntry, traits: PathTraits): Candidate | null {
  if (publicEntry.test(name) || isReference(written)) return null;
  const decoded = printableBase64(written, 4096);
  const plain = encoded ? decoded : written;
  const value = plain?.trim() ?? written;
  if (value.length < 6 || isReference(value) || isPlaceholder(value) || isCommonPassword(value)) return null;
  // What programs take apart once more may be written in base 64 in `stringData`, too.
  const twice = printableBase64(value, 4096);
  if (twice !== null && twice.length >= 6 && (isPlaceholder(twice) || isCommonPassword(twice.trim()))) return null;
  if (plain !== null && /^-----BEGIN (CERTIFICATE|PUBLIC)/.test(plain)) return null;
  if (moment.test(value)) return null;
  // What is no text after decoding is a key or something compressed: only a person can tell.
  const drawn = plain !== null && looksRandom(value) && !passwordDigest.test(value);
  const level = drawn && !traits.invented ? "block" : "review";
  if (!drawn && (traits.invented || !/pass|secret|token|key|cred|auth|pwd/i.test(name))) return null;
  return {
    rule: "kubernetes-secret-value",
    what: "value of a Kubernetes Secret",
    level,
    start,
    end: start + written.length,
    value,
    hint: "",
    rank: rank.format,
  };
}
