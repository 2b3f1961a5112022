const folders =
  /(?:^|\/)(?:[\w.-]*migrations?|migrate|schema[-_]changes|db[-_]changes|sql[-_]patches|evolutions|deltas|changelogs?|drizzle)\/(?:.*\/)?[^/]+\.sql$/iu;

/** SQL below a folder whose name says that it holds migrations. What is there beside them (seeds, dumps, tests) is told by name. */
export function inMigrationsFolder(path: string): boolean {
  return folders.test(path) && !beside.test(path);
}

const beside =
  /(?:^|\/)(?:seeds?|fixtures?|testdata|snapshots?|dumps?)\/|(?:^|\/)(?:schema|structure|seeds?|dump)\.sql$/iu;
