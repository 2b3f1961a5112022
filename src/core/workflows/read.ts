import { isActionMetadata, isWorkflow } from "../reach/graph/workflow-read.ts";
import type { Memo } from "../syntax.ts";
import { documentsOf } from "../views/documents.ts";
import { type Value, valueOf } from "../views/value.ts";
import type { Side } from "../change/change-set.ts";
import { codeOf } from "./code.ts";
import { bare } from "./expressions.ts";
import type { Container, Given, Job, Step, Trigger, Workflow } from "./model.ts";
import type { Grant } from "./grant.ts";
import { grantOf } from "./permissions.ts";
import { scriptOf, tooLongLines } from "./script.ts";
import { usesOf } from "./uses.ts";

export type WorkflowReading =
  /** Null where the file holds nothing that GitHub would run: comments alone, or neither `jobs` nor `runs`. */
  | { readonly ok: true; readonly workflow: Workflow | null }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** A workflow where GitHub looks for one, or the metadata of an action wherever it lies. */
export function kindOf(path: string): Workflow["kind"] | null {
  if (isWorkflow(path)) return "workflow";
  return isActionMetadata(path) ? "action" : null;
}

/** Reads YAML 1.2, as GitHub does. What has another shape than a workflow or an action is unreadable. */
export function readWorkflowFile(
  file: { readonly path: string; readonly side: Side; readonly sha: string; readonly text: string },
  kind: Workflow["kind"],
  memo: Memo,
): WorkflowReading {
  const read = documentsOf(file.sha, file.text, memo, "1.2");
  if (!read.ok) return read;
  const [tree, ...more] = read.documents;
  const needed = kind === "workflow" ? "jobs" : "runs";
  if (tree === undefined) return { ok: true, workflow: null };
  if (more.length > 0) return { ok: false, line: 1, reason: "it holds more than one document" };
  const root = valueOf(tree, file.path, file.side);
  const main = root.at(needed);
  // GitHub runs nothing of it: whatever it ran before is gone.
  if (main === undefined && root.scalar === undefined) return { ok: true, workflow: null };
  if (main === undefined || main.scalar !== undefined || main.items().length > 0) {
    return { ok: false, line: tree.span.line, reason: `\`${needed}\` is no map` };
  }
  const alone = { startedBy: new Set<string>(), callers: [], handed: new Map(), callee: () => null };
  const common = { path: file.path, kind, name: textOf(root.at("name")), text: file.text, root, ...alone };
  const workflow: Workflow =
    kind === "action"
      ? { ...common, triggers: [], env: [], jobs: [jobOf("runs", main, null)] }
      : {
          ...common,
          triggers: triggersOf(root.at("on")),
          env: givenOf(root.at("env")),
          jobs: main.entries().map(({ key, value }) => jobOf(key, value, root.at("permissions") ?? null)),
        };
  const refused = refusedIn(workflow);
  return refused === null ? { ok: true, workflow } : { ok: false, line: refused.at.line, reason: refused.reason };
}

interface Refused {
  readonly at: Value["place"];
  readonly reason: string;
}

/** What GitHub refuses where it stands, and what nobody could judge if it did not. */
function refusedIn({ triggers, jobs }: Workflow): Refused | null {
  const events = triggers.flatMap(({ event, value }) =>
    /^\w+$/u.test(event) ? [] : [{ at: value.place, reason: "an event is nothing that GitHub knows" }],
  );
  return [...events, ...jobs.flatMap(refusedInJob)][0] ?? null;
}

function refusedInJob({ root, steps }: Job): readonly Refused[] {
  const listed = root.at("steps");
  const secrets = root.at("secrets");
  const odd: readonly (readonly [Value | undefined, boolean, string])[] = [
    [root, isText(root) || root.items().length > 0, "a job is no map"],
    [listed, isText(listed) || (listed?.entries().length ?? 0) > 0, "`steps` are no list"],
    [secrets, isText(secrets) && secrets?.scalar !== "inherit", "what secrets are handed on is not said"],
  ];
  const used = [root, ...steps.map((step) => step.root)].flatMap((one): readonly Refused[] => {
    const uses = one.at("uses");
    return uses !== undefined && String(uses.scalar).includes("${")
      ? [{ at: uses.place, reason: "an expression stands where an action or a workflow is named" }]
      : [];
  });
  return [
    ...odd.flatMap(([value, isOdd, reason]) => (isOdd && value !== undefined ? [{ at: value.place, reason }] : [])),
    ...used,
    ...steps.flatMap(refusedInStep),
  ];
}

function refusedInStep(step: Step): readonly Refused[] {
  const { root } = step;
  const shape =
    root.scalar === undefined && root.items().length === 0 ? [] : [{ at: root.place, reason: "a step is no map" }];
  return [...shape, ...tooLongLines(codeOf(step))];
}

