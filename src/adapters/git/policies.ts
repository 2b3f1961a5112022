import { readFile } from "node:fs/promises";
import type { PolicySource } from "../../app/ports.ts";
import type { Tree } from "../../core/change/build.ts";
import type { Content } from "../../core/change/change-set.ts";
import { decode } from "../../core/change/content.ts";
import { readContent } from "./contents.ts";
import { UnanswerableRequest } from "./git.ts";
import type { LocalRepository } from "./repository.ts";

const policyFile = ".github/sallyport.yml";

/** The policy in the tree of the commit `sha`. */
export async function policyIn(
  { objects, repository }: LocalRepository,
  tree: Tree,
  sha: string,
): Promise<PolicySource> {
  const at = `${repository.owner}/${repository.name}@${sha}:${policyFile}`;
  const entry = tree.get(policyFile);
  if (entry === undefined) return { scope: "repository", at, content: { kind: "absent" } };
  const content = await readContent(objects, entry);
  return {
    scope: "repository",
    at,
    content: content.kind === "text" ? content : { kind: "unread", reason: unreadPolicy(content) },
  };
}

function unreadPolicy(content: Exclude<Content, { kind: "text" }>): string {
  const because = content.kind === "unread" ? content.reason : `it is a ${content.kind}`;
  return `${because}; it must be a text file in UTF-8, below 1 MiB`;
}

/** A file that a person named. Throws `UnanswerableRequest` where it cannot be opened: no other policy may take its place silently. */
export async function givenPolicy(path: string): Promise<PolicySource> {
  const content = decode(await readGiven(path), "100644");
  return {
    scope: "repository",
    at: path,
    content: content.kind === "text" ? content : { kind: "unread", reason: unreadPolicy(content) },
  };
}

async function readGiven(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (failed) {
    const because = failed instanceof Error ? failed.message : String(failed);
    throw new UnanswerableRequest(`Cannot read policy ${path}: ${because}. Name a file that exists.`);
  }
}
