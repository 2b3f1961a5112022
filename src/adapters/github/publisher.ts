import { z } from "zod";
import type { Clock, Publication, Publisher, Standing, Statement, Target } from "../../app/ports.ts";
import {
  type Annotation,
  type CheckRun,
  renderCheckRun,
  renderNotEvaluated,
  renderSuperseded,
} from "../../core/report/check-run.ts";
import { takenBack } from "../../app/own-run.ts";
import { renderHalted } from "../../core/report/halted.ts";
import { renderMergeGroup } from "../../core/report/merge-group.ts";
import { unfold } from "../../core/report/unfold.ts";
import { type ApiFor, ask, askAll, GitHubFailure, type Parameters, type Session } from "./api.ts";

/** What publishing needs. */
export interface PublisherParts {
  readonly apiFor: ApiFor;
  readonly clock: Clock;
  /** Runs of other apps that bear our names are not ours. */
  readonly appId: number;
  /** GitHub's own address, as `https://github.com`. */
  readonly site: string;
}

/** GitHub keeps 1,000 runs of one name in a suite. */
const pagesLimit = 100;
/** GitHub's most for one request; each further request adds to what is there. */
const annotationsPerRequest = 50;

const runShape = z.looseObject({
  id: z.int(),
  name: z.string(),
  external_id: z.string().nullable(),
  status: z.string(),
  conclusion: z.string().nullable(),
  check_suite: z.looseObject({ id: z.int() }).nullable(),
  app: z.looseObject({ id: z.int() }).nullable(),
  output: z.looseObject({
    title: z.string().nullable(),
    summary: z.string().nullable(),
    text: z.string().nullable(),
    annotations_count: z.int(),
  }),
});
type Run = z.infer<typeof runShape>;

const runsShape = z.looseObject({ check_runs: z.array(runShape) }).transform(({ check_runs }) => check_runs);
const suiteShape = z.looseObject({ status: z.string().nullable() });
const writtenShape = z.looseObject({ id: z.int() });

