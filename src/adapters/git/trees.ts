import type { Tree, TreeEntry } from "../../core/change/build.ts";
import { readMode } from "../../core/change/content.ts";
import { type Git, run, split } from "./git.ts";

/** A path as text. `exact` is false where git's bytes are not UTF-8: the text then shows them as `\xff` and names no file. */
export interface PathName {
  readonly path: string;
  readonly exact: boolean;
}

/** A recursive listing, and the paths in it whose names or modes cannot be told. */
export interface Listing {
  readonly tree: Tree;
  readonly unclear: ReadonlySet<string>;
}

/** The files of a commit. Throws `GitFailure` where a tree is missing. */
export async function listTree(git: Git, commit: string): Promise<Listing> {
  const tree = new Map<string, TreeEntry>();
  const unclear = new Set<string>();
  for (const record of split(await run(git, ["ls-tree", "-r", "-z", "--full-tree", commit]))) {
    const tab = record.indexOf("\t");
    const [mode = "", , sha = ""] = record.toString("latin1", 0, tab).split(" ");
    const { path, exact } = pathName(record.subarray(tab + 1));
    const known = readMode(mode);
    if (!exact || known === null) unclear.add(path);
    tree.set(path, { mode: known ?? "100644", sha });
  }
  return { tree, unclear };
}

/** Git's paths are bytes. https://git-scm.com/docs/git-ls-tree (option -z) */
export function pathName(bytes: Buffer): PathName {
  const path = bytes.toString("utf8");
  if (Buffer.from(path, "utf8").equals(bytes)) return { path, exact: true };
  const shown = [...bytes]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
    .join("");
  return { path: shown, exact: false };
}
