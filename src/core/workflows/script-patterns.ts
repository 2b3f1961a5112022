import type { Place } from "../change/change-set.ts";
import { codeOf } from "./code.ts";
import type { Workflow } from "./model.ts";

export interface Told {
  readonly job: string;
  readonly text: string;
  readonly at: Place;
}

/** Lines of scripts that match, with their job. */
export function linesLike(workflow: Workflow, pattern: RegExp | ((text: string) => boolean)): readonly Told[] {
  const matches = pattern instanceof RegExp ? (text: string): boolean => pattern.test(text) : pattern;
  return linesOf(workflow).filter(({ text }) => matches(text));
}

function linesOf({ jobs }: Workflow): readonly Told[] {
  return jobs.flatMap(({ id, steps }) => steps.flatMap((step) => codeOf(step).map((line) => ({ job: id, ...line }))));
}

/** Whether the patterns are found one behind the other. A pattern with `.*` between them would look at a hostile line again and again. */
export function inOrder(text: string, ...patterns: readonly RegExp[]): boolean {
  let rest = text;
  for (const pattern of patterns) {
    const found = pattern.exec(rest);
    if (found === null) return false;
    rest = rest.slice(found.index + found[0].length);
  }
  return true;
}
