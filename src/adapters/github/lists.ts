import { z } from "zod";
import type { Clock, Lister, Page } from "../../app/ports.ts";
import type { Repository, Subject, SweepSubject } from "../../core/subject.ts";
import { unreachable } from "../../lib/assert.ts";
import { type ApiFor, askPage, type Parameters, type Session } from "./api.ts";

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
    const page = cursor === null ? 1 : Number(cursor);
    switch (sweep.kind) {
      case "sweep_repository":
        return listPulls(session, sweep, {}, page);
      case "sweep_base":
        return listPulls(session, sweep, { base: sweep.baseRef }, page);
      case "sweep_installation":
        return listRepositories(session, sweep.installationId, page);
      default:
        return unreachable(sweep);
    }
  }
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
 * Archived repositories take no check runs and nothing merges there. The default branch comes with its repository: a push that no
 * webhook told of is found by the next sweep.
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
        ];
      }),
    next: more ? String(page + 1) : null,
  };
}
