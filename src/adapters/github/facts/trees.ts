import { z } from "zod";
import type { TreeEntry } from "../../../core/change/build.ts";
import { readMode } from "../../../core/change/content.ts";
import type { Repository } from "../../../core/subject.ts";
import { ask, type Session } from "../api.ts";
import { sha } from "../shapes.ts";
import { Remembered } from "./remembered.ts";

/** A recursive listing of one commit. */
export interface Listing {
  readonly tree: ReadonlyMap<string, TreeEntry>;
  /** Bytes by blob, where GitHub said. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Paths whose name or kind cannot be told. */
  readonly unclear: ReadonlySet<string>;
  /** Folders that could not be listed; the root is the empty string. */
  readonly unlisted: readonly string[];
}

/** For folders of a repository that GitHub does not list in one answer. */
const requestsLimit = 400;
/** Entries in memory over all repositories: some 60 bytes each. */
const rememberedEntries = 1_000_000;

const entry = z.looseObject({
  path: z.string(),
  mode: z.string(),
  type: z.string(),
  sha,
  size: z.int().nonnegative().optional(),
});
const answerShape = z.looseObject({ sha, truncated: z.boolean(), tree: z.array(entry) });
type Entry = z.infer<typeof entry>;

/** Where a listing grows while folders are walked. */
interface Growing {
  readonly entries: Entry[];
  readonly unlisted: string[];
  requestsLeft: number;
}

/** Lists commits; whole listings are remembered by repository and commit. */
export class Trees {
  readonly #remembered = new Remembered<Listing>(rememberedEntries, ({ tree }) => tree.size + 1);

  async list(session: Session, repository: Repository, commit: string): Promise<Listing> {
    const key = `${repository.id} ${commit}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const growing: Growing = { entries: [], unlisted: [], requestsLeft: requestsLimit };
    await walk(session, repository, { at: commit, folder: "" }, growing);
    const listing = asListing(growing);
    this.#remembered.set(key, listing);
    return listing;
  }
}

/**
 * A folder and all below it. GitHub stops at 100,000 entries or 7 MB and says so: then the folder alone is listed, and each folder
 * in it by itself. https://docs.github.com/en/rest/git/trees#get-a-tree
 */
async function walk(
  session: Session,
  repository: Repository,
  { at, folder }: { readonly at: string; readonly folder: string },
  growing: Growing,
): Promise<void> {
  if (growing.requestsLeft < 2) {
    growing.unlisted.push(folder);
    return;
  }
  growing.requestsLeft -= 1;
  const whole = await readTree(session, repository, at, { recursive: "1" });
  if (!whole.truncated) {
    growing.entries.push(...below(folder, whole.tree));
    return;
  }
  growing.requestsLeft -= 1;
  const { tree, truncated } = await readTree(session, repository, whole.sha, {});
  if (truncated) growing.unlisted.push(folder);
  for (const direct of below(folder, tree)) {
    if (direct.type === "tree") await walk(session, repository, { at: direct.sha, folder: direct.path }, growing);
    else growing.entries.push(direct);
  }
}

async function readTree(
  session: Session,
  { owner, name: repo }: Repository,
  at: string,
  query: { readonly recursive?: "1" },
): Promise<z.infer<typeof answerShape>> {
  return ask(
    session,
    "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
    { owner, repo, tree_sha: at, ...query },
    answerShape,
  );
}

function below(folder: string, entries: readonly Entry[]): readonly Entry[] {
  return folder === "" ? entries : entries.map((each) => ({ ...each, path: `${folder}/${each.path}` }));
}

function asListing({ entries, unlisted }: Growing): Listing {
  const tree = new Map<string, TreeEntry>();
  const sizes = new Map<string, number>();
  const unclear = new Set<string>();
  for (const { path, mode: octal, type, sha: id, size } of entries) {
    if (type === "tree") continue;
    const mode = readMode(octal);
    // JSON cannot carry names that are not UTF-8: GitHub puts U+FFFD in their place, and two files may share what is left.
    if (mode === null || path.includes("\uFFFD") || tree.has(path)) unclear.add(path);
    tree.set(path, { mode: mode ?? "100644", sha: id });
    if (size !== undefined) sizes.set(id, size);
  }
  return { tree, sizes, unclear, unlisted };
}
