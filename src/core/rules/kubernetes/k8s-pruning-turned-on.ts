import { z } from "zod";
import { pruning } from "../../kubernetes/data/pruning.ts";
import { weakened } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "k8s-pruning-turned-on",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "A controller is told to delete by itself what is no longer written, or to undo what people change.",
  why: "From the next sync on, everything in the cluster that the source does not name goes, also what has been left there for years and nobody remembers.",
  remedy:
    "First see what would go: `argocd app diff`, or `flux diff kustomization`. Mark what has to stay with `Prune=false`, then turn pruning on in a change of its own.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* weakened(view, pruning, reach, { block: () => true });
  },
  examples: {
    "an application of Argo CD prunes and heals": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec:
          syncPolicy:
            automated:
      -       prune: false
      >       prune: true
      -       selfHeal: false
      >       selfHeal: true`,
    "it deploys by itself from now on, and prunes": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec:
          project: shop
      +   syncPolicy:
      +     automated:
      >       prune: true`,
    "an empty source deletes everything": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec:
          syncPolicy:
            automated:
              prune: true
      >       allowEmpty: true`,
    "Flux prunes": `
      M clusters/production/shop.yaml
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: { name: shop }
        spec:
      -   prune: false
      >   prune: true`,
    "a generator that names an application no more deletes it": `
      M argocd/apps.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: { name: apps }
        spec:
      -   syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: create-update }
      >   syncPolicy: { preserveResourcesOnDeletion: false, applicationsSync: create-update }`,
    "a new application": `
      A argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec: { syncPolicy: { automated: { prune: true, selfHeal: true } } }`,
    "it pruned before and heals no more": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec:
      -   syncPolicy: { automated: { prune: true, selfHeal: true } }
      +   syncPolicy: { automated: { selfHeal: false, prune: true } }`,
    "a sync prunes last": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: shop }
        spec:
          syncPolicy:
      +     syncOptions: [PruneLast=true]
            automated: {}`,
  },
});
