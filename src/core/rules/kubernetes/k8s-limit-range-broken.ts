import { z } from "zod";
import { compare, parseQuantity, type Rational } from "../../../lib/quantity.ts";
import { isOfNamespace, standingOf } from "../../kubernetes/quotas.ts";
import {
  aboutResource,
  type Bounding,
  type ContainerChange,
  containerChanges,
  isNewlyHidden,
  reserved,
  type ResourceName,
  resourceNames,
  stated,
} from "../../kubernetes/resources.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";
import { type Amount, type Container, reached } from "../../views/workloads.ts";

/** A container may be limited to no more than `max`, and request no less than `min`. https://kubernetes.io/docs/concepts/policy/limit-range/ */
type End = "max" | "min";

function endOf(range: KubernetesObject | undefined, end: End, resource: ResourceName): Value | undefined {
  const items = range?.root.at("spec", "limits")?.items() ?? [];
  return items
    .filter((item) => item.at("type")?.scalar === "Container")
    .map((item) => reached(item, [end, resource]))
    .find((value) => value !== undefined);
}

function figureOf(value: Value | undefined): Rational | null {
  const scalar = value?.scalar;
  return typeof scalar === "string" || typeof scalar === "number" ? parseQuantity(String(scalar)) : null;
}

function boundedBy(container: Container | undefined, end: End, resource: ResourceName): Amount {
  return end === "max" ? stated(container, "limits", resource) : reserved(container, resource);
}

function isBroken(amount: Amount, bound: Rational | null, end: End): boolean {
  if (amount.kind !== "exact" || bound === null) return false;
  const side = compare(amount.value, bound);
  return end === "max" ? side > 0 : side < 0;
}

interface Held {
  readonly change: ContainerChange;
  readonly range: KubernetesObject;
  readonly stood: KubernetesObject | undefined;
  readonly resource: ResourceName;
  readonly end: End;
}

function judged({ change, range, stood, resource, end }: Held): Observation | null {
  const { object, before, after } = change;
  const bound = endOf(range, end, resource);
  if (bound === undefined) return null;
  const [is, was] = [boundedBy(after, end, resource), boundedBy(before, end, resource)];
  const about = `${aboutResource(change, resource)} ${range.name} ${end}`;
  const allowed = figureOf(bound);
  const former = endOf(stood, end, resource);
  if (allowed === null || isNewlyHidden(is, was)) {
    const same = former?.scalar === bound.scalar && !isNewlyHidden(is, was);
    const place = is.kind === "absent" ? after.root.place : is.at.place;
    const undecided = `whether \`${after.name}\` keeps to the ${end} of ${resource} in \`${range.name}\``;
    return same ? null : { at: place, about, undecided };
  }
  if (!isBroken(is, allowed, end) || isBroken(was, figureOf(former), end) || is.kind !== "exact") return null;
  const moved = was.kind === "exact" && compare(was.value, is.value) === 0;
  const bounding: Bounding = end === "max" ? "limits" : "requests";
  const text = String(bound.scalar);
  const edit = moved ? undefined : replaced(is.at, text);
  return {
    at: moved ? bound.place : is.at.place,
    about,
    message: `container \`${after.name}\` states ${is.written} of ${resource} in its ${bounding}; the ${end} of LimitRange \`${range.name}\` is ${text}`,
    object: describeObject(object),
    pointer: is.at.pointer,
    before: was.kind === "exact" ? was.written : null,
    after: is.written,
    ...(moved
      ? {}
      : {
          passes: {
            clean: text,
            withApprovals: text,
            because: "the LimitRange of the namespace",
            ...(end === "min" ? { atLeast: true as const } : {}),
          },
        }),
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

export default defineRule({
  id: "k8s-limit-range-broken",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary:
    "A container is limited to more, or requests less, than the LimitRange of its namespace in the repository admits.",
  why: "The API server refuses the pod. The workload itself is accepted, so that the deployment looks applied while no pod of it is made.",
  remedy: "Stay between the two ends, or have the LimitRange changed first by whoever shares out the cluster.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const ranges = objects.flatMap(({ after }) => (after?.kind === "LimitRange" ? [after] : []));
    if (ranges.length === 0) return;
    for (const change of containerChanges(objects, reach)) {
      for (const range of ranges.filter((one) => isOfNamespace(one, change.object, reach))) {
        const stood = standingOf(objects, range);
        for (const resource of resourceNames) {
          for (const end of ["max", "min"] as const) {
            const observed = judged({ change, range, stood, resource, end });
            if (observed !== null) yield observed;
          }
        }
      }
    }
  },
  examples: {
    "a limit above the largest": `
      M k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
                    limits:
      -               memory: 2Gi
      >               memory: 6Gi
      = k8s/shop/range.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: { name: shop, namespace: shop }
        spec: { limits: [ { type: Container, max: { memory: 4Gi }, min: { cpu: 50m } } ] }`,
    "a request below the least": `
      A k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
                    requests:
      >               cpu: 20m
      = k8s/shop/range.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: { name: shop, namespace: shop }
        spec: { limits: [ { type: Container, max: { memory: 4Gi }, min: { cpu: 50m } } ] }`,
    "the range comes to admit less than what stands": `
      M k8s/shop/range.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: { name: shop, namespace: shop }
        spec:
          limits:
            - type: Container
              max:
      -         memory: 4Gi
      >         memory: 1Gi
      = k8s/shop/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api, namespace: shop }
        spec: { containers: [ { name: api, resources: { limits: { memory: 2Gi } } } ] }`,
    "the range of another namespace": `
      M k8s/shop/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api, namespace: shop }
        spec:
          containers:
            - name: api
      -       resources: { limits: { memory: 2Gi } }
      +       resources: { limits: { memory: 6Gi } }
      = k8s/mail/range.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: { name: mail, namespace: mail }
        spec: { limits: [ { type: Container, max: { memory: 4Gi } } ] }`,
    "exactly the largest": `
      M k8s/shop/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api, namespace: shop }
        spec:
          containers:
            - name: api
      -       resources: { limits: { memory: 2Gi } }
      +       resources: { limits: { memory: 4096Mi } }
      = k8s/shop/range.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: { name: shop, namespace: shop }
        spec: { limits: [ { type: Container, max: { memory: 4Gi } } ] }`,
  },
});
