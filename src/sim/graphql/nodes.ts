import type { Commit, Signature } from "../git-objects.ts";
import type { Call } from "../http/call.ts";
import { accountOfMailbox } from "../shapes/git.ts";
import { iso, nodeId, WEB } from "../shapes/schema.ts";
import { isBinary } from "../state/differences.ts";
import type { Account, Repository } from "../state/model.ts";
import { fullName } from "../state/world.ts";

/**
 * Nodes of the graph: plain objects with the fields the fake knows, under GitHub's names. What costs something or takes
 * arguments is a function, which graphql calls when the field is asked for.
 */

export function accountNode(account: Account): object {
  // REST says "some-app[bot]" and "Copilot" where GraphQL gives the slug of the app.
  return {
    __typename: account.type,
    id: nodeId("U", account.id),
    databaseId: account.id,
    login: account.appSlug ?? account.login,
    url: account.appSlug === null ? `${WEB}/${account.login}` : `${WEB}/apps/${account.appSlug}`,
    name: account.name,
  };
}

/** A repository without what lies in it. */
export function repositorySummary(repository: Repository): object {
  return {
    __typename: "Repository",
    id: nodeId("R", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    url: `${WEB}/${fullName(repository)}`,
    isPrivate: repository.private,
    isArchived: repository.archived,
    isFork: repository.parent !== null,
    owner: accountNode(repository.owner),
  };
}

function blobNode(call: Call, repository: Repository, sha: string, bytes: Buffer): object {
  const ceiling = call.world.ceilings.blobTextBytes;
  const binary = isBinary(bytes);
  return {
    __typename: "Blob",
    id: nodeId("B", `${repository.id}_${sha}`),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    byteSize: bytes.length,
    isBinary: binary,
    isTruncated: bytes.length > ceiling,
    text: () => (binary ? null : bytes.subarray(0, ceiling).toString("utf8")),
  };
}

export function treeNode(repository: Repository, sha: string): object {
  return {
    __typename: "Tree",
    id: nodeId("TREE", `${repository.id}_${sha}`),
    oid: sha,
    entries: () =>
      [...(repository.objects.tree(sha) ?? [])].map(([name, entry]) => ({
        name,
        ...treeEntry(entry),
        size: () => repository.objects.blob(entry.sha)?.length ?? 0,
      })),
  };
}

function treeEntry({ sha, mode }: { readonly sha: string; readonly mode: string }): object {
  const type = mode === "40000" ? "tree" : mode === "160000" ? "commit" : "blob";
  return { oid: sha, mode: Number.parseInt(mode, 8), type };
}

export function commitNode(call: Call, repository: Repository, commit: Commit): object {
  const [headline = "", ...rest] = commit.message.split("\n");
  return {
    __typename: "Commit",
    id: nodeId("C", `${repository.id}_${commit.sha}`),
    oid: commit.sha,
    abbreviatedOid: commit.sha.slice(0, 7),
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join("\n").trim(),
    authoredDate: iso(commit.author.dateMs),
    committedDate: iso(commit.committer.dateMs),
    author: () => gitActor(call, commit.author),
    committer: () => gitActor(call, commit.committer),
    signature: () =>
      commit.signature === null
        ? null
        : {
            __typename: "GpgSignature",
            isValid: true,
            state: "VALID",
            wasSignedByGitHub: commit.committer.email === "noreply@github.com",
            signer: () => gitActor(call, commit.committer).user,
          },
    tree: () => treeNode(repository, commit.tree),
    file: ({ path }: { readonly path: string }) => {
      const entry = repository.objects.entryAt(commit.tree, path);
      if (entry === undefined) return null;
      return { name: path.split("/").at(-1) ?? path, path, ...treeEntry(entry) };
    },
    parents: () => {
      const parents = commit.parents.flatMap((sha) => repository.objects.commit(sha) ?? []);
      return { totalCount: parents.length, nodes: () => parents.map((parent) => commitNode(call, repository, parent)) };
    },
  };
}

function gitActor(call: Call, { name, email, dateMs }: Signature): { readonly user: object | null } {
  const account = accountOfMailbox(call.world, email);
  const who = { name, email, date: iso(dateMs) };
  return { ...who, user: account?.type === "User" ? accountNode(account) : null };
}

/** What an object id or an expression such as `main:path/to/file` names; null where there is nothing. */
export function objectNode(call: Call, repository: Repository, sha: string): object | null {
  const { objects } = repository;
  const commit = objects.commit(sha);
  if (commit !== undefined) return commitNode(call, repository, commit);
  const bytes = objects.blob(sha);
  if (bytes !== undefined) return blobNode(call, repository, sha, bytes);
  return objects.tree(sha) === undefined ? null : treeNode(repository, sha);
}
