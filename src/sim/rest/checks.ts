import { z } from "zod";
import {
  change,
  countedList,
  created,
  installedApp,
  list,
  numberParam,
  ok,
  parse,
  read,
  type Reply,
  type RepositoryCall,
  type Route,
} from "../http/call.ts";
import { annotationShape, checkRunShape, checkSuiteShape, statusShape } from "../shapes/checks.ts";
import { minimalRepository } from "../shapes/repositories.ts";
import { API, type Schema } from "../shapes/schema.ts";
import {
  type CheckRunInput,
  checkRunOf,
  createCheckRun,
  createStatus,
  rerequestRun,
  rerequestSuite,
  updateCheckRun,
} from "../state/checks.ts";
import type { CheckRun, CheckSuite } from "../state/model.ts";
import { latestRuns, latestStatuses } from "../state/protection.ts";
import { notFound, Refused } from "../state/refused.ts";
import { noCommit, resolveCommit } from "../state/repositories.ts";
import { fullName } from "../state/world.ts";

const moment = z.iso.datetime({ offset: true });
const annotation = z.object({
  path: z.string(),
  start_line: z.int(),
  end_line: z.int(),
  start_column: z.int().optional(),
  end_column: z.int().optional(),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string(),
  title: z.string().optional(),
  raw_details: z.string().optional(),
});
const update = z.object({
  name: z.string().min(1).optional(),
  external_id: z.string().optional(),
  details_url: z.url().optional(),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  conclusion: z
    .enum(["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"])
    .optional(),
  started_at: moment.optional(),
  completed_at: moment.optional(),
  output: z
    .object({
      title: z.string().optional(),
      summary: z.string().optional(),
      text: z.string().nullable().optional(),
      annotations: z.array(annotation).optional(),
    })
    .optional(),
  actions: z.array(z.object({ label: z.string(), description: z.string(), identifier: z.string() })).optional(),
});
const creation = update.extend({ name: z.string().min(1), head_sha: z.string() });

export const checkRoutes: readonly Route[] = [
  change("POST", "/check-runs", ["checks"], "refused", (call) => {
    const body = parse(creation, call.body);
    const run = createCheckRun(call.world, call.repository, installedApp(call), body.head_sha, {
      ...inputOf(body),
      name: body.name,
    });
    return created(checkRunShape(call.repository, run));
  }),
  change("PATCH", "/check-runs/{check_run_id}", ["checks"], "refused", (call) => {
    const run = checkRunOf(call.repository, numberParam(call, "check_run_id"));
    updateCheckRun(call.world, call.repository, installedApp(call), run, inputOf(parse(update, call.body)));
    return ok(checkRunShape(call.repository, run));
  }),
  read("/check-runs/{check_run_id}", "checks", (call) =>
    ok(checkRunShape(call.repository, checkRunOf(call.repository, numberParam(call, "check_run_id")))),
  ),
  change("POST", "/check-runs/{check_run_id}/rerequest", ["checks"], "write", (call) => {
    const run = checkRunOf(call.repository, numberParam(call, "check_run_id"));
    rerequestRun(call.world, call.repository, run, call.actor);
    return created({});
  }),
  read("/check-runs/{check_run_id}/annotations", "checks", (call) => {
    const run = checkRunOf(call.repository, numberParam(call, "check_run_id"));
    return list(run.annotations, (each) => annotationShape(call.repository, run, each));
  }),
  read("/commits/{ref}/check-runs", "checks", listRuns),
  read("/commits/{ref}/check-suites", "checks", (call) => {
    const sha = commitSha(call);
    const app = call.query.get("app_id");
    const suites = call.repository.checkSuites.filter(
      (suite) => suite.headSha === sha && (app === null || String(suite.app.id) === app),
    );
    return countedList(suites, (suite) => checkSuiteShape(call.world, call.repository, suite), "check_suites");
  }),
  read("/check-suites/{check_suite_id}", "checks", (call) => {
    return ok(checkSuiteShape(call.world, call.repository, suiteAt(call)));
  }),
  change("POST", "/check-suites/{check_suite_id}/rerequest", ["checks"], "write", (call) => {
    const suite = suiteAt(call);
    rerequestSuite(call.world, call.repository, suite.app, suite.headSha, call.actor);
    return created({});
  }),
  change("POST", "/statuses/{sha}", ["statuses"], "write", (call) => {
    const body = parse(
      z.object({
        state: z.enum(["error", "failure", "pending", "success"]),
        context: z.string().default("default"),
        description: z.string().nullable().default(null),
        target_url: z.string().nullable().default(null),
      }),
      call.body,
    );
    const status = {
      state: body.state,
      context: body.context,
      description: body.description,
      targetUrl: body.target_url,
    };
    return created(
      statusShape(call.repository, createStatus(call.world, call.repository, call.param("sha"), status, call.actor)),
    );
  }),
  read("/commits/{ref}/statuses", "statuses", (call) => {
    const sha = commitSha(call);
    const statuses = call.repository.statuses.filter((status) => status.sha === sha).reverse();
    return list(statuses, (status) => statusShape(call.repository, status));
  }),
  read("/commits/{ref}/status", "statuses", combinedStatus),
];

function suiteAt(call: RepositoryCall): CheckSuite {
  const suite = call.repository.checkSuites.find(({ id }) => id === numberParam(call, "check_suite_id"));
  if (suite === undefined) throw notFound();
  return suite;
}

function listRuns(call: RepositoryCall): Reply {
  const sha = commitSha(call);
  const { query, repository } = call;
  const [name, app, status] = [query.get("check_name"), query.get("app_id"), query.get("status")];
  const matches = (run: CheckRun): boolean =>
    run.headSha === sha &&
    (name === null || run.name === name) &&
    (app === null || String(run.app.id) === app) &&
    (status === null || run.status === status);
  const all = [...repository.checkRuns].filter(matches).sort((a, b) => b.id - a.id);
  const filter = query.get("filter") ?? "latest";
  if (filter !== "latest" && filter !== "all")
    throw new Refused(422, "Invalid request.\n\nfilter must be latest or all");
  return countedList(filter === "all" ? all : latestRuns(all), (run) => checkRunShape(repository, run), "check_runs");
}

function combinedStatus(call: RepositoryCall): Reply {
  const sha = commitSha(call);
  const statuses = latestStatuses(call.repository.statuses.filter((status) => status.sha === sha));
  const failing = statuses.some(({ state }) => state === "failure" || state === "error");
  const succeeded = statuses.length > 0 && statuses.every(({ state }) => state === "success");
  const url = `${API}/repos/${fullName(call.repository)}/commits/${sha}`;
  return ok({
    state: failing ? "failure" : succeeded ? "success" : "pending",
    statuses: statuses.map((status) => statusShape(call.repository, status)),
    sha,
    total_count: statuses.length,
    repository: minimalRepository(call.repository),
    commit_url: url,
    url: `${url}/status`,
  } satisfies Schema<"combined-commit-status">);
}

function commitSha(call: RepositoryCall): string {
  const sha = resolveCommit(call.repository, call.param("ref"));
  if (sha === undefined) throw noCommit(call.param("ref"));
  return sha;
}

function inputOf(body: z.infer<typeof update>): CheckRunInput {
  const time = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));
  return {
    name: body.name,
    externalId: body.external_id,
    detailsUrl: body.details_url,
    status: body.status,
    conclusion: body.conclusion,
    startedMs: time(body.started_at),
    completedMs: time(body.completed_at),
    output: body.output,
    actions: body.actions,
  };
}
