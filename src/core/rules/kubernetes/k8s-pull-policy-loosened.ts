import { z } from "zod";
import { isFloating, readImage } from "../../kubernetes/images.ts";
import { containerChanges } from "../../kubernetes/resources.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import type { Container } from "../../views/workloads.ts";

const policies = ["Always", "IfNotPresent", "Never"] as const;
type PullPolicy = (typeof policies)[number];

function floats(container: Container): boolean {
  const scalar = container.root.at("image")?.scalar;
  const image = typeof scalar === "string" ? readImage(scalar) : null;
  return image !== null && isFloating(image);
}

/** What is stated, else what Kubernetes fills in: images that float are pulled each time. Null for an expression. */
function policyOf(container: Container): PullPolicy | null {
  const value = container.root.at("imagePullPolicy");
  if (value === undefined || value.scalar === null) return floats(container) ? "Always" : "IfNotPresent";
  return policies.find((policy) => policy === value.scalar) ?? null;
}

function isStale(container: Container): boolean {
  const policy = policyOf(container);
  return policy === "Never" || (policy === "IfNotPresent" && floats(container));
}

export default defineRule({
  id: "k8s-pull-policy-loosened",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "high",
  summary:
    "A container comes to run whatever image lies on its node: it is never pulled, or not again under a name that moves.",
  why: "Each node keeps the image that it pulled first. Nodes run different versions, a new one starts nothing, and a fix that was pushed never arrives.",
  remedy: "Name a version, and leave the pull policy to Kubernetes.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const change of containerChanges(objects, reach)) {
      const { object, before, after } = change;
      const value = after.root.at("imagePullPolicy");
      if (value === undefined) continue;
      const about = `${object.path} ${describeObject(object)}#${after.name}.imagePullPolicy`;
      const stood = before?.root.at("imagePullPolicy");
      if (policyOf(after) === null) {
        const undecided = `whether the image of \`${after.name}\` is pulled`;
        if (stood?.scalar !== value.scalar || value.scalar === undefined) yield { at: value.place, about, undecided };
        continue;
      }
      if (!isStale(after) || (before !== undefined && isStale(before))) continue;
      const policy = String(value.scalar);
      const was = before === undefined ? null : policyOf(before);
      yield {
        at: value.place,
        about,
        message: `imagePullPolicy ${was === null ? "" : `${was} → `}${policy} of container \`${after.name}\`: ${policy === "Never" ? "the image is not pulled at all" : "its tag moves, and is not pulled again"}`,
        asks: true,
        object: describeObject(object),
        pointer: value.pointer,
        before: was,
        after: policy,
      };
    }
  },
  examples: {
    "never pulled": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  image: shop/api:1.4.2
      -           imagePullPolicy: IfNotPresent
      >           imagePullPolicy: Never`,
    "a tag that moves is not pulled again": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              image: shop/api:latest
      -       imagePullPolicy: Always
      >       imagePullPolicy: IfNotPresent`,
    "a version need not be pulled again": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              image: shop/api:1.4.2
      -       imagePullPolicy: Always
      +       imagePullPolicy: IfNotPresent`,
    "it was never pulled before either": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: shop/api:1.4.2
      +       image: shop/api:1.4.3
              imagePullPolicy: Never`,
  },
});