/** Brings check runs into line with statements, through the Checks API. https://docs.github.com/en/rest/checks/runs */
export class GitHubPublisher implements Publisher {
  readonly #parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater`; also where the head does not exist. */
  async standing(installationId: number, target: Target, signal: AbortSignal): Promise<Standing | null> {
    const run = await newestRun(await this.#session(installationId, signal), target, this.#parts.appId);
    return run === null ? null : { runId: run.id, reference: run.external_id };
  }

  /** Throws `GitHubFailure` or `RetryLater`: then what stands may be the old run, or a new one that is in progress. */
  async publish(
    { installationId, target, statement, reference }: Publication,
    signal: AbortSignal,
  ): Promise<{ readonly runId: number | null; readonly wrote: boolean }> {
    const session = await this.#session(installationId, signal);
    const wanted = this.#render(statement);
    switch (statement.kind) {
      case "halted":
        return takeBack(session, target, this.#parts.appId, wanted, reference);
      case "evaluated":
      case "not_evaluated":
        return show(session, target, this.#parts.appId, wanted, reference);
      case "merge_group": {
        const stands = await standingOn(session, target, this.#parts.appId);
        if (stands === "no such commit") return { runId: null, wrote: false };
        return bringIntoLine(session, target, stands, wanted, reference);
      }
      case "superseded": {
        const stands = await standingOn(session, target, this.#parts.appId);
        if (stands === null || stands === "no such commit") return { runId: null, wrote: false };
        if (blocks(stands)) return { runId: stands.id, wrote: false };
        return bringIntoLine(session, target, stands, wanted, reference);
      }
    }
  }

  /** Throws `GitHubFailure` or `RetryLater`. Only the text changes, which a completed run lets happen. */
  async unfold(installationId: number, target: Target, signal: AbortSignal): Promise<void> {
    const session = await this.#session(installationId, signal);
    const stands = await standingOn(session, target, this.#parts.appId);
    if (stands === null || stands === "no such commit") return;
    const { title } = stands.output;
    const [summary, text] = [unfold(stands.output.summary ?? ""), unfold(stands.output.text ?? "")];
    if (same(stands.output.summary, summary) && same(stands.output.text, text)) return;
    await update(session, target, stands.id, { output: { title: title ?? target.checkName, summary, text } });
  }

  async #session(installationId: number, signal: AbortSignal): Promise<Session> {
    const { apiFor, clock } = this.#parts;
    return { api: await apiFor(installationId), signal, clock };
  }

  #render(statement: Statement): CheckRun {
    switch (statement.kind) {
      case "evaluated":
        return renderCheckRun(statement.evaluation, statement.shared, this.#parts.site);
      case "not_evaluated":
        return renderNotEvaluated(statement.shared, statement.mode, statement.attempts);
      case "halted":
        return renderHalted(statement.halts);
      case "merge_group":
        return renderMergeGroup(statement.evaluations);
      case "superseded":
        return renderSuperseded();
    }
  }
}

/** Makes the newest run of the app on the target say what is wanted. */
export async function show(
  session: Session,
  target: Target,
  appId: number,
  wanted: CheckRun,
  reference: string,
): Promise<{ readonly runId: number; readonly wrote: boolean }> {
  return bringIntoLine(session, target, await newestRun(session, target, appId), wanted, reference);
}

/**
 * Turns the green that stands red in its place, which GitHub takes ten times faster than new runs: docs/decisions/0006. Only ever towards
 * red, and only what was green; the reference tells it from a run that was red from the beginning.
 */
async function takeBack(
  session: Session,
  target: Target,
  appId: number,
  wanted: CheckRun,
  reference: string,
): Promise<{ readonly runId: number; readonly wrote: boolean }> {
  const stands = await newestRun(session, target, appId);
  if (stands?.conclusion !== "success") return bringIntoLine(session, target, stands, wanted, reference);
  const [first = []] = batches(wanted.annotations);
  await update(session, target, stands.id, { ...bodyOf(wanted, first, true), external_id: takenBack(reference) });
  return { runId: stands.id, wrote: true };
}

/**
 * Writes what differs between the run that stands and the one that is wanted. A run that is over, or that carries annotations (they
 * cannot be taken back), is followed by a new one: the newest counts.
 */
async function bringIntoLine(
  session: Session,
  target: Target,
  stands: Run | null,
  wanted: CheckRun,
  reference: string,
): Promise<{ readonly runId: number; readonly wrote: boolean }> {
  if (stands !== null && says(stands, wanted) && !(await isAskedFor(session, target, stands))) {
    return { runId: stands.id, wrote: false };
  }
  const reused =
    stands !== null && stands.status !== "completed" && stands.output.annotations_count === 0 ? stands : null;
  const [first = [], ...rest] = batches(wanted.annotations);
  const start = { ...bodyOf(wanted, first, rest.length === 0), name: target.checkName, external_id: reference };
  let runId = reused?.id ?? null;
  if (runId === null) runId = await create(session, target, { ...start, head_sha: target.headSha });
  else await update(session, target, runId, start);
  // The verdict goes out with the last batch: until then the run is in progress, which lets nothing pass, and so it stays if a
  // batch fails.
  for (const [index, batch] of rest.entries()) {
    await update(session, target, runId, bodyOf(wanted, batch, index === rest.length - 1));
  }
  return { runId, wrote: true };
}

/**
 * Whether somebody asked for the run to be made again: GitHub then shows its suite as queued until there is a new run, and leaves the
 * run itself as it is. https://docs.github.com/en/rest/checks/runs#rerequest-a-check-run
 */
async function isAskedFor(
  session: Session,
  { repository }: Target,
  { status, check_suite: suite }: Run,
): Promise<boolean> {
  if (status !== "completed" || suite === null) return false;
  const given = { owner: repository.owner, repo: repository.name, check_suite_id: suite.id };
  const route = "GET /repos/{owner}/{repo}/check-suites/{check_suite_id}";
  return (await ask(session, route, given, suiteShape)).status === "queued";
}

function says({ status, conclusion, output }: Run, wanted: CheckRun): boolean {
  return (
    (wanted.conclusion === null ? status === "in_progress" : status === "completed") &&
    conclusion === wanted.conclusion &&
    same(output.title, wanted.title) &&
    sameOrUnfolded(output.summary, wanted.summary) &&
    sameOrUnfolded(output.text, wanted.text) &&
    output.annotations_count === wanted.annotations.length
  );
}

/** A report that somebody had unfolded says what it said. */
function sameOrUnfolded(stands: string | null, wanted: string): boolean {
  return same(stands, wanted) || same(stands, unfold(wanted));
}

/** What GitHub may change in a text on the way must not make every look write it again. */
function same(stands: string | null, wanted: string): boolean {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n").trim();
  return plain(stands ?? "") === plain(wanted);
}

/** Nothing can be merged on it: there is no need to take it back. */
function blocks({ conclusion }: Run): boolean {
  return conclusion === "failure" || conclusion === "action_required";
}

function batches(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const count = Math.ceil(annotations.length / annotationsPerRequest);
  return Array.from({ length: count }, (_, index) =>
    annotations.slice(index * annotationsPerRequest, (index + 1) * annotationsPerRequest),
  );
}

function bodyOf(
  { conclusion, title, summary, text, buttons }: CheckRun,
  batch: readonly Annotation[],
  last: boolean,
): Parameters {
  const state =
    last && conclusion !== null ? { status: "completed", conclusion, actions: buttons } : { status: "in_progress" };
  return { ...state, output: { title, summary, text, annotations: batch.map(annotationBody) } };
}

function annotationBody({ path, startLine, endLine, columns, level, title, message, details }: Annotation): Parameters {
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    ...(columns === null ? {} : { start_column: columns.start, end_column: columns.end }),
    annotation_level: level,
    title,
    message,
    ...(details === null ? {} : { raw_details: details }),
  };
}

/** The newest of ours: ids grow, while the moments in runs are what their writers say. */
async function newestRun(session: Session, target: Target, appId: number): Promise<Run | null> {
  const { repository, headSha, checkName } = target;
  const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
  const where = { owner: repository.owner, repo: repository.name, ref: headSha };
  const given = { ...where, check_name: checkName, app_id: appId, filter: "all" };
  const { items, complete } = await askAll(session, route, given, runsShape, pagesLimit);
  if (!complete) throw new GitHubFailure(`Cannot tell which run stands on ${headSha}: there are too many.`, null);
  const own = items.filter(({ name, app }) => name === checkName && app?.id === appId);
  return own.toSorted((a, b) => b.id - a.id)[0] ?? null;
}

/** GitHub answers 422 where the repository has no such commit any more. */
async function standingOn(session: Session, target: Target, appId: number): Promise<Run | null | "no such commit"> {
  try {
    return await newestRun(session, target, appId);
  } catch (failed) {
    if (failed instanceof GitHubFailure && failed.status === 422) return "no such commit";
    throw failed;
  }
}

async function create(session: Session, { repository }: Target, body: Parameters): Promise<number> {
  const given = { owner: repository.owner, repo: repository.name, ...body };
  return (await ask(session, "POST /repos/{owner}/{repo}/check-runs", given, writtenShape)).id;
}

async function update(session: Session, { repository }: Target, runId: number, body: Parameters): Promise<void> {
  const given = { owner: repository.owner, repo: repository.name, check_run_id: runId, ...body };
  await ask(session, "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", given, writtenShape);
}
