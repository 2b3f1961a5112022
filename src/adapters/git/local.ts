import type { ChartRenderer } from "../../app/chart-rendering.ts";
import type { PolicySource } from "../../app/ports.ts";
import { type Unusable, withFormers } from "../../core/policy/former.ts";
import { openerAs } from "./author.ts";
import { findMergeBase, type LocalBase, resolveBase, resolveCommit } from "./base.ts";
import { listCommits, readCommit } from "./commits.ts";
import { type Git, type GitEnvironment, line, runOrNull, UnanswerableRequest } from "./git.ts";
import { givenPolicy, onlyOperations, pastOf, policiesIn } from "./policies.ts";
import { type LocalRepository, openRepository } from "./repository.ts";
import { assemble, type LocalFacts, type PolicyOf, type Sides, unknowable } from "./sides.ts";
import { listTree } from "./trees.ts";
import { readWorkingTree } from "./working-tree.ts";

export interface LocalRequest {
  /** A folder inside the repository. */
  readonly repository: string;
  /** Branch or commit; null: the default branch. */
  readonly base: string | null;
  /** Branch or commit; null: the working tree, untracked files included. */
  readonly head: string | null;
  /** Who opens the pull request: `copilot` or a login; null where that is not known yet. */
  readonly as: string | null;
  /** A policy file that takes the place of the repository's; null: those of the base. */
  readonly policyPath: string | null;
  readonly policyOf: PolicyOf;
  readonly unusable: Unusable;
  /** Null: no chart is rendered. */
  readonly renderer: ChartRenderer | null;
}

/** Facts about a change that is not on GitHub yet. Throws `UnanswerableRequest` with a sentence that says what to do, else `GitFailure`. */
export async function collectLocal(request: LocalRequest, outside: GitEnvironment): Promise<LocalFacts> {
  const local = await openRepository(request.repository, outside);
  try {
    const sides = await localSides(local, request);
    return await assemble(local, sides, openerAs(request.as), request);
  } finally {
    local.objects.close();
  }
}

async function localSides(local: LocalRepository, request: LocalRequest): Promise<Sides> {
  const { git, objects } = local;
  if (request.head === null && (await line(git, ["rev-parse", "--is-bare-repository"])) === "true")
    throw new UnanswerableRequest(`Cannot judge the working tree of ${git.directory}: it has none; name a --head.`);
  const base = await resolveBase(git, request.base);
  const headSha = await resolveCommit(git, request.head ?? "HEAD");
  const mergeBaseSha = await findMergeBase(git, base.sha, headSha);
  const [before, committed, commits, head] = await Promise.all([
    listTree(git, mergeBaseSha),
    listTree(git, headSha),
    listCommits(git, objects, base.sha, headSha),
    readCommit(objects, headSha),
  ]);
  const standing = await policiesOf(local, base, request.unusable);
  const policies =
    request.policyPath === null ? standing : [await givenPolicy(request.policyPath), ...onlyOperations(standing)];
  const working = request.head === null ? await readWorkingTree(git, committed) : null;
  return {
    base: { ref: base.ref, sha: base.sha, isDefault: base.isDefault },
    mergeBaseSha,
    before,
    headSha,
    headRef: await headName(git, request.head),
    after: working ?? committed,
    contents: working?.contents ?? new Map(),
    searchables: working?.searchables ?? null,
    commits,
    described: head,
    policies,
    unknowable: [
      ...unknowable,
      ...former(policies),
      ...behind(base, mergeBaseSha),
      ...(working === null ? [] : uncommitted(working.uncommitted)),
    ],
  };
}

/** The server judges the result of the merge; a clone has none without writing one. */
function behind({ ref, sha }: LocalBase, mergeBaseSha: string): readonly string[] {
  if (sha === mergeBaseSha) return [];
  return [
    `What this does together with what ${ref} has gained since ${mergeBaseSha.slice(0, 7)}: merge that in to see it.`,
  ];
}

function uncommitted(paths: number): readonly string[] {
  if (paths === 0) return [];
  const what = paths === 1 ? "1 path is not committed and was" : `${paths} paths are not committed and were`;
  return [`Whether what is pushed is what was judged: ${what} read from the working tree.`];
}

async function policiesOf(
  local: LocalRepository,
  { sha, defaultBranch }: LocalBase,
  unusable: Unusable,
): Promise<readonly PolicySource[]> {
  const shas = new Set([...(defaultBranch === null ? [] : [defaultBranch.sha]), sha]);
  const tips = [...shas].map(async (each) => policiesIn(local, (await listTree(local.git, each)).tree, each));
  return await withFormers((await Promise.all(tips)).flat(), pastOf(local), unusable);
}

function former(policies: readonly PolicySource[]): readonly string[] {
  if (policies.every((policy) => policy.former === null)) return [];
  return ["Which earlier versions of the policy stood on its branch: a clone has its commits, GitHub its pushes."];
}

async function headName(git: Git, head: string | null): Promise<string> {
  if (head !== null) return head;
  const branch = await runOrNull(git, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
  return branch?.toString("utf8").trim() ?? "HEAD";
}
