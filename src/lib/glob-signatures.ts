/** Which of several patterns a text matches, and one such text. */
export interface Signature {
  readonly matches: readonly boolean[];
  readonly example: string;
}

/**
 * Every combination of patterns that one text can match at once. `*` stands for any text, `?` for one character. Two sets that are
 * put together from the patterns are equal, or one holds the other, exactly if they agree on every signature.
 *
 * Walks the product of the patterns' automata, each state once. Null where there are more than `limit` states: nothing is known then.
 */
export function globSignatures(patterns: readonly string[], limit: number): readonly Signature[] | null {
  const start = patterns.map((pattern) => closed(pattern, [0]));
  const seen = new Map<string, string>([[keyOf(start), ""]]);
  const queue: (readonly (readonly number[])[])[] = [start];
  const found = new Map<string, Signature>();
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] ?? [];
    const example = seen.get(keyOf(state)) ?? "";
    const matches = state.map((positions, index) => positions.includes(patterns[index]?.length ?? -1));
    const signature = matches.join();
    if (!found.has(signature)) found.set(signature, { matches, example });
    for (const character of alphabet(patterns, state)) {
      const next = state.map((positions, index) => step(patterns[index] ?? "", positions, character));
      const key = keyOf(next);
      if (seen.has(key)) continue;
      if (seen.size >= limit) return null;
      seen.set(key, example + character);
      queue.push(next);
    }
  }
  return [...found.values()];
}

/** A pattern whose letters stand for themselves in either case. */
export function eitherCase(pattern: string): string {
  return pattern.replaceAll(/[a-z]/giu, (letter) =>
    String.fromCharCode(eitherCaseFrom + letter.toLowerCase().charCodeAt(0)),
  );
}
/** Private characters, one for each letter of ASCII. */
const eitherCaseFrom = 0xe1_00;

function charactersOf(expected: string): readonly string[] {
  const code = expected.charCodeAt(0) - eitherCaseFrom;
  if (code < 97 || code > 122) return [expected];
  const letter = String.fromCharCode(code);
  return [letter, letter.toUpperCase()];
}

function keyOf(state: readonly (readonly number[])[]): string {
  return state.map((positions) => positions.join(" ")).join("|");
}

/** Where `*` stands for nothing, the position behind it is reached as well. Sorted, each once. */
function closed(pattern: string, positions: readonly number[]): readonly number[] {
  const all = new Set<number>();
  for (const position of positions) {
    all.add(position);
    for (let next = position; pattern[next] === "*"; next++) all.add(next + 1);
  }
  return [...all].toSorted((a, b) => a - b);
}

function step(pattern: string, positions: readonly number[], character: string): readonly number[] {
  const next = positions.flatMap((position) => {
    const expected = pattern[position];
    if (expected === "*") return [position];
    return expected === "?" || (expected !== undefined && charactersOf(expected).includes(character))
      ? [position + 1]
      : [];
  });
  return closed(pattern, next);
}

/** The characters that some pattern waits for, and one that none does: all others are alike to it. */
function alphabet(patterns: readonly string[], state: readonly (readonly number[])[]): readonly string[] {
  const awaited = new Set<string>();
  for (const [index, positions] of state.entries()) {
    for (const position of positions) {
      const expected = patterns[index]?.[position];
      if (expected === undefined || expected === "*" || expected === "?") continue;
      for (const character of charactersOf(expected)) awaited.add(character);
    }
  }
  const other = "xyzabcdefghijklmnopqrstuvw0123456789-_/:.".split("").find((character) => !awaited.has(character));
  // More characters awaited at once than there are here: one that nobody writes.
  return [...awaited, other ?? "\u{F8FF}"];
}
