/**
 * Patterns of paths, branches and configuration keys.
 *
 * A pattern is a list of segments: `**` stands alone and matches any number of segments, `*` any text within one, `?` one
 * character, `{a,b}` either. The matcher is our own and takes time in proportion to pattern times path, whatever the path: a
 * path is written by the author of a change, and a matcher that backtracks, or whose `.` stops at a line break, can be made
 * to hang or to look away.
 */

/** Why a pattern cannot be used. */
export interface PatternMistake {
  readonly message: string;
  readonly params: { readonly remedy: string };
}
const mistake = (message: string, remedy: string): PatternMistake => ({ message, params: { remedy } });

const lengthLimit = 500;
const alternativesLimit = 64;
const braces = /\{([^{}]*,[^{}]*)\}/;
const placeholder = /\{(environment|service)\}/;

/** The patterns that `{a,b}` abbreviates, or null where they are too many. */
function expand(pattern: string): readonly string[] | null {
  let open = [pattern];
  for (;;) {
    if (open.length > alternativesLimit) return null;
    const next = open.flatMap((text) => {
      const match = braces.exec(text);
      if (match === null) return [text];
      const [all, inner = ""] = match;
      const end = match.index + all.length;
      return inner.split(",").map((choice) => text.slice(0, match.index) + choice + text.slice(end));
    });
    if (next.length === open.length) return next;
    open = next;
  }
}

function segmentMistake(segment: string, pattern: string): PatternMistake | null {
  if (segment === "")
    return mistake(
      `\`${pattern}\` has an empty segment, which no path has`,
      "write `a/b`; for all below a folder `a/**`",
    );
  if (segment === "." || segment === "..")
    return mistake(`\`${pattern}\` is relative`, "write it from the root of the repository, without `./`");
  if (segment !== "**" && segment.includes("**")) {
    return mistake(
      `\`**\` in \`${pattern}\` touches other text`,
      "let it stand alone between separators, such as `**/*.tf` or `**.max`",
    );
  }
  return null;
}

function mistakeIn(pattern: string, separator: string): PatternMistake | null {
  if (pattern === "") return mistake("a pattern is empty", "remove it, or write `**` for everything");
  if (pattern.length > lengthLimit) return mistake(`a pattern is over ${lengthLimit} characters long`, "split it");
  if (pattern.startsWith("!"))
    return mistake(`\`${pattern}\` negates, which no pattern can`, "list what is meant instead");
  const special = /[[\]()\\]/.exec(pattern)?.[0];
  if (special !== undefined)
    return mistake(
      `\`${special}\` in \`${pattern}\` has no meaning here`,
      "write `?` for any one character, or `{a,b}`",
    );
  if (pattern.startsWith("/")) return mistake(`\`${pattern}\` starts with a slash, which no path does`, "leave it out");
  const expanded = expand(pattern);
  if (expanded === null) return mistake(`\`${pattern}\` has over ${alternativesLimit} alternatives`, "split it");
  for (const one of expanded) {
    if (/[{}]/.test(one)) return mistake(`the braces of \`${pattern}\` hold no alternatives`, "write `{a,b}`");
    for (const segment of one.split(separator)) {
      const found = segmentMistake(segment, pattern);
      if (found !== null) return found;
    }
  }
  return null;
}

/** Why this is no pattern of paths or branches; null when it is one. */
export function patternMistake(pattern: string): PatternMistake | null {
  return mistakeIn(pattern, "/");
}

/** Why this is no pattern of dotted keys; null when it is one. */
export function keyPatternMistake(pattern: string): PatternMistake | null {
  return mistakeIn(pattern, ".");
}

