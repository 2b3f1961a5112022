import type { Value } from "../../views/value.ts";
import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";

/** One thing that admission refused and does not any more. */
export interface Lowered {
  readonly key: string;
  readonly at: Value;
  readonly message: string;
  readonly grave: boolean;
  readonly hidden?: true;
}

function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

/** https://docs.redhat.com/en/documentation/openshift_container_platform/ ("Managing security context constraints") */
export function isConstraints({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === "SecurityContextConstraints" && apiVersion.startsWith("security.openshift.io/");
}

const switches = [
  "allowPrivilegedContainer",
  "allowHostDirVolumePlugin",
  "allowHostIPC",
  "allowHostNetwork",
  "allowHostPID",
  "allowHostPorts",
  "allowPrivilegeEscalation",
];
/** With one of these a pod owns its node. */
const grave = new Set(["allowPrivilegedContainer", "allowHostDirVolumePlugin", "allowHostPID"]);

function switched(before: KubernetesObject, { root }: KubernetesObject): readonly Lowered[] {
  return switches.flatMap((key): readonly Lowered[] => {
    const [was, at] = [before.root.at(key), root.at(key)];
    if (at === undefined || at.scalar === was?.scalar) return [];
    if (isExpression(at)) return [{ key, at, message: "", grave: false, hidden: true }];
    if (at.scalar !== true || was?.scalar === true) return [];
    return [{ key, at, message: `\`${key}\` is on: pods that it admits may have it`, grave: grave.has(key) }];
  });
}

const strategies = ["runAsUser", "seLinuxContext", "fsGroup", "supplementalGroups"];

function strategic(before: KubernetesObject, { root }: KubernetesObject): readonly Lowered[] {
  return strategies.flatMap((key): readonly Lowered[] => {
    const [was, at] = [text(before.root.at(key, "type")), root.at(key, "type")];
    if (at === undefined || text(at) === was) return [];
    if (isExpression(at)) return [{ key, at, message: "", grave: false, hidden: true }];
    if (text(at) !== "RunAsAny") return [];
    return [{ key, at, message: `\`${key}\` \`${was || "none"}\` → \`RunAsAny\``, grave: key === "runAsUser" }];
  });
}

/** Lists of what pods may have, and of who may use the constraints. */
const lists = ["allowedCapabilities", "defaultAddCapabilities", "volumes", "allowedUnsafeSysctls", "users", "groups"];

function listed(before: KubernetesObject, { root }: KubernetesObject): readonly Lowered[] {
  return lists.flatMap((key) => {
    const known = new Set((before.root.at(key)?.items() ?? []).map(text));
    if (known.has("*")) return [];
    return (root.at(key)?.items() ?? [])
      .filter((one) => !known.has(text(one)))
      .map((at) => ({
        key: `${key} ${text(at)}`,
        at,
        message: `\`${key}\` newly has \`${text(at).replaceAll("`", "'")}\``,
        grave: text(at) === "*" || ["system:authenticated", "system:serviceaccounts"].includes(text(at)),
        ...(isExpression(at) ? { hidden: true as const } : {}),
      }));
  });
}

/** Capabilities that every container had to drop. */
function dropped(before: KubernetesObject, { root }: KubernetesObject): readonly Lowered[] {
  const key = "requiredDropCapabilities";
  const now = new Set((root.at(key)?.items() ?? []).map(text));
  const lost = (before.root.at(key)?.items() ?? []).map(text).filter((name) => !now.has(name) && !now.has("ALL"));
  if (lost.length === 0) return [];
  const message = `\`${key}\` asks no more for ${lost.map((name) => `\`${name}\``).join(", ")}`;
  return [{ key, at: root.at(key) ?? root, message, grave: false }];
}

/** What pods on OpenShift may newly have, and who may newly have it. One that is new is for people to read as a whole. */
export function constraintChanges(before: KubernetesObject | undefined, after: KubernetesObject): readonly Lowered[] {
  if (before !== undefined)
    return [switched, strategic, listed, dropped].flatMap((compared) => compared(before, after));
  const wide = switches.filter((key) => after.root.at(key)?.scalar === true);
  const isAny = text(after.root.at("runAsUser", "type")) === "RunAsAny";
  if (wide.length === 0 && !isAny) return [];
  const what = [...wide, ...(isAny ? ["runAsUser: RunAsAny"] : [])].map((one) => `\`${one}\``).join(", ");
  return [{ key: "constraints", at: after.root, message: `whom it is bound to gets pods with ${what}`, grave: false }];
}
