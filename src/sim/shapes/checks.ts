import { openPulls } from "../state/pulls.ts";
import type { Annotation, CheckRun, CheckSuite, CommitStatus, Repository } from "../state/model.ts";
import { fullName, type World } from "../state/world.ts";
import { simpleUser } from "./accounts.ts";
import { integration } from "./apps.ts";
import { simpleDeployment } from "./deployments.ts";
import { minimalRepository } from "./repositories.ts";
import { API, iso, isoOrNull, nodeId, type Schema, WEB } from "./schema.ts";

export function checkRunShape(repository: Repository, run: CheckRun): Schema<"check-run"> {
  const url = `${API}/repos/${fullName(repository)}/check-runs/${run.id}`;
  const html = `${WEB}/${fullName(repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CR", run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: iso(run.startedMs),
    completed_at: isoOrNull(run.completedMs),
    output: {
      title: run.output?.title ?? null,
      summary: run.output?.summary ?? null,
      text: run.output?.text ?? null,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: integration(run.app),
    pull_requests: pullsOf(repository, run.headSha),
    ...carriedBy(repository, run),
  };
}

/** The deployment that a job of Actions carries: of all who make deployments, GitHub links it for these alone. */
function carriedBy(repository: Repository, run: CheckRun): Partial<Schema<"check-run">> {
  const deployment = repository.deployments.find(({ workflowRun }) => workflowRun?.job === run);
  return deployment === undefined ? {} : { deployment: simpleDeployment(repository, deployment) };
}

/** Open pull requests of this head. Those from forks are missing: the Checks API sees pushes to its own repository only. */
function pullsOf(repository: Repository, headSha: string): Schema<"pull-request-minimal">[] {
  const short = (each: Repository): Schema<"pull-request-minimal">["head"]["repo"] => ({
    id: each.id,
    url: `${API}/repos/${fullName(each)}`,
    name: each.name,
  });
  return openPulls(repository)
    .filter(({ head }) => head.sha === headSha && head.repository === repository)
    .map((pull) => ({
      id: pull.id,
      number: pull.number,
      url: `${API}/repos/${fullName(repository)}/pulls/${pull.number}`,
      head: { ref: pull.head.ref, sha: pull.head.sha, repo: short(repository) },
      base: { ref: pull.base.ref, sha: pull.base.sha, repo: short(repository) },
    }));
}

export function annotationShape(
  repository: Repository,
  run: CheckRun,
  annotation: Annotation,
): Schema<"check-annotation"> {
  return {
    path: annotation.path,
    start_line: annotation.start_line,
    end_line: annotation.end_line,
    start_column: annotation.start_column ?? null,
    end_column: annotation.end_column ?? null,
    annotation_level: annotation.annotation_level,
    title: annotation.title ?? null,
    message: annotation.message,
    raw_details: annotation.raw_details ?? null,
    blob_href: `${WEB}/${fullName(repository)}/blob/${run.headSha}/${annotation.path}`,
  };
}

export function checkSuiteShape(world: World, repository: Repository, suite: CheckSuite): Schema<"check-suite"> {
  const runs = repository.checkRuns.filter((run) => run.suite === suite);
  const done = !suite.requeued && runs.length > 0 && runs.every(({ status }) => status === "completed");
  const url = `${API}/repos/${fullName(repository)}/check-suites/${suite.id}`;
  const commit = repository.objects.commit(suite.headSha);
  const author = commit?.author ?? { name: "", email: "", dateMs: world.now() };
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.requeued || runs.length === 0 ? "queued" : done ? "completed" : "in_progress",
    conclusion: done ? worst(runs) : null,
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsOf(repository, suite.headSha),
    app: integration(suite.app),
    repository: minimalRepository(repository),
    created_at: iso(suite.createdMs),
    updated_at: iso(suite.createdMs),
    head_commit: {
      id: suite.headSha,
      tree_id: commit?.tree ?? "",
      message: commit?.message ?? "",
      timestamp: iso(author.dateMs),
      author: { name: author.name, email: author.email },
      committer: { name: author.name, email: author.email },
    },
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
  };
}

function worst(runs: readonly CheckRun[]): CheckRun["conclusion"] {
  const failing = runs.find(
    ({ conclusion }) => conclusion !== "success" && conclusion !== "neutral" && conclusion !== "skipped",
  );
  return failing === undefined ? "success" : failing.conclusion;
}

export function statusShape(repository: Repository, status: CommitStatus): Schema<"status"> {
  return {
    url: `${API}/repos/${fullName(repository)}/statuses/${status.sha}`,
    avatar_url: null,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: iso(status.createdMs),
    updated_at: iso(status.createdMs),
    creator: simpleUser(status.creator),
  };
}
