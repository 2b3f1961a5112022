import type { Place } from "../change/change-set.ts";
import { localUses, reachedFrom } from "./callers.ts";
import { codeOf } from "./code.ts";
import { injectedIn } from "./expressions.ts";
import { type GivenTexts, givenTo, resolved } from "./given.ts";
import type { Workflow } from "./model.ts";

export interface Injection {
  readonly job: string;
  readonly context: string;
  readonly text: string;
  readonly at: Place;
}

/**
 * Texts of outsiders in scripts of a workflow or action, also by way of a variable, of an input, and of a file of this repository that
 * it calls: those stand where it is called. An expression over several lines counts at its first.
 */
export function injectionsIn(workflow: Workflow): readonly Injection[] {
  const called = localUses(workflow).flatMap((use) =>
    reachedFrom(workflow, use).flatMap((callee) =>
      ownInjections(callee).map(({ context, text }) => ({
        job: use.job.id,
        context,
        text: `${callee.path}: ${text}`,
        at: use.uses.at,
      })),
    ),
  );
  return [...ownInjections(workflow), ...called];
}

function ownInjections(workflow: Workflow): readonly Injection[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const given = givenTo(workflow, job, step);
      return joinedExpressions(codeOf(step)).flatMap(({ text, at }) =>
        contextsOf(text, given).map((context) => ({ job: job.id, context, text, at })),
      );
    }),
  );
}

/** Contexts of outsiders that a text comes to hold, itself or by what is put into it. */
function contextsOf(text: string, given: GivenTexts): readonly string[] {
  return [...injectedIn(text), ...resolved(text, given).slice(1).flatMap(injectedIn)];
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
