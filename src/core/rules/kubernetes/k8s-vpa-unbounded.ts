import { z } from "zod";
import {
  compare,
  formatQuantity,
  multiply,
  parseQuantity,
  type Rational,
  rational,
  whole,
  zero,
} from "../../../lib/quantity.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";
import { reached } from "../../views/workloads.ts";

/** Modes in which the autoscaler evicts pods to give them other requests. `Auto` is the default, and `Recreate` under another name. */
const evicting = new Set(["Auto", "Recreate", "InPlaceOrRecreate"]);
const resources = ["cpu", "memory"] as const;

function modeOf(object: KubernetesObject): { readonly at: Value; readonly mode: string | null } {
  const at = reached(object.root, ["spec", "updatePolicy", "updateMode"]);
  if (at === undefined) return { at: object.root, mode: "Auto" };
  // `Off` is a boolean to YAML 1.1.
  if (at.scalar === false) return { at, mode: "Off" };
  const known = typeof at.scalar === "string" && /^[A-Za-z]+$/u.test(at.scalar);
  return { at, mode: known ? String(at.scalar) : at.scalar === null ? "Auto" : null };
}

/** Policies by the container that they are for. */
function policiesOf(object: KubernetesObject | undefined): ReadonlyMap<string, Value> {
  const items = object?.root.at("spec", "resourcePolicy", "containerPolicies")?.items() ?? [];
  return new Map(items.map((item) => [String(item.at("containerName")?.scalar ?? "*"), item]));
}

function figureOf(value: Value | undefined): Rational | null {
  const scalar = value?.scalar;
  const figure = typeof scalar === "string" || typeof scalar === "number" ? parseQuantity(String(scalar)) : null;
  return figure !== null && compare(figure, zero) > 0 ? figure : null;
}

interface Ends {
  readonly object: KubernetesObject;
  readonly container: string;
  readonly resource: (typeof resources)[number];
  readonly was: Value | undefined;
  readonly is: Value | undefined;
  readonly otherwise: Value;
}

function aboutEnds({ object, container, resource }: Ends, end: string): string {
  return `${object.path} ${describeObject(object)}#${container}.${end}.${resource}`;
}

function loosenedMost(ends: Ends, factor: number): Observation | null {
  const { object, container, resource, was, is, otherwise } = ends;
  const about = aboutEnds(ends, "maxAllowed");
  const [former, figure] = [figureOf(was), figureOf(is)];
  if (was === undefined) return null;
  if (is !== undefined && figure === null) {
    const undecided = `how much ${resource} the autoscaler may give \`${container}\``;
    return is.scalar === was.scalar ? null : { at: is.place, about, undecided };
  }
  const bound = former === null ? null : multiply(former, whole(factor));
  if (figure !== null && (bound === null || compare(figure, bound) <= 0)) return null;
  return {
    at: (is ?? otherwise).place,
    about,
    message:
      figure === null
        ? `maxAllowed of ${resource} of \`${container}\` is removed; it was ${String(was.scalar)}`
        : `maxAllowed of ${resource} of \`${container}\` grows ${String(was.scalar)} → ${String(is?.scalar)}; above ${factor}× = ${formatQuantity(bound ?? zero)} a person is asked`,
    asks: true,
    object: describeObject(object),
    pointer: (is ?? otherwise).pointer,
    before: String(was.scalar),
    after: is === undefined ? null : String(is.scalar),
  };
}

function loosenedLeast(ends: Ends): Observation | null {
  const { object, container, resource, was, is, otherwise } = ends;
  const about = aboutEnds(ends, "minAllowed");
  const [former, figure] = [figureOf(was), figureOf(is)];
  if (was === undefined || former === null) return null;
  if (is !== undefined && figure === null) {
    return { at: is.place, about, undecided: `how little ${resource} the autoscaler may leave \`${container}\`` };
  }
  if (figure !== null && compare(figure, multiply(former, rational(1n, 2n))) > 0) return null;
  return {
    at: (is ?? otherwise).place,
    about,
    message: `minAllowed of ${resource} of \`${container}\` ${figure === null ? "is removed; it was" : "falls"} ${String(was.scalar)}${figure === null ? "" : ` → ${String(is?.scalar)}, half or less`}`,
    asks: true,
    object: describeObject(object),
    pointer: (is ?? otherwise).pointer,
    before: String(was.scalar),
    after: is === undefined ? null : String(is.scalar),
  };
}

