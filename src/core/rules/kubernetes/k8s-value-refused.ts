import { z } from "zod";
import { figureAt, shareAt, shareText, wordAt } from "../../kubernetes/figures.ts";
import { probeOf } from "../../kubernetes/probes.ts";
import { podOf, scalerOf, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";
import { type Workload, workloads } from "../../views/workloads.ts";

/** Something that the API server takes no object with. `id` tells the reasons of one object apart. */
interface Refusal {
  readonly id: string;
  readonly at: Value;
  /** Null: an expression stands there, so nobody knows whether it is taken. */
  readonly sentence: string | null;
  /** The one value that it would take. */
  readonly instead: string | null;
}

function unread(id: string, at: Value): Refusal {
  return { id, at, sentence: null, instead: null };
}

/** Kubernetes API reference: "Must be 1 for liveness and startup. Minimum value is 1." */
function* ofProbes({ containers, object }: Workload): Iterable<Refusal> {
  for (const container of containers) {
    for (const kind of ["livenessProbe", "startupProbe"] as const) {
      const { at, number } = probeOf(container, kind, object.patch)?.successThreshold ?? {};
      const id = `${container.name}.${kind}.successThreshold`;
      if (at === undefined || number === undefined || number === 0 || number === 1) continue;
      if (number === null) {
        yield unread(id, at);
        continue;
      }
      yield {
        id,
        at,
        sentence: `successThreshold of the ${kind} of \`${container.name}\` is ${number}; only 1 is taken`,
        instead: "1",
      };
    }
  }
}

const rolling = ["spec", "strategy", "rollingUpdate"];

function* ofStrategy({ kind, root }: KubernetesObject): Iterable<Refusal> {
  if (kind !== "Deployment") return;
  const [surge, missing] = [shareAt(root, [...rolling, "maxSurge"]), shareAt(root, [...rolling, "maxUnavailable"])];
  const isNone = (share: typeof surge): boolean => share.pods === 0 || share.percent === 0;
  if (surge.at !== undefined && missing.at !== undefined) {
    const hidden = [surge, missing].find((share) => shareText(share) === null)?.at;
    if (hidden !== undefined) yield unread("rollingUpdate", hidden);
    else if (isNone(surge) && isNone(missing)) {
      const sentence = `maxSurge ${shareText(surge)} and maxUnavailable ${shareText(missing)} leave a rollout no pod to begin with`;
      yield { id: "rollingUpdate", at: surge.at, sentence, instead: "1" };
    }
  }
  const type = wordAt(root, ["spec", "strategy", "type"], ["Recreate"], null);
  const kept = root.at(...rolling);
  if (type.word === "Recreate" && type.at !== undefined && kept !== undefined && kept.scalar !== null) {
    yield { id: "strategy", at: type.at, sentence: "Recreate takes no `rollingUpdate` beside it", instead: null };
  }
  const deadline = figureAt(root, ["spec", "progressDeadlineSeconds"], 600);
  const ready = figureAt(root, ["spec", "minReadySeconds"], 0);
  const at = deadline.at ?? ready.at;
  if (at !== undefined && deadline.number !== null && ready.number !== null && deadline.number <= ready.number) {
    const sentence = `progressDeadlineSeconds ${deadline.number} is not above minReadySeconds ${ready.number}`;
    yield { id: "progressDeadlineSeconds", at, sentence, instead: null };
  }
}

function* ofScaler(object: KubernetesObject): Iterable<Refusal> {
  const scaler = scalerOf(object);
  if (scaler === null) return;
  const at = scaler.least.at ?? scaler.most.at;
  for (const bound of [scaler.least, scaler.most]) {
    if (bound.at !== undefined && bound.number === null) yield unread("range", bound.at);
  }
  if (at === undefined || scaler.least.number === null || scaler.most.number === null) return;
  if (scaler.least.number <= scaler.most.number) return;
  const sentence = `${scaler.leastKey} ${scaler.least.number} is above ${scaler.mostKey} ${scaler.most.number}`;
  yield { id: "range", at, sentence, instead: String(scaler.most.number) };
}

function* ofBudget({ kind, root }: KubernetesObject): Iterable<Refusal> {
  if (kind !== "PodDisruptionBudget") return;
  const [least, most] = [shareAt(root, ["spec", "minAvailable"]), shareAt(root, ["spec", "maxUnavailable"])];
  if (least.at === undefined || most.at === undefined) return;
  const sentence = `minAvailable ${shareText(least) ?? "an expression"} and maxUnavailable ${shareText(most) ?? "an expression"} exclude each other`;
  yield { id: "budget", at: most.at, sentence, instead: null };
}

/** What restarts a pod by its controller knows one policy only; what runs to an end knows the others. */
const restarts: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["Always"],
  StatefulSet: ["Always"],
  DaemonSet: ["Always"],
  ReplicaSet: ["Always"],
  ReplicationController: ["Always"],
  Job: ["OnFailure", "Never"],
  CronJob: ["OnFailure", "Never"],
};

