import { z } from "zod";
import type { TreeEntry } from "../../../core/change/build.ts";
import { readMode } from "../../../core/change/content.ts";
import type { VersionFacts } from "../../../core/deployments/deployments.ts";
import type { Repository } from "../../../core/subject.ts";
import { askGraphql, type Session } from "../api.ts";
import { sha } from "../shapes.ts";
import { Remembered } from "./remembered.ts";

/** What stands at one path of one commit; null: nothing. */
type Standing = TreeEntry | null;

const commitsPerQuery = 25;
const pathsPerQuery = 10;
const remembered = 200_000;

const fileShape = z.looseObject({ oid: sha, mode: z.int() }).nullable();
const answerShape = z.looseObject({
  repository: z.record(z.string(), z.record(z.string(), fileShape).nullable()),
});

/**
 * What stands at paths in many commits, by GraphQL: a listing of each commit would be a request of its own, and a busy branch is deployed
 * every hour. What a commit has does not change and is remembered.
 */
export class DeployedFiles {
  readonly #known = new Remembered<Standing | "gone">(remembered, () => 1);

  /** In the order of the commits. Throws `GitHubFailure` or `RetryLater`. */
  async read(
    session: Session,
    repository: Repository,
    commits: readonly string[],
    paths: readonly string[],
  ): Promise<readonly VersionFacts[]> {
    const found = new Map<string, Map<string, Standing> | null>(commits.map((commit) => [commit, new Map()]));
    for (const some of chunks(paths, pathsPerQuery))
      for (const few of chunks(commits, commitsPerQuery)) await this.#readSome(session, repository, few, some, found);
    return commits.map((commit): VersionFacts => {
      const files = found.get(commit) ?? null;
      if (files === null) return { sha: commit, files: null };
      const standing = [...files].flatMap(([path, entry]) => (entry === null ? [] : [[path, entry] as const]));
      return { sha: commit, files: Object.fromEntries(standing) };
    });
  }

  async #readSome(
    session: Session,
    repository: Repository,
    commits: readonly string[],
    paths: readonly string[],
    found: Map<string, Map<string, Standing> | null>,
  ): Promise<void> {
    const key = (commit: string, path: string): string => `${repository.id} ${commit} ${path}`;
    const fresh = commits.filter((commit) => paths.some((path) => this.#known.get(key(commit, path)) === undefined));
    const asked = await ask(session, repository, fresh, paths);
    for (const commit of commits) {
      const answered = asked.get(commit);
      for (const path of paths) {
        const standing = answered === undefined ? this.#known.get(key(commit, path)) : (answered?.get(path) ?? null);
        if (answered === null || standing === "gone" || standing === undefined) found.set(commit, null);
        else found.get(commit)?.set(path, standing);
        if (answered !== undefined) this.#known.set(key(commit, path), answered === null ? "gone" : (standing ?? null));
      }
    }
  }
}

/** By commit; null where the commit is gone, or a file of it is of a kind that git does not write. */
async function ask(
  session: Session,
  { owner, name }: Repository,
  commits: readonly string[],
  paths: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, Standing> | null>> {
  if (commits.length === 0) return new Map();
  const declared = paths.map((_, index) => `$p${index}: String!`).join(", ");
  const files = paths.map((_, index) => `p${index}: file(path: $p${index}) { oid mode }`).join(" ");
  const objects = commits.map((commit, index) => `c${index}: object(oid: "${commit}") { ...at }`).join("\n");
  const query = `query Files($owner: String!, $name: String!, ${declared}) { repository(owner: $owner, name: $name) { ${objects} } }
fragment at on Commit { ${files} }`;
  const variables = Object.fromEntries(paths.map((path, index) => [`p${index}`, path]));
  const { repository } = await askGraphql(session, query, { owner, name, ...variables }, answerShape);
  return new Map(
    commits.map((commit, index) => {
      const answered = repository[`c${index}`];
      if (answered == null) return [commit, null] as const;
      const standing = paths.map((path, at) => [path, entryOf(answered[`p${at}`] ?? null)] as const);
      return [commit, standing.some(([, one]) => one === "unclear") ? null : new Map(standing.flatMap(known))] as const;
    }),
  );
}

function known([path, standing]: readonly [string, Standing | "unclear"]): readonly (readonly [string, Standing])[] {
  return standing === "unclear" ? [] : [[path, standing]];
}

/** A folder stands at no path of a file. */
function entryOf(file: z.infer<typeof fileShape>): Standing | "unclear" {
  if (file === null || file.mode === 0o40000) return null;
  const mode = readMode(file.mode.toString(8).padStart(6, "0"));
  return mode === null ? "unclear" : { mode, sha: file.oid };
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
