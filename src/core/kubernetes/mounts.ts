import type { Container, Workload } from "../views/workloads.ts";
import type { Value } from "../views/value.ts";
import { isExpression } from "./keeping.ts";
import { textOf } from "./immutable.ts";

/** What a container finds at a path. */
export interface Mount {
  readonly at: Value;
  readonly path: string;
  readonly subPath: string;
  readonly readOnly: boolean;
  readonly source: Source | null;
}

/** `kept`: outlives the pod. `name` tells the volumes of a pod apart, `text` what is behind them. */
export interface Source {
  readonly name: string;
  readonly type: string;
  readonly kept: boolean;
  readonly text: string;
  readonly at: Value;
}

/** Volumes that outlive a pod. https://kubernetes.io/docs/concepts/storage/volumes/ */
const keptTypes = new Set([
  "persistentVolumeClaim",
  "volumeClaimTemplate",
  "hostPath",
  "nfs",
  "csi",
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "fc",
  "gcePersistentDisk",
  "glusterfs",
  "iscsi",
  "portworxVolume",
  "rbd",
  "vsphereVolume",
]);

/** Drivers that bring secrets and certificates, no storage. */
const unkeptDrivers = /secrets-store|cert-manager|spiffe|image\.csi|trust/u;
/** What belongs to the node and not to the workload. */
const ofNode =
  /^\/(?:proc|sys|dev|etc|run|var\/run|var\/log|lib\/modules|usr|boot|var\/lib\/(?:kubelet|docker|containerd|containers))?(?:\/|$)/u;

/** The mounts of a container; null where they stand behind an expression. */
export function mountsOf(workload: Workload, container: Container): readonly Mount[] | null {
  const list = container.root.at("volumeMounts");
  const volumes = volumesOf(workload);
  if (isExpression(list) || volumes === null) return null;
  return (list?.items() ?? []).map((at) => {
    const name = String(at.at("name")?.scalar ?? "");
    return {
      at,
      path: String(at.at("mountPath")?.scalar ?? "").replace(/(?<=.)\/+$/u, ""),
      subPath: String(at.at("subPath")?.scalar ?? at.at("subPathExpr")?.scalar ?? ""),
      readOnly: at.at("readOnly")?.scalar === true,
      source: volumes.get(name) ?? null,
    };
  });
}

function volumesOf({ object }: Pick<Workload, "object">): ReadonlyMap<string, Source> | null {
  const list = podOf(object.root)?.at("volumes");
  if (isExpression(list) || list?.items().some((at) => isExpression(at.at("name"))) === true) return null;
  const found = new Map<string, Source>();
  for (const at of list?.items() ?? []) {
    const name = String(at.at("name")?.scalar ?? "");
    const entry = at.entries().find(({ key }) => key !== "name");
    found.set(name, sourceOf(name, entry?.key ?? "emptyDir", entry?.value, at));
  }
  for (const at of object.root.at("spec", "volumeClaimTemplates")?.items() ?? []) {
    const name = String(at.at("metadata", "name")?.scalar ?? "");
    found.set(name, { name, type: "volumeClaimTemplate", kept: true, text: `volumeClaimTemplate ${name}`, at });
  }
  return found;
}

function sourceOf(name: string, type: string, value: Value | undefined, at: Value): Source {
  const node = type === "hostPath" && ofNode.test(String(value?.at("path")?.scalar ?? ""));
  const secret = type === "csi" && unkeptDrivers.test(String(value?.at("driver")?.scalar ?? ""));
  const claim = value?.at("claimName")?.scalar ?? value?.at("path")?.scalar;
  const text = claim === undefined ? `${type} ${textOf(value) ?? ""}` : `${type} ${String(claim)}`;
  return { name, type, kept: keptTypes.has(type) && !node && !secret, text: text.trim(), at };
}

/** Where an object states its pods: deepest first, as templates lie within templates. */
function podOf(root: Value): Value | undefined {
  const template = ["spec", "template", "spec"];
  return root.at("spec", "jobTemplate", ...template) ?? root.at(...template) ?? root.at("spec");
}
