import { markedPieces, sqlFramework, unreadFramework } from "./framework.ts";
import { inMigrationsFolder } from "./paths.ts";

/** Formatted SQL. https://docs.liquibase.com/concepts/changelogs/sql-format.html */
export const liquibaseSql = sqlFramework({
  name: "Liquibase",
  claims: (path) => /\.sql$/iu.test(path) && (inMigrationsFolder(path) || /liquibase|change[-_]?log/iu.test(path)),
  recognises: (_, text) => /^\s*--\s*liquibase formatted sql/imu.test(text),
  late: "unordered",
  grows: true,
  step: (path) => ({ series: path, version: null, repeatable: false }),
  configured: [{ file: "liquibase.properties", names: /jdbc:(\w+):/gu }],
  pieces: (text) =>
    markedPieces(
      text,
      (line) => (/^\s*--\s*rollback\b/iu.test(line) ? null : /^\s*--\s*changeset\s/iu.test(line) ? true : null),
      false,
    ),
  inTransaction: (text) => (/\brunInTransaction:\s*false\b/iu.test(text) ? null : true),
});

/** Changelogs in XML, YAML and JSON: changes are added to them at the end, so that an edit of one is no edit of a migration. */
export const liquibase = unreadFramework({
  name: "Liquibase",
  claims: (path) =>
    /(?:^|\/)[^/]*change[-_]?log[^/]*\.(?:xml|ya?ml|json)$/iu.test(path) ||
    /(?:^|\/)(?:liquibase|change[-_]?logs?)\/.*\.(?:xml|ya?ml|json)$/iu.test(path),
  recognises: (_, text) => /\bdatabaseChangeLog\b/u.test(text),
  step: () => null,
});
