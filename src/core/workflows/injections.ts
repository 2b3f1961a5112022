import type { Place } from "../change/change-set.ts";
import { injectedIn } from "./expressions.ts";
import type { Workflow } from "./model.ts";
import { codeOf } from "./code.ts";

export interface Injection {
  readonly job: string;
  readonly context: string;
  readonly text: string;
  readonly at: Place;
}

/** Texts of outsiders in scripts of a workflow or action. An expression over several lines counts at its first. */
export function injectionsIn({ jobs }: Workflow): readonly Injection[] {
  return jobs.flatMap(({ id, steps }) =>
    steps.flatMap((step) =>
      joinedExpressions(codeOf(step)).flatMap(({ text, at }) =>
        injectedIn(text).map((context) => ({ job: id, context, text, at })),
      ),
    ),
  );
}

type Lines = readonly { readonly text: string; readonly at: Place }[];

/** Lines with what an open `${{` reaches over. */
function joinedExpressions(lines: Lines): Lines {
  const found: { text: string; readonly at: Place }[] = [];
  let isOpen = false;
  for (const { text, at } of lines) {
    const last = found.at(-1);
    if (isOpen && last !== undefined) last.text = `${last.text}\n${text}`;
    else found.push({ text, at });
    const opened = text.lastIndexOf("${{");
    const closed = text.lastIndexOf("}}");
    isOpen = opened === -1 ? isOpen && closed === -1 : closed < opened;
  }
  return found;
}
