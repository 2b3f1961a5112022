import { z } from "zod";
import { finalizers } from "../../kubernetes/data/reclaiming.ts";
import { standing } from "../../kubernetes/guards.ts";
import { hiddenKeep, keepsOf } from "../../kubernetes/keeping.ts";
import { holdingOf } from "../../kubernetes/stateful.ts";
import { aboutOf, inCode, isReached, weakened } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

export default defineRule({
  id: "k8s-keep-removed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "An object no longer says that it is to be kept when a tool would delete it.",
  why: "Somebody wrote the note because the object must outlive a mistake: a file that goes, a release that is uninstalled, a sync that prunes. The next such mistake deletes it.",
  remedy:
    "Keep the note. Where the object really has to go, take the note and the object away in two changes, with a backup in between.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    for (const { before, after } of standing(view.objects, reach)) {
      if (!isReached(after.path, reach)) continue;
      const kept = new Set(keepsOf(after).map(({ name }) => name));
      for (const { name, at: stood } of keepsOf(before)) {
        if (kept.has(name) || after.patch) continue;
        const about = aboutOf(after, name);
        const object = describeObject(after);
        const hidden = hiddenKeep(after, name);
        const annotation = name.slice(0, name.lastIndexOf(": "));
        const at = hidden ?? after.root.at("metadata", "annotations", annotation);
        const place = (at ?? stood).place;
        if (hidden !== undefined) {
          yield { at: place, about, undecided: `whether ${inCode(object)} is still kept by ${inCode(name)}` };
          continue;
        }
        const holding = holdingOf(before, policy.stateful);
        const takes = holding?.tier === "A" ? `: when it is deleted, ${holding.takes}` : "";
        yield {
          at: place,
          about,
          message: `${inCode(object)} no longer says ${inCode(name)}${takes}`,
          object,
          before: "kept",
          after: null,
          ...(holding?.tier === "A" ? {} : { asks: true as const }),
        };
      }
    }
    yield* weakened(view, finalizers, reach, { block: () => false });
  },
  examples: {
    "a claim may be pruned": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
          annotations:
      -     argocd.argoproj.io/sync-options: Prune=false,Delete=false
      >     argocd.argoproj.io/sync-options: Delete=false`,
    "a secret goes with its release": `
      M k8s/production/keys.yaml
        apiVersion: v1
        kind: Secret
        metadata:
          name: keys
      -   annotations:
      <     helm.sh/resource-policy: keep`,
    "a namespace may be pruned by Flux": `
      M k8s/production/namespace.yaml
        apiVersion: v1
        kind: Namespace
        metadata:
          name: shop
          annotations:
      -     kustomize.toolkit.fluxcd.io/prune: disabled
      >     kustomize.toolkit.fluxcd.io/prune: enabled`,
    "a finalizer goes": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
      -   finalizers: [kubernetes.io/pvc-protection, acme.example/backed-up]
      >   finalizers: [kubernetes.io/pvc-protection]`,
    "the same notes in another order": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
          annotations:
      -     argocd.argoproj.io/sync-options: Prune=false,Delete=false
      +     argocd.argoproj.io/sync-options: Delete=false, Prune=false`,
    "an option that keeps nothing": `
      M k8s/production/data.yaml
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
          annotations:
      -     argocd.argoproj.io/sync-options: ServerSideApply=true,Prune=false
      +     argocd.argoproj.io/sync-options: Prune=false`,
    "a finalizer that deletes more goes": `
      M argocd/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: shop
      -   finalizers: [resources-finalizer.argocd.argoproj.io]
          namespace: argocd`,
  },
});