function isText(value: Value | undefined): boolean {
  return value?.scalar != null;
}

function triggersOf(on: Value | undefined): readonly Trigger[] {
  if (on === undefined) return [];
  if (on.scalar !== undefined) return on.scalar === null ? [] : [trigger(String(on.scalar), on)];
  const items = on.items();
  if (items.length > 0) return items.map((item) => trigger(String(item.scalar), item));
  return on.entries().map(({ key, value }) => trigger(key, value));
}

function trigger(event: string, value: Value): Trigger {
  return { event, at: value.place, value };
}

function jobOf(id: string, root: Value, shared: Value | null): Job {
  const own = root.at("permissions");
  const from = own !== undefined && own.scalar !== null ? own : shared?.scalar === null ? null : shared;
  const permissions: Grant = from === null ? { kind: "default" } : grantOf(from);
  const environment = root.at("environment");
  const name = environment?.scalar === undefined ? environment?.at("name") : environment;
  const secrets = root.at("secrets");
  return {
    id,
    name: textOf(root.at("name")),
    at: root.place,
    permissions,
    permissionsFrom: from,
    needs: textsIn(root.at("needs")).map(({ text }) => text),
    condition: conditionOf(root),
    continueOnError: root.at("continue-on-error"),
    environment:
      isText(name) && name !== undefined && String(name.scalar).trim() !== ""
        ? { name: String(name.scalar), at: name.place }
        : null,
    runsOn: runnersOf(root.at("runs-on")),
    containers: [root.at("container"), ...(root.at("services")?.entries() ?? []).map(({ value }) => value)].flatMap(
      (value) => (value === undefined || value.scalar === null ? [] : [containerOf(value)]),
    ),
    strategy: root.at("strategy"),
    concurrency: root.at("concurrency"),
    calls: usesIn(root),
    inheritsSecrets: secrets?.scalar === "inherit" ? secrets.place : null,
    env: [...givenOf(root.at("env")), ...givenOf(root.at("with")), ...givenOf(secrets)],
    inputs: givenOf(root.at("with")),
    steps: (root.at("steps")?.items() ?? []).map(stepOf),
    root,
  };
}

/** Labels as a text or a list, or a map of `group` and `labels`. */
function runnersOf(value: Value | undefined): Job["runsOn"] {
  if (value === undefined) return [];
  const named = textsIn(value);
  const found = named.length > 0 ? named : [...textsIn(value.at("group")), ...textsIn(value.at("labels"))];
  return found.map(({ text, at }) => ({ label: text, at }));
}

function containerOf(value: Value): Container {
  const image = value.scalar === undefined ? value.at("image") : value;
  const options = value.at("options");
  return {
    image: textsIn(image)[0] ?? null,
    options: textsIn(options)[0] ?? null,
    volumes: textsIn(value.at("volumes")),
  };
}

function stepOf(root: Value): Step {
  return {
    id: textOf(root.at("id")),
    name: textOf(root.at("name")),
    at: root.place,
    uses: usesIn(root),
    script: scriptOf(root.at("run")),
    shell: textOf(root.at("shell")),
    inputs: givenOf(root.at("with")),
    env: givenOf(root.at("env")),
    condition: conditionOf(root),
    continueOnError: root.at("continue-on-error"),
    root,
  };
}

function usesIn(root: Value): Step["uses"] {
  const value = root.at("uses");
  return value === undefined || value.scalar == null
    ? null
    : { ref: usesOf(String(value.scalar).trim()), at: value.place };
}

function conditionOf(root: Value): Step["condition"] {
  const value = root.at("if");
  return value === undefined || value.scalar == null ? null : { text: bare(String(value.scalar)), at: value.place };
}

/** A whole map may be one expression: its keys are then known to nobody. */
function givenOf(value: Value | undefined): readonly Given[] {
  if (typeof value?.scalar === "string") return [{ key: "*", text: value.scalar, at: value.place }];
  return (value?.entries() ?? []).flatMap(({ key, value: own }) =>
    own.scalar === undefined ? [] : [{ key, text: String(own.scalar ?? ""), at: own.place }],
  );
}

function textsIn(value: Value | undefined): readonly { readonly text: string; readonly at: Value["place"] }[] {
  if (value === undefined) return [];
  const all = value.scalar === undefined ? value.items() : [value];
  return all.flatMap((one) => (one.scalar == null ? [] : [{ text: String(one.scalar), at: one.place }]));
}

function textOf(value: Value | undefined): string | null {
  return value === undefined || value.scalar == null ? null : String(value.scalar);
}
