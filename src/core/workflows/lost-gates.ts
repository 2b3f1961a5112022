import type { WorkflowChange } from "../views/workflows.ts";
import { type Gate, type GateSort, gatesOf, sorts, stands } from "./gates.ts";
import { newlyHeld } from "./fresh.ts";
import type { Workflow } from "./model.ts";

/** Of one sort the head holds fewer gates that fail than the base. */
export interface LostGates {
  readonly sort: GateSort;
  readonly before: number;
  readonly after: number;
  /** Gates of the head that were softened by the change, with their file. */
  readonly softened: readonly { readonly workflow: Workflow; readonly gate: Gate }[];
  /** Gates of the base that the head has nowhere. */
  readonly gone: readonly { readonly workflow: Workflow; readonly gate: Gate }[];
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
      const holding = (workflow: Workflow | null): readonly Gate[] =>
        workflow === null || !standing.includes(stands(workflow))
          ? []
          : gatesOf(workflow).filter((gate) => gate.sort === sort && gate.softened === null);
      const number = (side: "before" | "after"): number =>
        changes.reduce((sum, change) => sum + holding(change[side]).length, 0);
      const [before, after] = [number("before"), number("after")];
      if (after >= before) continue;
      const keyed = (gates: readonly Gate[]) =>
        gates.map((gate) => ({ key: gate.softened === null ? gate.text : gate.softened.by, trace: gate.text, gate }));
      const softened = newlyHeld(changes, (workflow) =>
        keyed(gatesOf(workflow).filter((gate) => gate.sort === sort && gate.softened !== null)),
      );
      const backwards = changes.map((change) => ({ before: change.after, after: change.before }));
      const gone = newlyHeld(backwards, (workflow) => keyed(holding(workflow)));
      return [
        {
          sort,
          before,
          after,
          softened: softened.map(({ workflow, item }) => ({ workflow, gate: item.gate })),
          gone: gone.map(({ workflow, item }) => ({ workflow, gate: item.gate })),
        },
      ];
    }
    return [];
  });
}
