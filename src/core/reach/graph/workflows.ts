import { tightening } from "../../policy/patterns.ts";
import { joined } from "../../change/symlinks.ts";
import type { Memo } from "../../syntax.ts";
import { type Deployed, deployedBy } from "./commands.ts";
import { type Edge, type Extent, type Found, unitAt } from "./edge.ts";
import { isOpen, patternOf, saysNothing, substituted } from "./expressions.ts";
import type { Place } from "./remote.ts";
import { type Job, readWorkflow, type Workflow } from "./workflow-read.ts";

/** A workflow of the change or its context, on one side. */
export interface WorkflowFile {
  readonly path: string;
  readonly sha: string;
  /** Null where it is no text that can be read. */
  readonly text: string | null;
}

type Values = Readonly<Record<string, string>>;
const setsLimit = 200;

/**
 * What jobs with an `environment:` deploy, as far as their steps write it out. A job that writes out nothing deploys what its workflow's
 * path filters name. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
export function workflowEdges(files: readonly WorkflowFile[], memo: Memo, place: Place): Found {
  const unread: Found["unread"][number][] = [];
  const read = files.flatMap(({ path, sha, text }) => {
    const reading = text === null ? null : readWorkflow(sha, text, memo);
    if (reading?.ok === true) return [{ path, workflow: reading.workflow }];
    const line = reading === null ? null : reading.line;
    unread.push({ path, line, reason: reading?.reason ?? "no text that can be read", text });
    return [];
  });
  const callers = read.flatMap(({ path, workflow }) =>
    runsOn(workflow, place)
      ? workflow.jobs.flatMap((job) => (job.calls === null ? [] : [{ path, job, calls: job.calls, workflow }]))
      : [],
  );
  const edges = read.flatMap(({ path, workflow }) => {
    if (!runsOn(workflow, place)) return [];
    const handed = callers
      .filter(({ calls }) => calls.path === path)
      .flatMap(({ job, calls, workflow: from }) =>
        setsOf(job, from, []).map((set) =>
          prefixed(
            "inputs",
            mapped(calls.inputs, (text) => filled(text, set)),
          ),
        ),
      );
    return workflow.jobs.flatMap((job) => edgesOf(path, job, workflow, handed));
  });
  return { edges, unread };
}

/** False where only pushes to other branches run it. */
function runsOn({ branches }: Workflow, { baseRef }: Place): boolean {
  if (branches === null || branches.some((branch) => /[!+?[\]\\{}()]/u.test(branch))) return true;
  return tightening(branches)(baseRef);
}

function edgesOf(path: string, job: Job, workflow: Workflow, handed: readonly Values[]): readonly Edge[] {
  const { environment } = job;
  // GitHub's own name for a site on Pages, which is no tier of anything.
  if (environment === null || environment === "github-pages") return [];
  const unit = unitAt("job", path, job.id);
  return setsOf(job, workflow, handed).flatMap((set): readonly Edge[] => {
    const named = filled(environment, set);
    const words = isOpen(named) ? [] : [named];
    const told = words.length > 0 ? named : "an environment that is not written out";
    const found = job.runs.flatMap((run) => {
      const folder = run.directory === null ? "" : filled(run.directory.text, set);
      const deployed = [
        ...run.lines.flatMap((line) => deployedBy({ ...line, text: filled(line.text, set) })),
        ...run.given.map((one): Deployed => ({ ...one, text: filled(one.text, set), tree: true })),
      ];
      const around = run.directory === null ? [] : [{ text: ".", line: run.directory.line, tree: true }];
      return [...deployed, ...around].map((one) => ({ ...one, folder }));
    });
    const extents = found.flatMap(({ text, line, tree, folder }) =>
      extentOf(folder, text, tree).map((reads) => ({ reads, line, text: folder === "" ? text : `${folder}: ${text}` })),
    );
    const filters = found.length > 0 ? [] : workflow.paths.filter((one) => !one.startsWith("!") && !saysNothing(one));
    const triggers = filters.map((pattern) => ({
      reads: { kind: "pattern", pattern, except: [], deep: true } as const,
      line: job.line,
      text: pattern,
    }));
    return [...extents, ...triggers].map(({ reads, line, text }) => ({
      reads,
      by: unit,
      step: { path, line, note: `job "${job.id}" deploys ${text} to ${told}` },
      words: () => words,
      undecided: reads.kind === "pattern" && saysNothing(reads.pattern) ? text : null,
    }));
  });
}

function extentOf(folder: string, text: string, tree: boolean): readonly Extent[] {
  const whole = folder === "" ? text : `${folder}/${text}`;
  if (isOpen(whole)) {
    const pattern = patternOf("", whole);
    // Files of any name say nothing; what is put together in any folder may be what changed.
    if (pattern === null || (tree && saysNothing(pattern))) return [];
    return [{ kind: "pattern", pattern: tree ? `${pattern}/**` : pattern, except: [], deep: true }];
  }
  const path = joined([], whole);
  // The whole repository says nothing: a job that runs at its root deploys what its commands name.
  if (path === null || path === "") return [];
  return [{ kind: "path", path }, ...(tree ? [{ kind: "files", folder: path, deep: true } as const] : [])];
}

/** Every set of values that the expressions of a job can have, as far as they are written out. */
function setsOf(job: Job, { choices }: Workflow, handed: readonly Values[]): readonly Values[] {
  const variables = { ...prefixed("env", job.variables), ...job.variables };
  const matrix = job.matrix === null || job.matrix.length === 0 ? [{}] : job.matrix;
  const chosen = Object.entries(choices).reduce<readonly Values[]>(
    (sets, [name, options]) =>
      sets.length * options.length > setsLimit
        ? sets
        : sets.flatMap((set) =>
            options.map((option) => ({ ...set, [`inputs.${name}`]: option, [`github.event.inputs.${name}`]: option })),
          ),
    [{}],
  );
  const inputs = handed.length === 0 ? chosen : handed;
  if (matrix.length * inputs.length > setsLimit) return [variables];
  return matrix.flatMap((own) => inputs.map((input) => ({ ...variables, ...prefixed("matrix", own), ...input })));
}

function filled(text: string, values: Values): string {
  const once = (from: string): string =>
    substituted(from, (inside) => (Object.hasOwn(values, inside) ? (values[inside] ?? null) : null));
  // A variable may hold an expression of its own.
  return once(once(text));
}

function prefixed(prefix: string, values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]));
}

function mapped(values: Values, change: (text: string) => string): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
