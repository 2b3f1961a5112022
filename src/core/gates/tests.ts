import type { Mark } from "./files.ts";

/** How runners are told to leave a test out, to expect that it fails, or to run no other. */
const leavingOut: readonly { readonly key: string; readonly pattern: RegExp }[] = [
  { key: "skip", pattern: /\b(?:it|test|describe|suite|context|bench|specify)\.(?:skip|fixme|failing|fails)\b/u },
  { key: "skip", pattern: /(?:^|[\s;{(])x(?:it|describe|test|context|specify)\s*\(/u },
  {
    key: "skip",
    pattern:
      /@pytest\.mark\.(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail)\s*\(|@(?:unittest\.)?(?:skip|skipIf|expectedFailure)\b/u,
  },
  { key: "skip", pattern: /\bself\.skipTest\s*\(|\bmarkTest(?:Skipped|Incomplete)\s*\(|\bXCTSkip\b/u },
  { key: "skip", pattern: /\b[tb]\.Skip(?:f|Now)?\s*\(/u },
  { key: "skip", pattern: /#\[ignore\b/u },
  { key: "skip", pattern: /@(?:Ignore|Disabled)\b|\[(?:Ignore|Explicit)\b|\bSkip\s*=\s*"/u },
  { key: "only", pattern: /\b(?:it|test|describe|suite|context)\.only\b|(?:^|[\s;{(])f(?:it|describe|context)\s*\(/u },
];

/** Words that comment a line out, in any of the languages. */
const comment = /^\s*(?:\/\/|#(?!\[)|\*|--)/u;

export function leftOutIn(lines: readonly string[]): readonly Mark[] {
  return lines.flatMap((line, index) => {
    const found = comment.test(line) ? undefined : leavingOut.find(({ pattern }) => pattern.test(line));
    return found === undefined ? [] : [{ key: found.key, text: line.trim(), line: index + 1 }];
  });
}

const titles: readonly RegExp[] = [
  /\b(?:it|test|specify)(?:\.\w+)*\s*\(\s*(?:"(?<a>[^"]*)"|'(?<b>[^']*)'|`(?<c>[^`]*)`)/gu,
  /\bdef\s+(?<a>test_\w+)/gu,
  /\bfunc\s+(?:\([^)]*\)\s*)?(?<a>Test\w+)\s*\(/gu,
  /\bfn\s+(?<a>\w+)\s*\(\s*\)/gu,
  /\b(?:void|fun)\s+(?<a>`[^`]+`|\w+)\s*\(/gu,
  /^\s*(?:it|scenario)\s+["'](?<a>[^"']+)["']/giu,
  /^\s*Scenario(?: Outline)?:\s*(?<a>\S.*)$/gu,
];

/** Titles stand at the beginning of a line; what is minified has none that could be told apart. */
const titleLimit = 400;

/** Names of the tests of a file, where its language is known. */
export function testsIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((whole) => {
    const line = whole.slice(0, titleLimit);
    for (const pattern of titles) {
      const found = [...line.matchAll(pattern)].flatMap(
        ({ groups }) => groups?.["a"] ?? groups?.["b"] ?? groups?.["c"] ?? [],
      );
      if (found.length > 0) return found;
    }
    return [];
  });
}
