import { listed } from "../terraform/telling.ts";
import type { JudgedPlan, JudgedRow } from "./judged.ts";
import type { AttributePath } from "./plan.ts";

/** "`a.b`, `c.d` and 3 more" */
export function addressesOf(rows: readonly JudgedRow[]): string {
  return listed(rows.map(({ change }) => change.address));
}

/** Rows of one block, as one thing for a reader. Deposed leftovers are no current objects. */
export function byBlock(rows: readonly JudgedRow[]): readonly (readonly [JudgedRow, ...JudgedRow[]])[] {
  return [...Map.groupBy(rows, ({ about }) => about).values()].flatMap((group) => {
    const [first, ...others] = group;
    return first === undefined ? [] : [[first, ...others] as const];
  });
}

/** "the plan of `terraform/production`", and that it is of nobody who counts. */
export function planOf({ name, trusted }: Pick<JudgedPlan, "name" | "trusted">): string {
  return `the plan of ${name}${trusted ? "" : " (of a workflow that is not trusted)"}`;
}

/** "2 are deleted": whether of one or of several. */
export function verb(number: number, one: string, several: string): string {
  return number === 1 ? one : several;
}

/** `tags`, `replica.1`: as people write it. */
export function pathText(path: AttributePath): string {
  return path.join(".");
}

/** What is only there for people to sort by. */
export function isLabel([name]: AttributePath): boolean {
  return (
    name === "tags" ||
    name === "tags_all" ||
    name === "labels" ||
    name === "effective_labels" ||
    name === "terraform_labels"
  );
}
