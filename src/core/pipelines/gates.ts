import { type Gate, gatesInScript } from "../workflows/gates.ts";
import type { ScriptLine } from "../workflows/model.ts";
import type { Named, Pipeline, PipelineJob } from "./model.ts";

/** What changes have to pass, with what takes away its force. Atlantis plans and applies; what it runs beside is no gate. */
export function gatesOfPipeline({ jobs, system }: Pipeline): readonly Gate[] {
  if (system === "atlantis") return [];
  return jobs.flatMap(({ id, steps }) => steps.flatMap(({ script, softened }) => gatesInScript(id, script, softened)));
}

export function linesOf({ steps }: PipelineJob): readonly ScriptLine[] {
  return steps.flatMap(({ script }) => script);
}

/** Something named that jobs hold, each with its job, as it is compared over files. A job may change its name. */
export function fromJobs<T extends Named>(
  { jobs }: Pipeline,
  held: (job: PipelineJob) => readonly T[],
): readonly (T & { readonly job: string; readonly key: string; readonly trace: string })[] {
  return jobs.flatMap((job) =>
    held(job).map((one) => ({ ...one, job: job.id, key: one.name, trace: `${job.id} ${one.name}` })),
  );
}
