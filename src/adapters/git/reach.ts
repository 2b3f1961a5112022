import type { PolicySource } from "../../app/ports.ts";
import { changeSet } from "../../core/change/build.ts";
import type { ChangeSet, Gap } from "../../core/change/change-set.ts";
import { within } from "../../core/change/symlinks.ts";
import { contextPaths, contextRead, contextWanted } from "../../core/reach/context.ts";
import type { Repository } from "../../core/subject.ts";
import { resolveBase, resolveCommit } from "./base.ts";
import { readContents } from "./contents.ts";
import { type GitEnvironment, GitFailure, line, UnanswerableRequest } from "./git.ts";
import { givenPolicy, policiesIn } from "./policies.ts";
import { openRepository } from "./repository.ts";
import type { PolicyOf } from "./sides.ts";
import { listTree } from "./trees.ts";
import { readWorkingTree } from "./working-tree.ts";

export interface ReachRequest {
  /** A folder inside the repository. */
  readonly repository: string;
  /** Branch or commit; null: the working tree, untracked files included. */
  readonly revision: string | null;
  /** Files and folders, from the root of the repository. */
  readonly paths: readonly string[];
  /** A policy file in place of the repository's; null: that of the revision, or of the commit at HEAD. */
  readonly policyPath: string | null;
  readonly policyOf: PolicyOf;
}

/** A change of every file that was named, in which nothing differs: what it reaches is what an edit of them would. */
export interface Supposed {
  readonly change: ChangeSet;
  readonly gaps: readonly Gap[];
  readonly policies: readonly PolicySource[];
  readonly repository: Repository;
  readonly baseRef: string;
}

/** A person looks at no more at once, and a picture of more shows nothing. */
const filesLimit = 1_000;

/** Throws `UnanswerableRequest` with a sentence that says what to do, else `GitFailure`. */
export async function supposeChange(request: ReachRequest, outside: GitEnvironment): Promise<Supposed> {
  const local = await openRepository(request.repository, outside);
  const { git, objects } = local;
  try {
    const bare = (await line(git, ["rev-parse", "--is-bare-repository"])) === "true";
    if (bare && request.revision === null)
      throw new UnanswerableRequest(
        `Cannot read the working tree of ${git.directory}: it has none; name a --revision.`,
      );
    const sha = await resolveCommit(git, request.revision ?? "HEAD");
    const committed = await listTree(git, sha);
    const working = request.revision === null ? await readWorkingTree(git, committed) : null;
    const { tree } = working ?? committed;
    const { policyPath } = request;
    const policies =
      policyPath === null ? await policiesIn(local, committed.tree, sha) : [await givenPolicy(policyPath)];
    const named = filesIn([...tree.keys()], request.paths);
    const context = contextPaths(tree, named, request.policyOf(policies));
    const wanted = [...named, ...contextWanted(context)];
    const contentOf = await readContents(objects, tree, tree, wanted, working?.contents ?? new Map());
    const read = changeSet(
      tree,
      tree,
      [...named, ...contextRead(context, { base: tree, head: tree }, contentOf)],
      contentOf,
    );
    const supposed = new Set(named);
    const files = read.files.map((file) => (supposed.has(file.path) ? { ...file, status: "modified" as const } : file));
    const base = await resolveBase(git, null).catch((failed: unknown) => {
      if (failed instanceof UnanswerableRequest || failed instanceof GitFailure) return null;
      throw failed;
    });
    return {
      change: { files },
      gaps: context.gaps,
      policies,
      repository: local.repository,
      // Without a remote nothing says which branch is the default.
      baseRef: base?.ref ?? "main",
    };
  } finally {
    objects.close();
  }
}

function filesIn(all: readonly string[], paths: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const plain = path.replace(/^(?:\.\/)+/u, "").replace(/\/+$/u, "");
    const files = all.filter((file) => within(file, plain === "." ? "" : plain));
    if (files.length === 0)
      throw new UnanswerableRequest(
        `Cannot tell what "${path}" reaches: no file of the repository is there; write it from the root of the repository.`,
      );
    for (const file of files) found.add(file);
  }
  if (found.size > filesLimit)
    throw new UnanswerableRequest(
      `Cannot tell what ${found.size} files reach at once: at most ${filesLimit} are read; name a folder further down.`,
    );
  return [...found];
}
