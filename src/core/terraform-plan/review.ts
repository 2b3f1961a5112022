import { canonicalJson } from "../../lib/canonical-json.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Place } from "../change/change-set.ts";
import { tierOf } from "../terraform/stateful.ts";
import { destroys, forgets, imports, moves, type Outcome, outcomeOf } from "./actions.ts";
import type { AttributedPlan, Attribution } from "./attribution.ts";
import { lowered, removals } from "./losses.ts";
import type { AttributeChange, PlannedChange } from "./plan.ts";

/** Why a difference is told before others. `later`: it only becomes known when it is applied. */
export type Concern = "forces" | "removed" | "lowered" | "changed" | "later";

/** Resources to which the same happens for the same cause, as one row for a reader. */
export interface ReviewRow {
  readonly outcome: Outcome;
  /** It is to be read by a person; what is not is told in brief. */
  readonly grave: boolean;
  readonly type: string;
  /** It holds data that goes with it. */
  readonly stateful: boolean;
  readonly deposed: boolean;
  readonly imported: boolean;
  /** In order; `previous` where it had another address. */
  readonly resources: readonly { readonly address: string; readonly previous: string | null }[];
  readonly actions: readonly string[];
  readonly reason: string | null;
  /** Null: nobody looked for what explains it. */
  readonly attribution: Attribution | null;
  /** The gravest first. None of a deletion or a creation, in which everything differs. */
  readonly attributes: readonly (AttributeChange & { readonly concern: Concern })[];
  readonly unlisted: number;
}

const concerns: readonly Concern[] = ["forces", "removed", "lowered", "changed", "later"];
const outcomes: readonly Outcome[] = [
  "unknown",
  "delete",
  "replace",
  "forget",
  "update",
  "create",
  "import",
  "move",
  "read",
  "nothing",
];

/** What happens by a plan, the gravest first. What nothing happens to is left out. */
export function reviewRows({ plan, attributions }: AttributedPlan): readonly ReviewRow[] {
  return grouped(plan.changes, (change) => attributions.get(change.address) ?? null);
}

/** What was found changed outside of Terraform. Nothing of it happens by the plan. */
export function driftRows({ plan }: AttributedPlan): readonly ReviewRow[] {
  return grouped(plan.drift, () => null);
}

export type Counts = Readonly<Record<Outcome, number>>;

export function countsOf({ plan }: AttributedPlan): Counts {
  const counts = {
    unknown: 0,
    delete: 0,
    replace: 0,
    forget: 0,
    update: 0,
    create: 0,
    import: 0,
    move: 0,
    read: 0,
    nothing: 0,
  };
  for (const change of plan.changes) counts[outcomeOf(change)] += 1;
  return counts;
}

function grouped(
  changes: readonly PlannedChange[],
  attributionOf: (change: PlannedChange) => Attribution | null,
): readonly ReviewRow[] {
  const groups = new Map<string, { readonly row: ReviewRow; readonly resources: ReviewRow["resources"][number][] }>();
  for (const change of changes) {
    if (outcomeOf(change) === "nothing") continue;
    const row = rowOf(change, attributionOf(change));
    const key = likeness(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { row, resources: [...row.resources] });
    else group.resources.push(...row.resources);
  }
  return [...groups.values()].map(({ row, resources }) => ({ ...row, resources })).toSorted(gravestFirst);
}

function rowOf(change: PlannedChange, attribution: Attribution | null): ReviewRow {
  const outcome = outcomeOf(change);
  const attributes = outcome === "update" || outcome === "replace" || outcome === "unknown" ? concerning(change) : [];
  const loses = attributes.some(({ concern }) => concern === "removed" || concern === "lowered");
  return {
    outcome,
    grave: destroys(change) || forgets(change) || loses || (attribution === "nothing" && outcome !== "read"),
    type: change.type,
    stateful: change.mode !== "data" && tierOf(change.type, {}) === "A",
    deposed: change.deposed !== null,
    imported: imports(change),
    resources: [{ address: change.address, previous: moves(change) ? change.previousAddress : null }],
    actions: change.actions,
    reason: change.reason,
    attribution,
    attributes,
    unlisted: attributes.length === 0 ? 0 : change.unlisted,
  };
}

function concerning(change: PlannedChange): ReviewRow["attributes"] {
  const [removed, less] = [new Set(removals(change)), new Set(lowered(change))];
  const concernOf = (attribute: AttributeChange): Concern => {
    if (attribute.forcesReplacement) return "forces";
    if (removed.has(attribute)) return "removed";
    if (less.has(attribute)) return "lowered";
    return attribute.after.kind === "unknown" ? "later" : "changed";
  };
  return change.attributes
    .map((attribute) => ({ ...attribute, concern: concernOf(attribute) }))
    .toSorted((a, b) => concerns.indexOf(a.concern) - concerns.indexOf(b.concern));
}

/** Rows of the same likeness are one for a reader. What is known later differs from one to the next by nothing that anybody chose. */
function likeness({ resources, attributes, ...row }: ReviewRow): string {
  const moved = resources.some(({ previous }) => previous !== null);
  const told = attributes.map((attribute) =>
    attribute.after.kind === "unknown" ? { path: attribute.path, concern: attribute.concern } : attribute,
  );
  return canonicalJson({ ...row, moved, told });
}

function gravestFirst(a: ReviewRow, b: ReviewRow): number {
  return (
    gravity(a) - gravity(b) ||
    outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) ||
    byCodeUnits(a.resources[0]?.address ?? "", b.resources[0]?.address ?? "") ||
    byCodeUnits(likeness(a), likeness(b))
  );
}

/** What nobody knows, then what takes data with it, what destroys, what is let go of, what nothing explains, and what loses something. */
function gravity(row: ReviewRow): number {
  if (row.outcome === "unknown") return 0;
  const ends = row.outcome === "delete" || row.outcome === "replace";
  if (ends && !row.deposed) return row.stateful ? 1 : 2;
  if (ends || row.outcome === "forget") return 3;
  if (row.grave) return row.attribution === "nothing" ? 4 : 5;
  return 6;
}

/** Places that explain a row, each once; null: nobody looked, or nothing does. */
export function explanation({ attribution }: ReviewRow): readonly Place[] | null {
  return attribution === null || attribution === "nothing" ? null : attribution.explainedBy;
}
