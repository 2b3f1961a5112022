import { isVisible } from "../http/access.ts";
import type { Call } from "../http/call.ts";
import { iso, nodeId } from "../shapes/schema.ts";
import type { PullRequest, Repository } from "../state/model.ts";
import { Refused } from "../state/refused.ts";
import { queueRuleOf } from "../state/protection.ts";
import { resolveCommit } from "../state/repositories.ts";
import { commentNode, findComment } from "./comment.ts";
import { type DeploymentArguments, deploymentConnection } from "./deployments.ts";
import { connection, type PageArguments } from "./connection.ts";
import { accountNode, commitNode, objectNode, repositorySummary } from "./nodes.ts";
import { checkRunNode } from "./check-run.ts";
import { mergeQueueNode } from "./merge-queue.ts";
import { pullRequestNode } from "./pull-request.ts";

interface PullArguments extends PageArguments {
  readonly states?: readonly string[] | null;
  readonly baseRefName?: string | null;
}

/** The fields of Query that the fake answers. */
export function queryRoot(call: Call): object {
  return {
    viewer: () => {
      if (call.identity.kind === "user") return accountNode(call.identity.account);
      if (call.identity.kind === "installation") return accountNode(call.identity.grant.installation.app.bot);
      throw new Refused(403, "Resource not accessible by integration");
    },
    rateLimit: () => ({
      cost: 1,
      nodeCount: 0,
      limit: call.budget.limit,
      used: call.budget.used,
      remaining: call.budget.limit - call.budget.used,
      resetAt: iso(call.budget.resetMs),
    }),
    repository: ({ owner, name }: { readonly owner: string; readonly name: string }) => {
      const repository = call.world.findRepository(owner, name);
      if (repository === undefined || !isVisible(call.world, call.identity, repository))
        throw new Refused(404, `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      return repositoryNode(call, repository);
    },
    node: ({ id }: { readonly id: string }) => nodeById(call, id),
    nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => nodeById(call, id)),
  };
}

function repositoryNode(call: Call, repository: Repository): object {
  const mayRead = (permission: string): void => call.admit(repository, [{ [permission]: "read" }], "read");
  const refNode = (ref: string): object | null => {
    const commit = repository.objects.commit(repository.refs.get(ref) ?? "");
    const name = ref.replace(/^refs\/(?:heads|tags)\//, "");
    return commit === undefined
      ? null
      : {
          id: nodeId("REF", `${repository.id}_${ref}`),
          name,
          prefix: ref.slice(0, -name.length),
          target: commitNode(call, repository, commit),
        };
  };
  return {
    ...repositorySummary(repository),
    defaultBranchRef: () => {
      mayRead("contents");
      return refNode(`refs/heads/${repository.defaultBranch}`);
    },
    ref: ({ qualifiedName }: { readonly qualifiedName: string }) => {
      mayRead("contents");
      return refNode(qualifiedName.startsWith("refs/") ? qualifiedName : `refs/heads/${qualifiedName}`);
    },
    refs: ({ refPrefix, ...page }: PageArguments & { readonly refPrefix: string }) => {
      mayRead("contents");
      const refs = [...repository.refs.keys()].filter((ref) => ref.startsWith(refPrefix)).toSorted();
      return connection(refs, page, (ref) => refNode(ref) ?? {});
    },
    object: ({ oid, expression }: { readonly oid?: string | null; readonly expression?: string | null }) => {
      mayRead("contents");
      const sha = oid ?? (typeof expression === "string" ? resolveExpression(repository, expression) : undefined);
      return sha === undefined ? null : objectNode(call, repository, sha);
    },
    pullRequest: ({ number }: { readonly number: number }) => {
      mayRead("pull_requests");
      const pull = repository.pulls.get(number);
      if (pull === undefined)
        throw new Refused(404, `Could not resolve to a PullRequest with the number of ${number}.`);
      return pullRequestNode(call, pull);
    },
    deployments: (args: DeploymentArguments) => {
      mayRead("deployments");
      return deploymentConnection(repository, args, call.world.now());
    },
    mergeQueue: ({ branch }: { readonly branch?: string | null }) => {
      mayRead("merge_queues");
      const name = branch ?? repository.defaultBranch;
      return queueRuleOf(repository, name) === null ? null : mergeQueueNode(call, repository, name);
    },
    pullRequests: (args: PullArguments) => {
      mayRead("pull_requests");
      const stateOf = (pull: PullRequest): string => (pull.merged !== null ? "MERGED" : pull.state.toUpperCase());
      const pulls = [...repository.pulls.values()].filter(
        (pull) =>
          (args.states?.includes(stateOf(pull)) ?? true) && (args.baseRefName ?? pull.base.ref) === pull.base.ref,
      );
      return connection(pulls, args, (pull) => pullRequestNode(call, pull));
    },
  };
}

/** `main`, a SHA, or either with `:path`. */
function resolveExpression(repository: Repository, expression: string): string | undefined {
  const [name = "", path] = expression.split(":", 2);
  const commit = repository.objects.commit(resolveCommit(repository, name) ?? "");
  if (commit === undefined || path === undefined) return commit?.sha;
  return path === "" ? commit.tree : repository.objects.entryAt(commit.tree, path)?.sha;
}

function nodeById(call: Call, id: string): object {
  for (const repository of call.world.repositories.values()) {
    const run = repository.checkRuns.find((each) => nodeId("CR", each.id) === id);
    if (run === undefined || !isVisible(call.world, call.identity, repository)) continue;
    call.admit(repository, [{ checks: "read" }], "read");
    return checkRunNode(call, repository, run);
  }
  const found = findComment(call, id);
  if (found !== undefined) {
    call.admit(found.repository, [{ issues: "read" }, { pull_requests: "read" }], "read");
    return commentNode(call, found.comment);
  }
  const pull = findPull(call, id);
  if (pull === undefined) throw new Refused(404, `Could not resolve to a node with the global id of '${id}'.`);
  call.admit(pull.repository, [{ pull_requests: "read" }], "read");
  return pullRequestNode(call, pull);
}

/** The pull request with a node id, among those of repositories that the sender may see. */
export function findPull(call: Call, id: string): PullRequest | undefined {
  return [...call.world.repositories.values()]
    .filter((repository) => isVisible(call.world, call.identity, repository))
    .flatMap(({ pulls }) => [...pulls.values()])
    .find((pull) => nodeId("PR", pull.id) === id);
}
