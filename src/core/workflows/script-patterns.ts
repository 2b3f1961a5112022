import type { Place } from "../change/change-set.ts";
import { codeOf } from "./code.ts";
import type { Workflow } from "./model.ts";

export interface Told {
  readonly job: string;
  readonly text: string;
  readonly at: Place;
}

/** Lines of scripts that match, with their job. */
export function linesLike(workflow: Workflow, pattern: RegExp): readonly Told[] {
  return linesOf(workflow).filter(({ text }) => pattern.test(text));
}

function linesOf({ jobs }: Workflow): readonly Told[] {
  return jobs.flatMap(({ id, steps }) => steps.flatMap((step) => codeOf(step).map((line) => ({ job: id, ...line }))));
}