/** Why this is no line of `layout`; null when it is one. */
export function layoutMistake(pattern: string): PatternMistake | null {
  if (!placeholder.test(pattern))
    return mistake(
      `\`${pattern}\` names neither {environment} nor {service}`,
      "put one where the name stands in the path",
    );
  const segments = pattern.split("/");
  if (segments.slice(0, -1).filter((segment) => segment === "**").length > 1) {
    return mistake(`\`${pattern}\` has several \`**\` before its end`, "write one pattern for each place");
  }
  for (const segment of segments) {
    const [, rest] = segment.split(placeholder).filter((_, index) => index % 2 === 0);
    if (segment.split(placeholder).length > 3 || (rest !== undefined && /[*?]/.test(segment))) {
      return mistake(
        `the name in \`${segment}\` of \`${pattern}\` has no certain end`,
        "let one placeholder stand in a segment, with plain text around it",
      );
    }
  }
  return patternMistake(pattern.replaceAll(new RegExp(placeholder, "g"), "x"));
}

/** Characters that are not shown: a name that hides one looks like the name without it. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** The form under which look-alikes compare equal: compatibility forms, case and invisible characters do not count. */
export function fold(text: string): string {
  const bare = text.normalize("NFKC").replaceAll(invisible, "");
  // There and back: upper case knows `ß` as `SS`, and only lower case turns the capital sharp s into `ß`.
  return bare.toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}

/** True when two names are the same to a reader: what a policy calls `production` and a path `Production`. */
export function sameName(a: string, b: string): boolean {
  return a === b || fold(a) === fold(b);
}

/**
 * Matches a row of items against a row of patterns in which `star` stands for any number of items. Only the last star has
 * to be tried again: what lies between two stars has a fixed length, so its earliest place is as good as any.
 */
function matchRow<P, I>(patterns: readonly P[], items: readonly I[], star: P, fits: (p: P, i: I) => boolean): boolean {
  let [p, i, starAt, resumeAt] = [0, 0, -1, 0];
  while (i < items.length) {
    const [pattern, item] = [patterns[p], items[i]];
    if (pattern !== undefined && pattern === star) {
      [starAt, resumeAt] = [p, i];
      p++;
    } else if (pattern !== undefined && item !== undefined && fits(pattern, item)) {
      p++;
      i++;
    } else if (starAt >= 0) {
      resumeAt++;
      [p, i] = [starAt + 1, resumeAt];
    } else {
      return false;
    }
  }
  return patterns.slice(p).every((pattern) => pattern === star);
}

function segmentFits(pattern: string, segment: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === segment;
  return matchRow(Array.from(pattern), Array.from(segment), "*", (p, character) => p === "?" || p === character);
}

function segmentsFit(pattern: readonly string[], segments: readonly string[]): boolean {
  return matchRow(pattern, segments, "**", segmentFits);
}

/** Splits a pattern; a last `*` means the whole subtree, because that is what people mean by it. */
function compile(pattern: string, separator: string): readonly (readonly string[])[] {
  const expanded = expand(pattern);
  if (expanded === null)
    throw new Error(`Cannot use the pattern ${JSON.stringify(pattern)}: it has too many alternatives`);
  return expanded.map((one) => {
    const segments = one.split(separator);
    return segments.length > 1 && segments.at(-1) === "*" ? [...segments.slice(0, -1), "**"] : segments;
  });
}

/** `a/**` is about what lies in `a`: at least one segment must be left for the last `**`. */
function subtree(pattern: readonly string[]): readonly string[] {
  return pattern.length > 1 && pattern.at(-1) === "**" ? [...pattern, "*"] : pattern;
}

/**
 * Matches paths against patterns that tighten (forbidden paths, areas, branches): case and look-alikes do not count, and
 * `secrets/**` also means the path `secrets` itself, since a symlink or a submodule there puts a tree in its place.
 */
export function tightening(patterns: readonly string[]): (path: string) => boolean {
  const compiled = patterns.flatMap((pattern) => compile(fold(pattern), "/"));
  return (path) => {
    // A compatibility form may hold a separator of its own (U+FF0F); the path is then read both ways.
    const readings = [path.split("/").map(fold), fold(path).split("/")];
    return compiled.some((pattern) => readings.some((segments) => segmentsFit(pattern, segments)));
  };
}

