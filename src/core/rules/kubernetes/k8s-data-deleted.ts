import { z } from "zod";
import { type Departure, departures } from "../../kubernetes/departures.ts";
import { keepsOf } from "../../kubernetes/keeping.ts";
import { type Holding, holdingOf } from "../../kubernetes/stateful.ts";
import { aboutOf, inCode, isReached } from "../../kubernetes/telling.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

/** Where an object is gone without a sign that it is kept, and may not be the same elsewhere, what it holds is gone. */
function told({ before, leaves, alike }: Departure, { tier, takes }: Holding): Pick<Sighting, "message" | "asks"> {
  const name = inCode(describeObject(before));
  const gone = leaves.length > 0 ? `${name} leaves ${leaves.map(inCode).join(", ")}` : `${name} is gone`;
  const [keep] = keepsOf(before);
  if (keep !== undefined)
    return {
      message: `${gone}; it says ${inCode(keep.name)}, so it stays where that tool deploys, and nothing looks after it`,
      asks: true,
    };
  if (alike !== undefined)
    return {
      message: `${gone}; ${inCode(describeObject(alike))} is new: in another namespace it is another one, and ${takes}`,
      asks: true,
    };
  return { message: `${gone}: ${takes}`, ...(tier === "A" ? {} : { asks: true as const }) };
}

export default defineRule({
  id: "k8s-data-deleted",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A Kubernetes object that holds data, or everything in it, is no longer in the manifests.",
  why: "Whatever prunes the cluster deletes it with what it holds: a claim its disk, a namespace every object in it, a definition all objects of its kind. No revert brings data back.",
  remedy:
    "Keep the object. Where it has to go, have a backup that was restored once, and take it away in a change of its own; `Prune=false` or `helm.sh/resource-policy: keep` lets a tool go of it first.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { policy, reach }) {
    for (const departure of departures(objects, reach)) {
      const { before, after } = departure;
      const holding = holdingOf(before, policy.stateful);
      if (holding === null || !isReached(before.path, reach)) continue;
      const at = (before.root.at("$patch") ?? before.root).place;
      yield {
        at: { ...at, endLine: at.line },
        about: aboutOf(before),
        ...told(departure, holding),
        object: describeObject(before),
        before: "present",
        after: "deleted",
        paths: after === undefined ? [before.path] : [before.path, after.path],
      };
    }
  },
  examples: {
    "a claim, with its file": `
      D k8s/production/data.yaml
      < apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data, namespace: shop }
        spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 100Gi } } }`,
    "one of several objects of a file": `
      M k8s/production/shop.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: shop }
        ---
      < apiVersion: v1
      - kind: Namespace
      - metadata: { name: shop }
      - ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: shop }`,
    "a definition takes all objects of its kind": `
      D crds/ledgers.yaml
      < apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: { name: ledgers.acme.example }`,
    "a topic and a database of operators": `
      D k8s/production/topic.yaml
      < apiVersion: kafka.strimzi.io/v1beta2
        kind: KafkaTopic
        metadata: { name: orders, namespace: kafka }
      D k8s/production/database.yaml
      < apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: orders, namespace: shop }`,
    "a bucket at the provider": `
      D k8s/production/bucket.yaml
      < apiVersion: s3.aws.upbound.io/v1beta2
        kind: Bucket
        metadata: { name: invoices }`,
    "another name is another claim": {
      reverse: "reports",
      change: `
      M k8s/production/data.yaml
      < metadata: { name: data, namespace: shop }
      + metadata: { name: data-v2, namespace: shop }
        apiVersion: v1
        kind: PersistentVolumeClaim
        spec: { accessModes: [ReadWriteOnce] }`,
    },
    "a claim goes to another namespace": {
      reverse: "reports",
      change: `
      M k8s/production/data.yaml
      < metadata: { name: data, namespace: shop }
      + metadata: { name: data, namespace: store }
        apiVersion: v1
        kind: PersistentVolumeClaim`,
    },
    "an application whose finalizer takes along what it deployed": `
      D argocd/shop.yaml
      < apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop, finalizers: [resources-finalizer.argocd.argoproj.io] }`,
    "a release of Flux": `
      D clusters/production/shop.yaml
      < apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: { name: shop, namespace: shop }`,
    "it leaves an environment": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/**"]
        environments: { production: { tier: production }, staging: { tier: staging } }`,
      reverse: "reports",
      change: `
      D k8s/production/data.yaml
      < apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data, namespace: shop }
      A k8s/staging/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data, namespace: shop }`,
    },
    "a kind that the policy names": {
      policy: `
        version: 1
        stateful: { Ledger.acme.example: A }`,
      change: `
      D k8s/production/ledger.yaml
      < apiVersion: acme.example/v1
        kind: Ledger
        metadata: { name: main }`,
    },
    "a patch takes it out of an overlay": `
      M overlays/production/database.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
      - spec: { replicas: 2 }
      > $patch: delete`,
    "such a patch is taken back": `
      D overlays/production/no-database.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        $patch: delete`,
    "a secret that says it is to be kept": `
      D k8s/production/keys.yaml
      < apiVersion: v1
        kind: Secret
        metadata: { name: keys, annotations: { helm.sh/resource-policy: keep } }`,
    "a set of pods without claims of its own": `
      D k8s/production/cache.yaml
      < apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: cache }
        spec: { serviceName: cache }`,
    "it moves to another file": `
      D k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data, namespace: shop }
      A k8s/production/shop/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data, namespace: shop }`,
    "what holds no data": `
      D k8s/production/shop.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop }`,
    "a patch of a kustomization says nothing of what stands": `
      D overlays/production/patch.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: shop }
        spec: { replicas: 2 }
      M overlays/production/kustomization.yaml
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources: [../../base]
      - patches: [{ path: patch.yaml }]`,
    "documentation shows one": `
      D docs/examples/data.md
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }`,
  },
});
