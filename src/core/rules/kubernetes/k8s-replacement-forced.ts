import { z } from "zod";
import { replacing } from "../../kubernetes/data/pruning.ts";
import { holdingOf } from "../../kubernetes/stateful.ts";
import { weakened } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "k8s-replacement-forced",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "A tool is told to replace an object, or to delete it and make it again, where a change of it is refused.",
  why: "The refusal is what protects a claim or a set of pods from a change that would cost its data. With force it is deleted instead, and comes back empty.",
  remedy:
    "Leave force off. Where one change is refused, find out which field it is, and bring over the data to a second object.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    yield* weakened(view, replacing, reach, {
      block: (object) => holdingOf(object, policy.stateful)?.tier === "A",
    });
  },
  examples: {
    "a claim is deleted and made again": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
          annotations:
      -     argocd.argoproj.io/sync-options: Prune=false
      >     argocd.argoproj.io/sync-options: Prune=false,Force=true,Replace=true`,
    "everything of an application": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec:
          syncPolicy:
            syncOptions:
      !       - CreateNamespace=true
      +       - Replace=true`,
    "Flux forces": `
      M clusters/production/shop.yaml
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: { name: shop }
        spec:
          prune: true
      >   force: true`,
    "a release is forced": `
      M clusters/production/shop.yaml
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: { name: shop }
        spec:
          upgrade:
      >     force: true
            remediation: { retries: 3 }`,
    "another option": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec:
          syncPolicy:
            syncOptions:
              - CreateNamespace=true
      +       - ServerSideApply=true`,
    "a new object": `
      A k8s/production/definition.yaml
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: ledgers.acme.example
          annotations: { argocd.argoproj.io/sync-options: Replace=true }`,
  },
});