/** Matches paths against patterns that loosen (allowlist, waivers): exactly as written. */
export function loosening(patterns: readonly string[]): (path: string) => boolean {
  const compiled = patterns.flatMap((pattern) => compile(pattern, "/")).map(subtree);
  return (path) => {
    const segments = path.split("/");
    return compiled.some((pattern) => segmentsFit(pattern, segments));
  };
}

/**
 * Matches paths against a glob that another tool wrote, where a last `*` is one segment and braces are plain text. As for patterns
 * that tighten, case and look-alikes do not count.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const pattern = glob.split("/").map(fold);
  return (path) => segmentsFit(pattern, path.split("/").map(fold));
}

/** Matches the segments of a configuration key (`["db", "pool", "max"]`) against patterns of `limits.values`; they tighten. */
export function keyMatcher(patterns: readonly string[]): (segments: readonly string[]) => boolean {
  const compiled = patterns.flatMap((pattern) => expand(fold(pattern)) ?? []).map((pattern) => pattern.split("."));
  return (segments) => {
    const folded = segments.map(fold);
    return compiled.some((pattern) => segmentsFit(pattern, folded));
  };
}

/** What one reading of a path under a `layout` pattern names, as the path writes it. */
export interface Captures {
  readonly environment: string | null;
  readonly service: string | null;
}

type Name = "environment" | "service";

/** The name that a segment with a placeholder holds: what stands between the plain text before and after it. */
function capture(pattern: string, segment: string): { readonly name: Name; readonly value: string } | "plain" | null {
  const match = placeholder.exec(pattern);
  if (match === null) return segmentFits(fold(pattern), fold(segment)) ? "plain" : null;
  const [before, after] = [pattern.slice(0, match.index), pattern.slice(match.index + match[0].length)];
  const value = between(before, segment, after) ?? between(fold(before), fold(segment), fold(after));
  return value === null ? null : { name: match[1] === "environment" ? "environment" : "service", value };
}

function between(before: string, segment: string, after: string): string | null {
  const fits = segment.startsWith(before) && segment.endsWith(after);
  const inner = fits ? segment.slice(before.length, segment.length - after.length) : "";
  return inner === "" ? null : inner;
}

function captureAll(pattern: readonly string[], segments: readonly string[]): Captures | null {
  let found: Captures = { environment: null, service: null };
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    const captured = segment === undefined ? null : capture(part, segment);
    if (captured === null) return null;
    if (captured === "plain") continue;
    const known = found[captured.name];
    if (known !== null && !sameName(known, captured.value)) return null;
    found = { ...found, [captured.name]: captured.value };
  }
  return found;
}

/**
 * Reads paths by one line of `layout`. Gives every reading: with `**` in front of a placeholder a path can be read in several
 * ways, and each of them counts. None: the line says nothing about the path.
 */
export function layoutMatcher(pattern: string): (path: string) => readonly Captures[] {
  const compiled = compile(pattern, "/");
  return (path) => {
    const segments = path.split("/");
    return compiled.flatMap((full) => readings(full, segments));
  };
}

function readings(full: readonly string[], segments: readonly string[]): readonly Captures[] {
  const open = full.length > 1 && full.at(-1) === "**";
  const pattern = open ? full.slice(0, -1) : full;
  const gap = pattern.indexOf("**");
  const [head, tail] = gap < 0 ? [pattern, []] : [pattern.slice(0, gap), pattern.slice(gap + 1)];
  const found: Captures[] = [];
  const last = segments.length - head.length - tail.length;
  for (let skipped = 0; skipped <= (gap < 0 ? 0 : last); skipped++) {
    const taken = [
      ...segments.slice(0, head.length),
      ...segments.slice(head.length + skipped, head.length + skipped + tail.length),
    ];
    const ends = head.length + skipped + tail.length;
    if (open ? ends > segments.length : ends !== segments.length) continue;
    const captures = captureAll([...head, ...tail], taken);
    if (captures !== null) found.push(captures);
  }
  return found;
}
