import type { ChangedFile, ChangeSet, Content, FileVersion, Gap, Side } from "../change/change-set.ts";
import { linkTarget } from "../change/symlinks.ts";
import type { HclBlock, HclBody, HclValue } from "../hcl.ts";
import type { Parsed, Tools } from "../syntax.ts";
import { readJsonValues, readTerraformJson } from "./terraform-json.ts";

/** Names what the readers make of a blob; a reader that answers differently gets a new number. */
const readerVersion = 3;
const linkLimit = 10;

/** A block with its address, which is unique in its module (directory), whichever file it is in. */
export interface TerraformBlock {
  readonly address: string;
  readonly directory: string;
  readonly path: string;
  readonly block: HclBlock;
}

export interface BlockChange {
  readonly address: string;
  readonly directory: string;
  readonly before: TerraformBlock | undefined;
  readonly after: TerraformBlock | undefined;
  /** False for blocks of context files: not part of the change. */
  readonly changed: boolean;
}

/** A context file that could not be read: a Gap only for whoever needs what it says. */
export interface UnreadContext {
  readonly path: string;
  readonly line: number | null;
  readonly reason: string;
  /** Null where not even the text is there. */
  readonly text: string | null;
}

export interface TerraformView {
  readonly blocks: readonly BlockChange[];
  readonly unreadContext: readonly UnreadContext[];
}

/** A file of one module, on one side. */
export type Source =
  | { readonly kind: "read"; readonly body: HclBody; readonly changed: boolean }
  | { readonly kind: "unread"; readonly line: number | null; readonly reason: string; readonly text: string | null }
  | { readonly kind: "absent" };

/** Terraform and OpenTofu configuration, in native and in JSON syntax. Variable files are values, not blocks: not claimed. */
export function isTerraform(path: string): boolean {
  return /\.(?:tf|tofu)(?:\.json)?$/u.test(path);
}

/** The folder of a path, which is the module that a Terraform file belongs to; the empty string at the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export function terraform(
  change: ChangeSet,
  tools: Tools,
): { readonly view: TerraformView; readonly gaps: readonly Gap[] } {
  const byPath = new Map(change.files.map((file) => [file.path, file]));
  const pairing: Pairing = { pairs: new Map(), repeats: new Map() };
  const unreadContext: UnreadContext[] = [];
  const gaps: Gap[] = [];
  for (const file of change.files) {
    if (!isTerraform(file.path)) continue;
    const before = sourceOn(file, "base", byPath, tools);
    const after = sourceOn(file, "head", byPath, tools);
    pair(pairing, file.path, "before", before);
    pair(pairing, file.path, "after", after);
    if (file.status !== "unchanged") gaps.push(...gapsOf(file.path, before, after));
    else if (after.kind === "unread") unreadContext.push({ path: file.path, ...after });
  }
  return { view: { blocks: [...pairing.pairs.values()], unreadContext }, gaps };
}

/** What could not be read of the changed files that `claims` names. */
export function unreadGaps(change: ChangeSet, tools: Tools, claims: (path: string) => boolean): readonly Gap[] {
  const byPath = new Map(change.files.map((file) => [file.path, file]));
  return change.files
    .filter(({ path, status }) => claims(path) && status !== "unchanged")
    .flatMap((file) => gapsOf(file.path, sourceOn(file, "base", byPath, tools), sourceOn(file, "head", byPath, tools)));
}

function gapsOf(path: string, before: Source, after: Source): readonly Gap[] {
  const unread = after.kind === "unread" ? after : before.kind === "unread" ? before : null;
  if (unread === null) return [];
  return [
    {
      id: `unreadable:${path}`,
      level: after.kind === "unread" && before.kind === "read" ? "block" : "hold",
      path,
      side: after.kind === "unread" ? "head" : "base",
      line: unread.line,
      reason: `what \`${path}\` configures, since it is ${unread.reason}`,
      remedy:
        "Make the file valid Terraform, below 1 MiB, in UTF-8; `terraform fmt` names the line that it cannot read.",
    },
  ];
}

/** What a file says on one side, read through symbolic links. */
export function sourceOn(
  file: ChangedFile,
  side: Side,
  byPath: ReadonlyMap<string, ChangedFile>,
  tools: Tools,
): Source {
  const { version, changed } = throughLinks(file, side, byPath);
  if (version === null) return { kind: "absent" };
  const { content } = version;
  if (content.kind !== "text") return { kind: "unread", line: null, reason: describe(content), text: null };
  const parsed = parse(file.path, version.sha, content.text, tools);
  return parsed.ok
    ? { kind: "read", body: parsed.value, changed }
    : { kind: "unread", line: parsed.line, reason: parsed.reason, text: content.text };
}

function parse(path: string, sha: string, text: string, { memo, syntax }: Tools): Parsed<HclBody> {
  if (path.endsWith(".tfvars.json"))
    return memo(`terraform-values/${readerVersion}/${sha}`, () => readJsonValues(text, syntax));
  return path.endsWith(".json")
    ? memo(`terraform-json/${readerVersion}/${sha}`, () => readTerraformJson(text, syntax))
    : memo(`terraform/${readerVersion}/${sha}`, () => syntax.hcl(text));
}

