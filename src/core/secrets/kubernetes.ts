import { printableBase64 } from "./checksums.ts";
import { isCommonPassword } from "./connections.ts";
import { rank, type Candidate } from "./find.ts";
import { linesOf } from "./formats.ts";
import type { PathTraits } from "./paths.ts";
import { isPlaceholder, isReference, looksRandom } from "./placeholders.ts";
import type { Reading } from "./shape.ts";

const publicEntry =
  /^(.*user(name)?|host(name)?|port|database|dbname|db|name|email|url|endpoint|server|region|bucket|type|project|ca\.crt|tls\.crt|.*\.(crt|pem\.pub|pub)|realm|issuer|.*-?id|namespace|config\.ya?ml|.*url)$/i;

/**
 * Values in `data` and `stringData` of a Kubernetes Secret. Text, not YAML: a file with templates in it is not YAML, and its Secrets count
 * all the same. Entries of one line each; what stands in a block is text like any other and scanned as such.
 */
export function kubernetesFinds(reading: Reading, traits: PathTraits): readonly Candidate[] {
  const { text } = reading;
  reading.work.steps += text.length;
  if (!traits.yaml || !/kind:\s*["']?Secret\b/.test(text)) return [];
  const found: Candidate[] = [];
  let entries: Entries | null = null;
  let kind = -1;
  for (const { start, line } of linesOf(text)) {
    reading.work.steps += line.length;
    if (line.startsWith("---")) {
      kind = -1;
      entries = null;
    }
    const key = /^(\s*(?:- )?)([A-Za-z]+):\s*(.*)$/.exec(line);
    const indent = key?.[1]?.length ?? -1;
    if (key?.[2] === "kind") kind = /^["']?Secret["']?\s*(#.*)?$/.test(key[3] ?? "") ? indent : -1;
    if (entries !== null && line.trim() !== "" && indentOf(line) <= entries.indent) entries = null;
    if (indent >= 0 && indent === kind && (key?.[2] === "data" || key?.[2] === "stringData") && key[3] === "") {
      entries = { indent, encoded: key[2] === "data" };
      continue;
    }
    const candidate = entries === null ? null : entryOf(line, start, entries, traits);
    if (candidate !== null) found.push(candidate);
  }
  return found;
}

interface Entries {
  readonly indent: number;
  readonly encoded: boolean;
}

function entryOf(line: string, start: number, { encoded }: Entries, traits: PathTraits): Candidate | null {
  const entry = /^\s+["']?([A-Za-z0-9._-]+)["']?:\s+["']?([^\s"'#|>][^\s"']*)["']?\s*(?:#.*)?$/.exec(line);
  const name = entry?.[1];
  const written = entry?.[2];
  if (entry === null || name === undefined || written === undefined || publicEntry.test(name)) return null;
  if (isReference(written) || /\{\{|\}\}/.test(line)) return null;
  const plain = encoded ? printableBase64(written, 4096) : written;
  const value = plain?.trim() ?? written;
  if (value.length < 6 || isReference(value) || isPlaceholder(value) || isCommonPassword(value)) return null;
  if (plain !== null && /^-----BEGIN (CERTIFICATE|PUBLIC)/.test(plain)) return null;
  // What is no text after decoding is a key or something compressed: only a person can tell.
  const drawn = plain !== null && looksRandom(value);
  const level = drawn && !traits.invented ? "block" : "review";
  if (!drawn && (traits.invented || !/pass|secret|token|key|cred|auth|pwd/i.test(name))) return null;
  const at = start + line.lastIndexOf(written);
  return {
    rule: "kubernetes-secret-value",
    what: "value of a Kubernetes Secret",
    level,
    start: at,
    end: at + written.length,
    value,
    hint: "",
    rank: rank.format,
  };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
