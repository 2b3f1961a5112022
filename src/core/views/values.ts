import type { ChangedFile, ChangeSet, FileVersion, Gap, Place, Side } from "../change/change-set.ts";
import { textOrReason } from "../change/unreadable.ts";
import { changed } from "../change/change-set.ts";
import { keyMatcher } from "../policy/patterns.ts";
import type { Edit } from "../change/edit.ts";
import type { Memo, Tools } from "../syntax.ts";
import { documentsOf, type ScalarValue } from "./documents.ts";
import { withFallbacks } from "./fallen-back.ts";
import { claims } from "./kubernetes.ts";
import type { Setting } from "./setting.ts";
import { type Difference, differing, type Standing, standing } from "./setting-pairs.ts";
import { changedKeys } from "./template-keys.ts";
import { formatOf, readSettings, type Settings } from "./settings.ts";

/** What is written at a configuration key on one side. */
export interface Written {
  readonly path: string;
  readonly place: Place;
  /** Undefined where it is no scalar, or goes over lines. */
  readonly scalar: ScalarValue | undefined;
  /** An edit that writes something else there; undefined where that takes more than a line. */
  replaced(text: string): Edit | undefined;
}

/** A configuration key whose value differs. */
export interface ConfigValue {
  /** The keys down to it, as `data.DB_POOL`. Text of the author. */
  readonly key: string;
  readonly name: string;
  readonly before: Written | undefined;
  readonly after: Written | undefined;
  readonly segments: readonly string[];
  /**
   * Another key stands beside it in the head: what went was this key, not all that it was part of. False within items of lists that
   * only their position tells apart: what stood there may have moved on.
   */
  readonly inPlace: boolean;
  /** Its file is on one side only: it came, went or moved with this change. */
  readonly alone: boolean;
  /** The ways to name it, each as the segments of a dotted key. */
  readonly readings: readonly (readonly string[])[];
}

/** Tells the keys that one of the patterns of `limits.values` names. */
export function namedBy(patterns: readonly string[]): (value: Pick<ConfigValue, "readings">) => boolean {
  const matches = keyMatcher(patterns);
  return ({ readings }) => readings.some(matches);
}

/** A key on a changed line of a template; `isLiteral`: its value stands there too, and comes from no values file. */
export interface UnreadKey extends Pick<ConfigValue, "readings"> {
  readonly isLiteral: boolean;
}

/** A file that looks like configuration and cannot be read in the head. */
export interface UnreadValues {
  readonly place: Place;
  readonly reason: string;
  /** The keys on lines that changed, by their last word only, where the file is a template; null: it may set any key. */
  readonly keys: readonly UnreadKey[] | null;
}

/** Configuration keys of changed files, as far as their values differ. */
export interface ValuesView {
  readonly values: readonly ConfigValue[];
  /** What a rule that bounds values must call undecided; it is no gap as long as no bound is set. */
  readonly unread: readonly UnreadValues[];
}

/** Inputs of tests and texts for readers are often broken on purpose, and nothing is deployed from them. */
const specimen =
  /(?:^|\/)(?:tests?|__tests__|testdata|specs?|fixtures?|__fixtures__|snapshots?|examples?|samples?|docs?)\//iu;
const lockfile = /(?:^|\/)(?:package-lock|npm-shrinkwrap|pnpm-lock|composer\.lock|[^/]*[.-]lock)\.(?:ya?ml|json)$/iu;

/**
 * Reads YAML, JSON, TOML, properties, INI and environment files. A file that could be read in the base and cannot be read in
 * the head is a gap, whatever the policy bounds: breaking it would be the way around. One that never could be read is only
 * handed on, because most repositories bound no values, and a file that nobody would look at must hold nothing up. Manifests
 * are the Kubernetes view's to call unreadable.
 */
export function values(
  change: ChangeSet,
  { memo }: Pick<Tools, "memo">,
): { readonly view: ValuesView; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const unread: UnreadValues[] = [];
  const befores: Standing[] = [];
  const afters: Standing[] = [];
  for (const file of changed(change)) {
    if (formatOf(file.path) === null || lockfile.test(file.path)) continue;
    const before = readingOf(file.path, file.before, memo);
    const after = readingOf(file.path, file.after, memo);
    if (!after.ok) {
      if (specimen.test(file.path)) continue;
      if (claims(file, memo)) {
        unread.push(...templateOf(file));
        continue;
      }
      if (isReadable(file.before, before)) gaps.push(brokenGap(file, after));
      else
        unread.push({ place: { path: file.path, side: "head", line: after.line }, reason: after.reason, keys: null });
      continue;
    }
    befores.push(...standing(file, before, "base"));
    afters.push(...standing(file, after, "head"));
  }
  const broken = brokenWithin(befores, afters);
  return {
    view: {
      values: withFallbacks(differing(befores, afters), change, memo).map(valueOf),
      unread: [...unread, ...broken.unread],
    },
    gaps: [...gaps, ...broken.gaps],
  };
}

/** All keys of one side of a file with what is written there; none where it cannot be read. */
export function writtenIn(
  file: ChangedFile,
  side: Side,
  memo: Memo,
): readonly { readonly setting: Setting; readonly written: Written }[] {
  if (formatOf(file.path) === null) return [];
  const read = readingOf(file.path, side === "base" ? file.before : file.after, memo);
  return standing(file, read, side).map((setting) => ({ setting, written: written(setting) }));
}

