import { child, documentsOf, type Tree } from "../../views/documents.ts";
import type { Memo } from "../../syntax.ts";

/** Raise it when the reading below changes. */
const readerVersion = "reach-workflow@2";

export interface Line {
  readonly text: string;
  readonly line: number;
}

/** A step of a job: what it runs, where, and what it hands to an action. */
export interface Run {
  readonly lines: readonly Line[];
  readonly directory: Line | null;
  readonly given: readonly Line[];
  /** The folder of this repository that holds the action which the step uses. */
  readonly action: Line | null;
}

/** A job that deploys to an environment, or calls a workflow that may. */
export interface Job {
  readonly id: string;
  readonly line: number;
  readonly environment: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** Sets of values of the matrix; none where it has no matrix, null where it cannot be told. */
  readonly matrix: readonly Readonly<Record<string, string>>[] | null;
  readonly runs: readonly Run[];
  /** The workflow of this repository that it calls, with what it hands over. */
  readonly calls: { readonly path: string; readonly inputs: Readonly<Record<string, string>> } | null;
}

export interface Workflow {
  readonly jobs: readonly Job[];
  /** Branches whose pushes run it, if nothing else does; null: other events do as well. */
  readonly branches: readonly string[] | null;
  /** Path filters of its pushes; none where every push runs it. */
  readonly paths: readonly string[];
  /** Choices that people have where it is started by hand. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

export type WorkflowReading =
  | { readonly ok: true; readonly workflow: Workflow }
  | { readonly ok: false; readonly line: number; readonly reason: string };

export function isWorkflow(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/u.test(path);
}

/** The metadata of an action, wherever it lies. */
export function isActionMetadata(path: string): boolean {
  return /(?:^|\/)action\.ya?ml$/u.test(path);
}

export function readWorkflow(sha: string, text: string, memo: Memo): WorkflowReading {
  return memo(`${readerVersion} ${sha}`, () => {
    const read = documentsOf(sha, text, memo);
    if (!read.ok) return read;
    const [root] = read.documents;
    return { ok: true, workflow: root === undefined ? empty : workflowOf(root) };
  });
}

const empty: Workflow = { jobs: [], branches: null, paths: [], choices: {} };
/** Events that run what a pull request proposes, or what was pushed to a branch. */
const branchEvents = new Set(["push", "pull_request", "pull_request_target", "workflow_call"]);

function workflowOf(root: Tree): Workflow {
  const on = child(root, "on");
  const events = on?.kind === "map" ? on.entries.map(({ key }) => key) : textsOf(on);
  const push = child(on, "push");
  const branches = textsOf(child(push, "branches"));
  const bound =
    branches.length > 0 && child(push, "tags") === undefined && events.every((event) => branchEvents.has(event));
  const inputs = child(child(on, "workflow_dispatch"), "inputs");
  const choices = entriesOf(inputs).map(({ key, value }) => [key, textsOf(child(value, "options"))] as const);
  const shared = variablesOf(root);
  return {
    jobs: entriesOf(child(root, "jobs")).map(({ key, value }) => jobOf(key, value, shared, root)),
    branches: bound ? branches : null,
    paths: textsOf(child(push, "paths")),
    choices: Object.fromEntries(choices.filter(([, options]) => options.length > 0)),
  };
}

function jobOf(id: string, job: Tree, shared: Readonly<Record<string, string>>, root: Tree): Job {
  const environment = child(job, "environment");
  const uses = textOf(child(job, "uses"));
  const directory = lineOf(directoryIn(job)) ?? lineOf(directoryIn(root));
  return {
    id,
    line: job.span.line,
    environment: textOf(environment) ?? textOf(child(environment, "name")),
    variables: { ...shared, ...variablesOf(job) },
    matrix: matrixOf(child(child(job, "strategy"), "matrix")),
    runs: itemsOf(child(job, "steps")).map((step) => runOf(step, directory)),
    calls: uses?.startsWith("./") === true ? { path: uses.slice(2), inputs: scalarsOf(child(job, "with")) } : null,
  };
}

function directoryIn(tree: Tree): Tree | undefined {
  return child(child(child(tree, "defaults"), "run"), "working-directory");
}

/** Inputs of actions that name what they deploy. */
const givenKeys =
  /^(?:manifests?|charts?|chart-path|kustomiz\w*|values?(?:-?files?)?|working[-_]dir(?:ectory)?|directory)$/iu;

function runOf(step: Tree, directory: Line | null): Run {
  const run = child(step, "run");
  const text = textOf(run) ?? "";
  const first = run?.kind === "scalar" && run.style === "block" ? run.span.line + 1 : (run?.span.line ?? 1);
  const given = entriesOf(child(step, "with")).filter(({ key }) => givenKeys.test(key));
  const uses = lineOf(child(step, "uses"));
  return {
    lines: unfolded(text, first),
    directory: lineOf(child(step, "working-directory")) ?? (run === undefined ? null : directory),
    given: given.flatMap(({ value }) =>
      (textOf(value) ?? "").split(/[\n,]/u).flatMap((one) => {
        const trimmed = one.trim();
        return trimmed === "" ? [] : [{ text: trimmed, line: value.span.line }];
      }),
    ),
    action: uses?.text.startsWith("./") === true ? uses : null,
  };
}

/** Lines of a script, with those that a backslash continues. `first` is the line of the file that the script begins at. */
export function unfolded(text: string, first: number): readonly Line[] {
  const found: Line[] = [];
  let parts: string[] = [];
  let start = first;
  for (const [index, one] of text.split("\n").entries()) {
    if (parts.length === 0) start = first + index;
    parts.push(one.replace(/\\$/u, ""));
    if (one.endsWith("\\")) continue;
    found.push({ text: parts.join(" "), line: start });
    parts = [];
  }
  return parts.length === 0 ? found : [...found, { text: parts.join(" "), line: start }];
}

const setsLimit = 200;

function matrixOf(matrix: Tree | undefined): Job["matrix"] {
  if (matrix === undefined) return [];
  if (matrix.kind !== "map") return null;
  const axes = matrix.entries.filter(({ key }) => key !== "include" && key !== "exclude");
  if (axes.some(({ value }) => value.kind !== "list")) return null;
  let sets: readonly Readonly<Record<string, string>>[] = [{}];
  for (const { key, value } of axes) {
    const choices = itemsOf(value).map(
      (one): Readonly<Record<string, string>> =>
        one.kind === "scalar"
          ? { [key]: String(one.value) }
          : Object.fromEntries(Object.entries(scalarsOf(one)).map(([inner, text]) => [`${key}.${inner}`, text])),
    );
    if (sets.length * choices.length > setsLimit) return null;
    sets = sets.flatMap((set) => choices.map((choice) => ({ ...set, ...choice })));
  }
  const include = child(matrix, "include");
  if (include !== undefined && include.kind !== "list") return null;
  const own = axes.length === 0 ? [] : sets;
  return [...own, ...itemsOf(include).map(scalarsOf)];
}

function variablesOf(tree: Tree): Readonly<Record<string, string>> {
  return scalarsOf(child(tree, "env"));
}

function scalarsOf(tree: Tree | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entriesOf(tree).flatMap(({ key, value }) => (value.kind === "scalar" ? [[key, String(value.value)]] : [])),
  );
}

function entriesOf(tree: Tree | undefined): Extract<Tree, { kind: "map" }>["entries"] {
  return tree?.kind === "map" ? tree.entries : [];
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === "list" ? tree.items : [];
}

function textsOf(tree: Tree | undefined): readonly string[] {
  if (tree?.kind === "scalar") return tree.value === null ? [] : [String(tree.value)];
  return itemsOf(tree).flatMap((one) => textOf(one) ?? []);
}

function textOf(tree: Tree | undefined): string | null {
  return tree?.kind === "scalar" && tree.value !== null ? String(tree.value) : null;
}

function lineOf(tree: Tree | undefined): Line | null {
  const text = textOf(tree);
  return tree === undefined || text === null ? null : { text, line: tree.span.line };
}
