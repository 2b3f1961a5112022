import { createHash } from "node:crypto";

/** Modes as git writes them into trees: file, executable, symbolic link, submodule, directory. */
export type Mode = "100644" | "100755" | "120000" | "160000" | "40000";

export interface TreeEntry {
  readonly path: string;
  readonly mode: Mode;
  readonly sha: string;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly dateMs: number;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  /** The armoured signature that git keeps in the commit; null where it is not signed. */
  readonly signature: string | null;
}

/** One path that differs between two trees; a side is undefined where no file stands at the path. */
export interface PathDifference {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

interface Link {
  readonly mode: Mode;
  readonly sha: string;
}
type Tree = ReadonlyMap<string, Link>;

/** What stands for a signature that GitHub has verified; nobody here verifies it by its bytes. */
export const VERIFIED_SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\nfake\n-----END PGP SIGNATURE-----";

const EMPTY_TREE: Tree = new Map();

/** git's object store in memory: the same bytes and therefore the same SHAs as git itself. */
export class GitObjects {
  readonly #blobs = new Map<string, Buffer>();
  readonly #trees = new Map<string, Tree>();
  readonly #commits = new Map<string, Commit>();

  writeBlob(content: string | Uint8Array): string {
    const bytes = typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
    const sha = objectId("blob", bytes);
    this.#blobs.set(sha, bytes);
    return sha;
  }

  /** Nested trees from full paths. @throws Error on a path that git would refuse. */
  writeTree(files: Iterable<TreeEntry>): string {
    const root: Level = new Map();
    for (const file of files) place(root, file);
    return this.#writeLevel(root);
  }

