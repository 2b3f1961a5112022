import { combined, union } from "./join.ts";
import { group, key } from "./key.ts";
import { halters, type Tripper, trippers } from "./values.ts";

export const halt = group("Who may stop what agents do, and what stops them by itself.", {
  by: key(halters, {
    // Who loses the right to stop something makes the gate milder: a file below can add people, and take nobody away.
    join: union(),
    type: 'list of people, administrators, "@org/team" or "@person"',
    says: "Who may halt; `people` are all with write permission. Administrators lift a halt.",
  }),
  trip_on: key(trippers, {
    join: combined<readonly Tripper[]>("union, with the smaller number", (a, b) => tightestTrippers([...a, ...b])),
    type: "list of bypass_merge, rollback, guardrail_edit and { blocks_per_hour: 10 }",
    says: "What halts an agent by itself, in the whole installation: a change of it merged past the gate, one that something goes wrong after by `rollback`, an edit of what guards production, so many of its heads blocked within an hour. Only agents that GitHub attests are counted.",
  }),
});

/** Of several numbers the smallest trips first; the others say nothing more. */
function tightestTrippers(all: readonly Tripper[]): readonly Tripper[] {
  const limits = all.flatMap((one) => (typeof one === "string" ? [] : [one.blocks_per_hour]));
  const words = (["bypass_merge", "rollback", "guardrail_edit"] as const).filter((word) => all.includes(word));
  return [...words, ...(limits.length === 0 ? [] : [{ blocks_per_hour: Math.min(...limits) }])];
}
