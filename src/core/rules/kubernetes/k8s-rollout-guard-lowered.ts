import { z } from "zod";
import { type Figure, figureAt, isHidden, podsIn, shareAt, shareText } from "../../kubernetes/figures.ts";
import { lastingSeconds, probeOf } from "../../kubernetes/probes.ts";
import { leastPods, side, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";
import { type Workload, workloads } from "../../views/workloads.ts";

type Part = Pick<Sighting, "at" | "message"> & Partial<Sighting> & { readonly part: string };
type Unseen = { readonly at: Sighting["at"]; readonly undecided: string; readonly part: string };

interface Sides {
  readonly was: KubernetesObject;
  readonly now: KubernetesObject;
}

interface Figures {
  readonly stood: Figure;
  readonly stands: Figure;
}

/** What Kubernetes takes where nothing is written. */
const defaults = { minReadySeconds: 0, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 } as const;

function figuresOf({ was, now }: Sides, path: readonly string[], absent: number): Figures {
  return {
    stood: figureAt(was.root, path, was.patch ? null : absent),
    stands: figureAt(now.root, path, now.patch ? null : absent),
  };
}

function restored({ stood, stands }: Figures): Pick<Sighting, "fix"> {
  const edit = stands.at === undefined || stood.number === null ? undefined : replaced(stands.at, String(stood.number));
  return edit === undefined ? {} : { fix: [edit] };
}

function hidden({ stood, stands }: Figures, part: string, what: string): Unseen | null {
  const { at, number } = stands;
  return at !== undefined && isHidden(at, number, stood.at) ? { at: at.place, undecided: what, part } : null;
}

/** Pods count as up at once: a version that dies after a second replaces everything that worked. */
function hasty(sides: Sides): Part | Unseen | null {
  const figures = figuresOf(sides, ["spec", "minReadySeconds"], defaults.minReadySeconds);
  const { stood, stands } = figures;
  const unseen = hidden(figures, "minReadySeconds", `how long a pod of \`${sides.now.name}\` must stay ready`);
  if (unseen !== null || stood.number === null || stands.number === null) return unseen;
  if (stands.number * 3 > stood.number || stood.number < 5) return null;
  return {
    at: (stands.at ?? sides.now.root.at("spec") ?? sides.now.root).place,
    part: "minReadySeconds",
    message: `minReadySeconds of \`${sides.now.name}\` is ${stands.number}, was ${stood.number}: a version that dies after ${stands.number + 1} s counts as up and replaces the one that works`,
    before: stood.number,
    after: stands.number,
    ...restored(figures),
  };
}

function historyless(sides: Sides): Part | Unseen | null {
  const figures = figuresOf(sides, ["spec", "revisionHistoryLimit"], defaults.revisionHistoryLimit);
  const { stood, stands } = figures;
  const unseen = hidden(figures, "revisionHistoryLimit", `how many versions of \`${sides.now.name}\` are kept`);
  if (unseen !== null || stands.at === undefined) return unseen;
  if (stands.number !== 0 || stood.number === null || stood.number === 0) return null;
  return {
    at: stands.at.place,
    part: "revisionHistoryLimit",
    message: `revisionHistoryLimit of \`${sides.now.name}\` is 0, was ${stood.number}: no version is kept that \`kubectl rollout undo\` could go back to`,
    before: stood.number,
    after: 0,
    ...restored(figures),
  };
}

/** A StatefulSet that was held at some of its pods is let go to all. */
function released(sides: Sides): Part | Unseen | null {
  const figures = figuresOf(sides, ["spec", "updateStrategy", "rollingUpdate", "partition"], 0);
  const { stood, stands } = figures;
  const unseen = hidden(figures, "partition", `how many pods of \`${sides.now.name}\` stay as they are`);
  if (unseen !== null || sides.now.kind !== "StatefulSet") return unseen;
  if (stands.number !== 0 || stood.number === null || stood.number === 0) return null;
  const at = stands.at ?? sides.now.root.at("spec", "updateStrategy") ?? sides.now.root.at("spec") ?? sides.now.root;
  return {
    at: at.place,
    part: "partition",
    message: `partition of \`${sides.now.name}\` is 0, was ${stood.number}: the version that only some pods ran goes to all of them`,
    before: stood.number,
    after: 0,
    ...restored(figures),
  };
}

/** Many more pods at once than there are. */
function surging({ was, now }: Sides, pods: number | null, { mostSurge }: Options): Part | Unseen | null {
  const path = ["spec", "strategy", "rollingUpdate", "maxSurge"];
  const [stood, stands] = [shareAt(was.root, path), shareAt(now.root, path)];
  const { at } = stands;
  if (at === undefined) return null;
  if (isHidden(at, shareText(stands), stood.at)) {
    return { at: at.place, undecided: `how many pods a rollout of \`${now.name}\` adds`, part: "maxSurge" };
  }
  const added = podsIn(stands, pods, "up");
  const percent = stands.percent ?? (added === null || pods === null || pods < 2 ? null : (added * 100) / pods);
  const formerly = stood.percent ?? (stood.pods === null || pods === null || pods < 2 ? 25 : (stood.pods * 100) / pods);
  if (percent === null || percent <= mostSurge || percent <= formerly) return null;
  const sum = pods === null || added === null ? "" : ` = ${added} more beside ${pods}`;
  const edit = shareText(stood) === null ? undefined : replaced(at, shareText(stood) ?? "");
  return {
    at: at.place,
    part: "maxSurge",
    message: `maxSurge of \`${now.name}\` is ${shareText(stands)}${sum}, was ${shareText(stood) ?? "25%"}: every rollout starts that many at once; the bound is ${mostSurge} %`,
    before: shareText(stood),
    after: shareText(stands),
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

/** The rollout is given up as failed before its slowest container may be up. */
function outrun(before: Workload, after: Workload): Part | Unseen | null {
  const path = ["spec", "progressDeadlineSeconds"];
  const sides = { was: before.object, now: after.object };
  const figures = figuresOf(sides, path, defaults.progressDeadlineSeconds);
  const { stood, stands } = figures;
  const unseen = hidden(figures, "progressDeadlineSeconds", `when a rollout of \`${after.object.name}\` has failed`);
  if (unseen !== null || stands.at === undefined || stands.number === null || stood.number === null) return unseen;
  const slowest = slowestStart(after);
  if (slowest === null || stands.number >= slowest.seconds || stood.number < slowest.seconds) return null;
  return {
    at: stands.at.place,
    part: "progressDeadlineSeconds",
    message: `a rollout of \`${after.object.name}\` has failed after ${stands.number} s, was ${stood.number} s, and \`${slowest.name}\` may take ${slowest.seconds} s to start: it is given up while it starts`,
    before: stood.number,
    after: stands.number,
    passes: {
      clean: slowest.seconds,
      withApprovals: stands.number,
      because: "the startup probe allows as long",
      atLeast: true,
    },
    ...restored(figures),
  };
}

/** The container whose startup probe allows the longest; null where none has one that can be read. */
function slowestStart({ containers }: Workload): { readonly name: string; readonly seconds: number } | null {
  const starts = containers.flatMap((container) => {
    const startup = probeOf(container, "startupProbe", false);
    const lasting = startup === null ? null : lastingSeconds(startup);
    const delay = startup?.initialDelaySeconds.number ?? null;
    return lasting === null || delay === null ? [] : [{ name: container.name, seconds: delay + lasting }];
  });
  return starts.toSorted((a, b) => b.seconds - a.seconds)[0] ?? null;
}

interface Options {
  readonly mostSurge: number;
}
const rolled = new Set(["Deployment", "StatefulSet", "DaemonSet", "Rollout"]);

export default defineRule({
  id: "k8s-rollout-guard-lowered",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "What makes a rollout slow down, stop or be taken back is lowered or taken away.",
  why: "These values do nothing while all goes well. They are what stops a bad version after the first pod, and what brings back the one before it.",
  remedy: "Put the guard back as it was. Where a rollout is to be let go to all pods, do only that in the change.",
  needs: "kubernetes",
  options: z.strictObject({
    mostSurge: z
      .int()
      .min(1)
      .default(100)
      .describe("A surge that is raised above this percentage of the pods asks a person."),
  }),
  *detect({ objects }, options, { reach }) {
    const standing = side(objects, "after");
    const found: (readonly [KubernetesObject, Part | Unseen | null])[] = [];
    for (const change of objects) {
      const now = change.after;
      const was = stoodBefore(change, reach);
      if (now === undefined || was === undefined || !rolled.has(now.kind)) continue;
      const sides = { was, now };
      const surge = surging(sides, leastPods(now, standing), options);
      const parts = [hasty(sides), historyless(sides), released(sides), surge];
      found.push(...parts.map((part) => [now, part] as const));
    }
    for (const { before, after } of workloads(objects, reach)) {
      if (before === undefined || after?.object.kind !== "Deployment" || after.object.patch) continue;
      found.push([after.object, outrun(before, after)]);
    }
    for (const [now, each] of found) {
      if (each === null) continue;
      const { part, ...observed } = each;
      const object = describeObject(now);
      const about = `${now.path} ${object}#${part}`;
      yield "undecided" in observed ? { ...observed, about } : { ...observed, asks: true, about, object };
    }
  },
  examples: {
    "pods count as up at once": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   minReadySeconds: 30
      >   minReadySeconds: 0`,
    "no way back is kept": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      >   revisionHistoryLimit: 0
          replicas: 3`,
    "all pods get the version that one had": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          updateStrategy:
            rollingUpdate:
      -       partition: 4
      >       partition: 0`,
    "three times as many pods during every rollout": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 20
          strategy:
            rollingUpdate:
      -       maxSurge: 25%
      >       maxSurge: 200%`,
    "given up while it starts": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   progressDeadlineSeconds: 900
      >   progressDeadlineSeconds: 60
          template: { spec: { containers: [ { name: api, startupProbe: { failureThreshold: 30, periodSeconds: 10 } } ] } }`,
    "fewer versions are kept": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   revisionHistoryLimit: 10
      +   revisionHistoryLimit: 2`,
    "twice as many for a while": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          strategy:
            rollingUpdate:
      -       maxSurge: 25%
      +       maxSurge: 100%`,
  },
});
