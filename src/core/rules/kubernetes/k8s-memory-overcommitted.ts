import { z } from "zod";
import {
  compare,
  divide,
  formatQuantity,
  multiply,
  type Rational,
  rational,
  subtract,
  whole,
  zero,
} from "../../../lib/quantity.ts";
import { aboutResource, containerChanges, isNewlyHidden, stated, timesOf } from "../../kubernetes/resources.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import type { Container } from "../../views/workloads.ts";

const gibi = 1n << 30n;

/** How many times the request the limit is; null where either is not stated or not known. */
function ratioOf(container: Container | undefined): Rational | null {
  const [request, limit] = [stated(container, "requests", "memory"), stated(container, "limits", "memory")];
  if (request.kind !== "exact" || limit.kind !== "exact" || compare(request.value, zero) <= 0) return null;
  return divide(limit.value, request.value);
}

export default defineRule({
  id: "k8s-memory-overcommitted",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "medium",
  summary: "The memory limit of a container comes to be many times what it requests.",
  why: "Nodes are filled by requests. When several pods use what their limits allow, the node has not got it, and kills or evicts pods, those of others too.",
  remedy: "Request what the container needs when it is busy; memory cannot be taken back as CPU can.",
  needs: "kubernetes",
  options: z.strictObject({
    factor: z.int().min(1).default(8).describe("A limit of more than so many times the request asks a person."),
    gibibytesFrom: z
      .int()
      .min(0)
      .default(1)
      .describe("A limit below so many GiB may be any number of times the request."),
  }),
  *detect({ objects }, { factor, gibibytesFrom }, { reach }) {
    for (const change of containerChanges(objects, reach)) {
      const { object, before, after } = change;
      const [request, limit] = [stated(after, "requests", "memory"), stated(after, "limits", "memory")];
      const about = `${aboutResource(change, "memory")} overcommitted`;
      if (
        before !== undefined &&
        request.kind === "exact" &&
        isNewlyHidden(limit, stated(before, "limits", "memory"))
      ) {
        yield {
          at: limit.at.place,
          about,
          undecided: `how far the memory limit of \`${after.name}\` is above its request`,
        };
      }
      if (
        before !== undefined &&
        limit.kind === "exact" &&
        isNewlyHidden(request, stated(before, "requests", "memory"))
      ) {
        yield {
          at: request.at.place,
          about,
          undecided: `how far the memory request of \`${after.name}\` is below its limit`,
        };
      }
      const [is, was] = [ratioOf(after), ratioOf(before)];
      if (is === null || was === null || request.kind !== "exact" || limit.kind !== "exact") continue;
      if (compare(is, whole(factor)) <= 0 || compare(is, was) <= 0) continue;
      if (compare(limit.value, rational(BigInt(gibibytesFrom) * gibi, 1n)) < 0) continue;
      const standing = stated(before, "limits", "memory");
      const grew = standing.kind === "exact" && compare(limit.value, standing.value) > 0;
      const { at } = grew ? limit : request;
      const pods = change.workload.count.kind === "exact" ? change.workload.count.pods : null;
      const unreserved = subtract(limit.value, request.value);
      const together = pods === null || pods < 2 ? "" : ` of each of ${pods} pods`;
      yield {
        at: at.place,
        about,
        message: `container \`${after.name}\` may use ${limit.written} of memory and requests ${request.written}: ${timesOf(limit.value, request.value)}, above ${factor}× a person is asked; ${formatQuantity(unreserved)}${together} are reserved nowhere`,
        asks: true,
        object: describeObject(object),
        pointer: at.pointer,
        before: timesOf(was, whole(1)),
        after: timesOf(limit.value, request.value),
        passes: {
          clean: formatQuantity(multiply(request.value, whole(factor))),
          withApprovals: limit.written,
          because: `${factor} times the request`,
        },
      };
    }
  },
  examples: {
    "the limit grows and the request stays": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 4
          template:
            spec:
              containers:
                - name: api
                  resources:
                    requests: { memory: 256Mi }
                    limits:
      -               memory: 512Mi
      >               memory: 4Gi`,
    "the request is lowered under a limit that stays": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests:
      -           memory: 2Gi
      >           memory: 128Mi
                limits: { memory: 2Gi }`,
    "a request becomes an expression": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests:
      -           memory: 2Gi
      >           memory: \${MEMORY}
                limits: { memory: 2Gi }`,
    "many times little": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests: { memory: 16Mi }
      -         limits: { memory: 64Mi }
      +         limits: { memory: 512Mi }`,
    "cpu gives way, so that much more than is requested is common": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests: { cpu: 100m }
      -         limits: { cpu: 1 }
      +         limits: { cpu: 4 }`,
    "both grow alike": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      -         requests: { memory: 128Mi }
      -         limits: { memory: 2Gi }
      +         requests: { memory: 256Mi }
      +         limits: { memory: 4Gi }`,
  },
});