  /** One tree from its direct entries, as `git mktree` does; empty directories are left out. */
  writeDirectory(entries: Iterable<readonly [string, Link]>): string {
    const sorted = [...entries].sort(([a, x], [b, y]) => Buffer.compare(sortKey(a, x.mode), sortKey(b, y.mode)));
    const sha = objectId("tree", treeBytes(sorted));
    if (!this.#trees.has(sha)) this.#trees.set(sha, new Map(sorted));
    return sha;
  }

  writeCommit(fields: Omit<Commit, "sha">): string {
    const sha = objectId("commit", commitBytes(fields));
    this.#commits.set(sha, { sha, ...fields });
    return sha;
  }

  blob(sha: string): Buffer | undefined {
    return this.#blobs.get(sha);
  }
  tree(sha: string): Tree | undefined {
    return this.#trees.get(sha);
  }
  /** As when garbage is collected: whoever asks for the commit hears that there is none. Its trees and blobs stay. */
  loseCommit(sha: string): void {
    this.#commits.delete(sha);
  }

  commit(sha: string): Commit | undefined {
    return this.#commits.get(sha);
  }

  /** All files below a tree (submodules included), depth first in git's order. */
  *files(tree: string, prefix = ""): Generator<TreeEntry> {
    for (const [name, { mode, sha }] of this.#trees.get(tree) ?? EMPTY_TREE)
      if (mode === "40000") yield* this.files(sha, `${prefix}${name}/`);
      else yield { path: `${prefix}${name}`, mode, sha };
  }

  /** The entry at a path, a directory included. */
  entryAt(tree: string, path: string): TreeEntry | undefined {
    let current = tree;
    const parts = path.split("/");
    for (const [index, name] of parts.entries()) {
      const link = this.#trees.get(current)?.get(name);
      if (link === undefined) return undefined;
      if (index === parts.length - 1) return { path, ...link };
      current = link.sha;
    }
    return undefined;
  }

  /** Files that differ between two trees; subtrees with equal SHAs are never entered. */
  *difference(before: string | undefined, after: string | undefined, prefix = ""): Generator<PathDifference> {
    if (before === after) return;
    const left = before === undefined ? EMPTY_TREE : (this.#trees.get(before) ?? EMPTY_TREE);
    const right = after === undefined ? EMPTY_TREE : (this.#trees.get(after) ?? EMPTY_TREE);
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const a = left.get(name);
      const b = right.get(name);
      if (a?.sha === b?.sha && a?.mode === b?.mode) continue;
      const path = `${prefix}${name}`;
      const [fileA, fileB] = [fileAt(path, a), fileAt(path, b)];
      if (fileA !== undefined || fileB !== undefined) yield { path, before: fileA, after: fileB };
      const [treeA, treeB] = [directoryOf(a), directoryOf(b)];
      if (treeA !== undefined || treeB !== undefined) yield* this.difference(treeA, treeB, `${path}/`);
    }
  }

  /** The commit itself and everything it descends from, nearest first. */
  *ancestors(from: string): Generator<string> {
    const seen = new Set([from]);
    const queue = [from];
    for (let next = 0; next < queue.length; next++) {
      const sha = queue[next] ?? "";
      yield sha;
      for (const parent of this.#commits.get(sha)?.parents ?? [])
        if (!seen.has(parent)) {
          seen.add(parent);
          queue.push(parent);
        }
    }
  }

  /** Every object with its canonical bytes, for writing a real repository. */
  *objects(): Generator<{ readonly type: "blob" | "tree" | "commit"; readonly sha: string; readonly bytes: Buffer }> {
    for (const [sha, bytes] of this.#blobs) yield { type: "blob", sha, bytes };
    for (const [sha, tree] of this.#trees) yield { type: "tree", sha, bytes: treeBytes([...tree]) };
    for (const commit of this.#commits.values()) yield { type: "commit", sha: commit.sha, bytes: commitBytes(commit) };
  }

  #writeLevel(level: Level): string {
    return this.writeDirectory(
      [...level].map(([name, value]) => [
        name,
        value instanceof Map ? { mode: "40000", sha: this.#writeLevel(value) } : value,
      ]),
    );
  }
}

type Level = Map<string, Level | Link>;

function place(root: Level, { path, mode, sha }: TreeEntry): void {
  const parts = path.split("/");
  for (const part of parts)
    if (part === "" || part === "." || part === ".." || part.toLowerCase() === ".git" || part.includes("\0"))
      throw new Error(`Cannot write a tree with the path ${JSON.stringify(path)}: git refuses "${part}" in it.`);
  const name = parts.pop() ?? "";
  let level = root;
  for (const part of parts) {
    let next = level.get(part);
    if (!(next instanceof Map)) {
      next = new Map();
      level.set(part, next);
    }
    level = next;
  }
  level.set(name, { mode, sha });
}

function fileAt(path: string, link: Link | undefined): TreeEntry | undefined {
  return link === undefined || link.mode === "40000" ? undefined : { path, ...link };
}

function directoryOf(link: Link | undefined): string | undefined {
  return link?.mode === "40000" ? link.sha : undefined;
}

/** git orders a directory as if its name ended in a slash. */
function sortKey(name: string, mode: Mode): Buffer {
  return Buffer.from(mode === "40000" ? `${name}/` : name);
}

function treeBytes(entries: readonly (readonly [string, Link])[]): Buffer {
  return Buffer.concat(
    entries.flatMap(([name, { mode, sha }]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, "hex")]),
  );
}

function commitBytes({ tree, parents, author, committer, message, signature }: Omit<Commit, "sha">): Buffer {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signatureLine(author)}`,
    `committer ${signatureLine(committer)}`,
    // git indents the lines of a header that has several.
    ...(signature === null ? [] : [`gpgsig ${signature.trim().replaceAll("\n", "\n ")}`]),
    "",
    message,
  ];
  return Buffer.from(lines.join("\n"));
}

/** git drops the characters that would break the line. */
function signatureLine({ name, email, dateMs }: Signature): string {
  const clean = (text: string): string => text.replaceAll(/[<>\n\0]/g, "").trim();
  return `${clean(name)} <${clean(email)}> ${Math.floor(dateMs / 1000)} +0000`;
}

function objectId(type: "blob" | "tree" | "commit", bytes: Buffer): string {
  return createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
}
