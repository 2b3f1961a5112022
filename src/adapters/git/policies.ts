import { readFile } from "node:fs/promises";
import type { PolicySource } from "../../app/ports.ts";
import type { Tree } from "../../core/change/build.ts";
import type { Content } from "../../core/change/change-set.ts";
import { decode } from "../../core/change/content.ts";
import { ofBranch, policyPaths, type Scope } from "../../core/policy/places.ts";
import { readContent } from "./contents.ts";
import type { Past } from "../../core/policy/former.ts";
import { line, UnanswerableRequest } from "./git.ts";
import type { LocalRepository } from "./repository.ts";
import { listTree } from "./trees.ts";

/** The policy files in the tree of the commit `sha`. */
export async function policiesIn(local: LocalRepository, tree: Tree, sha: string): Promise<readonly PolicySource[]> {
  return await Promise.all(ofBranch.map(async (scope) => policyIn(local, scope, tree, sha)));
}

async function policyIn(
  { objects, repository }: LocalRepository,
  scope: Scope,
  tree: Tree,
  sha: string,
): Promise<PolicySource> {
  const path = policyPaths[scope];
  const at = `${repository.owner}/${repository.name}@${sha}:${path}`;
  const entry = tree.get(path);
  if (entry === undefined) return { scope, at, content: { kind: "absent" }, former: null };
  const content = await readContent(objects, entry);
  return {
    scope,
    at,
    content: content.kind === "text" ? content : { kind: "unread", reason: unreadPolicy(content) },
    former: null,
  };
}

/**
 * What stood on the branch before the policy in the commit of a source, along first parents: a clone does not know what was pushed
 * when, so commits that GitHub took in together count each.
 */
export function pastOf(local: LocalRepository): Past {
  return async function* past({ scope, at }) {
    const sha = /@([0-9a-f]{40,64}):/u.exec(at)?.[1];
    if (sha === undefined) return "it is no file of this repository";
    const listed = await line(local.git, [
      "rev-list",
      "--first-parent",
      "--max-count=100",
      sha,
      "--",
      policyPaths[scope],
    ]);
    // The first one brought the version that stands at the tip.
    for (const commit of listed.split("\n").slice(1)) {
      yield await policyIn(local, scope, (await listTree(local.git, commit)).tree, commit);
    }
    return "no earlier version of it can be read in this clone";
  };
}

function unreadPolicy(content: Exclude<Content, { kind: "text" }>): string {
  const because = content.kind === "unread" ? content.reason : `it is a ${content.kind}`;
  return `${because}; it must be a text file in UTF-8, below 1 MiB`;
}

/** Those that a policy file in the place of the repository's leaves as they are. */
export function onlyOperations(policies: readonly PolicySource[]): readonly PolicySource[] {
  return policies.filter(({ scope }) => scope === "operations");
}

/** A file that a person named. Throws `UnanswerableRequest` where it cannot be opened: no other policy may take its place silently. */
export async function givenPolicy(path: string): Promise<PolicySource> {
  const content = decode(await readGiven(path), "100644");
  return {
    scope: "repository",
    at: path,
    content: content.kind === "text" ? content : { kind: "unread", reason: unreadPolicy(content) },
    former: null,
  };
}

async function readGiven(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (failed) {
    const because = failed instanceof Error ? failed.message : String(failed);
    throw new UnanswerableRequest(`Cannot read policy ${path}: ${because}. Name a file that can be read.`);
  }
}
