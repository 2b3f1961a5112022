import { z } from "zod";
import { compare } from "../../../lib/quantity.ts";
import { standing } from "../../kubernetes/guards.ts";
import { isExpression } from "../../kubernetes/keeping.ts";
import { sizeOf, sizesOf } from "../../kubernetes/storage.ts";
import { aboutOf, inCode, isReached } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

export default defineRule({
  id: "k8s-storage-shrunk",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A volume is asked to be smaller than it was, or its size is no longer stated.",
  why: "No volume shrinks. The API or the operator refuses, and then somebody deletes the claim to get it through; or the volume is made again, empty.",
  remedy:
    "Keep the size. To get to a smaller volume, make a second one, copy the data, switch over, and let go of the first in a change of its own.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after } of standing(objects, reach)) {
      if (!isReached(after.path, reach)) continue;
      const sizes = new Map(sizesOf(after).map((setting) => [setting.path.join("."), setting]));
      for (const { path, value: stood } of sizesOf(before)) {
        const field = path.join(".");
        const value = sizes.get(field)?.value;
        const was = sizeOf(stood);
        const object = describeObject(after);
        const about = aboutOf(after, field);
        if (value === undefined) {
          // Where the list or the block around it is gone too, something else is told than a size.
          const parent = after.root.at(...path.slice(0, -2));
          const around = path.includes("volumeClaimTemplates") ? undefined : parent;
          if (around === undefined || around.scalar !== undefined || after.patch) continue;
          yield {
            at: stood.place,
            about,
            message: `${inCode(field)} of ${inCode(object)} is no longer stated; it was ${inCode(String(stood.scalar))}`,
            object,
            before: was === null ? null : String(stood.scalar),
            after: null,
            asks: true,
          };
          continue;
        }
        if (value.scalar === stood.scalar) continue;
        const is = sizeOf(value);
        if (is === null) {
          if (isExpression(value) || was !== null)
            yield { at: value.place, about, undecided: `how large ${inCode(field)} of ${inCode(object)} is` };
          continue;
        }
        if (was === null || compare(is, was) >= 0) continue;
        const edit = replaced(value, String(stood.scalar));
        yield {
          at: value.place,
          about,
          message: `${inCode(field)} of ${inCode(object)} ${String(stood.scalar)} → ${String(value.scalar)}: a volume does not shrink`,
          object,
          pointer: value.pointer,
          before: String(stood.scalar),
          after: String(value.scalar),
          passes: {
            clean: String(stood.scalar),
            withApprovals: String(stood.scalar),
            because: "it is the size that stands",
            atLeast: true,
          },
          ...(edit === undefined ? {} : { fix: [edit] }),
        };
      }
    }
  },
  examples: {
    "a claim": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
          resources:
            requests:
      -       storage: 100Gi
      >       storage: 20Gi`,
    "the units differ, not the digits": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
          resources:
            requests:
      -       storage: 100Gi
      >       storage: 100G`,
    "a claim template": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          volumeClaimTemplates:
            - metadata: { name: data }
              spec:
                resources:
                  requests:
      -             storage: 50Gi
      >             storage: 5Gi`,
    "a cluster of an operator, and the values of a release": `
      M k8s/production/database.yaml
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: orders }
        spec:
          storage:
      -     size: 200Gi
      >     size: 100Gi
      M clusters/production/redis.yaml
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: { name: redis }
        spec:
          values:
            master:
              persistence:
      -         size: 8Gi
      >         size: 2Gi`,
    "a claim says no more how large": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
          resources:
      <     requests: { storage: 100Gi }
      +     limits: { storage: 200Gi }`,
    "it grows": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
          resources:
            requests:
      -       storage: 20Gi
      +       storage: 100Gi`,
    "the same size in other words": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
          resources:
            requests:
      -       storage: 1Ti
      +       storage: 1024Gi`,
    "a limit of memory is no volume": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          template:
            spec:
              containers:
                - name: db
      -           resources: { requests: { ephemeral-storage: 4Gi } }
      +           resources: { requests: { ephemeral-storage: 2Gi } }`,
    "a new claim may be as small as it likes": `
      A k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec: { resources: { requests: { storage: 1Gi } } }`,
  },
});
