import { z } from "zod";
import { compare, formatQuantity, multiply, rational, zero } from "../../../lib/quantity.ts";
import {
  aboutResource,
  containerChanges,
  hiddenAmount,
  isNewlyHidden,
  type ResourceName,
  resourceNames,
  stated,
} from "../../kubernetes/resources.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

const follows: Readonly<Record<ResourceName, string>> = {
  cpu: "what it used above that is throttled",
  memory: "what it uses above that is killed",
  "ephemeral-storage": "what it writes above that has the pod evicted",
};

export default defineRule({
  id: "k8s-limit-halved",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A limit of a container is lowered to half of what it was, or less.",
  why: "Nothing in a manifest shows what the container uses. Where it is more than the new limit, memory kills it at once and again after every start, CPU slows it until its probes fail.",
  remedy: "Show what it used over a busy week, and lower the limit in smaller steps.",
  needs: "kubernetes",
  options: z.strictObject({
    percent: z
      .int()
      .min(1)
      .max(99)
      .default(50)
      .describe("A limit that is so many percent of what it was, or less, asks a person."),
  }),
  *detect({ objects }, { percent }, { reach }) {
    for (const change of containerChanges(objects, reach)) {
      const { object, before, after } = change;
      for (const resource of resourceNames) {
        const [is, was] = [stated(after, "limits", resource), stated(before, "limits", resource)];
        if (was.kind === "exact" && isNewlyHidden(is, was)) yield hiddenAmount(change, "limits", resource, is);
        if (is.kind !== "exact" || was.kind !== "exact" || compare(was.value, zero) <= 0) continue;
        const asking = multiply(was.value, rational(BigInt(percent), 100n));
        if (compare(is.value, asking) > 0) continue;
        const edit = replaced(is.at, was.written);
        yield {
          at: is.at.place,
          about: `${aboutResource(change, resource)} lowered`,
          message: `${resource} limit ${was.written} → ${is.written} of container \`${after.name}\`: ${follows[resource]}; at ${formatQuantity(asking)} (${percent} %) and below a person is asked`,
          asks: true,
          object: describeObject(object),
          pointer: is.at.pointer,
          before: was.written,
          after: is.written,
          passes: {
            clean: was.written,
            withApprovals: is.written,
            because: "what stood before is known to be enough",
            atLeast: true,
          },
          ...(edit === undefined ? {} : { fix: [edit] }),
        };
      }
    }
  },
  examples: {
    "half the memory": `
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
                    limits:
      -               memory: 1Gi
      >               memory: 512Mi`,
    "a quarter of the cores": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
                    limits:
                      ephemeral-storage: 2Gi
      -               cpu: 2
      >               cpu: 500m`,
    "a limit becomes an expression": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                limits:
      -           memory: 1Gi
      >           memory: \${MEMORY}`,
    "a smaller step": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                limits:
      -           memory: 1Gi
      +           memory: 768Mi`,
    "a request is lowered, the limit stays": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      -         requests: { cpu: 500m }
      +         requests: { cpu: 100m }
                limits: { cpu: 1 }`,
    "a limit in the place of none": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      +       resources: { limits: { memory: 64Mi } }
              image: api`,
  },
});
