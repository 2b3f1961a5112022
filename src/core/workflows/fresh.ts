/** Something that a workflow holds. Of equal keys the one with a `trace` that the base has not is the new one. */
export interface Held {
  readonly key: string;
  readonly trace: string;
}

/**
 * What the head holds more of than the base: file by file, and what went from one file explains what came to another. Moving and
 * reordering are nothing new.
 */
export function newlyHeld<F, T extends Held>(
  changes: readonly { readonly before: F | null; readonly after: F | null }[],
  holds: (file: F) => readonly T[],
): readonly { readonly workflow: F; readonly item: T }[] {
  const left = new Map<string, number>();
  const fresh: { readonly workflow: F; readonly item: T }[] = [];
  for (const { before, after } of changes) {
    const was = before === null ? [] : holds(before);
    const is = after === null ? [] : holds(after);
    const stood = counted(was.map(({ key }) => key));
    const traces = new Set(was.map(({ key, trace }) => `${key}\n${trace}`));
    const knownFirst = is.toSorted((a, b) => rank(a, traces) - rank(b, traces));
    for (const item of knownFirst) {
      if (!take(stood, item.key) && after !== null) fresh.push({ workflow: after, item });
    }
    for (const [key, number] of stood) left.set(key, (left.get(key) ?? 0) + number);
  }
  return fresh.filter(({ item }) => !take(left, item.key));
}

function rank({ key, trace }: Held, traces: ReadonlySet<string>): number {
  return traces.has(`${key}\n${trace}`) ? 0 : 1;
}

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}

/** The first of each key: for what is no worse the second time. */
export function once<T extends Held>(items: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return items.filter(({ key }) => !seen.has(key) && seen.add(key) !== undefined);
}
