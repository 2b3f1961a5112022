import type { Table } from "../rule.ts";
import type { Outcome } from "./actions.ts";
import type { JudgedRow } from "./judged.ts";

/** How much each outcome counts beside the others: what is destroyed as ten that are created. */
const weights: Readonly<Record<Outcome, number>> = {
  unknown: 10,
  delete: 10,
  replace: 10,
  forget: 5,
  update: 5,
  create: 1,
  import: 1,
  move: 1,
  read: 0,
  nothing: 0,
};

/** What happens to how many, the heaviest first. It says where to look first; no bound is on the sum. */
export function weighed(rows: readonly JudgedRow[]): Table {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of rows) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const lines = [...counts].map(([outcome, number]) => ({ outcome, number, weight: number * weights[outcome] }));
  const sorted = lines.toSorted((a, b) => b.weight - a.weight || (a.outcome < b.outcome ? -1 : 1));
  return {
    title: "What the plan does",
    columns: ["What", "Resources", "Weight of each", "Weight"],
    rows: sorted.map(({ outcome, number, weight }) => [outcome, `${number}`, `${weights[outcome]}`, `${weight}`]),
  };
}
