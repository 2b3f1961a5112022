import { compareVersions, folderOf, type Step } from "./frameworks/framework.ts";
import { frameworkOf } from "./frameworks/list.ts";

/**
 * Unchanged files that a changed migration is judged with: those that say which database it is for, the last migration of its series, and,
 * where a framework writes down only what becomes of a field, those that say what it was.
 */
export function migrationContext(
  headPaths: Iterable<string>,
  changedPaths: readonly string[],
): (path: string) => boolean {
  const migrations = changedPaths.filter((path) => frameworkOf(path, null) !== null);
  if (migrations.length === 0) return () => false;
  const configuration = new Set(migrations.flatMap(configurationOf));
  const withSiblings = new Set(
    migrations.filter((path) => frameworkOf(path, null)?.readsSiblings === true).map(folderOf),
  );
  const last = lastSteps(
    headPaths,
    new Set(migrations.flatMap((path) => stepOf(path)?.series ?? [])),
    new Set(changedPaths),
  );
  return (path) =>
    configuration.has(path) || last.has(path) || (withSiblings.has(folderOf(path)) && frameworkOf(path, null) !== null);
}

/** The files in which a project may say what its database is, in every folder around a migration. */
function configurationOf(path: string): readonly string[] {
  const folders = path.split("/").slice(0, -1);
  const around = ["", ...folders.map((_, index) => `${folders.slice(0, index + 1).join("/")}/`)];
  const names = frameworkOf(path, null)?.configured ?? [];
  // A migration in a folder of its own may have its settings beside it.
  return [...around.flatMap((folder) => names.map((name) => `${folder}${name}`)), `${folderOf(path)}/metadata.toml`];
}

function stepOf(path: string): Step | null {
  return frameworkOf(path, null)?.step(path) ?? null;
}

function lastSteps(
  headPaths: Iterable<string>,
  series: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): ReadonlySet<string> {
  const last = new Map<string, { path: string; version: string }>();
  const folders = [...series];
  for (const path of headPaths) {
    if (changed.has(path) || !folders.some((folder) => path.startsWith(folder))) continue;
    const step = stepOf(path);
    if (step?.version === null || step === null || !series.has(step.series)) continue;
    const known = last.get(step.series);
    if (known === undefined || compareVersions(known.version, step.version) < 0)
      last.set(step.series, { path, version: step.version });
  }
  return new Set([...last.values()].map(({ path }) => path));
}
