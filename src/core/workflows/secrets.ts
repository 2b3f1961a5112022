import type { Place } from "../change/change-set.ts";
import { secretsIn } from "./expressions.ts";
import type { Given, Job, Step, Workflow } from "./model.ts";

/** A secret that a job reads. `name` is `*` for all of them, or for one whose name is only known when it runs. */
export interface SecretUse {
  readonly name: string;
  readonly job: string;
  readonly environment: string | null;
  readonly at: Place;
}

/** Secrets by job; those of the `env` of the workflow are of every job. */
export function secretsUsed({ jobs, env }: Workflow): readonly SecretUse[] {
  return jobs.flatMap((job) =>
    [...env.flatMap(ofGiven), ...ofJob(job)].map((one) => ({
      ...one,
      job: job.id,
      environment: job.environment?.name ?? null,
    })),
  );
}

type Named = Pick<SecretUse, "name" | "at">;

function ofGiven({ text, at }: Given): readonly Named[] {
  return secretsIn(text).map((name) => ({ name, at }));
}

function ofJob(job: Job): readonly Named[] {
  const inherited = job.inheritsSecrets === null ? [] : [{ name: "*", at: job.inheritsSecrets }];
  const containers = ["container", "services"].flatMap((key) => leaves(job.root.at(key)));
  return [...inherited, ...job.env.flatMap(ofGiven), ...containers.flatMap(ofGiven), ...job.steps.flatMap(ofStep)];
}

function ofStep({ script, env, inputs, condition }: Step): readonly Named[] {
  const texts = [...env, ...inputs, ...script.map(({ text, at }) => ({ key: "", text, at }))];
  const asked = condition === null ? [] : secretsIn(condition.text, true).map((name) => ({ name, at: condition.at }));
  return [...texts.flatMap(ofGiven), ...asked];
}

function leaves(value: Job["strategy"]): readonly Given[] {
  if (value === undefined) return [];
  if (value.scalar !== undefined) return [{ key: "", text: String(value.scalar), at: value.place }];
  return [...value.items(), ...value.entries().map((entry) => entry.value)].flatMap(leaves);
}
