/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function distance(a: string, b: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const options = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1)];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(...options, ...(swapped ? [(beforeLast[j - 2] ?? 0) + 1] : [])));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

const lengthLimit = 80;

/** The candidate that was probably meant: at most a third of the word wrong; null when none is that close. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > lengthLimit) return null;
  let best: { readonly candidate: string; readonly away: number } | null = null;
  for (const candidate of candidates) {
    const away = distance(word.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (away <= allowed && (best === null || away < best.away)) best = { candidate, away };
  }
  return best?.candidate ?? null;
}
