import { z } from "zod";
import { imageChanges, isEarlier, versionOf } from "../../kubernetes/images.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

export default defineRule({
  id: "k8s-image-downgraded",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "medium",
  summary: "A container goes back to an earlier version of its image.",
  why: "Holes that the later version closed are open again, and data that it has migrated may not be readable to the earlier one.",
  remedy: "If it is a rollback, say so and of what; see that nothing was migrated since, and that no fix is lost.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const one of imageChanges(objects, reach)) {
      if ("hidden" in one) {
        yield { at: one.at.place, about: one.about, undecided: one.hidden };
        continue;
      }
      const { at, about, is, was, change } = one;
      if (was === undefined || was === null || was.name !== is.name) continue;
      const [version, former] = [versionOf(is.tag), versionOf(was.tag)];
      if (version === null || former === null || !isEarlier(version, former)) continue;
      const edit = replaced(at, was.written);
      yield {
        at: at.place,
        about: `${about} version`,
        message: `the image of container \`${change.after.name}\` goes back from \`${was.tag ?? ""}\` to \`${is.tag ?? ""}\``,
        asks: true,
        object: describeObject(change.object),
        pointer: at.pointer,
        ...(edit === undefined ? {} : { fix: [edit] }),
      };
    }
  },
  examples: {
    "a minor version back": `
      M k8s/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          template:
            spec:
              containers:
                - name: db
      -           image: postgres:16.4-alpine
      >           image: postgres:15.8-alpine`,
    "the tenth comes after the ninth": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: shop/api:v1.10.0
      >       image: shop/api:v1.9.3`,
    "a later one": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: shop/api:v1.9.3
      +       image: shop/api:v1.10.0`,
    "the tags are commits": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: shop/api:9f2c4e1
      +       image: shop/api:1a7d3b0`,
    "a version that leaves its patch open": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: web }
        spec:
          containers:
            - name: web
      -       image: nginx:1.27.3
      +       image: nginx:1.27`,
    "another image": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: cache }
        spec:
          containers:
            - name: cache
      -       image: redis:8.0.1
      +       image: valkey:7.2.5`,
  },
});