/** Terraform reads through symlinks, so a link stands for the file it names, where that is part of what was read. */
function throughLinks(
  file: ChangedFile,
  side: Side,
  byPath: ReadonlyMap<string, ChangedFile>,
): { readonly version: FileVersion | null; readonly changed: boolean } {
  let at: ChangedFile = file;
  let changed = file.status !== "unchanged";
  for (let step = 0; ; step++) {
    const version = side === "base" ? at.before : at.after;
    const target = version?.content.kind === "symlink" ? linkTarget(at.path, version.content.target) : null;
    const next = target === null ? undefined : byPath.get(target);
    if (next === undefined || step === linkLimit) return { version, changed };
    at = next;
    changed ||= at.status !== "unchanged";
  }
}

function describe(content: Exclude<Content, { kind: "text" }>): string {
  switch (content.kind) {
    case "binary":
      return "binary";
    case "symlink":
      return "a symlink to something that was not read";
    case "submodule":
      return "a submodule";
    case "unread":
      return content.reason;
  }
}

/** Pairs are found by module, address and, where an address repeats, by which repetition it is on its side. */
interface Pairing {
  readonly pairs: Map<string, BlockChange>;
  readonly repeats: Map<string, number>;
}

function pair({ pairs, repeats }: Pairing, path: string, side: "before" | "after", source: Source): void {
  if (source.kind !== "read") return;
  const directory = directoryOf(path);
  // An override file repeats addresses on purpose: its blocks pair with each other, never with what they override.
  const family = isOverride(path) ? "override" : "";
  for (const block of source.body.blocks.flatMap(split)) {
    const address = addressOf(block);
    const name = [directory, address, family].join("\n");
    const repeat = repeats.get(`${side}\n${name}`) ?? 0;
    repeats.set(`${side}\n${name}`, repeat + 1);
    const key = `${name}\n${repeat}`;
    const known = pairs.get(key);
    const changed = source.changed || (known?.changed ?? false);
    const found = { address, directory, path, block };
    pairs.set(key, { address, directory, before: known?.before, after: known?.after, changed, [side]: found });
  }
}

/** Blocks of such a file change those of the same address in other files. https://developer.hashicorp.com/terraform/language/files/override */
export function isOverride(path: string): boolean {
  return /(?:^|\/|_)override\.(?:tf|tofu)(?:\.json)?$/u.test(path);
}

/** `locals` blocks of a module are one namespace: each local stands for itself, as `local.x`. */
export function split(block: HclBlock): readonly HclBlock[] {
  if (block.type !== "locals") return [block];
  return block.body.attributes.map((attribute) => ({
    type: "local",
    labels: [attribute.name],
    body: { attributes: [attribute], blocks: [] },
    line: attribute.line,
    endLine: attribute.endLine,
  }));
}

export function addressOf(block: HclBlock): string {
  const named = [...(block.type === "resource" ? [] : [block.type]), ...block.labels].join(".");
  switch (block.type) {
    case "provider":
      return [named, attributeText(block, "alias")].filter((part) => part !== "").join(".");
    case "moved":
    case "removed":
      return `${named}.${attributeText(block, "from")}`;
    case "import":
      return `${named}.${attributeText(block, "to")}`;
    default:
      return named;
  }
}

function attributeText(block: HclBlock, name: string): string {
  const value = attributeOf(block.body, name);
  return value === undefined ? "" : textOf(value);
}

/** The value of an attribute, by name. */
export function attributeOf(body: HclBody, name: string): HclValue | undefined {
  return body.attributes.find((attribute) => attribute.name === name)?.value;
}

/** A value as one line of text, the same for the same value: to compare, to search and to name it. */
export function textOf(value: HclValue): string {
  switch (value.kind) {
    case "literal":
      return String(value.value);
    case "unknown":
      return value.text;
    case "list":
      return `[${value.items.map(textOf).join(", ")}]`;
    case "object":
      return `{${value.entries.map((entry) => `${entry.key} = ${textOf(entry.value)}`).join(", ")}}`;
  }
}

/** True when two blocks say the same, wherever they stand and however they are laid out. */
export function sameBlock(a: HclBlock, b: HclBlock): boolean {
  return JSON.stringify(essence(a)) === JSON.stringify(essence(b));
}

/** Terraform does not read the order of attributes; that of blocks can matter. */
function essence({ type, labels, body }: HclBlock): unknown {
  const attributes = body.attributes.map(({ name, value }) => [name, bare(value)] as const);
  attributes.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return [type, labels, attributes, body.blocks.map(essence)];
}

/** A value without what the reader made of its texts, which says the same once more. */
function bare(value: HclValue): unknown {
  switch (value.kind) {
    case "literal":
      return value;
    case "unknown":
      return { text: value.text };
    case "list":
      return value.items.map(bare);
    case "object":
      return { entries: value.entries.map((entry) => [entry.key, bare(entry.value)]) };
  }
}
