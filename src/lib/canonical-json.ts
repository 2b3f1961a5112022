function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Prints plain data as JSON with the keys in code-unit order and no spaces, so equal values give equal bytes. Keys that
 * hold undefined are left out; a bigint is printed as a string. Throws on what has no faithful form (a function, NaN).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "bigint") return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    return `{${keys
      .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
      .join(",")}}`;
  }
  const faithful = value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  if (!faithful) throw new Error(`Cannot print a ${typeof value} as canonical JSON: only plain data has such a form`);
  return JSON.stringify(value);
}
