import type { Value } from "../views/value.ts";

export interface KubernetesObject {
  /** `group/kind/namespace/name`: identity across files, moves and splits. */
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly path: string;
  readonly root: Value;
  /** It says only what differs from an object elsewhere: a patch of a kustomization. */
  readonly patch: boolean;
}

/** What identifies the object at `root`: taken from its text, or from what was made of it. */
export function objectAt(root: Value, path: string, patch: boolean): KubernetesObject {
  const textAt = (...keys: readonly string[]): string | null => {
    const scalar = root.at(...keys)?.scalar;
    return scalar === undefined || scalar === null || scalar === "" ? null : String(scalar);
  };
  const apiVersion = textAt("apiVersion") ?? "";
  const kind = textAt("kind") ?? "";
  const namespace = textAt("metadata", "namespace");
  // The cluster adds to a name that is to be generated; what is written of it is all that stays.
  const name = textAt("metadata", "name") ?? textAt("metadata", "generateName") ?? "";
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return { key: [group, kind, namespace ?? "", name].join("/"), apiVersion, kind, namespace, name, path, root, patch };
}
