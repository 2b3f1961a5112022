import { givenTo, resolved } from "./given.ts";
import type { Job, Step, Workflow } from "./model.ts";
import type { Uses } from "./uses.ts";

/** A place where a file of this repository is called as a workflow, or used as an action by a step. */
export interface LocalUse {
  readonly job: Job;
  readonly step: Step | null;
  readonly uses: NonNullable<Step["uses"]>;
}

export function localUses({ jobs }: Workflow): readonly LocalUse[] {
  return jobs.flatMap((job) => {
    const calls = job.calls === null ? [] : [{ job, step: null, uses: job.calls }];
    const steps = job.steps.flatMap((step) => (step.uses === null ? [] : [{ job, step, uses: step.uses }]));
    return [...calls, ...steps].filter(({ uses }) => uses.ref.kind === "local");
  });
}

/** Files of this repository that a use runs, from near and far, each once. */
export function reachedFrom(workflow: Workflow, { uses }: LocalUse): readonly Workflow[] {
  const first = workflow.callee(uses.ref);
  const found = new Set(first === null ? [] : [first]);
  for (const one of found) {
    for (const use of localUses(one)) {
      const next = one.callee(use.uses.ref);
      if (next !== null) found.add(next);
    }
  }
  return [...found];
}

interface Call {
  readonly caller: Workflow;
  readonly callee: Workflow;
  readonly use: LocalUse;
}

/**
 * The same files, each with what the others of its side make of it: the events that start it by way of a caller, and what callers
 * hand it. Files may call each other in rounds; what is known of each only grows, and stops.
 */
export function linked(files: readonly Workflow[]): ReadonlyMap<Workflow, Workflow> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const calls = files.flatMap((caller) =>
    localUses(caller).flatMap((use): readonly Call[] => {
      const callee = foundBy(byPath, use.uses.ref);
      return callee === null ? [] : [{ caller, callee, use }];
    }),
  );
  const started = new Map(files.map((file) => [file, new Set(file.triggers.map(({ event }) => event))]));
  const handed = new Map(files.map((file) => [file, new Map<string, Set<string>>()]));
  for (let grows = true; grows; ) {
    grows = false;
    for (const call of calls) {
      for (const event of started.get(call.caller) ?? []) grows = grown(started.get(call.callee), event) || grows;
      for (const [key, text] of handedBy(call, handed))
        grows = grown(inputOf(handed.get(call.callee), key), text) || grows;
    }
  }
  const made = new Map<Workflow, Workflow>();
  const madeByPath = new Map<string, Workflow>();
  for (const file of files) {
    const callers = calls.flatMap(({ callee, caller, use }) =>
      callee === file ? [{ workflow: caller, job: use.job }] : [],
    );
    const inputs = [...(handed.get(file) ?? [])].map(([key, texts]) => [key, [...texts]] as const);
    const one: Workflow = {
      ...file,
      startedBy: started.get(file) ?? new Set(),
      callers,
      handed: new Map(inputs),
      callee: (ref) => foundBy(madeByPath, ref),
    };
    made.set(file, one);
    madeByPath.set(file.path, one);
  }
  return made;
}

/** The inputs that a call hands over by name, each text with those that stand behind it where it is written. */
function handedBy(
  { caller, use: { job, step } }: Call,
  handed: ReadonlyMap<Workflow, ReadonlyMap<string, ReadonlySet<string>>>,
): readonly (readonly [key: string, text: string])[] {
  const own = [...(handed.get(caller) ?? [])].map(([key, texts]) => [key, [...texts]] as const);
  const given = givenTo(caller, job, step, new Map(own));
  return (step ?? job).inputs.flatMap(({ key, text }) =>
    resolved(text, given).map((one) => [key.toLowerCase(), one] as const),
  );
}

function inputOf(inputs: Map<string, Set<string>> | undefined, key: string): Set<string> | undefined {
  const known = inputs?.get(key);
  if (known !== undefined || inputs === undefined) return known;
  const fresh = new Set<string>();
  inputs.set(key, fresh);
  return fresh;
}

function grown(set: Set<string> | undefined, one: string): boolean {
  if (set === undefined || set.has(one)) return false;
  set.add(one);
  return true;
}

function foundBy(byPath: ReadonlyMap<string, Workflow>, ref: Uses): Workflow | null {
  if (ref.kind !== "local") return null;
  const path = ref.path.replace(/\/$/u, "");
  const folder = path === "" || path === "." ? "" : `${path}/`;
  return byPath.get(path) ?? byPath.get(`${folder}action.yml`) ?? byPath.get(`${folder}action.yaml`) ?? null;
}
