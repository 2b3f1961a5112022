import type { Job, Step, Workflow } from "./model.ts";

export interface Placed {
  readonly workflow: Workflow;
  readonly job: Job;
}

/** A job on both sides. One of them is null where it is new, or gone. */
export interface JobChange {
  readonly before: Placed | null;
  readonly after: Placed | null;
}

interface FilePair {
  readonly before: Workflow | null;
  readonly after: Workflow | null;
}

/** Less than half of what a job did is another job. */
const leastLikeness = 0.5;

/** Joins what went with what came where they say the same: a renamed file is no new one. */
export function pairFiles(touched: readonly FilePair[]): readonly FilePair[] {
  const whole = touched.filter(({ before, after }) => before !== null && after !== null);
  const gone = touched.flatMap(({ before, after }) => (after === null && before !== null ? [before] : []));
  const come = touched.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []));
  return [...whole, ...joined(gone, come, (workflow) => workflow.jobs.flatMap(traits))];
}

/** By file and id, then within the file by name and by what they do, then over all files of the change. */
export function pairJobs(files: readonly FilePair[]): readonly JobChange[] {
  const pairs: JobChange[] = [];
  const gone: Placed[] = [];
  const come: Placed[] = [];
  for (const { before, after } of files) {
    const was = placed(before);
    const is = placed(after);
    const [ownGone, ownCome] = [new Set(was), new Set(is)];
    const pair = (one: Placed, other: Placed): void => {
      pairs.push({ before: one, after: other });
      ownGone.delete(one);
      ownCome.delete(other);
    };
    for (const one of was) {
      const same = is.find(({ job }) => job.id === one.job.id);
      if (same !== undefined) pair(one, same);
    }
    for (const { before: one, after: other } of joined([...ownGone], [...ownCome], ({ job }) => traits(job))) {
      if (one !== null && other !== null) pair(one, other);
    }
    gone.push(...ownGone);
    come.push(...ownCome);
  }
  return [...pairs, ...joined(gone, come, ({ job }) => traits(job))];
}

/** Steps of a job on both sides: what is the same, then what has the same id, action or name, then what runs most alike. */
export function pairSteps(before: readonly Step[], after: readonly Step[]): ReadonlyMap<Step, Step> {
  const pairs = new Map<Step, Step>();
  const free = new Set(before);
  const keys: readonly ((step: Step) => string | null)[] = [
    (step) => JSON.stringify(stepTraits(step)),
    ({ id }) => id,
    ({ uses }) => (uses?.ref.kind === "action" ? uses.ref.name : null),
    ({ name }) => name,
  ];
  for (const key of keys) {
    const byKey = new Map<string, Step[]>();
    for (const step of [...free].toReversed()) {
      const own = key(step);
      if (own !== null) add(byKey, own, step);
    }
    for (const step of after) {
      const wanted = pairs.has(step) ? null : key(step);
      const found = wanted === null ? undefined : byKey.get(wanted)?.pop();
      if (found === undefined) continue;
      pairs.set(step, found);
      free.delete(found);
    }
  }
  const left = joined(
    [...free],
    after.filter((step) => !pairs.has(step)),
    stepTraits,
  );
  for (const { before: one, after: other } of left) if (one !== null && other !== null) pairs.set(other, one);
  return pairs;
}

function add<T>(map: Map<string, T[]>, key: string, one: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [one]);
  else known.push(one);
}

function placed(workflow: Workflow | null): readonly Placed[] {
  return workflow === null ? [] : workflow.jobs.map((job) => ({ workflow, job }));
}

/** What tells jobs apart, whatever they are called. */
function traits(job: Job): readonly string[] {
  const called = job.calls === null ? [] : [JSON.stringify(job.calls.ref)];
  return [...called, ...(job.name === null ? [] : [`name ${job.name}`]), ...job.steps.flatMap(stepTraits)];
}

function stepTraits({ uses, script, inputs }: Step): readonly string[] {
  const named = uses === null ? [] : uses.ref.kind === "action" ? [uses.ref.name] : [JSON.stringify(uses.ref)];
  return [...named, ...script.map(({ text }) => text), ...inputs.map(({ key, text }) => `${key}=${text}`)];
}

/** More pairs than this are not looked through: what is left stands alone, which reports more and never less. */
const pairsLimit = 40_000;

/** Pairs the most alike first; the rest stands alone. */
function joined<T>(
  gone: readonly T[],
  come: readonly T[],
  traitsOf: (one: T) => readonly string[],
): readonly { readonly before: T | null; readonly after: T | null }[] {
  const ours = gone.map((one) => ({ one, traits: new Set(traitsOf(one)) }));
  const theirs = come.map((one) => ({ one, traits: new Set(traitsOf(one)) }));
  const candidates =
    gone.length * come.length > pairsLimit
      ? []
      : ours.flatMap((before) =>
          theirs.map((after) => ({
            before: before.one,
            after: after.one,
            likeness: likeness(before.traits, after.traits),
          })),
        );
  const used = new Set<T>();
  const pairs: { readonly before: T | null; readonly after: T | null }[] = [];
  for (const { before, after, likeness: share } of candidates.toSorted((a, b) => b.likeness - a.likeness)) {
    if (share < leastLikeness || used.has(before) || used.has(after)) continue;
    used.add(before);
    used.add(after);
    pairs.push({ before, after });
  }
  for (const before of gone) if (!used.has(before)) pairs.push({ before, after: null });
  for (const after of come) if (!used.has(after)) pairs.push({ before: null, after });
  return pairs;
}

/** The share of traits that both have. */
function likeness(ours: ReadonlySet<string>, theirs: ReadonlySet<string>): number {
  if (ours.size === 0 || theirs.size === 0) return 0;
  return [...ours].filter((one) => theirs.has(one)).length / Math.max(ours.size, theirs.size);
}
