/** One line of the table; milliseconds, except where `note` says what else counts. */
export interface Row {
  readonly name: string;
  readonly times: readonly number[];
  readonly note: string;
}

/** Runs `work` once to warm up and then up to `times` times, at most about two seconds. */
export function measure(name: string, times: number, work: () => void): Row {
  work();
  const taken: number[] = [];
  const startMs = performance.now();
  while (taken.length < times && performance.now() - startMs < 2_000) {
    const beginMs = performance.now();
    work();
    taken.push(performance.now() - beginMs);
  }
  return { name, times: taken, note: "" };
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, times, note }) => {
    const sorted = times.toSorted((a, b) => a - b);
    const middle = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
    return [name, middle.toFixed(2), (sorted.at(-1) ?? 0).toFixed(2), String(sorted.length), note];
  });
  const all = [["", "median ms", "longest", "runs", ""], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = ([name = "", ...rest]: readonly string[]): string =>
    [name.padEnd(widths[0] ?? 0), ...rest.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))].join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}
