import { fileName, folderOf, sqlFramework, unreadFramework, wholeFile } from "./framework.ts";

/**
 * Versioned (V), baseline (B), repeatable (R) and undo (U) migrations, and callbacks by the names of their events. Refinery has taken over
 * the names. https://documentation.red-gate.com/fd/migrations-184127470.html
 */
const migration = /^(?<kind>[VBRU])(?<version>[\d._]*\d)?__.+\.sql$/u;
const callback =
  /^(?:before|after)(?:Each)?(?:Migrate|Clean|Info|Validate|Baseline|Repair|Undo|Versioned|Repeatables|Connect|CreateSchema)[A-Za-z]*(?:__.+)?\.sql$/u;

export const flyway = sqlFramework({
  name: "Flyway",
  claims: (path) => migration.test(fileName(path)) || callback.test(fileName(path)),
  late: "refuses",
  step(path) {
    const named = migration.exec(fileName(path))?.groups;
    const kind = named?.["kind"];
    if (kind === undefined || kind === "U") return null;
    const version = named?.["version"]?.replaceAll("_", ".") ?? null;
    return { series: folderOf(path), version: kind === "R" ? null : version, repeatable: kind === "R" };
  },
  configured: ["flyway.conf", "conf/flyway.conf", "flyway.toml", "application.properties", "application.yml"].map(
    (file) => ({ file, names: /jdbc:(?:tc:)?(\w+):/giu }),
  ),
  pieces: (text, path) => (fileName(path).startsWith("U") ? [] : wholeFile(text)),
  // Flyway looks at the statements: those that cannot run in a transaction it runs without one.
  inTransaction: () => null,
});

export const flywayCode = unreadFramework({
  name: "Flyway in Java",
  claims: (path) => /^[VRB][\d_]*__\w+\.(?:java|kt|groovy|scala)$/u.test(fileName(path)),
});
