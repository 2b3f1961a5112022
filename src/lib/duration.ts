const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;
const form = /^(\d{1,12})(ms|s|m|h|d)$/;

/** Reads `24h`, `14d`, `30s`, `2m` or `250ms` as milliseconds. Null when the text is no duration or is too long to be exact. */
export function parseDuration(text: string): number | null {
  const match = form.exec(text);
  if (match === null) return null;
  const factor = units.find(([unit]) => unit === match[2])?.[1];
  if (factor === undefined) return null;
  const milliseconds = Number(match[1]) * factor;
  return Number.isSafeInteger(milliseconds) ? milliseconds : null;
}

/** Prints milliseconds in the largest unit that divides them: 86,400,000 as `1d`, 90,000 as `90s`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
    throw new Error(`Cannot print ${milliseconds} as a duration: whole milliseconds from zero are expected`);
  }
  const [unit, factor] = units.find(([, size]) => milliseconds % size === 0 && milliseconds >= size) ?? ["s", 1_000];
  return `${milliseconds / factor}${unit}`;
}
