import { tightening } from "../../policy/patterns.ts";
import { joined } from "../../change/symlinks.ts";
import type { Memo } from "../../syntax.ts";
import { type Deployed, deployedBy } from "./commands.ts";
import { type Declared, type Edge, type Extent, type Found, type Unit, unitAt } from "./edge.ts";
import { unique } from "../names.ts";
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

/** What workflows deploy, and the jobs that do; one that calls another workflow stands for the jobs of that. */
export interface WorkflowsFound extends Found {
  readonly declared: readonly Declared[];
}

type Values = Readonly<Record<string, string>>;
const setsLimit = 200;

/**
 * What jobs with an `environment:` deploy, as far as their steps write it out. A job that writes out nothing deploys what its workflow's
 * path filters name. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
export function workflowEdges(files: readonly WorkflowFile[], memo: Memo, place: Place): WorkflowsFound {
  const unread: Found["unread"][number][] = [];
  const read = files.flatMap(({ path, sha, text }) => {
    const reading = text === null ? null : readWorkflow(sha, text, memo);
    if (reading?.ok === true) return [{ path, workflow: reading.workflow }];
    const line = reading === null ? null : reading.line;
    unread.push({ path, line, reason: reading?.reason ?? "no text that can be read", text });
    return [];
  });
  const running = read.filter(({ workflow }) => runsOn(workflow, place));
  const direct = running.flatMap(({ path, workflow }) => workflow.jobs.flatMap((job) => callOf(path, job, workflow)));
  const calls = Map.groupBy([...direct, ...throughOthers(direct)], ({ target }) => target);
  const found = running.flatMap(({ path, workflow }) => {
    const calling = calls.get(path) ?? [];
    const handed = calling.flatMap((one) => one.handed);
    return workflow.jobs.map((job) => ({
      edges: deploys(job) ? edgesOf(path, job, workflow, handed) : [],
      declared: [
        ...declaredBy(unitAt("job", path, job.id), job.line, job, setsOf(job, workflow, handed)),
        ...calling.flatMap(({ unit, line, handed: own }) => declaredBy(unit, line, job, setsOf(job, workflow, own))),
      ],
    }));
  });
  return { edges: found.flatMap((one) => one.edges), declared: found.flatMap((one) => one.declared), unread };
}

/** A job that calls another workflow of this repository, with every set of values that it hands over. */
interface Call {
  readonly target: string;
  readonly unit: Unit;
  readonly line: number;
  readonly handed: readonly Values[];
}

function callOf(path: string, job: Job, workflow: Workflow): readonly Call[] {
  const { calls, id, line } = job;
  if (calls === null) return [];
  const sets = setsOf(job, workflow, []).map((set) => mapped(calls.inputs, (text) => filled(text, set)));
  const handed = sets.map((set) => prefixed("inputs", set));
  return [{ target: calls.path, unit: unitAt("job", path, id), line, handed }];
}

/** Calls of what a called workflow calls itself; what is handed over that far is not followed. */
function throughOthers(direct: readonly Call[]): readonly Call[] {
  const byCaller = Map.groupBy(direct, ({ unit }) => unit.path);
  return direct.flatMap((call) => {
    const targets = new Set([call.target]);
    for (const at of targets) for (const { target } of byCaller.get(at) ?? []) targets.add(target);
    targets.delete(call.target);
    return [...targets].map((target) => ({ ...call, target, handed: [] }));
  });
}

/** GitHub's own name for a site on Pages is no tier of anything. */
function deploys({ environment }: Job): boolean {
  return environment !== null && environment !== "github-pages";
}

/** Each environment that a job deploys to, for the unit at whose line somebody reads of it: the job, or the one that calls its workflow. */
function declaredBy(unit: Unit, line: number, job: Job, sets: readonly Values[]): readonly Declared[] {
  if (!deploys(job)) return [];
  const named = unique(sets.map((set) => filled(job.environment ?? "", set)));
  return named.map((name) => {
    const note = `job "${job.id}" deploys to ${isOpen(name) ? openEnvironment : name}`;
    return { unit, line, note, words: isOpen(name) ? [] : [name] };
  });
}

const openEnvironment = "an environment that is not written out";

/** False where only pushes to other branches run it. */
function runsOn({ branches }: Workflow, { baseRef }: Place): boolean {
  if (branches === null || branches.some((branch) => /[!+?[\]\\{}()]/u.test(branch))) return true;
  return tightening(branches)(baseRef);
}

function edgesOf(path: string, job: Job, workflow: Workflow, handed: readonly Values[]): readonly Edge[] {
  const unit = unitAt("job", path, job.id);
  return setsOf(job, workflow, handed).flatMap((set): readonly Edge[] => {
    const named = filled(job.environment ?? "", set);
    const words = isOpen(named) ? [] : [named];
    const told = words.length > 0 ? named : openEnvironment;
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
    // What an action does is not read: it is deployed with, and says nothing of what else is.
    const actions = job.runs.flatMap(({ action }) =>
      action === null
        ? []
        : extentOf("", filled(action.text, set), true).map((reads) => ({
            reads,
            line: action.line,
            text: action.text,
          })),
    );
    const filters = found.length > 0 ? [] : workflow.paths.filter((one) => !one.startsWith("!") && !saysNothing(one));
    const triggers = filters.map((pattern) => ({
      reads: { kind: "pattern", pattern, except: [], deep: true } as const,
      line: job.line,
      text: pattern,
    }));
    return [...extents, ...actions, ...triggers].map(({ reads, line, text }) => ({
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