function* ofRestarts(object: KubernetesObject): Iterable<Refusal> {
  const taken = restarts[object.kind];
  const found = wordAt(podOf(object), ["restartPolicy"], ["Always", "OnFailure", "Never"], null);
  if (taken === undefined || found.at === undefined) return;
  if (found.word === null) yield unread("restartPolicy", found.at);
  if (found.word === null || taken.includes(found.word)) return;
  const sentence = `restartPolicy ${found.word} is none that a ${object.kind} takes: ${taken.join(" or ")}`;
  yield { id: "restartPolicy", at: found.at, sentence, instead: taken[0] ?? null };
}

function refusals(object: KubernetesObject, workload: Workload | undefined): readonly Refusal[] {
  return [
    ...ofStrategy(object),
    ...ofScaler(object),
    ...ofBudget(object),
    ...ofRestarts(object),
    ...(workload === undefined ? [] : ofProbes(workload)),
  ];
}

export default defineRule({
  id: "k8s-value-refused",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "An object has values that the API server refuses.",
  why: "What is refused is not applied: the deployment stops half way, the objects before this one new and the ones behind it old, at the moment when it counts.",
  remedy: "Correct the value; `kubectl apply --dry-run=server` would have said the same.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const running = workloads(objects, reach);
    const befores = new Map(
      running.flatMap(({ before }) => (before === undefined ? [] : [[before.object, before] as const])),
    );
    const afters = new Map(
      running.flatMap(({ after }) => (after === undefined ? [] : [[after.object, after] as const])),
    );
    for (const change of objects) {
      const { after } = change;
      if (after === undefined || !change.changed) continue;
      const before = stoodBefore(change, reach);
      const stood = before === undefined ? [] : refusals(before, befores.get(before));
      for (const { id, at, sentence, instead } of refusals(after, afters.get(after))) {
        const formerly = stood.filter(
          (refusal) => refusal.id === id && (refusal.sentence === null) === (sentence === null),
        );
        const about = `${after.path} ${describeObject(after)}#${id}`;
        if (sentence === null) {
          const isKnown = before === undefined || formerly.some((refusal) => refusal.at.scalar === at.scalar);
          if (!isKnown)
            yield { at: at.place, about, undecided: `whether the API server takes \`${describeObject(after)}\`` };
          continue;
        }
        if (formerly.length > 0) continue;
        const edit = instead === null ? undefined : replaced(at, instead);
        const object = describeObject(after);
        yield {
          at: at.place,
          about,
          message: `\`${object}\` is refused: ${sentence}`,
          object,
          pointer: at.pointer,
          after: at.scalar ?? null,
          ...(edit === undefined ? {} : { fix: [edit] }),
        };
      }
    }
  },
  examples: {
    "a liveness probe that wants two successes": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  livenessProbe:
                    tcpSocket: { port: 8080 }
      >             successThreshold: 2`,
    "more at least than at most": `
      M k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
      -   minReplicas: 3
      >   minReplicas: 30
          maxReplicas: 12`,
    "a rollout that may neither add nor take away": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          strategy:
            rollingUpdate:
      -       maxSurge: 1
      >       maxSurge: 0
              maxUnavailable: 0`,
    "two bounds that exclude each other": `
      M k8s/production/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec:
          minAvailable: 1
      >   maxUnavailable: 1
          selector: { matchLabels: { app: api } }`,
    "a deployment whose pods are never restarted": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
      -       restartPolicy: Always
      >       restartPolicy: Never
              containers: [ { name: api } ]`,
    "a new job whose pods are always restarted": `
      A k8s/job.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: import }
        spec: { parallelism: 1, template: { spec: {
      >   restartPolicy: Always, containers: [ { name: import, resources: {} } ] } } }`,
    "refused before as well": `
      M k8s/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          minReplicas: 30
      -   maxReplicas: 12
      +   maxReplicas: 13`,
    "a job that is not restarted": `
      A k8s/job.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: import }
        spec: { template: { spec: { restartPolicy: Never, containers: [ { name: import } ] } } }`,
  },
});
