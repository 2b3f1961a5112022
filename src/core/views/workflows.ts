import type { ChangedFile, ChangeSet, FileVersion, Gap, Side } from "../change/change-set.ts";
import { textOrReason } from "../change/unreadable.ts";
import type { Tools } from "../syntax.ts";
import { linked } from "../workflows/callers.ts";
import type { Workflow } from "../workflows/model.ts";
import { type JobChange, pairFiles, pairJobs } from "../workflows/pairing.ts";
import { kindOf, readWorkflowFile } from "../workflows/read.ts";

/** A workflow or action on both sides; what is called otherwise and says the same is the same. */
export interface WorkflowChange {
  readonly before: Workflow | null;
  readonly after: Workflow | null;
}

export interface WorkflowsView {
  /** Files that the change touches, by the path of the head. */
  readonly changes: readonly WorkflowChange[];
  /** Jobs of those files. A job may have come from another file. */
  readonly jobs: readonly JobChange[];
  /** Workflows and actions beside them that are as they were. */
  readonly unchanged: readonly Workflow[];
}

type Reading =
  | { readonly kind: "read"; readonly workflow: Workflow }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly line: number | null; readonly reason: string };

/**
 * Claims workflows of GitHub Actions and the metadata of actions. Files are paired by path, then by what they say; jobs by id, then by
 * what they do. What is claimed and cannot be read is a Gap, which blocks where it could be read before.
 */
export function workflows(
  change: ChangeSet,
  tools: Pick<Tools, "memo">,
): { readonly view: WorkflowsView; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const touched: WorkflowChange[] = [];
  const beside: Workflow[] = [];
  for (const file of change.files) {
    const kind = kindOf(file.path);
    if (kind === null) continue;
    const before = reading(file.path, "base", file.before, kind, tools);
    const after = reading(file.path, "head", file.after, kind, tools);
    if (file.status === "unchanged") {
      if (after.kind === "read") beside.push(after.workflow);
      continue;
    }
    gaps.push(...gapOf(file, before, after));
    // What cannot be read on one side would look as if all of it had gone or come.
    if (before.kind === "unreadable" || after.kind === "unreadable") continue;
    touched.push({
      before: before.kind === "read" ? before.workflow : null,
      after: after.kind === "read" ? after.workflow : null,
    });
  }
  const base = linked([...touched.flatMap(({ before }) => before ?? []), ...beside]);
  const head = linked([...touched.flatMap(({ after }) => after ?? []), ...beside]);
  const changes = pairFiles(
    touched.map(({ before, after }) => ({
      before: before === null ? null : (base.get(before) ?? before),
      after: after === null ? null : (head.get(after) ?? after),
    })),
  );
  const unchanged = beside.map((one) => head.get(one) ?? one);
  return { view: { changes, jobs: pairJobs(changes), unchanged }, gaps };
}

function reading(
  path: string,
  side: Side,
  version: FileVersion | null,
  kind: Workflow["kind"],
  { memo }: Pick<Tools, "memo">,
): Reading {
  if (version === null) return { kind: "absent" };
  const content = textOrReason(version.content);
  if (!content.ok) return { kind: "unreadable", line: null, reason: content.reason };
  const read = readWorkflowFile({ path, side, sha: version.sha, text: content.text }, kind, memo);
  if (!read.ok) return { kind: "unreadable", line: read.line, reason: read.reason };
  return read.workflow === null ? { kind: "absent" } : { kind: "read", workflow: read.workflow };
}

function gapOf({ path }: ChangedFile, before: Reading, after: Reading): readonly Gap[] {
  const [side, unread] = after.kind === "unreadable" ? ["head" as const, after] : ["base" as const, before];
  // Nobody can say what was in a workflow that is mended; that it can be read now is no reason to believe that nothing was lost.
  if (unread.kind !== "unreadable") return [];
  return [
    {
      id: `unreadable:${path}`,
      level: side === "head" && before.kind === "read" ? "block" : "hold",
      path,
      side,
      line: unread.line,
      reason: `what \`${path}\` ${side === "head" ? "runs" : "ran before"}: ${unread.reason}`,
      remedy: "Make it a workflow that GitHub can read, or have a person look at it.",
    },
  ];
}
