import type { Tree } from "../change/build.ts";
import type { Content } from "../change/change-set.ts";
import { isKustomizationFile, localReferences } from "./graph/kustomize.ts";

/** The content of a path on one side; null where there is nothing. */
type ContentAt = (path: string) => Content | null;

/** One side of the change as far as it can be read. */
export interface Side {
  readonly tree: Tree;
  readonly contentAt: ContentAt;
}

/**
 * All that kustomizations which the change touches are put together from, on either side: what they take in, patch with and generate
 * from, through other kustomizations too. `known` are the kustomizations to look through.
 */
export function kustomizedFiles(
  sides: readonly Side[],
  known: readonly string[],
  changed: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const side of sides) {
    const named = namedOn(side);
    for (const path of known) {
      const files = closure(path, named);
      if ([...files].some((file) => changed.has(file))) for (const file of files) found.add(file);
    }
  }
  return found;
}

/** The files that a kustomization names, folders by the kustomization in them. */
function namedOn({ tree, contentAt }: Side): (path: string) => readonly string[] {
  const inFolder = new Map([...tree.keys()].filter(isKustomizationFile).map((path) => [folderOf(path), path]));
  const read = new Map<string, readonly string[]>();
  return (path) => {
    const standing = read.get(path);
    if (standing !== undefined) return standing;
    const content = tree.has(path) ? contentAt(path) : null;
    const named = content?.kind === "text" ? localReferences(path, content.text) : [];
    const files = named.flatMap((local) => inFolder.get(local) ?? (tree.has(local) ? [local] : []));
    read.set(path, files);
    return files;
  };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function closure(root: string, named: (path: string) => readonly string[]): ReadonlySet<string> {
  const files = new Set<string>();
  const open = [root];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    if (isKustomizationFile(path)) open.push(...named(path));
  }
  return files;
}
