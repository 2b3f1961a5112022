import { z } from "zod";
import { standing } from "../../kubernetes/guards.ts";
import { refusedChanges } from "../../kubernetes/immutable.ts";
import { aboutOf, inCode, isReached } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

export default defineRule({
  id: "k8s-immutable-field-changed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "A field changes that Kubernetes lets nobody change on an object that stands.",
  why: "The API refuses the change. What gets past the refusal deletes the object and makes it again: pods go at once, and what it held is left behind or lost.",
  remedy:
    "Keep the field. Where it must change, make a second object beside the first, bring over what the first one holds, and let it go in a change of its own.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after } of standing(objects, reach)) {
      if (!isReached(after.path, reach)) continue;
      for (const { at, field, what, ofData, isOpen } of refusedChanges(before, after)) {
        const about = aboutOf(after, field);
        const name = inCode(describeObject(after));
        if (isOpen) {
          yield { at: at.place, about, undecided: `what ${inCode(field)} of ${name} is now` };
          continue;
        }
        yield {
          at: at.place.endLine === at.place.line ? at.place : { ...at.place, endLine: at.place.line },
          about,
          message: `${inCode(field)} of ${name}: ${what}; it cannot be changed in place, only by deleting the object`,
          object: describeObject(after),
          pointer: at.pointer,
          ...(ofData ? {} : { asks: true as const }),
        };
      }
    }
  },
  examples: {
    "access modes of a claim": {
      reverse: "reports",
      change: `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
      -   accessModes: [ReadWriteOnce]
      >   accessModes: [ReadWriteMany]`,
    },
    "another service of a set of pods": {
      reverse: "reports",
      change: `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
      -   serviceName: db
      >   serviceName: db-headless
          podManagementPolicy: OrderedReady`,
    },
    "another storage class of a claim template": {
      reverse: "reports",
      change: `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          volumeClaimTemplates:
            - metadata: { name: data }
              spec:
      -         storageClassName: standard
      >         storageClassName: fast`,
    },
    "a claim template is called otherwise": {
      reverse: "reports",
      change: `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          volumeClaimTemplates:
      -     - metadata: { name: data }
      >     - metadata: { name: storage }
              spec: { accessModes: [ReadWriteOnce] }`,
    },
    "labels that a deployment selects": {
      reverse: "reports",
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          selector:
      !     matchLabels:
      -       app: api
      +       app: shop-api`,
    },
    "a service becomes headless": {
      reverse: "reports",
      change: `
      M k8s/production/api.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: api }
        spec:
      -   clusterIP: 10.0.0.8
      >   clusterIP: None`,
    },
    "a claim grows": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
          accessModes: [ReadWriteOnce]
      -   resources: { requests: { storage: 10Gi } }
      +   resources: { requests: { storage: 20Gi } }`,
    "the default is written out": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
      +   podManagementPolicy: OrderedReady
          serviceName: db`,
    "labels in another order": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   selector: { matchLabels: { app: api, part: web } }
      +   selector: { matchLabels: { part: web, app: api } }`,
    "the volume that the cluster chose is written down": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec:
      +   volumeName: pvc-1
          accessModes: [ReadWriteOnce]`,
    "a job is made anew each time": `
      M k8s/production/migrate.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: migrate }
        spec:
          template:
            spec:
              containers:
      -         - { name: migrate, image: "shop:1" }
      +         - { name: migrate, image: "shop:2" }`,
  },
});
