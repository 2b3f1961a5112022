import { z } from "zod";
import type { Clock, RunShown, RunSource } from "../../app/ports.ts";
import type { Repository } from "../../core/subject.ts";
import { type ApiFor, askOrNull, type Session } from "./api.ts";
import { sha } from "./shapes.ts";

/** https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
const runShape = z.looseObject({
  id: z.int(),
  head_sha: sha,
  event: z.string(),
  status: z.string().nullable(),
  repository: z.looseObject({ id: z.int() }),
  pull_requests: z.array(z.looseObject({ number: z.int() })).nullish(),
});
const pullRequestsMost = 20;

/** Runs of workflows as GitHub Actions itself tells of them. */
export class GitHubRuns implements RunSource {
  readonly #parts: { readonly apiFor: ApiFor; readonly clock: Clock };

  constructor(parts: { readonly apiFor: ApiFor; readonly clock: Clock }) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async run(
    { installationId, repository }: { readonly installationId: number; readonly repository: Repository },
    runId: number,
    signal: AbortSignal,
  ): Promise<RunShown | null> {
    const { apiFor, clock } = this.#parts;
    const session: Session = { api: await apiFor(installationId), signal, clock };
    const { owner, name: repo } = repository;
    const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}";
    const run = await askOrNull(session, route, { owner, repo, run_id: runId }, runShape);
    // Another repository may have the name by now.
    if (run === null || run.repository.id !== repository.id || run.id !== runId) return null;
    return {
      headSha: run.head_sha,
      event: run.event,
      underWay: run.status !== "completed",
      pullRequests: (run.pull_requests ?? []).slice(0, pullRequestsMost).map(({ number }) => number),
    };
  }
}
