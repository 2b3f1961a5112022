import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";
import type { Value } from "../../views/value.ts";
import { podPath } from "../../views/workloads.ts";
import { capabilitiesOf, graveCapabilities } from "./capabilities.ts";

/** One thing that a pod or a container may do to what is outside of it. */
export interface Privilege {
  /** Equal on both sides if it is the same privilege; of a container it says nothing. */
  readonly key: string;
  readonly at: Value;
  readonly message: string;
  /** Whoever has it owns the node. */
  readonly grave: boolean;
  /** Dangerous in itself, also where the workload is new. */
  readonly absolute: boolean;
  /** Whether a privilege that stood before holds this one. */
  readonly coveredBy?: (other: string) => boolean;
}

/** The privileges of a pod or a container, and texts that stand for what nobody can read here. */
export interface Privileges {
  readonly has: readonly Privilege[];
  readonly hidden: readonly { readonly key: string; readonly at: Value }[];
}

type Given = Omit<Privilege, "grave" | "absolute"> & Partial<Pick<Privilege, "grave" | "absolute">>;

function privilege(given: Given): Privilege {
  return { grave: false, absolute: false, ...given };
}

function scalar(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

/** What pods have of their node. */
export function ofPod(object: KubernetesObject): Privileges {
  const path = podPath(object);
  const pod = path === null ? undefined : object.root.at(...path);
  const has: Privilege[] = [];
  const hidden: { key: string; at: Value }[] = [];
  if (pod === undefined) return { has: [mapped(object.root)], hidden };
  for (const key of ["volumes", "securityContext"]) {
    const at = pod.at(key);
    if (at !== undefined && isExpression(at)) hidden.push({ key: `${key} ${scalar(at)}`, at });
  }
  for (const [key, means] of [
    ["hostPID", "it sees every process of its node"],
    ["hostIPC", "it shares memory with its node"],
    ["hostNetwork", "it listens and sends as its node does"],
  ] as const) {
    const at = pod.at(key);
    if (isExpression(at) && at !== undefined) hidden.push({ key: `${key} ${scalar(at)}`, at });
    if (at?.scalar === true)
      has.push(privilege({ key, at, message: `\`${key}\` is on: ${means}`, grave: true, absolute: true }));
  }
  if (pod.at("hostUsers")?.scalar !== false) has.push(mapped(pod));
  for (const sysctl of pod.at("securityContext", "sysctls")?.items() ?? []) {
    const name = scalar(sysctl.at("name"));
    if (name === "" || safeSysctls.has(name)) continue;
    has.push(
      privilege({
        key: `sysctl ${name}`,
        at: sysctl,
        message: `the sysctl \`${name}\` is none of the safe ones`,
        absolute: true,
      }),
    );
  }
  has.push(...hostPaths(pod));
  return { has, hidden };
}

/** What every pod has that does not say otherwise, and one of which nothing is said. */
function mapped(at: Value): Privilege {
  return privilege({
    key: "hostUsers",
    at,
    message: "`hostUsers: false` is gone: root in the container is root on its node",
  });
}

/** https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/ ("Safe and unsafe sysctls"). */
const safeSysctls: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

/** Sockets of runtimes and folders from which a node is taken over; a folder above one of them holds it. */
const gravePaths = [
  "/var/run/docker.sock",
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/var/run/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/var/run/crio/crio.sock",
  "/etc/kubernetes",
  "/etc",
  "/root",
  "/var/lib/kubelet",
  "/var/lib/docker",
  "/var/lib/containerd",
  "/var/lib/etcd",
  "/dev",
  "/proc",
];

function cleaned(path: string): string {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
}

function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

function hostPaths(pod: Value): readonly Privilege[] {
  const containers = ["initContainers", "containers", "ephemeralContainers"].flatMap(
    (key) => pod.at(key)?.items() ?? [],
  );
  return (pod.at("volumes")?.items() ?? []).flatMap((volume): readonly Privilege[] => {
    const at = volume.at("hostPath", "path");
    if (at === undefined) return [];
    const path = cleaned(scalar(at));
    const mounts = containers.flatMap((container) =>
      (container.at("volumeMounts")?.items() ?? []).filter(
        (mount) => scalar(mount.at("name")) === scalar(volume.at("name")),
      ),
    );
    const isSocket = path.endsWith(".sock");
    const isWritable = isSocket || mounts.length === 0 || mounts.some((mount) => mount.at("readOnly")?.scalar !== true);
    const grave = gravePaths.some((known) => isWithin(known, path)) && isWritable;
    const covers = (other: string, mode: string): boolean =>
      other.startsWith(`${mode} `) && isWithin(path, other.slice(mode.length + 1));
    const read = privilege({
      key: `reads ${path}`,
      at,
      message: `\`${path}\` of the node is mounted${isWritable ? ", writable" : ""}`,
      grave,
      absolute: true,
      coveredBy: (other) => covers(other, "reads"),
    });
    if (!isWritable) return [read];
    const message = `\`${path}\` of the node is mounted, writable`;
    return [
      read,
      privilege({
        key: `writes ${path}`,
        at,
        message,
        grave,
        absolute: true,
        coveredBy: (other) => covers(other, "writes"),
      }),
    ];
  });
}

/** What a container has of its node and of root. What it does not say, its pod says for it. */
export function ofContainer(container: Value, pod: Value | undefined, annotations: Value | undefined): Privileges {
  const own = container.at("securityContext");
  const stated = (...path: readonly string[]): Value | undefined =>
    own?.at(...path) ?? pod?.at("securityContext", ...path);
  const place = own ?? container;
  const has: Privilege[] = [];
  const hidden: { key: string; at: Value }[] = [];
  const add = (given: Given): void => void has.push(privilege(given));
  const readable = (at: Value | undefined, key: string): boolean => {
    if (at === undefined || !isExpression(at)) return true;
    hidden.push({ key: `${key} ${scalar(at)}`, at });
    return false;
  };

  for (const at of [own, pod?.at("securityContext"), own?.at("capabilities"), container.at("ports")]) {
    if (at !== undefined) readable(at, at.pointer);
  }
  const privileged = own?.at("privileged");
  if (readable(privileged, "privileged") && privileged?.scalar === true) {
    add({
      key: "privileged",
      at: privileged,
      message: "`privileged` is on: it owns its node",
      grave: true,
      absolute: true,
    });
  }
  const hostProcess = stated("windowsOptions", "hostProcess");
  if (readable(hostProcess, "hostProcess") && hostProcess?.scalar === true) {
    add({
      key: "hostProcess",
      at: hostProcess,
      message: "`hostProcess` is on: it runs as a process of its node",
      grave: true,
      absolute: true,
    });
  }
  const escalation = own?.at("allowPrivilegeEscalation");
  if (readable(escalation, "allowPrivilegeEscalation") && escalation?.scalar !== false) {
    const message = `\`allowPrivilegeEscalation: false\` ${escalation === undefined ? "is gone" : "is turned to true"}: a program in it may become root`;
    add({ key: "escalation", at: escalation ?? place, message });
  }
  const [user, nonRoot] = [stated("runAsUser"), stated("runAsNonRoot")];
  if (readable(user, "runAsUser") && readable(nonRoot, "runAsNonRoot")) {
    if (user?.scalar === 0) add({ key: "root", at: user, message: "`runAsUser` is 0: it runs as root" });
    const isUser = typeof user?.scalar === "number" && user.scalar > 0;
    if (nonRoot?.scalar !== true && !isUser) {
      add({
        key: "mayBeRoot",
        at: nonRoot ?? user ?? place,
        message: "nothing keeps it from running as root any more (`runAsNonRoot`, `runAsUser`)",
      });
    }
  }
  const seccomp = stated("seccompProfile", "type");
  if (readable(seccomp, "seccompProfile")) {
    if (scalar(seccomp) === "Unconfined" && seccomp !== undefined)
      add({
        key: "seccomp off",
        at: seccomp,
        message: "its seccomp profile is `Unconfined`: it may make every system call",
        absolute: true,
      });
    if (!["RuntimeDefault", "Localhost"].includes(scalar(seccomp)))
      add({ key: "no seccomp", at: seccomp ?? place, message: "it has no seccomp profile any more" });
  }
  const armor =
    stated("appArmorProfile", "type") ??
    annotations?.at(`container.apparmor.security.beta.kubernetes.io/${scalar(container.at("name"))}`);
  if (readable(armor, "appArmorProfile") && armor !== undefined && scalar(armor).toLowerCase() === "unconfined") {
    add({ key: "apparmor", at: armor, message: "its AppArmor profile is `Unconfined`", absolute: true });
  }
  const procMount = own?.at("procMount");
  if (readable(procMount, "procMount") && procMount?.scalar === "Unmasked") {
    add({
      key: "procMount",
      at: procMount,
      message: "`procMount` is `Unmasked`: it sees and writes what the kernel offers",
      absolute: true,
    });
  }
  const readOnly = own?.at("readOnlyRootFilesystem");
  if (readable(readOnly, "readOnlyRootFilesystem") && readOnly?.scalar !== true) {
    add({ key: "writable root", at: readOnly ?? place, message: "`readOnlyRootFilesystem` is not on any more" });
  }
  for (const { name, at } of capabilitiesOf(own, container)) {
    if (!readable(at, "capability")) continue;
    const grave = graveCapabilities.has(name);
    add({ key: `capability ${name}`, at, message: `it may use the capability \`${name}\``, grave, absolute: grave });
  }
  for (const port of container.at("ports")?.items() ?? []) {
    const at = port.at("hostPort");
    if (at === undefined || at.scalar === 0 || !readable(at, "hostPort")) continue;
    add({
      key: `hostPort ${scalar(at)}`,
      at,
      message: `port ${scalar(at)} of every node it runs on is opened to it`,
      absolute: true,
    });
  }
  return { has, hidden };
}
