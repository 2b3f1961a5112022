/**
 * A key as the words that people hear in it: `spring.datasource.maximumPoolSize`, `MAXIMUM_POOL_SIZE` and `maximum-pool-size` all end
 * in `maximum pool size`.
 */
export function wordsOf(segments: readonly string[]): readonly string[] {
  return segments.flatMap((segment) =>
    segment
      .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/gu, " ")
      .toLowerCase()
      .split(/[^a-z0-9]+/u)
      .filter((word) => word !== ""),
  );
}
