/** One line of a CODEOWNERS file: whoever owns what it matches, unless a later line matches as well. No owners: nobody owns it. */
interface OwnerRule {
  readonly segments: readonly string[];
  /** Matches what lies below as well. */
  readonly below: boolean;
  /** Matches the path itself, not only what lies below. */
  readonly itself: boolean;
  /** `@login`, `@organisation/team` or a mailbox, in lower case. */
  readonly owners: readonly string[];
}

export interface CodeOwners {
  readonly rules: readonly OwnerRule[];
  /** What GitHub's syntax does not have, as "line 3: ...". GitHub leaves such a line out; whose its paths are cannot be told then. */
  readonly mistakes: readonly string[];
}

const owner = /^(?:@[\w-]+(?:\/[\w.-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+)$/u;

/**
 * Reads a CODEOWNERS file. https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function parseCodeOwners(text: string): CodeOwners {
  const rules: OwnerRule[] = [];
  const mistakes: string[] = [];
  for (const [index, written] of text.split(/\r?\n/u).entries()) {
    const words = written.match(/(?:\\.|\S)+/gu) ?? [];
    const comment = words.findIndex((word) => word.startsWith("#"));
    const [pattern, ...owners] = comment === -1 ? words : words.slice(0, comment);
    if (pattern === undefined) continue;
    const because =
      mistakeIn(pattern) ?? owners.filter((one) => !owner.test(one)).map((one) => `\`${one}\` is no owner`)[0];
    if (because === undefined) rules.push(ruleOf(pattern.replaceAll("\\ ", " "), owners));
    else mistakes.push(`line ${index + 1}: ${because}`);
  }
  return { rules, mistakes };
}

/** Owners of a path by the last line that matches it; none where no line does, or where that line names none. */
export function ownersOf(path: string, { rules }: CodeOwners): readonly string[] {
  return rules.findLast((rule) => isMatch(rule, path.split("/")))?.owners ?? [];
}

function mistakeIn(pattern: string): string | undefined {
  if (pattern.startsWith("!")) return `\`${pattern}\` negates`;
  if (/[[\]]/u.test(pattern)) return `\`${pattern}\` has a range of characters`;
  return /\\(?! )/u.test(pattern) ? `\`${pattern}\` escapes what cannot be escaped` : undefined;
}

function ruleOf(pattern: string, owners: readonly string[]): OwnerRule {
  const bare = pattern.replace(/\/$/u, "");
  const parts = bare.replace(/^\//u, "").split("/");
  const anchored = bare.includes("/");
  const isFolder = pattern.endsWith("/");
  // `docs/*` is what lies in the folder itself, `docs/*/` all that lies in its folders; `docs/**/` is `docs/**`.
  const children = anchored && parts.at(-1) === "*" && !isFolder;
  return {
    segments: anchored ? parts : ["**", ...parts],
    below: !children,
    itself: !isFolder || parts.at(-1) === "**",
    owners: owners.map((one) => one.toLowerCase()),
  };
}

/** Whether the pattern matches the path, or a folder that it lies in. */
function isMatch({ segments, below, itself }: OwnerRule, path: readonly string[]): boolean {
  // Where the pattern may stand after the segments of the path that were seen: a set, so that `**` costs no backtracking.
  let at = closed(new Set([0]), segments);
  for (const [index, name] of path.entries()) {
    const next = new Set<number>();
    for (const position of at) {
      const segment = segments[position];
      if (segment === "**") {
        next.add(position);
        if (position === segments.length - 1) next.add(position + 1);
      }
      if (segment !== undefined && segment !== "**" && isGlob(segment, name)) next.add(position + 1);
    }
    at = closed(next, segments);
    const last = index === path.length - 1;
    if (at.has(segments.length) && (last ? itself : below)) return true;
  }
  return false;
}

/** `**` may stand for nothing, but at the end it stands for something. */
function closed(positions: Set<number>, segments: readonly string[]): Set<number> {
  for (const position of positions) {
    if (segments[position] === "**" && position < segments.length - 1) positions.add(position + 1);
  }
  return positions;
}

/** `*` and `?` within one name, in linear time. */
function isGlob(glob: string, name: string): boolean {
  let [g, n, star, from] = [0, 0, -1, 0];
  while (n < name.length) {
    if (glob[g] === "*") {
      star = g;
      g += 1;
      from = n;
    } else if (glob[g] === "?" || glob[g] === name[n]) {
      g += 1;
      n += 1;
    } else if (star >= 0) {
      g = star + 1;
      from += 1;
      n = from;
    } else return false;
  }
  while (glob[g] === "*") g += 1;
  return g === glob.length;
}
