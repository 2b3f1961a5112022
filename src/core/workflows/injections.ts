import type { Place } from "../change/change-set.ts";
import { contextsIn, expressionsIn, injectedIn } from "./expressions.ts";
import type { Given, Workflow } from "./model.ts";
import { codeOf } from "./code.ts";

export interface Injection {
  readonly job: string;
  readonly context: string;
  readonly text: string;
  readonly at: Place;
}

/** Texts of outsiders in scripts of a workflow or action, also by way of a variable. An expression over several lines counts at its first. */
export function injectionsIn({ jobs, env }: Workflow): readonly Injection[] {
  return jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const given = variablesOf([...env, ...job.env, ...step.env]);
      return joinedExpressions(codeOf(step)).flatMap(({ text, at }) =>
        contextsOf(text, given).map((context) => ({ job: job.id, context, text, at })),
      );
    }),
  );
}

/** What outsiders choose of each variable; the last one of a name is the one that counts. */
function variablesOf(env: readonly Given[]): ReadonlyMap<string, readonly string[]> {
  return new Map(env.map(({ key, text }) => [`env.${key.toLowerCase()}`, injectedIn(text)]));
}

function contextsOf(text: string, given: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const variables = expressionsIn(text).flatMap(contextsIn);
  return [...injectedIn(text), ...variables.flatMap((variable) => given.get(variable) ?? [])];
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
