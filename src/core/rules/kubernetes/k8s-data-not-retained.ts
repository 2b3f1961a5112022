import { z } from "zod";
import { reclaiming } from "../../kubernetes/data/reclaiming.ts";
import { weakened } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "k8s-data-not-retained",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "Data that outlived the object which stands for it is deleted with it from now on.",
  why: "A retained disk is the last way back when a claim, a release or a namespace is deleted by mistake. With another policy that mistake takes the data along.",
  remedy:
    "Keep the policy that retains. Delete what is really not needed by hand, once a backup of it has been restored.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* weakened(view, reclaiming, reach, { block: () => true });
  },
  examples: {
    "a volume and a class": `
      M k8s/production/volume.yaml
        apiVersion: v1
        kind: PersistentVolume
        metadata: { name: data }
        spec:
      -   persistentVolumeReclaimPolicy: Retain
      >   persistentVolumeReclaimPolicy: Delete
      M k8s/production/class.yaml
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: { name: fast }
      - reclaimPolicy: Retain
      > reclaimPolicy: Delete`,
    "a class no longer says what to do: it deletes": `
      M k8s/production/class.yaml
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: fast
        provisioner: ebs.csi.aws.com
      < reclaimPolicy: Retain`,
    "claims go as soon as there are fewer pods": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          persistentVolumeClaimRetentionPolicy:
            whenDeleted: Retain
      -     whenScaled: Retain
      >     whenScaled: Delete`,
    "claims go with a cluster of Kafka": `
      M k8s/production/kafka.yaml
        apiVersion: kafka.strimzi.io/v1beta2
        kind: Kafka
        metadata: { name: orders }
        spec:
          kafka:
            storage:
              type: persistent-claim
      -       deleteClaim: false
      >       deleteClaim: true`,
    "a finalizer that deletes claims": `
      M k8s/production/mongo.yaml
        apiVersion: psmdb.percona.com/v1
        kind: PerconaServerMongoDB
        metadata:
          name: orders
          finalizers:
      !     - percona.com/delete-psmdb-pods-in-order
      +     - percona.com/delete-psmdb-pvc`,
    "a managed resource no longer lets go of the real one": `
      M k8s/production/bucket.yaml
        apiVersion: s3.aws.upbound.io/v1beta1
        kind: Bucket
        metadata: { name: invoices }
        spec:
      -   deletionPolicy: Orphan
      >   deletionPolicy: Delete`,
    "the default is written out": `
      M k8s/production/class.yaml
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: { name: fast }
      + reclaimPolicy: Delete
        provisioner: ebs.csi.aws.com`,
    "a new class": `
      A k8s/production/class.yaml
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: { name: scratch }
        reclaimPolicy: Delete`,
    "the chart of values says the word, no object does": `
      M charts/db/values.yaml
        persistence:
      -   reclaim: Retain
      +   reclaim: Delete`,
  },
});
