import { z } from "zod";
import { type Figure, figureAt, isHidden } from "../../kubernetes/figures.ts";
import { scalerOf, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation, type Sighting } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";

type Part = Pick<Sighting, "at" | "message"> & Partial<Sighting> & { readonly part: string };
type Unseen = Extract<Observation, { undecided: string }> & { readonly part: string };

interface Target {
  readonly name: string;
  readonly percent: Figure;
}

/** What share of its request each pod is to use, by resource. autoscaling/v1 has one for the CPU, v2 a list. */
function targetsOf({ root }: KubernetesObject): readonly Target[] {
  const single = figureAt(root, ["spec", "targetCPUUtilizationPercentage"], null);
  const metrics = (root.at("spec", "metrics")?.items() ?? []).map((metric) => {
    const source = metric.at("resource") ?? metric.at("containerResource");
    const percent = figureAt(source, ["target", "averageUtilization"], null);
    return { name: String(source?.at("name")?.scalar ?? ""), percent };
  });
  return [{ name: "cpu", percent: single }, ...metrics].filter(({ percent }) => percent.at !== undefined);
}

function* shifted(was: KubernetesObject, now: KubernetesObject, options: Options): Iterable<Part | Unseen> {
  const stood = new Map(targetsOf(was).map(({ name, percent }) => [name, percent]));
  for (const { name, percent } of targetsOf(now)) {
    const { at, number } = percent;
    const before = stood.get(name);
    if (at === undefined || before === undefined) continue;
    const part = `target.${name}`;
    if (isHidden(at, number, before.at)) {
      yield { at: at.place, undecided: `at which use of ${name} \`${now.name}\` adds pods`, part };
    }
    if (number === null || before.number === null) continue;
    const late = number > options.mostUtilisation && number > before.number;
    const many = number * options.factor <= before.number;
    if (!late && !many) continue;
    const edit = replaced(at, String(before.number));
    const growth = Math.floor((before.number / Math.max(number, 1)) * 10) / 10;
    yield {
      at: at.place,
      part,
      message: late
        ? `\`${now.name}\` adds pods only above ${number} % of ${name}, was ${before.number} %; above ${options.mostUtilisation} % what is there is overloaded before more is ready`
        : `\`${now.name}\` aims at ${number} % of ${name}, was ${before.number} %: the same load asks for × ${growth} as many pods`,
      pointer: at.pointer,
      before: before.number,
      after: number,
      passes: {
        clean: late ? options.mostUtilisation : Math.floor(before.number / options.factor) + 1,
        withApprovals: number,
        because: "pods wanted = pods × use ÷ target",
        ...(late ? {} : { atLeast: true as const }),
      },
      ...(edit === undefined ? {} : { fix: [edit] }),
    };
  }
}

/** Where an autoscaler says how fast it may go up and down; KEDA hands it on. */
function behaviorOf({ kind, root }: KubernetesObject): Value | undefined {
  const found =
    kind === "ScaledObject"
      ? root.at("spec", "advanced", "horizontalPodAutoscalerConfig", "behavior")
      : root.at("spec", "behavior");
  return found?.scalar === null ? undefined : found;
}

