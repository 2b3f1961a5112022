import { z } from "zod";
import type { Clock, Remains } from "../../app/ports.ts";
import type { PullRequestSubject, Repository } from "../../core/subject.ts";
import { type ApiFor, ask, askPage, GitHubFailure, type Session } from "./api.ts";
import { sha } from "./shapes.ts";

const repositoriesShape = z
  .looseObject({
    repositories: z.array(
      z.looseObject({
        id: z.int(),
        name: z.string(),
        archived: z.boolean(),
        owner: z.looseObject({ login: z.string() }),
      }),
    ),
  })
  .transform(({ repositories }) => repositories);
const pullsShape = z.array(z.looseObject({ number: z.int(), head: z.looseObject({ sha }) }));
const runsShape = z.looseObject({
  check_runs: z.array(z.looseObject({ app: z.looseObject({ id: z.int() }).nullable() })),
});

/** Every open pull request has a run where the App worked: a few tell as much as all. */
const pullsLooked = 3;

/** What check runs on open heads tell of an earlier life of this App, over the first hundred repositories of an installation. */
export class GitHubRemains implements Remains {
  readonly #parts: { readonly apiFor: ApiFor; readonly clock: Clock; readonly appId: number };

  constructor(parts: { readonly apiFor: ApiFor; readonly clock: Clock; readonly appId: number }) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async *find(installationId: number, signal: AbortSignal): AsyncGenerator<PullRequestSubject> {
    const { apiFor, clock, appId } = this.#parts;
    const session: Session = { api: await apiFor(installationId), signal, clock };
    const route = "GET /installation/repositories";
    const { items } = await askPage(session, route, { page: 1 }, repositoriesShape);
    for (const { id, name, owner, archived } of items) {
      if (archived) continue;
      const repository = { id, owner: owner.login, name };
      for (const { number, head } of await oldestPulls(session, repository)) {
        if (await hasOwnRun(session, repository, head.sha, appId)) {
          yield { kind: "pull_request", installationId, repository, number };
        }
      }
    }
  }
}

/** What has been open for longest is what an earlier life has most surely seen. */
async function oldestPulls(session: Session, { owner, name: repo }: Repository): Promise<z.infer<typeof pullsShape>> {
  const given = { owner, repo, state: "open", sort: "created", direction: "asc", per_page: pullsLooked };
  return await ask(session, "GET /repos/{owner}/{repo}/pulls", given, pullsShape);
}

async function hasOwnRun(
  session: Session,
  { owner, name: repo }: Repository,
  headSha: string,
  appId: number,
): Promise<boolean> {
  const given = { owner, repo, ref: headSha, app_id: appId, per_page: 1 };
  try {
    const { check_runs: runs } = await ask(
      session,
      "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
      given,
      runsShape,
    );
    return runs.some(({ app }) => app?.id === appId);
  } catch (failed) {
    // The head is gone: a branch was pushed anew in between.
    if (failed instanceof GitHubFailure && failed.status === 422) return false;
    throw failed;
  }
}
