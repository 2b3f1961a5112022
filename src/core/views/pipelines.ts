import type { ChangedFile, ChangeSet, FileVersion, Gap, Side } from "../change/change-set.ts";
import { textOrReason } from "../change/unreadable.ts";
import type { Pipeline, PipelineJob, PipelineStep, PipelineSystem } from "../pipelines/model.ts";
import { readPipeline, systemOf } from "../pipelines/read.ts";
import type { Tools } from "../syntax.ts";

/** A pipeline on both sides. */
export interface PipelineChange {
  readonly before: Pipeline | null;
  readonly after: Pipeline | null;
}

/** A job on both sides; what is new, or gone, is in no pair. */
export interface PipelineJobPair {
  readonly path: string;
  readonly before: PipelineJob;
  readonly after: PipelineJob;
}

export interface PipelinesView {
  /** Files that the change touches. What went from one file and came to another with the same jobs is one pipeline. */
  readonly changes: readonly PipelineChange[];
  /** By name, then by what they run. */
  readonly jobs: readonly PipelineJobPair[];
}

type Reading =
  | { readonly kind: "read"; readonly pipeline: Pipeline | null; readonly locals: readonly string[] }
  | { readonly kind: "unreadable"; readonly line: number | null; readonly reason: string };

const absent: Reading = { kind: "read", pipeline: null, locals: [] };

/** Claims files of GitLab, CircleCI, Azure Pipelines, Jenkins and Atlantis. What is claimed and cannot be read is a Gap. */
export function pipelines(
  change: ChangeSet,
  { memo }: Pick<Tools, "memo">,
): { readonly view: PipelinesView; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const touched: PipelineChange[] = [];
  const included = new Set<string>();
  const read = (file: ChangedFile, system: PipelineSystem): void => {
    const [before, after] = (["base", "head"] as const).map((side) =>
      reading(file.path, side, side === "base" ? file.before : file.after, system, memo),
    );
    if (before === undefined || after === undefined) return;
    for (const one of [before, after]) if (one.kind === "read") for (const path of one.locals) included.add(path);
    if (file.status === "unchanged") return;
    gaps.push(...gapsOf(file.path, before, after));
    // What cannot be read on one side would look as if all of it had gone or come.
    if (before.kind === "read" && after.kind === "read")
      touched.push({ before: before.pipeline, after: after.pipeline });
  };
  for (const file of change.files) {
    const system = systemOf(file.path);
    if (system !== null) read(file, system);
  }
  for (const file of change.files) {
    if (systemOf(file.path) === null && included.has(file.path)) read(file, "gitlab");
  }
  const changes = renamed(touched);
  return { view: { changes, jobs: changes.flatMap(jobPairs) }, gaps };
}

function reading(
  path: string,
  side: Side,
  version: FileVersion | null,
  system: PipelineSystem,
  memo: Tools["memo"],
): Reading {
  if (version === null) return absent;
  const content = textOrReason(version.content);
  if (!content.ok) return { kind: "unreadable", line: null, reason: content.reason };
  const read = readPipeline({ path, side, sha: version.sha, text: content.text }, system, memo);
  return read.ok ? { kind: "read", ...read } : { kind: "unreadable", line: read.line, reason: read.reason };
}

function gapsOf(path: string, before: Reading, after: Reading): readonly Gap[] {
  const [side, unread] = after.kind === "unreadable" ? ["head" as const, after] : ["base" as const, before];
  if (unread.kind !== "unreadable") return [];
  return [
    {
      id: `unreadable:${path}`,
      level: "hold",
      path,
      side,
      line: unread.line,
      reason: `what \`${path}\` ${side === "head" ? "runs" : "ran before"}: ${unread.reason}`,
      remedy: "Make it a pipeline that its system can read, or have a person look at it.",
    },
  ];
}

/** Joins a file that went with one of the same system that came. */
function renamed(touched: readonly PipelineChange[]): readonly PipelineChange[] {
  const come = touched.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []));
  const rest = touched.filter(({ before, after }) => before !== null && after !== null);
  const gone = touched.flatMap(({ before, after }) => (before !== null && after === null ? [before] : []));
  for (const before of gone) {
    const index = come.findIndex(
      ({ system, jobs }) => system === before.system && jobs.some(({ id }) => hasJob(before, id)),
    );
    rest.push({ before, after: index < 0 ? null : (come.splice(index, 1)[0] ?? null) });
  }
  return [...rest, ...come.map((after) => ({ before: null, after }))];
}

function hasJob({ jobs }: Pipeline, id: string): boolean {
  return jobs.some((job) => job.id === id);
}

function jobPairs({ before, after }: PipelineChange): readonly PipelineJobPair[] {
  if (before === null || after === null) return [];
  const { path } = after;
  const free = before.jobs.filter(({ id }) => !hasJob(after, id));
  const fresh = after.jobs.filter(({ id }) => !hasJob(before, id));
  // Projects run nothing of their own that would tell them apart: one that moves keeps its place.
  const inOrder = after.system === "atlantis" && free.length === fresh.length;
  return after.jobs.flatMap((job): readonly PipelineJobPair[] => {
    const same = before.jobs.find(({ id }) => id === job.id);
    if (same !== undefined) return [{ path, before: same, after: job }];
    const index = inOrder ? 0 : free.findIndex((one) => runs(one) !== "" && runs(one) === runs(job));
    const [found] = index < 0 ? [] : free.splice(index, 1);
    return found === undefined ? [] : [{ path, before: found, after: job }];
  });
}

function runs({ steps }: PipelineJob): string {
  return steps.flatMap(({ script }: PipelineStep) => script.map(({ text }) => text)).join("\n");
}
