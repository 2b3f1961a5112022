import type { Value } from "../views/value.ts";
import type { ScriptLine } from "../workflows/model.ts";
import { scriptOf } from "../workflows/script.ts";
import type { Pin } from "../workflows/uses.ts";
import type { Named, Part, PipelineJob } from "./model.ts";
import { exposuresIn, namesIn, textOf } from "./values.ts";

const depthLimit = 10;

/** A job as a workflow names it. */
interface Placed {
  readonly id: string;
  /** What the others require it by. */
  readonly name: string;
  readonly at: Value["place"];
  readonly settings: Value | undefined;
}

/** Jobs run where a workflow names them. Source: circleci.com/docs "Configuration reference". */
export function circleJobs(root: Value): readonly PipelineJob[] {
  const workflows = (root.at("workflows")?.entries() ?? []).filter(({ value }) => value.scalar === undefined);
  if (workflows.length === 0)
    return (root.at("jobs")?.entries() ?? []).map(({ key, value }) => alone(key, value, root));
  return workflows.flatMap(({ value }) => {
    const placed = (value.at("jobs")?.items() ?? []).flatMap(placedOf);
    return placed.filter(({ settings }) => !isApproval(settings)).map((one) => inWorkflow(one, placed, root));
  });
}

function placedOf(item: Value): readonly Placed[] {
  const id = textOf(item);
  if (id !== null) return [{ id, name: id, at: item.place, settings: undefined }];
  return item.entries().map(({ key, value }) => ({
    id: key,
    name: textOf(value.at("name")) ?? key,
    at: item.place,
    settings: value,
  }));
}

function isApproval(settings: Value | undefined): boolean {
  return textOf(settings?.at("type")) === "approval";
}

function inWorkflow(placed: Placed, all: readonly Placed[], root: Value): PipelineJob {
  const job = root.at("jobs", placed.id);
  const own = alone(placed.name, job, root);
  return {
    ...own,
    at: job?.place ?? placed.at,
    stops: approvalsBefore(placed, all),
    secrets: namesIn(placed.settings?.at("context")).map(({ name, at }) => ({ name: `context ${name}`, at })),
  };
}

/** Approvals that it requires, and that what it requires requires. */
function approvalsBefore(placed: Placed, all: readonly Placed[]): readonly Named[] {
  const seen = new Set<string>();
  const reach = (one: Placed): readonly Named[] =>
    namesIn(one.settings?.at("requires")).flatMap(({ name }) => {
      if (seen.has(name)) return [];
      seen.add(name);
      const needed = all.find((other) => other.name === name);
      if (needed === undefined) return [];
      const own = isApproval(needed.settings) ? [{ name: "an approval", at: needed.at }] : [];
      return [...own, ...reach(needed)];
    });
  return reach(placed);
}

function alone(id: string, job: Value | undefined, root: Value): PipelineJob {
  const script = stepsIn(job?.at("steps"), root);
  return {
    id,
    at: job?.place ?? root.place,
    steps: [{ script, softened: null }],
    stops: [],
    secrets: [],
    exposures: exposuresIn(script),
  };
}

function stepsIn(steps: Value | undefined, root: Value, depth = 0): readonly ScriptLine[] {
  if (steps === undefined || depth > depthLimit) return [];
  return steps.items().flatMap((step) => {
    const name = textOf(step);
    if (name !== null) return stepsIn(root.at("commands", name, "steps"), root, depth + 1);
    return step.entries().flatMap(({ key, value }) => {
      if (key === "run") return scriptOf(value.scalar === undefined ? value.at("command") : value);
      if (key === "when" || key === "unless") return stepsIn(value.at("steps"), root, depth + 1);
      return stepsIn(root.at("commands", key, "steps"), root, depth + 1);
    });
  });
}

/** A whole version of an orb never changes; a part of one, `volatile` and `dev:` do. */
function orbPin(ref: string): Pin {
  if (/^\d+\.\d+\.\d+$/u.test(ref)) return "fixed";
  return /^\d/u.test(ref) ? "version" : "moving";
}

export function circleParts(root: Value): readonly Part[] {
  return (root.at("orbs")?.entries() ?? []).flatMap(({ value }): readonly Part[] => {
    const text = textOf(value);
    if (text === null) return [];
    const [name = text, ref = ""] = text.split("@");
    return [{ name, ref, pin: orbPin(ref), isPlatform: name.startsWith("circleci/"), at: value.place }];
  });
}
