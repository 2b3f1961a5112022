import { contextsIn, expressionsIn } from "./expressions.ts";
import type { Job, Step, Workflow } from "./model.ts";

/** Texts that stand behind a context such as `env.title` or `inputs.ref`, by its name in lower case. */
export type GivenTexts = ReadonlyMap<string, readonly string[]>;

/** What a step reads as `env` and `inputs`. Of variables the one nearest to the step counts; inputs may come from several callers. */
export function givenTo(workflow: Workflow, job: Job, step: Step | null, handed = workflow.handed): GivenTexts {
  const variables = [...workflow.env, ...job.env, ...(step?.env ?? [])].map(
    ({ key, text }) => [`env.${key.toLowerCase()}`, [text]] as const,
  );
  const inputs = [...handed].map(([key, texts]) => [`inputs.${key}`, texts] as const);
  return new Map([...inputs, ...variables]);
}

/** A text, and those that stand behind the contexts that it reads, from near and far, each once. */
export function resolved(text: string, given: GivenTexts): readonly string[] {
  const found = new Set([text]);
  for (const one of found) {
    for (const context of expressionsIn(one).flatMap(contextsIn)) {
      for (const behind of given.get(context) ?? []) found.add(behind);
    }
  }
  return [...found];
}
