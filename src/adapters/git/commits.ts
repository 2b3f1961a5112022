import type { CommitFacts, Signature } from "../../core/facts.ts";
import { type Git, run, UnanswerableRequest } from "./git.ts";
import type { ObjectReader } from "./objects.ts";

/** A commit as it stands in the repository, with the moment at which it was made (by the committer's own clock). */
export interface LocalCommit {
  readonly facts: CommitFacts;
  readonly committedAtMs: number;
}

/** Commits that `head` has and `base` has not, over all parents, oldest first. Null base: all of `head`'s history. */
export async function listCommits(
  git: Git,
  objects: ObjectReader,
  base: string | null,
  head: string,
): Promise<readonly LocalCommit[]> {
  const range = base === null ? [head] : [head, `^${base}`];
  const listed = (await run(git, ["rev-list", "--topo-order", "--reverse", ...range, "--"])).toString("utf8");
  return Promise.all(
    listed
      .split("\n")
      .filter((sha) => sha !== "")
      .map((sha) => readCommit(objects, sha)),
  );
}

/**
 * Reads the commit object itself: what `git log` prints passes through mailmaps and encodings that the repository chooses.
 * Locally nobody attests anything: no account, no verified signature. https://git-scm.com/docs/git-commit-tree
 */
export async function readCommit(objects: ObjectReader, sha: string): Promise<LocalCommit> {
  const object = await objects.read(sha);
  if (object.kind !== "object" || object.type !== "commit")
    throw new UnanswerableRequest(
      `Cannot read commit ${sha}: it is not in this repository. In a shallow clone, run git fetch --unshallow.`,
    );
  const text = object.bytes.toString("utf8");
  const end = text.indexOf("\n\n");
  const headers = (end === -1 ? text : text.slice(0, end)).split("\n");
  const values = (name: string): string[] =>
    headers.filter((header) => header.startsWith(`${name} `)).map((header) => header.slice(name.length + 1));
  const committer = values("committer")[0] ?? "";
  return {
    facts: {
      sha,
      parents: values("parent"),
      author: signature(values("author")[0] ?? ""),
      committer: signature(committer),
      message: end === -1 ? "" : text.slice(end + 2),
      verified: false,
      signatureKey: null,
    },
    committedAtMs: momentMs(committer),
  };
}

/** `Name <mailbox> seconds zone`; names may hold anything but `<` and newlines. */
function signature(line: string): Signature {
  const found = /^(.*?) ?<(.*)> -?[0-9]+ [+-][0-9]+$/.exec(line);
  return { name: found?.[1] ?? line, email: found?.[2] ?? "", account: null };
}

function momentMs(line: string): number {
  return Math.max(0, Number(/> ([0-9]+) [+-][0-9]+$/.exec(line)?.[1] ?? 0) * 1000);
}
