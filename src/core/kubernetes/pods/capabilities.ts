import type { Value } from "../../views/value.ts";

/** What the runtimes give where nothing is said: the defaults of containerd and Docker. https://docs.docker.com/engine/containers/run/ */
const byDefault = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** From each of these leads a known way to the node. https://man7.org/linux/man-pages/man7/capabilities.7.html */
export const graveCapabilities: ReadonlySet<string> = new Set([
  "ALL",
  "BPF",
  "DAC_READ_SEARCH",
  "MAC_ADMIN",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_MODULE",
  "SYS_PTRACE",
  "SYS_RAWIO",
]);

function named(value: Value): string {
  const name = String(value.scalar ?? "");
  return /^(?:CAP_)?[A-Za-z_]+$/u.test(name) ? name.toUpperCase().replace(/^CAP_/u, "") : name;
}

/** The capabilities that a container ends up with: what is given, less what is dropped, and what is added. */
export function capabilitiesOf(
  context: Value | undefined,
  container: Value,
): readonly { readonly name: string; readonly at: Value }[] {
  const added = context?.at("capabilities", "add")?.items() ?? [];
  const drop = context?.at("capabilities", "drop");
  const dropped = new Set((drop?.items() ?? []).map(named));
  const kept = dropped.has("ALL") ? [] : byDefault.filter((name) => !dropped.has(name));
  const at = drop ?? context ?? container;
  const given = added.map((value) => ({ name: named(value), at: value }));
  const names = new Set(given.map(({ name }) => name));
  return [...given, ...kept.filter((name) => !names.has(name)).map((name) => ({ name, at }))];
}
