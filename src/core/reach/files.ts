import type { ChangeSet } from "../change/change-set.ts";
import { foldersAround } from "./graph/graph.ts";

export function isVariableFile(path: string): boolean {
  return /\.tfvars(?:\.json)?$/u.test(path);
}

/** Files of one kind by the nearest of the folders around them. */
export function filesBy(
  change: ChangeSet,
  is: (path: string) => boolean,
  folders: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { path } of change.files) {
    if (!is(path)) continue;
    const around = foldersAround(path).find((folder) => folders.has(folder));
    if (around === undefined) continue;
    const known = found.get(around);
    if (known === undefined) found.set(around, [path]);
    else known.push(path);
  }
  return found;
}

/** A path and the folders around it, from the inside out; the root is the empty string. */
export function ancestors(path: string): readonly string[] {
  return [path, ...foldersAround(path)];
}
