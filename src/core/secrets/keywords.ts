import type { Work } from "./find.ts";

/** A keyword that stands in the text: its index in the list it was built from, and the offset of its first character. */
export interface Hit {
  readonly keyword: number;
  readonly at: number;
}

/** Finds many literals at once, whatever their case, in one pass that looks at each character of the text once. */
export interface Keywords {
  readonly words: readonly string[];
  readonly next: Int32Array;
  /** Per state, the keywords that end there. */
  readonly ends: readonly (readonly number[])[];
}

const width = 128;

/** Builds the automaton of Aho and Corasick over ASCII; words are compared without regard to case. */
export function keywordsOf(words: readonly string[]): Keywords {
  const rows: Int32Array[] = [new Int32Array(width).fill(-1)];
  const ends: number[][] = [[]];
  for (const [index, word] of words.entries()) {
    let state = 0;
    for (let at = 0; at < word.length; at++) {
      const code = folded(word.charCodeAt(at));
      const row = rows[state] ?? new Int32Array(width);
      let target = row[code] ?? -1;
      if (target < 0) {
        target = rows.length;
        row[code] = target;
        rows.push(new Int32Array(width).fill(-1));
        ends.push([]);
      }
      state = target;
    }
    ends[state]?.push(index);
  }
  return { words, next: withFallbacks(rows, ends), ends };
}

/** Every hit, in the order of where it ends. */
export function hitsIn(text: string, keywords: Keywords, work: Work): readonly Hit[] {
  const hits: Hit[] = [];
  const { next, ends, words } = keywords;
  let state = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    state = code < width ? (next[state * width + folded(code)] ?? 0) : 0;
    const ended = ends[state];
    if (ended === undefined || ended.length === 0) continue;
    for (const keyword of ended) hits.push({ keyword, at: at + 1 - (words[keyword]?.length ?? 0) });
  }
  work.steps += text.length + hits.length;
  return hits;
}

function withFallbacks(rows: readonly Int32Array[], ends: number[][]): Int32Array {
  const next = new Int32Array(rows.length * width);
  const fallback = new Int32Array(rows.length);
  const queue: number[] = [0];
  for (let index = 0; index < queue.length; index++) {
    const state = queue[index] ?? 0;
    const back = fallback[state] ?? 0;
    if (state !== 0) ends[state]?.push(...(ends[back] ?? []));
    for (let code = 0; code < width; code++) {
      const target = rows[state]?.[code] ?? -1;
      const otherwise = state === 0 ? 0 : (next[back * width + code] ?? 0);
      next[state * width + code] = target < 0 ? otherwise : target;
      if (target < 0) continue;
      fallback[target] = otherwise;
      queue.push(target);
    }
  }
  return next;
}

function folded(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