function* modeChanged(before: KubernetesObject | undefined, after: KubernetesObject): Generator<Observation> {
  const { at, mode } = modeOf(after);
  const was = before === undefined ? null : modeOf(before).mode;
  const about = `${after.path} ${describeObject(after)}#updateMode`;
  if (mode === null) {
    if (before === undefined || modeOf(before).at.scalar !== at.scalar) {
      yield { at: at.place, about, undecided: `whether \`${after.name}\` evicts pods` };
    }
    return;
  }
  if (!evicting.has(mode) || (was !== null && evicting.has(was))) return;
  const unbounded = resources.filter((resource) =>
    [...policiesOf(after).values()].every((policy) => policy.at("maxAllowed", resource) === undefined),
  );
  if (before === undefined && unbounded.length === 0) return;
  const bounds = unbounded.length === 0 ? "" : `, and no maxAllowed bounds ${unbounded.join(" and ")}`;
  yield {
    at: at.place,
    about,
    message: `\`${after.name}\` evicts pods to give them other requests (updateMode ${was === null ? "" : `${was} → `}${mode})${bounds}`,
    asks: true,
    object: describeObject(after),
    pointer: at.pointer,
    before: was,
    after: mode,
  };
}

export default defineRule({
  id: "k8s-vpa-unbounded",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "medium",
  summary: "A VerticalPodAutoscaler begins to evict pods, or loses the bounds on what it may give them.",
  why: "It follows what it measures: a leak is given all the memory of a node, a quiet weekend takes what Monday needs, and each correction restarts a pod.",
  remedy:
    "Keep minAllowed and maxAllowed for CPU and memory, and let it recommend (updateMode Off or Initial) until its figures are known.",
  needs: "kubernetes",
  options: z.strictObject({
    factor: z.int().min(1).default(2).describe("A maxAllowed of more than so many times the former asks a person."),
  }),
  *detect({ objects }, { factor }) {
    for (const { before, after } of objects) {
      if (after?.kind !== "VerticalPodAutoscaler") continue;
      yield* modeChanged(before, after);
      const policies = policiesOf(after);
      for (const [container, stood] of policiesOf(before)) {
        const policy = policies.get(container);
        for (const resource of resources) {
          const ends = (end: string): Ends => ({
            object: after,
            container,
            resource,
            was: reached(stood, [end, resource]),
            is: policy === undefined ? undefined : reached(policy, [end, resource]),
            otherwise: policy ?? after.root.at("spec", "resourcePolicy") ?? after.root,
          });
          for (const observed of [loosenedMost(ends("maxAllowed"), factor), loosenedLeast(ends("minAllowed"))]) {
            if (observed !== null) yield observed;
          }
        }
      }
    }
  },
  examples: {
    "recommendations come to be enforced": `
      M k8s/vpa.yaml
        apiVersion: autoscaling.k8s.io/v1
        kind: VerticalPodAutoscaler
        metadata: { name: api }
        spec:
          targetRef: { apiVersion: apps/v1, kind: Deployment, name: api }
          updatePolicy:
      -     updateMode: "Off"
      >     updateMode: Auto`,
    "the upper end goes, the lower one falls": `
      M k8s/vpa.yaml
        apiVersion: autoscaling.k8s.io/v1
        kind: VerticalPodAutoscaler
        metadata: { name: api }
        spec:
          resourcePolicy:
            containerPolicies:
      !       - containerName: api
      -         maxAllowed: { cpu: 2 }
                minAllowed:
      -           memory: 512Mi
      >           memory: 64Mi`,
    "the upper end is raised": `
      M k8s/vpa.yaml
        apiVersion: autoscaling.k8s.io/v1
        kind: VerticalPodAutoscaler
        metadata: { name: api }
        spec:
          resourcePolicy:
            containerPolicies:
              - containerName: "*"
                maxAllowed:
      -           memory: 2Gi
      >           memory: 32Gi`,
    "a new autoscaler with bounds": `
      A k8s/vpa.yaml
        apiVersion: autoscaling.k8s.io/v1
        kind: VerticalPodAutoscaler
        metadata: { name: api }
        spec: { resourcePolicy: { containerPolicies: [ { containerName: "*", maxAllowed: { cpu: 2, memory: 2Gi } } ] } }`,
    "it recommended before and does so now": `
      M k8s/vpa.yaml
        apiVersion: autoscaling.k8s.io/v1
        kind: VerticalPodAutoscaler
        metadata: { name: api }
        spec:
      -   updatePolicy: { updateMode: Off }
      +   updatePolicy: { updateMode: Initial }`,
    "bounds that grow with the service": `
      M k8s/vpa.yaml
        apiVersion: autoscaling.k8s.io/v1
        kind: VerticalPodAutoscaler
        metadata: { name: api }
        spec:
          updatePolicy: { updateMode: Auto }
          resourcePolicy:
            containerPolicies:
              - containerName: api
      -         maxAllowed: { cpu: 2 }
      +         maxAllowed: { cpu: 3 }`,
  },
});
