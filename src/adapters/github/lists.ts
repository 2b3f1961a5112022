import { z } from "zod";
import type { Clock, Lister, Page } from "../../app/ports.ts";
import type { Repository, Subject, SweepSubject } from "../../core/subject.ts";
import { unreachable } from "../../lib/assert.ts";
import { type ApiFor, askGraphql, askOrNull, askPage, GitHubFailure, type Parameters, type Session } from "./api.ts";
import { groupOn, queuePrefix } from "./queue-branch.ts";
import { sha } from "./shapes.ts";

const runsShape = z
  .looseObject({ workflow_runs: z.array(z.looseObject({ id: z.int() })) })
  .transform(({ workflow_runs }) => workflow_runs);
const pendingShape = z.array(z.looseObject({ environment: z.looseObject({ name: z.string().nullish() }) }));
const pullsShape = z.array(z.looseObject({ number: z.int() }));
const repositoriesShape = z
  .looseObject({
    repositories: z.array(
      z.looseObject({
        id: z.int(),
        name: z.string(),
        archived: z.boolean(),
        default_branch: z.string(),
        owner: z.looseObject({ login: z.string() }),
      }),
    ),
  })
  .transform(({ repositories }) => repositories);

const stacksShape = z.array(
  z.looseObject({
    base: z.looseObject({ ref: z.string() }),
    pull_requests: z.array(z.looseObject({ number: z.int(), state: z.string() })),
  }),
);
const groupsShape = z.looseObject({
  repository: z.looseObject({
    defaultBranchRef: z.looseObject({ name: z.string() }).nullable(),
    refs: z
      .looseObject({
        nodes: z.array(
          z
            .looseObject({ prefix: z.string(), name: z.string(), target: z.looseObject({ oid: sha }).nullable() })
            .nullable(),
        ),
        pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      })
      .nullable(),
  }),
});
const groupsQuery = `query Groups($owner: String!, $name: String!, $prefix: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { name }
    refs(refPrefix: $prefix, first: 100, after: $after) {
      nodes { prefix name target { oid } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** Reads one page of a list: the first, or where the page before said that it goes on. */
type ReadPage = (from: string | null) => Promise<Page<Subject>>;

/**
 * Lists what sweeps mark, newest first. Pages are counted from the top: a pull request that closes meanwhile can hide another one
 * until the next sweep.
 */
export class GitHubLists implements Lister {
  readonly #apiFor: ApiFor;
  readonly #clock: Clock;

  constructor(apiFor: ApiFor, clock: Clock) {
    this.#apiFor = apiFor;
    this.#clock = clock;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async page(sweep: SweepSubject, cursor: string | null, signal: AbortSignal): Promise<Page<Subject>> {
    const session: Session = { api: await this.#apiFor(sweep.installationId), signal, clock: this.#clock };
    switch (sweep.kind) {
      case "sweep_repository":
        return await oneAfterTheOther(cursor, [
          (from) => listPulls(session, sweep, {}, pageAt(from)),
          (from) => listGroups(session, sweep, from),
          (from) => listWaiting(session, sweep, pageAt(from)),
        ]);
      case "sweep_base":
        return await oneAfterTheOther(cursor, [
          (from) => listPulls(session, sweep, { base: sweep.baseRef }, pageAt(from)),
          (from) => listStacked(session, sweep, pageAt(from)),
        ]);
      case "sweep_installation":
        return await listRepositories(session, sweep.installationId, pageAt(cursor));
      default:
        return unreachable(sweep);
    }
  }
}

function pageAt(from: string | null): number {
  return from === null ? 1 : Number(from);
}

/** Several lists as if they were one. A cursor is the place of a list, and after a colon where that one goes on. */
async function oneAfterTheOther(cursor: string | null, lists: readonly ReadPage[]): Promise<Page<Subject>> {
  const [, place = "0", from = null] = /^(\d+)(?::(.+))?$/u.exec(cursor ?? "0") ?? [];
  const at = Number(place);
  const { items, next } = (await lists[at]?.(from)) ?? { items: [], next: null };
  if (next !== null) return { items, next: `${at}:${next}` };
  return { items, next: at + 1 < lists.length ? String(at + 1) : null };
}

async function listPulls(
  session: Session,
  { installationId, repository }: { readonly installationId: number; readonly repository: Repository },
  only: Parameters,
  page: number,
): Promise<Page<Subject>> {
  const { owner, name: repo } = repository;
  const given = { owner, repo, state: "open", sort: "created", direction: "desc", ...only, page };
  const { items, more } = await askPage(session, "GET /repos/{owner}/{repo}/pulls", given, pullsShape);
  return {
    items: items.map(({ number }) => ({ kind: "pull_request", installationId, repository, number })),
    next: more ? String(page + 1) : null,
  };
}

/**
 * Open pull requests that land on a branch through a stack, on whatever branch they are opened themselves. A GitHub without stacks has
 * none. https://docs.github.com/en/rest/pulls/stacks
 */
async function listStacked(
  session: Session,
  { installationId, repository, baseRef }: Extract<SweepSubject, { kind: "sweep_base" }>,
  page: number,
): Promise<Page<Subject>> {
  const { owner, name: repo } = repository;
  try {
    const { items, more } = await askPage(
      session,
      "GET /repos/{owner}/{repo}/stacks",
      { owner, repo, page },
      stacksShape,
    );
    const stacked = items.filter(({ base }) => base.ref === baseRef).flatMap((stack) => stack.pull_requests);
    return {
      items: stacked
        .filter(({ state }) => state === "open")
        .map(({ number }) => ({ kind: "pull_request", installationId, repository, number })),
      next: more ? String(page + 1) : null,
    };
  } catch (failed) {
    if (failed instanceof GitHubFailure && failed.status === 404) return { items: [], next: null };
    throw failed;
  }
}

/** Merge groups that wait in the repository's queues: the webhook that asked for them may be lost, and their queue waits for an answer. */
async function listGroups(
  session: Session,
  { installationId, repository }: Extract<SweepSubject, { kind: "sweep_repository" }>,
  from: string | null,
): Promise<Page<Subject>> {
  const { owner, name } = repository;
  const given = { owner, name, prefix: queuePrefix, after: from };
  const { repository: read } = await askGraphql(session, groupsQuery, given, groupsShape);
  const defaultBranch = read.defaultBranchRef?.name ?? "";
  const groups = (read.refs?.nodes ?? []).flatMap((node): readonly Subject[] => {
    if (node?.target == null) return [];
    const at = { installationId, repository, defaultBranch, headSha: node.target.oid };
    const group = groupOn({ ...at, ref: `${node.prefix}${node.name}` });
    return group === null ? [] : [group];
  });
  return { items: groups, next: read.refs?.pageInfo.hasNextPage === true ? read.refs.pageInfo.endCursor : null };
}

/**
 * Deployments that wait for an environment: the webhook that asked for an answer may be lost. Whether this App is asked about them is found
 * out when they are looked at. An App that may not read runs finds none. https://docs.github.com/en/rest/actions/workflow-runs
 */
async function listWaiting(
  session: Session,
  { installationId, repository }: Extract<SweepSubject, { kind: "sweep_repository" }>,
  page: number,
): Promise<Page<Subject>> {
  const { owner, name: repo } = repository;
  const at = { kind: "deployment", installationId, repository, asks: "rule" } as const;
  const runs = await askPage(
    session,
    "GET /repos/{owner}/{repo}/actions/runs",
    { owner, repo, status: "waiting", page },
    runsShape,
  );
  const subjects: Subject[] = [];
  for (const { id: runId } of runs.items) {
    const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments";
    const pending = await askOrNull(session, route, { owner, repo, run_id: runId }, pendingShape);
    for (const { environment } of pending ?? []) {
      if (environment.name != null) subjects.push({ ...at, runId, environment: environment.name });
    }
  }
  return { items: subjects, next: runs.more ? String(page + 1) : null };
}

/**
 * Archived repositories take no check runs and nothing merges there. The default branch comes with its repository: a push that no
 * webhook told of is found by the next sweep, and so is what went wrong after a change went live.
 */
async function listRepositories(session: Session, installationId: number, page: number): Promise<Page<Subject>> {
  const { items, more } = await askPage(session, "GET /installation/repositories", { page }, repositoriesShape);
  return {
    items: items
      .filter(({ archived }) => !archived)
      .flatMap(({ id, name, owner, default_branch: branch }): readonly Subject[] => {
        const repository = { id, owner: owner.login, name };
        return [
          { kind: "sweep_repository", installationId, repository },
          { kind: "branch", installationId, repository, branch },
          { kind: "aftermath", installationId, repository },
        ];
      }),
    next: more ? String(page + 1) : null,
  };
}
