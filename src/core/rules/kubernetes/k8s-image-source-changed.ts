import { z } from "zod";
import { type Image, imageChanges } from "../../kubernetes/images.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

function sourceOf({ registry, owner }: Image): string {
  return owner === "" ? registry : `${registry}/${owner}`;
}

export default defineRule({
  id: "k8s-image-source-changed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "medium",
  summary: "A container comes to run an image of another registry or another owner.",
  why: "Whoever can push there decides what runs here from now on. A name that is almost the same is how an image of somebody else gets in.",
  remedy:
    "See who owns the new place and that the image there is the one that is meant; a mirror is best named by digest.",
  needs: "kubernetes",
  options: z.strictObject({
    trusted: z
      .array(z.string().min(1))
      .default([])
      .describe("Registries, or registries with an owner as registry.example/shop, to which images may move."),
  }),
  *detect({ objects }, { trusted }, { reach }) {
    for (const one of imageChanges(objects, reach)) {
      if ("hidden" in one) {
        yield { at: one.at.place, about: one.about, undecided: one.hidden };
        continue;
      }
      const { at, about, is, was, change } = one;
      if (was === undefined || was === null || sourceOf(is) === sourceOf(was)) continue;
      if (trusted.some((source) => sourceOf(is) === source || sourceOf(is).startsWith(`${source}/`))) continue;
      yield {
        at: at.place,
        about: `${about} source`,
        message: `the image of container \`${change.after.name}\` comes from \`${sourceOf(is)}\`; it came from \`${sourceOf(was)}\``,
        asks: true,
        object: describeObject(change.object),
        pointer: at.pointer,
      };
    }
  },
  examples: {
    "another owner": {
      change: `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
      -           image: ghcr.io/acme/api:1.4.2
      >           image: ghcr.io/acrne/api:1.4.3`,
      reverse: "reports",
    },
    "another registry": {
      change: `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: registry.example/shop/api:1.4.2
      >       image: docker.io/shop/api:1.4.2`,
      reverse: "reports",
    },
    "the policy trusts the new place": {
      options: { trusted: ["registry.example"] },
      change: `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: shop/api:1.4.2
      +       image: registry.example/mirror/shop/api:1.4.2`,
    },
    "the same place, written out": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: web
      -       image: nginx:1.27.1
      +       image: docker.io/library/nginx:1.27.2
            - name: pause
      -       image: k8s.gcr.io/pause:3.8
      +       image: registry.k8s.io/pause:3.9`,
    "a container that is new": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, image: "ghcr.io/acme/api:1.0.0" } ] }`,
    "another image of the same owner": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: ghcr.io/acme/api:1.4.2
      +       image: ghcr.io/acme/gateway:1.4.2`,
  },
});
