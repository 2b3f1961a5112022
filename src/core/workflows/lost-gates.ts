import type { WorkflowChange } from "../views/workflows.ts";
import { type Gate, type GateSort, gatesOf, sorts, stands } from "./gates.ts";
import { newlyHeld } from "./fresh.ts";
import type { Workflow } from "./model.ts";

/** Of one sort the head holds fewer gates that fail than the base. */
export interface LostGates<F = Workflow> {
  readonly sort: GateSort;
  readonly before: number;
  readonly after: number;
  /** Gates of the head that were softened by the change, with their file. */
  readonly softened: readonly { readonly workflow: F; readonly gate: Gate }[];
  /** Gates of the base that the head has nowhere. */
  readonly gone: readonly { readonly workflow: F; readonly gate: Gate }[];
}

const standings = [["before-merge"], ["before-merge", "on-push"]] as const;

/**
 * Counts over all files of the change what a pull request has to pass. A gate that moves, is run by another tool or gets a better
 * place is none lost; one that is added soft takes nothing away.
 */
export function lostGates(changes: readonly WorkflowChange[]): readonly LostGates[] {
  return sorts.flatMap((sort) => {
    for (const wanted of standings) {
      const standing = wanted.map(String);
      const lost = lostOf(sort, changes, gatesOf, (workflow) => standing.includes(stands(workflow)));
      if (lost !== null) return [lost];
    }
    return [];
  });
}

/** What of one sort is lost among files that count; null where nothing is. */
export function lostOf<F>(
  sort: GateSort,
  changes: readonly { readonly before: F | null; readonly after: F | null }[],
  gatesIn: (file: F) => readonly Gate[],
  counts: (file: F) => boolean,
): LostGates<F> | null {
  const ofSort = (file: F): readonly Gate[] => gatesIn(file).filter((gate) => gate.sort === sort);
  const holding = (file: F | null): readonly Gate[] =>
    file === null || !counts(file) ? [] : ofSort(file).filter(({ softened }) => softened === null);
  const number = (side: "before" | "after"): number =>
    changes.reduce((sum, change) => sum + holding(change[side]).length, 0);
  const [before, after] = [number("before"), number("after")];
  if (after >= before) return null;
  const keyed = (gates: readonly Gate[]) =>
    gates.map((gate) => ({ key: gate.softened === null ? gate.text : gate.softened.by, trace: gate.text, gate }));
  const softened = newlyHeld(changes, (file) => keyed(ofSort(file).filter((gate) => gate.softened !== null)));
  const backwards = changes.map((change) => ({ before: change.after, after: change.before }));
  const gone = newlyHeld(backwards, (file) => keyed(holding(file)));
  return {
    sort,
    before,
    after,
    softened: softened.map(({ workflow, item }) => ({ workflow, gate: item.gate })),
    gone: gone.map(({ workflow, item }) => ({ workflow, gate: item.gate })),
  };
}
