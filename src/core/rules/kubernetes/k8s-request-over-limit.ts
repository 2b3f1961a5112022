import { z } from "zod";
import { compare, type Rational, rational } from "../../../lib/quantity.ts";
import {
  aboutResource,
  type ContainerChange,
  containerChanges,
  hiddenAmount,
  isNewlyHidden,
  type ResourceName,
  resourceNames,
  stated,
} from "../../kubernetes/resources.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";
import type { Container } from "../../views/workloads.ts";

/** The API server refuses CPU in finer steps. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
const finestCores = rational(1n, 1000n);

function isFiner(cores: Rational): boolean {
  return finestCores.denominator % cores.denominator !== 0n;
}

function exceeds(container: Container | undefined, resource: ResourceName): boolean {
  const [request, limit] = [stated(container, "requests", resource), stated(container, "limits", resource)];
  return request.kind === "exact" && limit.kind === "exact" && compare(request.value, limit.value) > 0;
}

function compared(change: ContainerChange, resource: ResourceName): Observation | null {
  const { object, before, after } = change;
  const [request, limit] = [stated(after, "requests", resource), stated(after, "limits", resource)];
  const about = aboutResource(change, resource);
  if (request.kind === "absent" || limit.kind === "absent") return null;
  const hidden = [
    { is: request, was: stated(before, "requests", resource) },
    { is: limit, was: stated(before, "limits", resource) },
  ].find(({ is, was }) => isNewlyHidden(is, was));
  if (hidden?.is.kind === "undecided") {
    const undecided = `whether the ${resource} request of \`${after.name}\` is within its limit`;
    // One template for both leaves them as they are to each other.
    if (request.kind === "undecided" && limit.kind === "undecided" && request.at.scalar === limit.at.scalar)
      return null;
    return { at: hidden.is.at.place, about, undecided };
  }
  if (request.kind !== "exact" || limit.kind !== "exact") return null;
  if (!exceeds(after, resource) || exceeds(before, resource)) return null;
  const edit = replaced(request.at, limit.written);
  return {
    at: request.at.place,
    about,
    message: `container \`${after.name}\` requests ${request.written} of ${resource} and is limited to ${limit.written}: a request may not be more than the limit`,
    object: describeObject(object),
    pointer: request.at.pointer,
    before: null,
    after: request.written,
    passes: { clean: limit.written, withApprovals: limit.written, because: "the limit of the same container" },
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function* tooFine(change: ContainerChange): Generator<Observation> {
  const { object, before, after } = change;
  for (const bounding of ["requests", "limits"] as const) {
    const [is, was] = [stated(after, bounding, "cpu"), stated(before, bounding, "cpu")];
    if (was.kind === "exact" && isNewlyHidden(is, was)) yield hiddenAmount(change, bounding, "cpu", is);
    if (is.kind !== "exact" || !isFiner(is.value) || (was.kind === "exact" && isFiner(was.value))) continue;
    yield {
      at: is.at.place,
      about: `${aboutResource(change, "cpu")} ${bounding} step`,
      message: `container \`${after.name}\` states ${is.written} cores in its ${bounding}: the API server takes no finer step than 1m`,
      object: describeObject(object),
      pointer: is.at.pointer,
      before: was.kind === "exact" ? was.written : null,
      after: is.written,
    };
  }
}

export default defineRule({
  id: "k8s-request-over-limit",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A container requests more than its limit allows, or CPU in steps that the API server refuses.",
  why: "The API server refuses such a pod: the old pods run on, and the next one that is evicted or moved does not come back.",
  remedy: "Lower the request to the limit, or raise the limit together with it.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const change of containerChanges(objects, reach)) {
      for (const resource of resourceNames) {
        const observed = compared(change, resource);
        if (observed !== null) yield observed;
      }
      yield* tooFine(change);
    }
  },
  examples: {
    "the limit is lowered below the request": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
      !             requests: { memory: 512Mi }
      -             limits: { memory: 1Gi }
      +             limits: { memory: 256Mi }`,
    "a request of two cores under a limit of one": `
      A k8s/api.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
      >             requests: { cpu: 2 }
                    limits: { cpu: 1000m }`,
    "a request finer than a thousandth of a core": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests:
      -           cpu: 500m
      >           cpu: 500u`,
    "a limit that is an expression": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests: { memory: 512Mi }
                limits:
      -           memory: 1Gi
      >           memory: \${MEMORY}`,
    "request and limit are equal in other units": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      -         requests: { cpu: 500m, memory: 512Mi }
      +         requests: { cpu: 1000m, memory: 1024Mi }
                limits: { cpu: 1, memory: 1Gi }`,
    "over the limit before and no more now": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      -         requests: { cpu: 3 }
      +         requests: { cpu: 2 }
                limits: { cpu: 1 }`,
    "a limit of 0 is none": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, resources: { requests: { memory: 512Mi }, limits: { memory: 0 } } } ] }`,
  },
});
