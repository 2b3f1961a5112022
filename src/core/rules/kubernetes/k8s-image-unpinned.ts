import { z } from "zod";
import { type Image, imageChanges, isFloating } from "../../kubernetes/images.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

/** What the image gave up, in words; null where it is held as firmly as before. */
function looseness(is: Image, was: Image | null | undefined): string | null {
  const tag = is.tag === null ? "no tag, which is `latest`" : `the tag \`${is.tag}\``;
  const floats = is.tag === null ? `has ${tag}` : `has ${tag}, which moves`;
  if (isFloating(is)) return was !== undefined && was !== null && isFloating(was) ? null : floats;
  if (was?.digest != null && is.digest === null) return `loses its digest and is held by ${tag} alone`;
  return null;
}

export default defineRule({
  id: "k8s-image-unpinned",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "high",
  summary:
    "A container comes to run whatever stands under a name that moves: no tag, `latest`, or a tag in the place of a digest.",
  why: "Two pods of one workload run different code, a restart deploys what nobody merged, and there is no version to go back to.",
  remedy: "Name the version that was tested, best with its digest.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const one of imageChanges(objects, reach)) {
      if ("hidden" in one) {
        yield { at: one.at.place, about: one.about, undecided: one.hidden };
        continue;
      }
      const { at, about, is, was, change } = one;
      const loose = looseness(is, was);
      if (loose === null) continue;
      const isSame = was?.name === is.name && was.registry === is.registry && was.owner === is.owner;
      const edit = isSame ? replaced(at, was.written) : undefined;
      yield {
        at: at.place,
        about: `${about} pin`,
        message: `the image of container \`${change.after.name}\` ${loose}: \`${is.written}\``,
        ...(was === undefined || was === null || !isFloating(is) ? { asks: true as const } : {}),
        object: describeObject(change.object),
        pointer: at.pointer,
        ...(edit === undefined ? {} : { fix: [edit] }),
      };
    }
  },
  examples: {
    "a version becomes latest": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
      -           image: registry.example/shop/api:1.4.2
      >           image: registry.example/shop/api:latest`,
    "the digest goes": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: registry.example/shop/api:1.4.2@sha256:${"ab".repeat(32)}
      >       image: registry.example/shop/api:1.4.3`,
    "a new container without a tag": `
      M k8s/job.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: clean }
        spec:
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                    - name: clean
                      image: shop/clean:2.1.0
      +             - name: report
      >               image: busybox`,
    "a version becomes an expression": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: registry.example/shop/api:1.4.2
      >       image: \${IMAGE}`,
    "an ordinary update": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: registry.example/shop/api:1.4.2
      +       image: registry.example/shop/api:1.4.3`,
    "one digest becomes another": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: registry.example/shop/api@sha256:${"ab".repeat(32)}
      +       image: registry.example/shop/api@sha256:${"cd".repeat(32)}`,
    "latest before and now": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: shop/api
      +       image: shop/api:latest`,
    "latest with a digest stays what it is": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, image: "shop/api:latest@sha256:${"ab".repeat(32)}" } ] }`,
  },
});
