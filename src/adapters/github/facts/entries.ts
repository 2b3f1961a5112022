import { z } from "zod";
import type { TreeEntry } from "../../../core/change/build.ts";
import { readMode } from "../../../core/change/content.ts";
import type { Repository } from "../../../core/subject.ts";
import { askGraphql, type Session } from "../api.ts";
import { sha } from "../shapes.ts";
import { Remembered } from "./remembered.ts";

/** Each path at each commit costs GitHub a walk down its tree, and it gives a query ten seconds. */
const lookupsPerQuery = 400;
const rememberedEntries = 200_000;

const entryShape = z.looseObject({ oid: sha, mode: z.int(), type: z.string() });
const commitShape = z.record(z.string(), entryShape.nullable());
const answerShape = z.looseObject({ repository: z.record(z.string(), commitShape.nullable()) });

/** By path; null for nothing, and no entry where it is not known. */
export type EntriesAt = Readonly<Record<string, TreeEntry | null>>;

/** Reads what stands at paths of commits, many at a time. Neither changes, so it is remembered. */
export class Entries {
  readonly #known = new Remembered<{ readonly entry: TreeEntry | null }>(rememberedEntries, () => 1);

  /** By commit, each of them; of a commit that is gone there is no entry. Throws `GitHubFailure` or `RetryLater`. */
  async read(
    session: Session,
    repository: Repository,
    commits: readonly string[],
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, EntriesAt>> {
    const keyOf = (commit: string, path: string): string => `${repository.id} ${commit} ${path}`;
    const missing = commits.filter((commit) =>
      paths.some((path) => this.#known.get(keyOf(commit, path)) === undefined),
    );
    const fresh = new Map<string, EntriesAt>();
    const perQuery = Math.max(1, Math.floor(lookupsPerQuery / Math.max(1, paths.length)));
    for (let from = 0; from < missing.length; from += perQuery) {
      const batch = missing.slice(from, from + perQuery);
      for (const [commit, entries] of await ask(session, repository, batch, paths)) {
        fresh.set(commit, entries);
        for (const [path, entry] of Object.entries(entries)) this.#known.set(keyOf(commit, path), { entry });
      }
    }
    const remembered = (commit: string): EntriesAt =>
      Object.fromEntries(
        paths.flatMap((path) => {
          const known = this.#known.get(keyOf(commit, path));
          return known === undefined ? [] : [[path, known.entry]];
        }),
      );
    return new Map(commits.map((commit) => [commit, fresh.get(commit) ?? remembered(commit)]));
  }
}

async function ask(
  session: Session,
  { owner, name }: Repository,
  commits: readonly string[],
  paths: readonly string[],
): Promise<readonly (readonly [string, EntriesAt])[]> {
  const declared = paths.map((_, index) => `$p${index}: String!`).join(", ");
  const files = paths.map((_, index) => `p${index}: file(path: $p${index}) { oid mode type }`).join("\n");
  const objects = commits.map((commit, index) => `c${index}: object(oid: "${commit}") { ...at }`).join("\n");
  const query = `query Entries($owner: String!, $name: String!, ${declared}) {
  repository(owner: $owner, name: $name) { ${objects} }
}
fragment at on Commit { ${files} }`;
  const named = Object.fromEntries(paths.map((path, index) => [`p${index}`, path]));
  const { repository } = await askGraphql(session, query, { owner, name, ...named }, answerShape);
  return commits.flatMap((commit, index) => {
    const found = repository[`c${index}`];
    if (found == null) return [];
    return [[commit, Object.fromEntries(paths.flatMap((path, at) => entryOf(path, found[`p${at}`])))] as const];
  });
}

/** A folder is no file; of an entry whose mode is none that git writes today nothing is known. */
function entryOf(
  path: string,
  found: z.infer<typeof entryShape> | null | undefined,
): readonly (readonly [string, TreeEntry | null])[] {
  if (found === undefined) return [];
  if (found === null || found.type === "tree") return [[path, null]];
  const mode = readMode(found.mode.toString(8));
  return mode === null ? [] : [[path, { mode, sha: found.oid }]];
}
