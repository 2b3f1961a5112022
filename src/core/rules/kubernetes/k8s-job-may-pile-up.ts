import { z } from "zod";
import { figureAt, isHidden, wordAt } from "../../kubernetes/figures.ts";
import { stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";

type Part = Pick<Sighting, "at" | "message"> & Partial<Sighting> & { readonly part: string };
type Unseen = { readonly at: Sighting["at"]; readonly undecided: string; readonly part: string };

/** What one run may do, of a job or of the jobs of a schedule. */
function runOf({ kind, root }: KubernetesObject): Value | undefined {
  return kind === "CronJob" ? root.at("spec", "jobTemplate", "spec") : root.at("spec");
}

const policies = ["Allow", "Forbid", "Replace"];

function overlapping(was: KubernetesObject, now: KubernetesObject): Part | Unseen | null {
  if (now.kind !== "CronJob") return null;
  const path = ["spec", "concurrencyPolicy"];
  const [stood, stands] = [was, now].map((each) => wordAt(each.root, path, policies, each.patch ? null : "Allow"));
  const part = "concurrencyPolicy";
  if (stands?.at !== undefined && isHidden(stands.at, stands.word, stood?.at)) {
    return { at: stands.at.place, part, undecided: `whether runs of \`${now.name}\` overlap` };
  }
  if (stood?.word == null || stood.word === "Allow" || stands?.word !== "Allow") return null;
  const edit = stands.at === undefined ? undefined : replaced(stands.at, stood.word);
  return {
    at: (stands.at ?? now.root.at("spec") ?? now.root).place,
    part,
    message: `concurrencyPolicy of \`${now.name}\` is Allow${stands.at === undefined ? ", the default" : ""}, was ${stood.word}: a run that lasts longer than the time between two runs beside the next, and the one after`,
    before: stood.word,
    after: "Allow",
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function endless(was: KubernetesObject, now: KubernetesObject): Part | null {
  const [stood, stands] = [was, now].map((each) => figureAt(runOf(each), ["activeDeadlineSeconds"], null));
  if (stood?.number == null || stands === undefined || stands.at !== undefined || now.patch) return null;
  return {
    at: (runOf(now) ?? now.root).place,
    part: "activeDeadlineSeconds",
    message: `\`${now.name}\` has no activeDeadlineSeconds any more, was ${stood.number}: a run that hangs stays for ever, with all that it holds`,
    before: stood.number,
    after: null,
  };
}

function hurried(was: KubernetesObject, now: KubernetesObject): Part | Unseen | null {
  const [stood, stands] = [was, now].map((each) => figureAt(runOf(each), ["activeDeadlineSeconds"], null));
  const part = "activeDeadlineSeconds";
  if (stands?.at === undefined) return null;
  if (isHidden(stands.at, stands.number, stood?.at)) {
    return { at: stands.at.place, part, undecided: `when a run of \`${now.name}\` is ended` };
  }
  if (stood?.number == null || stands.number === null || stands.number * 4 > stood.number) return null;
  const edit = replaced(stands.at, String(stood.number));
  return {
    at: stands.at.place,
    part,
    message: `a run of \`${now.name}\` is killed after ${stands.number} s, was ${stood.number} s: what takes longer never ends, and counts as failed each time`,
    before: stood.number,
    after: stands.number,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function retrying(
  was: KubernetesObject,
  now: KubernetesObject,
  { factor, fromRetries }: Options,
): Part | Unseen | null {
  const [stood, stands] = [was, now].map((each) => figureAt(runOf(each), ["backoffLimit"], each.patch ? null : 6));
  const part = "backoffLimit";
  if (stands?.at === undefined) return null;
  if (isHidden(stands.at, stands.number, stood?.at)) {
    return { at: stands.at.place, part, undecided: `how often \`${now.name}\` is tried again` };
  }
  if (stood?.number == null || stands.number === null) return null;
  if (stands.number < fromRetries || stands.number < stood.number * factor) return null;
  const edit = replaced(stands.at, String(stood.number));
  return {
    at: stands.at.place,
    part,
    message: `\`${now.name}\` is tried ${stands.number} times more after it failed, was ${stood.number}: what it did before it failed is done as often`,
    before: stood.number,
    after: stands.number,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

/** Ended jobs stay where nothing says how long, and their pods with them. */
function kept(was: KubernetesObject, now: KubernetesObject): Part | null {
  const [stood, stands] = [was, now].map((each) => figureAt(runOf(each), ["ttlSecondsAfterFinished"], null));
  if (now.kind !== "Job" || stood?.number == null || stands === undefined || stands.at !== undefined || now.patch)
    return null;
  return {
    at: (runOf(now) ?? now.root).place,
    part: "ttlSecondsAfterFinished",
    message: `\`${now.name}\` has no ttlSecondsAfterFinished any more, was ${stood.number}: it stays after it has ended, and so does everyone that follows it`,
    before: stood.number,
    after: null,
  };
}

interface Options {
  readonly factor: number;
  readonly fromRetries: number;
}

export default defineRule({
  id: "k8s-job-may-pile-up",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "A job loses what keeps its runs apart, short and few, or is given too little time to end at all.",
  why: "A run that overlaps the next, hangs or is tried again for ever doubles the work on what it writes to, and takes the cluster's pods one after the other.",
  remedy:
    "Keep `concurrencyPolicy: Forbid` where a run may outlast its interval, an `activeDeadlineSeconds` of a few times the longest run, and a small `backoffLimit`.",
  needs: "kubernetes",
  options: z.strictObject({
    factor: z
      .number()
      .min(1.1)
      .default(4)
      .describe("A backoffLimit that is raised by this factor or more asks a person."),
    fromRetries: z.int().min(1).default(20).describe("Fewer retries than these ask nobody."),
  }),
  *detect({ objects }, options, { reach }) {
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, reach);
      if (after === undefined || before === undefined || !["Job", "CronJob"].includes(after.kind)) continue;
      const object = describeObject(after);
      const found = [
        overlapping(before, after),
        endless(before, after) ?? hurried(before, after),
        retrying(before, after, options),
        kept(before, after),
      ];
      for (const each of found) {
        if (each === null) continue;
        const { part, ...observed } = each;
        const about = `${after.path} ${object}#${part}`;
        yield "undecided" in observed ? { ...observed, about } : { ...observed, asks: true, about, object };
      }
    }
  },
  examples: {
    "runs may overlap": `
      M k8s/production/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
          schedule: "*/5 * * * *"
      -   concurrencyPolicy: Forbid
      >   concurrencyPolicy: Allow`,
    "a run that hangs stays": `
      M k8s/production/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
          jobTemplate:
            spec:
      !       backoffLimit: 2
      -       activeDeadlineSeconds: 1800`,
    "a run is killed before it can end": `
      M k8s/production/import.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: import }
        spec:
      -   activeDeadlineSeconds: 3600
      >   activeDeadlineSeconds: 60`,
    "tried a hundred times": `
      M k8s/production/import.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: import }
        spec:
      -   backoffLimit: 3
      >   backoffLimit: 100`,
    "no overlap any more": `
      M k8s/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
          schedule: "*/5 * * * *"
      +   concurrencyPolicy: Forbid`,
    "the older run gives way instead": `
      M k8s/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
      -   concurrencyPolicy: Forbid
      +   concurrencyPolicy: Replace`,
    "half the time": `
      M k8s/import.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: import }
        spec:
      -   activeDeadlineSeconds: 3600
      +   activeDeadlineSeconds: 1800`,
  },
});