/** Whether a file that should hold configuration shows none of its keys to this view: nothing can be said of what it sets. */
export function isUnreadable(path: string, file: FileVersion, memo: Memo): boolean {
  return formatOf(path) !== null && !readingOf(path, file, memo).ok;
}

function readingOf(path: string, file: FileVersion | null, memo: Memo): Settings {
  if (file === null) return { ok: true, settings: [] };
  const content = textOrReason(file.content);
  if (!content.ok) return { ok: false, line: 1, reason: content.reason };
  return readSettings(path, content.text, () => documentsOf(file.sha, content.text, memo));
}

/** What a Helm template hides of its changed keys; the rest of what a manifest hides is the Kubernetes view's to say. */
function templateOf(file: ChangedFile): readonly UnreadValues[] {
  const found = changedKeys(file);
  if (found === null) return [];
  const keys = found.keys.map(({ key, isLiteral }) => ({
    readings: readingsOf({ segments: [key], starts: [0] }),
    isLiteral,
  }));
  const place = { path: file.path, side: "head", line: found.line } as const;
  return [{ place, reason: "a Helm template cannot be rendered here", keys }];
}

function isReadable(file: FileVersion | null, read: Settings): boolean {
  return file !== null && read.ok && read.settings.length > 0;
}

/**
 * Files within values are judged as files are: one that could be read in the base and has no keys in the head is a gap, and one
 * that only looks like a file is handed on. Values that became short, such as a number, hold no file that could be hidden.
 */
function brokenWithin(
  befores: readonly Standing[],
  afters: readonly Standing[],
): { readonly gaps: readonly Gap[]; readonly unread: readonly UnreadValues[] } {
  const own = ({ path, identity }: Standing): string => `${path}\n${identity}`;
  const stood = new Map(befores.map((before) => [own(before), before]));
  const ofObject = new Map(befores.map((before) => [before.object === null ? null : before.identity, before]));
  // An item of a list that has no name goes by its place: what stood there may only have moved on.
  const standing = new Set(afters.map(({ scalar }) => scalar));
  const gaps: Gap[] = [];
  const unread: UnreadValues[] = [];
  for (const after of afters) {
    const { path, within, scalar, span } = after;
    if (specimen.test(path) || typeof scalar !== "string" || scalar.trim() === "" || within.kind === "keys") continue;
    const before = stood.get(own(after)) ?? ofObject.get(after.identity);
    const known = before?.within.kind === "keys" && before.within.isFile && !standing.has(before.scalar);
    if (!known && (within.kind === "nothing" || !within.isFile || before?.scalar === scalar)) continue;
    const { line, reason } =
      within.kind === "unreadable"
        ? within
        : { line: span.line, reason: "it held keys, and holds none that can be read" };
    const key = after.segments.join(".");
    if (known) gaps.push(brokenValueGap(path, key, line, reason));
    else unread.push({ place: { path, side: "head", line }, reason: `its key \`${key}\`: ${reason}`, keys: null });
  }
  return { gaps, unread };
}

function brokenValueGap(path: string, key: string, line: number, reason: string): Gap {
  return {
    id: `unreadable:${path}#${key}`,
    level: "block",
    path,
    side: "head",
    line,
    reason: `what \`${key}\` in \`${path}\` sets: ${reason}`,
    remedy: "Repair the file that the value holds: it could be read before this change.",
  };
}

function brokenGap({ path }: ChangedFile, { line, reason }: Extract<Settings, { ok: false }>): Gap {
  return {
    id: `unreadable:${path}`,
    level: "block",
    path,
    side: "head",
    line,
    reason: `what \`${path}\` sets: ${reason}`,
    remedy: "Repair the file: it could be read before this change.",
  };
}

function valueOf({ one, before, after, inPlace }: Difference): ConfigValue {
  return {
    key: one.segments.join("."),
    name: one.segments.at(-1) ?? "",
    before: before === undefined ? undefined : written(before),
    after: after === undefined ? undefined : written(after),
    segments: one.segments,
    inPlace,
    alone: one.alone,
    readings: readingsOf(one),
  };
}

/**
 * The ways to name a key: from where its configuration begins, or by its last word alone; and in the spellings that programs
 * take for each other (`maximumPoolSize`, `maximum-pool-size`, `DB_POOL_MAX` for `db.pool.max`).
 */
export function readingsOf({ segments, starts }: Pick<Setting, "segments" | "starts">): readonly (readonly string[])[] {
  const written = [...starts.map((start) => segments.slice(start)), segments.slice(-1)];
  const spell = (of: readonly string[], how: (segment: string) => string): readonly string[] => of.map(how);
  const kebab = (segment: string): string => segment.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/gu, "-").replaceAll("_", "-");
  return written.flatMap((reading) => [
    reading,
    spell(reading, (segment) => segment.replaceAll(/[-_]/gu, "")),
    spell(reading, kebab),
    spell(reading, (segment) => kebab(segment).replaceAll("-", "_")),
    ...(/^[A-Z0-9_]+$/u.test(reading.at(-1) ?? "")
      ? [[...reading.slice(0, -1), ...(reading.at(-1) ?? "").split("_")]]
      : []),
  ]);
}

function written({ path, side, scalar, style, span }: Standing): Written {
  const quote = style === "double" ? '"' : style === "single" ? "'" : "";
  const { line, column, endLine, endColumn } = span;
  return {
    path,
    place: { path, side, ...span },
    scalar,
    replaced: (text) =>
      style === "block" || line !== endLine
        ? undefined
        : { path, start: { line, column }, end: { line, column: endColumn }, text: `${quote}${text}${quote}` },
  };
}
