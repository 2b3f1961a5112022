import type { PolicySource } from "../../app/ports.ts";
import type { TreeEntry } from "../../core/change/build.ts";
import { type Unusable, withFormers } from "../../core/policy/former.ts";
import { openerAs } from "./author.ts";
import { resolveBase, resolveCommit } from "./base.ts";
import { listCommits, readCommit } from "./commits.ts";
import { type GitEnvironment, GitFailure, line, UnanswerableRequest } from "./git.ts";
import { givenPolicy, onlyOperations, pastOf, policiesIn } from "./policies.ts";
import type { LocalRequest } from "./local.ts";
import { type LocalRepository, openRepository } from "./repository.ts";
import { assemble, type LocalFacts, type Sides, unknowable } from "./sides.ts";
import { listTree } from "./trees.ts";

/** Past commits, each judged against its first parent as if it had been a pull request. Close it when done. */
export interface History {
  /** Commits of `A..B`, oldest first; as git's revisions. */
  list(range: string): Promise<readonly string[]>;
  /** `as`: who opens it, as in `LocalRequest`. */
  collect(commit: string, as: string | null): Promise<LocalFacts>;
  close(): void;
}

/** As in `LocalRequest`; a `policyPath` of null takes the policy that stood in the parent of each commit. */
export async function openHistory(
  {
    repository,
    policyPath,
    policyOf,
    unusable,
    renderer,
  }: Pick<LocalRequest, "repository" | "policyPath" | "policyOf" | "unusable" | "renderer">,
  outside: GitEnvironment,
): Promise<History> {
  const given = policyPath === null ? null : [await givenPolicy(policyPath)];
  const local = await openRepository(repository, outside);
  const base = await resolveBase(local.git, null).catch((failed: unknown) => {
    if (failed instanceof GitFailure) return null;
    throw failed;
  });
  return {
    async list(range) {
      const listed = await listRange(local, range);
      return listed.split("\n").filter((sha) => sha !== "");
    },
    async collect(commit, as) {
      const sides = await commitSides(local, commit, base?.ref ?? "main", given, unusable);
      return assemble(local, sides, openerAs(as), { policyOf, renderer });
    },
    close: () => local.objects.close(),
  };
}

async function listRange({ git }: LocalRepository, range: string): Promise<string> {
  try {
    return await line(git, ["rev-list", "--reverse", "--topo-order", "--end-of-options", range, "--"]);
  } catch (failed) {
    if (!(failed instanceof GitFailure) || failed.exitCode !== 128) throw failed;
    throw new UnanswerableRequest(
      `Cannot list the commits of "${range}" in ${git.directory}: name a range A..B of commits that are in it.`,
    );
  }
}

async function commitSides(
  local: LocalRepository,
  commit: string,
  branch: string,
  given: readonly PolicySource[] | null,
  unusable: Unusable,
): Promise<Sides> {
  const { git, objects } = local;
  const headSha = await resolveCommit(git, commit);
  const head = await readCommit(objects, headSha);
  const parent = head.facts.parents[0] ?? null;
  // Beyond the edge of a shallow clone: said as that, before git says it as a missing tree.
  if (parent !== null) await readCommit(objects, parent);
  const emptyTree = async (): Promise<string> => line(git, ["hash-object", "-t", "tree", "/dev/null"]);
  const baseSha = parent ?? (await emptyTree());
  const [before, after, commits] = await Promise.all([
    parent === null ? { tree: new Map<string, TreeEntry>(), unclear: new Set<string>() } : listTree(git, parent),
    listTree(git, headSha),
    listCommits(git, objects, parent, headSha),
  ]);
  const standing = await withFormers(await policiesIn(local, before.tree, baseSha), pastOf(local), unusable);
  return {
    base: { ref: branch, sha: baseSha, isDefault: true },
    mergeBaseSha: baseSha,
    before,
    headSha,
    headRef: "HEAD",
    after,
    contents: new Map(),
    searchables: null,
    commits,
    described: head,
    policies: given === null ? standing : [...given, ...onlyOperations(standing)],
    unknowable,
  };
}
