import type { Commit, Signature, TreeEntry } from "../git-objects.ts";
import type { ChangedFile } from "../state/differences.ts";
import type { Account, MergeGroupRequest, Repository } from "../state/model.ts";
import { fullName, type World } from "../state/world.ts";
import { simpleUser } from "./accounts.ts";
import { API, iso, nodeId, type Schema, WEB } from "./schema.ts";

export function gitRef(repository: Repository, ref: string, sha: string): Schema<"git-ref"> {
  const url = `${API}/repos/${fullName(repository)}/git`;
  return {
    ref,
    node_id: nodeId("REF", `${repository.id}_${ref}`),
    url: `${url}/${ref}`,
    object: { sha, type: "commit", url: `${url}/commits/${sha}` },
  };
}

/** @param entries already cut at GitHub's ceiling where `truncated` */
export function gitTree(
  repository: Repository,
  sha: string,
  entries: readonly TreeEntry[],
  truncated: boolean,
): Schema<"git-tree"> {
  const url = `${API}/repos/${fullName(repository)}/git`;
  return {
    sha,
    url: `${url}/trees/${sha}`,
    truncated,
    tree: entries.map((entry) => {
      const type = entry.mode === "40000" ? "tree" : entry.mode === "160000" ? "commit" : "blob";
      const size = type === "blob" ? { size: repository.objects.blob(entry.sha)?.length ?? 0 } : {};
      // A submodule's commit lives in another repository, so GitHub gives no address for it.
      const address = type === "commit" ? {} : { url: `${url}/${type}s/${entry.sha}` };
      return { path: entry.path, mode: entry.mode.padStart(6, "0"), type, sha: entry.sha, ...size, ...address };
    }),
  };
}

export function blobShape(repository: Repository, sha: string, bytes: Buffer): Schema<"blob"> {
  return {
    sha,
    node_id: nodeId("B", sha),
    size: bytes.length,
    url: `${API}/repos/${fullName(repository)}/git/blobs/${sha}`,
    content: base64Lines(bytes),
    encoding: "base64",
  };
}

/** Base64 in lines of 60 characters, as GitHub sends it. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll(/.{1,60}/g, "$&\n");
}

export function gitCommit(repository: Repository, commit: Commit): Schema<"git-commit"> {
  const url = `${API}/repos/${fullName(repository)}/git`;
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    url: `${url}/commits/${commit.sha}`,
    html_url: `${WEB}/${fullName(repository)}/commit/${commit.sha}`,
    author: gitUser(commit.author),
    committer: gitUser(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${WEB}/${fullName(repository)}/commit/${sha}`,
    })),
    verification: verification(commit),
  };
}

/** A commit with the accounts that its mailboxes resolve to; an unattributed mailbox has none. */
export function commitShape(world: World, repository: Repository, commit: Commit): Schema<"commit"> {
  const url = `${API}/repos/${fullName(repository)}`;
  const html = `${WEB}/${fullName(repository)}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    url: `${url}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    commit: {
      author: gitUser(commit.author),
      committer: gitUser(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: verification(commit),
    },
    author: userOf(world, commit.author),
    committer: userOf(world, commit.committer),
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: `${html}/${sha}` })),
  };
}

function userOf(world: World, signature: Signature): Schema<"simple-user"> | null {
  const account = accountOfMailbox(world, signature.email);
  return account === undefined ? null : simpleUser(account);
}

/** GitHub resolves a mailbox to the account that owns it. */
export function accountOfMailbox(world: World, email: string): Account | undefined {
  const owners = [...world.accounts.values()].filter((account) => account.email.toLowerCase() === email.toLowerCase());
  return owners.length === 1 ? owners[0] : undefined;
}

/** Every signature counts as verified: the fake has no keys, so only what should be verified gets one. */
function verification({ signature, tree, committer }: Commit): Schema<"verification"> {
  return signature === null
    ? { verified: false, reason: "unsigned", signature, payload: null, verified_at: null }
    : { verified: true, reason: "valid", signature, payload: `tree ${tree}`, verified_at: iso(committer.dateMs) };
}

function gitUser({ name, email, dateMs }: Signature): { name: string; email: string; date: string } {
  return { name, email, date: iso(dateMs) };
}

export function diffEntry(repository: Repository, headSha: string, file: ChangedFile): Schema<"diff-entry"> {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${WEB}/${fullName(repository)}/blob/${headSha}/${path}`,
    raw_url: `${WEB}/${fullName(repository)}/raw/${headSha}/${path}`,
    contents_url: `${API}/repos/${fullName(repository)}/contents/${path}?ref=${headSha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}

export function comparison(
  world: World,
  repository: Repository,
  sides: { readonly base: Commit; readonly head: Commit; readonly mergeBase: Commit },
  { ahead, behind }: { readonly ahead: number; readonly behind: number },
  commits: readonly Commit[],
  files: readonly ChangedFile[],
): Schema<"commit-comparison"> {
  const range = `${sides.base.sha}...${sides.head.sha}`;
  const html = `${WEB}/${fullName(repository)}/compare/${range}`;
  const status = ahead > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : "identical";
  return {
    url: `${API}/repos/${fullName(repository)}/compare/${range}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitShape(world, repository, sides.base),
    merge_base_commit: commitShape(world, repository, sides.mergeBase),
    status,
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: commits.map((commit) => commitShape(world, repository, commit)),
    files: files.map((file) => diffEntry(repository, sides.head.sha, file)),
  };
}

export function mergeGroupShape(repository: Repository, request: MergeGroupRequest): Schema<"merge-group"> {
  return {
    head_sha: request.headSha,
    head_ref: request.ref,
    base_sha: request.baseSha,
    base_ref: request.baseRef,
    head_commit: simpleCommit(repository, request.headSha),
  };
}

export function simpleCommit(repository: Repository, sha: string): Schema<"simple-commit"> {
  const commit = repository.objects.commit(sha);
  const author = commit?.author ?? { name: "", email: "", dateMs: 0 };
  const committer = commit?.committer ?? author;
  return {
    id: sha,
    tree_id: commit?.tree ?? "",
    message: commit?.message ?? "",
    timestamp: iso(committer.dateMs),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}
