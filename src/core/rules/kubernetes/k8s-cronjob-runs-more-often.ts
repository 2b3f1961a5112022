import { z } from "zod";
import { isHidden } from "../../kubernetes/figures.ts";
import { runsPerYear } from "../../kubernetes/schedule.ts";
import { stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

function rescheduled(was: KubernetesObject, now: KubernetesObject, factor: number): Observation | null {
  const [stood, at] = [was.root.at("spec", "schedule"), now.root.at("spec", "schedule")];
  if (at === undefined || stood === undefined || at.scalar === stood.scalar) return null;
  const [before, after] = [stood, at].map(({ scalar }) => (typeof scalar === "string" ? runsPerYear(scalar) : null));
  if (after == null) return { at: at.place, undecided: `how often \`${now.name}\` runs`, about: "schedule" };
  if (before == null || after < before * factor) return null;
  const [from, to] = [String(stood.scalar), String(at.scalar)];
  const edit = replaced(at, from);
  return {
    at: at.place,
    about: "schedule",
    message: `\`${now.name}\` runs on \`${to}\`, was \`${from}\`: × ${Math.floor((after / before) * 10) / 10} as often, about ${perDay(after)} a day where it was ${perDay(before)}`,
    pointer: at.pointer,
    before: from,
    after: to,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function perDay(runsInYear: number): string {
  const runs = runsInYear / 365;
  return String(runs >= 1 ? Math.round(runs) : Math.round(runs * 100) / 100);
}

function resumed(was: KubernetesObject, now: KubernetesObject): Observation | null {
  const suspended = (object: KubernetesObject) => object.root.at("spec", "suspend");
  const [stood, at] = [suspended(was), suspended(now)];
  if (at !== undefined && isHidden(at, typeof at.scalar === "boolean" ? "" : null, stood)) {
    return { at: at.place, undecided: `whether \`${now.name}\` runs at all`, about: "suspend" };
  }
  if (stood?.scalar !== true || at?.scalar === true || (at === undefined && now.patch)) return null;
  const place = at ?? now.root.at("spec") ?? now.root;
  const late = now.root.at("spec", "startingDeadlineSeconds") === undefined;
  const edit = at === undefined ? undefined : replaced(at, "true");
  return {
    at: place.place,
    about: "suspend",
    message: `\`${now.name}\` was suspended and runs again${late ? "; it states no startingDeadlineSeconds, so the run that it missed may start at once" : ""}`,
    pointer: "/spec/suspend",
    before: true,
    after: false,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

export default defineRule({
  id: "k8s-cronjob-runs-more-often",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "A job comes to run many times as often, or runs again after it was suspended.",
  why: "A field of a schedule in the wrong place makes a nightly job one of every minute; what was suspended was suspended by somebody for a reason.",
  remedy:
    "Say in the change how often it is to run and how long one run takes, and set `startingDeadlineSeconds` and `concurrencyPolicy: Forbid`.",
  needs: "kubernetes",
  options: z.strictObject({
    factor: z.number().min(1.1).default(10).describe("A schedule that runs so many times as often asks a person."),
  }),
  *detect({ objects }, { factor }, { reach }) {
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, reach);
      if (after?.kind !== "CronJob" || before === undefined) continue;
      const object = describeObject(after);
      for (const each of [rescheduled(before, after, factor), resumed(before, after)]) {
        if (each === null) continue;
        const about = `${after.path} ${object}#${each.about ?? ""}`;
        yield "message" in each ? { ...each, asks: true, about, object } : { ...each, about };
      }
    }
  },
  examples: {
    "every night becomes every minute of three o'clock": `
      M k8s/production/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
      -   schedule: "0 3 * * *"
      >   schedule: "* 3 * * *"`,
    "every hour becomes every minute": `
      M k8s/production/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
      -   schedule: "@hourly"
      >   schedule: "* * * * *"`,
    "what was suspended runs again": `
      M k8s/production/cleanup.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: cleanup }
        spec:
          schedule: "0 * * * *"
      -   suspend: true
      >   suspend: false`,
    "an hour later": `
      M k8s/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
      -   schedule: "0 3 * * *"
      +   schedule: "0 4 * * *"`,
    "twice a day": `
      M k8s/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
      -   schedule: "0 3 * * *"
      +   schedule: "0 3,15 * * *"`,
    "it is suspended": {
      reverse: "reports",
      change: `
      M k8s/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
      -   suspend: false
      +   suspend: true`,
    },
  },
});
