import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { TreeEntry } from "../../core/change/build.ts";
import type { Content, Mode } from "../../core/change/change-set.ts";
import { decode, limitBytesOf, readMode, tooLarge } from "../../core/change/content.ts";
import { type Searchable, searchable, tooLargeToSearch } from "../../core/secrets/searchable.ts";
import { contentKey } from "./contents.ts";
import { type Git, GitFailure, line, run, split, UnanswerableRequest } from "./git.ts";
import { type Listing, pathName } from "./trees.ts";

/** What would be committed if everything were: tracked files as they stand now, and untracked ones that are not ignored. */
export interface WorkingTree extends Listing {
  /** What stands in files that differ from the index, by `contentKey`; everything else is in the object store. */
  readonly contents: ReadonlyMap<string, Content>;
  /** The same for whoever searches them, by blob: also of what is no text. */
  readonly searchables: ReadonlyMap<string, Searchable>;
  /** Paths that are not as the commit at HEAD has them: what a report about that commit does not cover. */
  readonly uncommitted: number;
}

interface Entry {
  readonly name: Buffer;
  readonly mode: Mode;
}

/** Reads the working tree at `git.directory`, which must be its root. `head` is the listing of the commit at HEAD. */
export async function readWorkingTree(git: Git, head: Listing): Promise<WorkingTree> {
  const { tree, unclear } = await readIndex(git);
  const contents = new Map<string, Content>();
  const searchables = new Map<string, Searchable>();
  const idLength = (await line(git, ["rev-parse", "HEAD"])).length;
  const { deleted, modified } = await differingFromIndex(git);
  for (const path of deleted) tree.delete(path);
  for (const entry of [...modified, ...(await untracked(git))]) {
    const { path, exact } = pathName(entry.name);
    const found = await readEntry(git, entry, idLength);
    if (!exact || found === null) unclear.add(path);
    if (found === null) continue;
    tree.set(path, found.entry);
    contents.set(contentKey(found.entry), found.content);
    if (found.searchable !== null) searchables.set(found.entry.sha, found.searchable);
  }
  return { tree, unclear, contents, searchables, uncommitted: countDifferences(head, tree) };
}

async function readIndex(git: Git): Promise<{ tree: Map<string, TreeEntry>; unclear: Set<string> }> {
  const tree = new Map<string, TreeEntry>();
  const unclear = new Set<string>();
  for (const record of split(await run(git, ["ls-files", "-z", "--stage"]))) {
    const tab = record.indexOf("\t");
    const [octal = "", sha = "", stage = ""] = record.toString("latin1", 0, tab).split(" ");
    const { path, exact } = pathName(record.subarray(tab + 1));
    if (stage !== "0")
      throw new UnanswerableRequest(
        `Cannot judge the working tree: ${path} has an unresolved conflict; resolve it first.`,
      );
    const mode = readMode(octal);
    if (!exact || mode === null) unclear.add(path);
    tree.set(path, { mode: mode ?? "100644", sha });
  }
  return { tree, unclear };
}

/**
 * Git compares times and sizes with the index, so a file that line ending or large file conversions touched at checkout does
 * not count as changed. https://git-scm.com/docs/git-diff-files ("raw output format")
 */
async function differingFromIndex(git: Git): Promise<{ deleted: readonly string[]; modified: readonly Entry[] }> {
  const deleted: string[] = [];
  const modified: Entry[] = [];
  const args = [
    "diff-files",
    "-z",
    "--raw",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=dirty",
  ];
  const records = split(await run(git, args));
  for (let index = 0; index + 1 < records.length; index += 2) {
    const [, octal = "", , , status = ""] = (records[index] ?? Buffer.alloc(0)).toString("latin1").split(" ");
    const name = records[index + 1] ?? Buffer.alloc(0);
    const mode = readMode(octal);
    if (status === "D" || mode === null) deleted.push(pathName(name).path);
    else modified.push({ name, mode });
  }
  return { deleted, modified };
}

async function untracked(git: Git): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const name of split(await run(git, ["ls-files", "-z", "--others", "--exclude-standard"]))) {
    // A folder in this list is a repository of its own, which git would add as a submodule.
    if (name.at(-1) === 0x2f) entries.push({ name: name.subarray(0, -1), mode: "160000" });
    else {
      const stat = await lstat(at(git, name));
      const plain = (stat.mode & 0o111) === 0 ? "100644" : "100755";
      entries.push({ name, mode: stat.isSymbolicLink() ? "120000" : plain });
    }
  }
  return entries;
}

/** Null: it is there and cannot be read. */
async function readEntry(
  git: Git,
  { name, mode }: Entry,
  idLength: number,
): Promise<{ readonly entry: TreeEntry; readonly content: Content; readonly searchable: Searchable | null } | null> {
  const file = at(git, name);
  if (mode === "160000") {
    const inside = { ...git, directory: file.toString("utf8") };
    const sha = await line(inside, ["rev-parse", "--verify", "HEAD"]).catch((failed: unknown) => {
      if (failed instanceof GitFailure) return null;
      throw failed;
    });
    return sha === null ? null : { entry: { mode, sha }, content: { kind: "submodule" }, searchable: null };
  }
  const stat = await lstat(file);
  // To open a pipe is to wait for whoever writes into it.
  if (!stat.isFile() && !stat.isSymbolicLink())
    throw new UnanswerableRequest(
      `Cannot judge the working tree: ${pathName(name).path} is no file that git can hold; take it away first.`,
    );
  const limitBytes = limitBytesOf(pathName(name).path);
  if (mode !== "120000" && stat.size > limitBytes) {
    const entry = { mode, sha: await largeBlobId(file, stat.size, idLength) };
    return { entry, content: tooLarge(stat.size, limitBytes), searchable: tooLargeToSearch(stat.size, limitBytes) };
  }
  const bytes = mode === "120000" ? await readlink(file, { encoding: "buffer" }) : await readFile(file);
  const entry = { mode, sha: blobId(bytes, idLength) };
  return { entry, content: decode(bytes, mode, limitBytes), searchable: searchable(bytes, limitBytes) };
}

/** Git's id of a blob: SHA-1, or SHA-256 in repositories whose ids have 64 digits. */
function blobId(bytes: Buffer, idLength: number): string {
  return blobHash(bytes.length, idLength).update(bytes).digest("hex");
}

async function largeBlobId(file: Buffer, sizeBytes: number, idLength: number): Promise<string> {
  const hash = blobHash(sizeBytes, idLength);
  for await (const chunk of createReadStream(file)) if (chunk instanceof Buffer) hash.update(chunk);
  return hash.digest("hex");
}

function blobHash(sizeBytes: number, idLength: number): Hash {
  return createHash(idLength === 64 ? "sha256" : "sha1").update(`blob ${sizeBytes}\0`);
}

function at(git: Git, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(join(git.directory, "/")), name]);
}

function countDifferences(head: Listing, tree: ReadonlyMap<string, TreeEntry>): number {
  const paths = new Set([...head.tree.keys(), ...tree.keys()]);
  return [...paths].filter((path) => {
    const [before, after] = [head.tree.get(path), tree.get(path)];
    return before?.sha !== after?.sha || before?.mode !== after?.mode;
  }).length;
}
