import type { KubernetesObject } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";

/** A note on an object that keeps a tool from deleting it. */
export interface Keep {
  /** As it is written: `helm.sh/resource-policy: keep`. */
  readonly name: string;
  /** Undefined where what is written stands for the note, as an expression does. */
  readonly at: Value;
}

export const syncOptions = "argocd.argoproj.io/sync-options";

interface Note {
  readonly annotation: string;
  readonly says: readonly string[];
}

/**
 * Argo CD, "Sync Options" and "App Deletion"; Helm, "Charts: Tips and Tricks" (resource policy); Flux, "Kustomization" (prune);
 * Crossplane keeps with `spec.deletionPolicy`, which is a value and no note.
 */
const notes: readonly Note[] = [
  { annotation: syncOptions, says: ["Prune=false", "Delete=false", "Prune=confirm", "Delete=confirm"] },
  { annotation: "helm.sh/resource-policy", says: ["keep"] },
  { annotation: "kustomize.toolkit.fluxcd.io/prune", says: ["disabled"] },
  { annotation: "cnrm.cloud.google.com/deletion-policy", says: ["abandon"] },
  { annotation: "serviceoperator.azure.com/reconcile-policy", says: ["detach-on-delete", "skip"] },
  { annotation: "services.k8s.aws/deletion-policy", says: ["retain"] },
];

/** The notes of an object that keep it. */
export function keepsOf(object: KubernetesObject): readonly Keep[] {
  return notes.flatMap(({ annotation, says }) => {
    const at = object.root.at("metadata", "annotations", annotation);
    if (at === undefined || typeof at.scalar !== "string") return [];
    return tokensOf(at.scalar)
      .filter((token) => says.includes(token))
      .map((token) => ({ name: `${annotation}: ${token}`, at }));
  });
}

/** Where a note that keeps may stand behind an expression: nobody can tell whether it still does. */
export function hiddenKeep(object: KubernetesObject, name: string): Value | undefined {
  const annotation = name.slice(0, name.lastIndexOf(": "));
  const annotations = object.root.at("metadata", "annotations");
  const at = annotations?.scalar == null ? annotations?.at(annotation) : annotations;
  return isExpression(at) ? at : undefined;
}

/** The words of a note that is a list: `Prune=false,Validate=false`. */
export function tokensOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "");
}

/** Whether a value is text that something else takes the place of. */
export function isExpression(value: Value | undefined): boolean {
  return typeof value?.scalar === "string" && /\$\{|\{\{|\$\(/u.test(value.scalar);
}
