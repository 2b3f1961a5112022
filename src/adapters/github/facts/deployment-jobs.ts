import { z } from "zod";
import type { WorkflowRunFacts } from "../../../core/deployments/deployments.ts";
import type { Environment } from "../../../core/policy/schema.ts";
import type { Repository } from "../../../core/subject.ts";
import { ask, askAll, askOrNull, type Listed, orGone, type Session } from "../api.ts";
import { moment, sha } from "../shapes.ts";
import { Remembered } from "./remembered.ts";

/** The App of GitHub Actions, whose check runs its jobs are. https://api.github.com/apps/github-actions */
const actionsAppId = 15_368;
const remembered = 20_000;
/** A thousand jobs of one commit. */
const checksPages = 10;
const runsPages = 5;

const checksShape = z
  .looseObject({
    check_runs: z.array(
      z.looseObject({
        id: z.int(),
        app: z.looseObject({ id: z.int() }).nullable(),
        deployment: z.looseObject({ id: z.int() }).nullish(),
      }),
    ),
  })
  .transform(({ check_runs }) => check_runs);
const jobShape = z.looseObject({
  run_id: z.int(),
  head_sha: sha,
  conclusion: z.string().nullable(),
  completed_at: moment.nullable(),
  check_run_url: z.string(),
});
const runShape = z.looseObject({
  id: z.int(),
  path: z.string(),
  head_branch: z.string().nullable(),
  head_sha: sha,
  event: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  updated_at: moment,
  head_repository: z.looseObject({ id: z.int() }).nullish(),
});
const runsShape = z.looseObject({ workflow_runs: z.array(runShape) }).transform(({ workflow_runs }) => workflow_runs);

/**
 * Finds the job that carries a deployment, which nobody but GitHub Actions can make: who created the deployment and what its statuses
 * say anybody with a token can write. A job that is over does not change any more and is remembered.
 */
export class Carriers {
  readonly #known = new Remembered<WorkflowRunFacts>(remembered, () => 1);
  readonly #carrying = new Remembered<boolean>(remembered, () => 1);

  /** Null where no job carries it, or none does yet. Throws `GitHubFailure` or `RetryLater`. */
  async of(
    session: Session,
    repository: Repository,
    deployment: { readonly id: number; readonly sha: string },
  ): Promise<WorkflowRunFacts | null> {
    const key = `${repository.id} ${deployment.id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = await carrierOf(session, repository, deployment);
    if (found !== null && found.completedAtMs !== null) this.#known.set(key, found);
    return found;
  }

  /** Whether a job on the commit of a run that is over carries any deployment. */
  async carriesAny(
    session: Session,
    repository: Repository,
    run: Pick<WorkflowRunFacts, "id" | "sha">,
  ): Promise<boolean> {
    const key = `${repository.id} ${run.id}`;
    const known = this.#carrying.get(key);
    if (known !== undefined) return known;
    const { items, complete } = await listJobs(session, repository, run.sha);
    const carries = !complete || items.some(({ app, deployment }) => app?.id === actionsAppId && deployment != null);
    this.#carrying.set(key, carries);
    return carries;
  }
}

/** Of a commit that the repository does not have any more nothing is known: GitHub answers 422 for one that it cannot find. */
async function listJobs(
  session: Session,
  { owner, name: repo }: Repository,
  commit: string,
): Promise<Listed<z.infer<typeof checksShape>[number]>> {
  const given = { owner, repo, ref: commit, app_id: actionsAppId, filter: "all" };
  const read = await orGone(() =>
    askAll(session, "GET /repos/{owner}/{repo}/commits/{ref}/check-runs", given, checksShape, checksPages),
  );
  return read ?? { items: [], complete: false };
}

async function carrierOf(
  session: Session,
  repository: Repository,
  deployment: { readonly id: number; readonly sha: string },
): Promise<WorkflowRunFacts | null> {
  const { id: repositoryId, owner, name: repo } = repository;
  // What stands beyond the last page is no evidence: it is missing, and that never lets a change pass.
  const { items } = await listJobs(session, repository, deployment.sha);
  const check = items.find((one) => one.app?.id === actionsAppId && one.deployment?.id === deployment.id);
  if (check === undefined) return null;
  const job = await askOrNull(
    session,
    "GET /repos/{owner}/{repo}/actions/jobs/{job_id}",
    { owner, repo, job_id: check.id },
    jobShape,
  );
  if (job === null || !job.check_run_url.endsWith(`/check-runs/${check.id}`)) return null;
  const run = await ask(
    session,
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
    { owner, repo, run_id: job.run_id },
    runShape,
  );
  if (run.head_sha !== job.head_sha) return null;
  return { ...asFacts(run, repositoryId), conclusion: job.conclusion, completedAtMs: job.completed_at };
}

/**
 * Runs of the workflows that an environment's `deployed_by` names here, from the oldest to the newest; without those that succeeded on
 * a commit of which a job carries a deployment. Null where there are too many.
 * https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
 */
export async function readRuns(
  session: Session,
  repository: Repository,
  carriers: Carriers,
  { deployedBy }: Pick<Environment, "deployedBy">,
  sinceMs: number,
): Promise<readonly WorkflowRunFacts[] | null> {
  const { id: repositoryId, owner, name: repo } = repository;
  const runs: WorkflowRunFacts[] = [];
  const here = `${owner}/${repo}`.toLowerCase();
  for (const witness of deployedBy) {
    if (witness.kind !== "workflow" || (witness.repository ?? here) !== here) continue;
    const file = witness.path.slice(witness.path.lastIndexOf("/") + 1);
    const route = "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs";
    const given = {
      owner,
      repo,
      workflow_id: file,
      branch: witness.ref.replace(/^refs\/heads\//u, ""),
      created: `${new Date(sinceMs).toISOString()}..${new Date(session.clock.now() + slackMs).toISOString()}`,
    };
    const { items, complete } = await askAll(session, route, given, runsShape, runsPages);
    if (!complete) return null;
    for (const item of items) {
      const run = asFacts(item, repositoryId);
      // What makes a deployment speaks of the environment of that, and of no other.
      const elsewhere = run.conclusion === "success" && (await carriers.carriesAny(session, repository, run));
      if (!elsewhere) runs.push(run);
    }
  }
  return runs.toSorted((a, b) => (a.completedAtMs ?? Infinity) - (b.completedAtMs ?? Infinity) || a.id - b.id);
}

/** GitHub's clock may be ahead of ours by so much; what is more is no reading of a clock. */
const slackMs = 60_000;

function asFacts(run: z.infer<typeof runShape>, repositoryId: number): WorkflowRunFacts {
  return {
    id: run.id,
    path: run.path.split("@", 1)[0] ?? run.path,
    branch: run.head_branch,
    sha: run.head_sha,
    event: run.event,
    own: run.head_repository?.id === repositoryId,
    conclusion: run.conclusion,
    completedAtMs: run.status === "completed" ? run.updated_at : null,
  };
}