function* unbraked(was: KubernetesObject, now: KubernetesObject): Iterable<Part | Unseen> {
  const [stood, stands] = [behaviorOf(was), behaviorOf(now)];
  if (stood !== undefined && stands === undefined && !now.patch) {
    const at = now.root.at("spec") ?? now.root;
    yield {
      at: at.place,
      part: "behavior",
      message: `\`${now.name}\` loses its \`behavior\`: it may double every 15 s, and give up every pod at once after 300 s`,
      pointer: "/spec/behavior",
      before: "set",
      after: "none",
    };
  }
  const path = ["scaleDown", "stabilizationWindowSeconds"];
  const [before, after] = [figureAt(stood, path, was.patch ? null : 300), figureAt(stands, path, null)];
  const { at, number } = after;
  if (at === undefined) return;
  if (isHidden(at, number, before.at)) {
    yield { at: at.place, undecided: `how long \`${now.name}\` waits before it gives up pods`, part: "scaleDown" };
  }
  if (number !== 0 || before.number === null || before.number === 0) return;
  const edit = replaced(at, String(before.number));
  yield {
    at: at.place,
    part: "scaleDown",
    message: `\`${now.name}\` gives up pods 0 s after load falls, was ${before.number} s: it drops them in every dip and starts them anew`,
    pointer: at.pointer,
    before: before.number,
    after: 0,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

/** It may only keep what it has. */
function* pinned(was: KubernetesObject | undefined, now: KubernetesObject): Iterable<Part | Unseen> {
  const [stood, stands] = [was === undefined ? null : scalerOf(was), scalerOf(now)];
  if (stands === null || stood === null) return;
  const { least, most } = stands;
  for (const bound of ["least", "most"] as const) {
    const { at, number } = stands[bound];
    if (at === undefined || !isHidden(at, number, stood[bound].at)) continue;
    yield { at: at.place, undecided: `how far \`${now.name}\` may scale`, part: "range" };
    return;
  }
  if (least.number === null || least.number !== most.number || stood.least.number === stood.most.number) return;
  const at = (stood.least.number === least.number ? most.at : least.at) ?? now.root;
  yield {
    at: at.place,
    part: "range",
    message: `\`${now.name}\` scales between ${least.number} and ${most.number}: it cannot scale any more, was ${stood.least.number ?? "not known"} to ${stood.most.number ?? "not known"}`,
    pointer: at.pointer,
    before: `${stood.least.number ?? "?"} to ${stood.most.number ?? "?"}`,
    after: `${least.number} to ${most.number}`,
  };
}

interface Options {
  readonly mostUtilisation: number;
  readonly factor: number;
}

export default defineRule({
  id: "k8s-autoscaler-misscales",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "An autoscaler comes to add pods too late, far too many, too wildly or none at all.",
  why: "An autoscaler turns one number into pods within seconds, at the height of load: too high a target overloads what is there, too low a one takes all nodes, and without brakes it swings.",
  remedy:
    "Aim at 50 to 80 % of the request, change that by a few points at a time, keep a stabilisation window of minutes for scaling down, and leave room between least and most.",
  needs: "kubernetes",
  options: z.strictObject({
    mostUtilisation: z
      .int()
      .min(1)
      .default(90)
      .describe("A target that is raised above this percentage asks a person."),
    factor: z
      .number()
      .min(1.1)
      .default(3)
      .describe("A target that makes the same load ask for so many times the pods asks a person."),
  }),
  *detect({ objects }, options, { reach }) {
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, reach);
      if (after === undefined || before === undefined || scalerOf(after) === null) continue;
      const object = describeObject(after);
      for (const found of [...shifted(before, after, options), ...unbraked(before, after), ...pinned(before, after)]) {
        const { part, ...observed } = found;
        const about = `${after.path} ${object}#${part}`;
        yield "undecided" in observed ? { ...observed, about } : { ...observed, asks: true, about, object };
      }
    }
  },
  examples: {
    "pods are added only when nothing is left": `
      M k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          minReplicas: 3
          maxReplicas: 20
          metrics:
            - type: Resource
              resource:
                name: cpu
      -         target: { type: Utilization, averageUtilization: 70 }
      >         target: { type: Utilization, averageUtilization: 95 }`,
    "a slip of a digit asks for ten times as many": `
      M k8s/production/hpa.yaml
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          maxReplicas: 50
      -   targetCPUUtilizationPercentage: 70
      >   targetCPUUtilizationPercentage: 7`,
    "it cannot scale any more": `
      M k8s/production/hpa.yaml
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: { name: worker }
        spec:
          scaleTargetRef: { name: worker }
          minReplicaCount: 4
      -   maxReplicaCount: 40
      >   maxReplicaCount: 4`,
    "the brakes go": `
      M k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
      !   maxReplicas: 20
      -   behavior: { scaleDown: { stabilizationWindowSeconds: 600 } }`,
    "pods are given up in every dip": `
      M k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          maxReplicas: 20
          behavior:
            scaleDown:
      -       stabilizationWindowSeconds: 300
      >       stabilizationWindowSeconds: 0`,
    "a little lower, and more room above": `
      M k8s/hpa.yaml
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          minReplicas: 2
      -   maxReplicas: 10
      -   targetCPUUtilizationPercentage: 80
      +   maxReplicas: 15
      +   targetCPUUtilizationPercentage: 60`,
  },
});
