import type { Memo } from "../../core/syntax.ts";

/**
 * A memo of at most `maxEntries` values that forgets the one not used for longest. Keys name reader, version and blob, so a
 * key stands for one type of value; that is what makes the cast below right.
 */
export function createMemo(maxEntries: number): Memo {
  const kept = new Map<string, unknown>();
  return <T>(key: string, compute: () => T): T => {
    if (kept.has(key)) {
      const value = kept.get(key) as T;
      kept.delete(key);
      kept.set(key, value);
      return value;
    }
    const value = compute();
    kept.set(key, value);
    for (const oldest of kept.keys()) {
      if (kept.size <= maxEntries) break;
      kept.delete(oldest);
    }
    return value;
  };
}
