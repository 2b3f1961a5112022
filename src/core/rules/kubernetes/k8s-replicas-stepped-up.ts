import { z } from "zod";
import { type Bound, tightest } from "../../../lib/bound.ts";
import { compare, whole } from "../../../lib/quantity.ts";
import { type Figure, figureAt, isHidden } from "../../kubernetes/figures.ts";
import { scalerOf, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";
import { countPath } from "../../views/workloads.ts";

/** The counts of an object by their path: how many pods it runs or may ask for, and of an autoscaler how many at least. */
function countsOf(object: KubernetesObject): readonly { readonly path: readonly string[]; readonly count: Figure }[] {
  const path = countPath(object);
  const least = scalerOf(object)?.leastKey;
  const paths = [...(path === null ? [] : [path]), ...(least === undefined ? [] : [["spec", least]])];
  return paths.map((each) => ({ path: each, count: figureAt(object.root, each, object.patch ? null : 1) }));
}

/** Where the policy states how many there may be, up to there it has answered already. */
function isWithin({ number }: Figure, bound: Bound): boolean {
  const limit = tightest(bound);
  return limit !== null && number !== null && compare(whole(number), limit) <= 0;
}

interface Bounds {
  readonly factor: number;
  readonly fromPods: number;
}

function compared(was: Figure, now: Figure, name: string, { factor, fromPods }: Bounds): Observation | null {
  if (now.at === undefined || was.number === null) return null;
  const { at, number } = now;
  if (isHidden(at, number, was.at)) return { at: at.place, undecided: `how many pods ${name} asks for` };
  if (number === null || number < fromPods || number < was.number * factor || was.number === 0) return null;
  const most = Math.max(was.number * factor, fromPods) - 1;
  const edit = replaced(at, String(most));
  return {
    at: at.place,
    message: `${name} goes from ${was.number} to ${number} in one step, × ${Math.floor((number / was.number) * 10) / 10}; from × ${factor} on, and ${fromPods} pods, a person is asked`,
    asks: true,
    pointer: at.pointer,
    before: was.number,
    after: number,
    passes: {
      clean: most,
      withApprovals: number,
      because: `less than × ${factor} of ${was.number}, or fewer than ${fromPods} pods`,
    },
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

export default defineRule({
  id: "k8s-replicas-stepped-up",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "The pods of a workload, or the bounds of its autoscaler, grow several times over in one step.",
  why: "All new pods start at once: they pull images, open connections and fill caches from the same database, and the nodes for them may not exist.",
  remedy:
    "Grow in steps of at most twice as many, look at connections and node capacity after each, or raise only the autoscaler's maximum and let load decide.",
  needs: "kubernetes",
  yieldsTo: "k8s-replicas-over-limit",
  options: z.strictObject({
    factor: z.number().min(1.1).default(3).describe("Growth by this factor or more asks a person."),
    fromPods: z.int().min(1).default(9).describe("Fewer pods than these are no step, whatever they were."),
  }),
  *detect({ objects }, options, context) {
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, context.reach);
      if (after === undefined || before === undefined) continue;
      const stood = new Map(countsOf(before).map(({ path, count }) => [path.join("."), count]));
      for (const { path, count } of countsOf(after)) {
        const key = path.join(".");
        const was = stood.get(key);
        const name = `${path.at(-1)} of \`${after.name}\``;
        const observed = was === undefined ? null : compared(was, count, name, options);
        if (observed === null || isWithin(count, context.limitsAt(after.path).kubernetes.replicas)) continue;
        const object = describeObject(after);
        const about = `${after.path} ${object}#${key}`;
        yield "message" in observed ? { ...observed, about, object } : { ...observed, about };
      }
    }
  },
  examples: {
    "four replicas become forty": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 4
      >   replicas: 40`,
    "the autoscaler starts from ten times as many": `
      M k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api }
      -   minReplicas: 2
      >   minReplicas: 20
          maxReplicas: 40`,
    "a job that runs one pod runs fifty beside each other": `
      M k8s/job.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: import }
        spec:
      >   parallelism: 50
          completions: 50`,
    "a policy that states how many there may be": {
      policy: `
        version: 1
        limits: { kubernetes: { replicas: { review_above: 40, max: 60 } } }`,
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 4
      +   replicas: 40`,
    },
    "one replica becomes three": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 1
      +   replicas: 3`,
    "ten become twenty": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 10
      +   replicas: 20`,
    "a new workload of twenty": `
      A k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 20 }`,
  },
});
