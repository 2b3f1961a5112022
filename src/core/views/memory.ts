import { add, compare, multiply, type Rational, rational, subtract, whole, zero } from "../../lib/quantity.ts";
import type { Amount, Container, Workload } from "./workloads.ts";

/** What the limits of pods hold of a pool, in bytes or in cores. */
export type Held = "memory" | "cpu";

/** Something with a limit of its own: a container, or the pod as a whole where it states one. */
export interface Holder {
  readonly name: string;
  readonly role: Container["role"];
  readonly limit: Amount;
  readonly request: Amount;
}

/** What limits hold together: what is known of it, and why more is not known (null: it is all). */
export interface Sum {
  readonly known: Rational;
  readonly open: string | null;
}

export function holders(workload: Workload, held: Held = "memory"): readonly Holder[] {
  const ofPod = held === "memory" ? workload.podMemoryLimit : workload.podCpuLimit;
  if (ofPod.kind !== "absent") return [{ name: "pod", role: "main", limit: ofPod, request: { kind: "absent" } }];
  return workload.containers.map((container) => ({
    name: container.name,
    role: container.role,
    limit: held === "memory" ? container.memoryLimit : container.cpuLimit,
    request: held === "memory" ? container.memoryRequest : container.cpuRequest,
  }));
}

function exactly(amount: Amount): Rational {
  return amount.kind === "exact" ? amount.value : zero;
}

function larger(a: Rational, b: Rational): Rational {
  return compare(a, b) < 0 ? b : a;
}

/**
 * The memory limit of one pod: all that run together, or an init container with the sidecars started before it, whichever is
 * more. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 * A limit that is not known counts as nothing.
 */
export function limitOfPod(all: readonly Holder[]): Rational {
  let sidecars = zero;
  let starting = zero;
  let mains = zero;
  for (const { role, limit } of all) {
    const value = exactly(limit);
    if (role === "main") mains = add(mains, value);
    else if (role === "sidecar") sidecars = add(sidecars, value);
    else starting = larger(starting, add(sidecars, value));
  }
  return larger(add(mains, sidecars), starting);
}

/** What one pod may take. */
export function podMemory(workload: Workload, held: Held = "memory"): Sum {
  const all = holders(workload, held);
  const unlimited = all.find(({ limit }) => limit.kind !== "exact");
  const why = unlimited?.limit.kind === "absent" ? `has no ${held} limit` : `has a ${held} limit that is an expression`;
  return {
    known: limitOfPod(all),
    open: unlimited === undefined ? null : `\`${unlimited.name}\` of \`${workload.object.name}\` ${why}`,
  };
}

/** The memory limits of all pods that a workload may run at once. */
export function workloadMemory(workload: Workload, held: Held = "memory"): Sum {
  const { count, object } = workload;
  const { known, open: unlimited } = podMemory(workload, held);
  const name = `\`${object.name}\``;
  const open =
    object.patch && workload.containers.length === 0
      ? `what the patch of ${name} adds to is not read with it`
      : unlimited;
  switch (count.kind) {
    case "exact":
      return { known: multiply(known, whole(count.pods)), open: count.pods === 0 ? null : open };
    case "undecided":
      return {
        known,
        open: open ?? `the replicas of ${name} ${object.patch ? "are not in its patch" : "are an expression"}`,
      };
    case "per-node":
      return { known, open: open ?? `\`${object.name}\` runs on every node, and how many there are is not known` };
  }
}

/** The largest limit of one holder under which the pod stays within `bound`; zero or less where no limit does. */
export function roomOf(workload: Workload, holder: Holder, bound: Rational, held: Held = "memory"): Rational {
  const all = holders(workload, held);
  const index = all.findIndex(({ name, role }) => name === holder.name && role === holder.role);
  const others = all.filter((other, position) =>
    holder.role === "init" ? other.role === "sidecar" && position < index : other.role !== "init" && position !== index,
  );
  return others.reduce((room, { limit }) => subtract(room, exactly(limit)), bound);
}

const mebi = 1n << 20n;
/** From this size on a figure is given in multiples of that many MiB. */
const steps = [
  [8192n, 256n],
  [2048n, 128n],
  [256n, 64n],
  [64n, 16n],
  [0n, 1n],
] as const;

/** Rounds bytes down to a figure that a person would write. */
export function tidy(bytes: Rational): Rational {
  const mebis = bytes.numerator / (bytes.denominator * mebi);
  const step = steps.find(([from]) => mebis >= from)?.[1] ?? 1n;
  return rational((mebis - (mebis % step)) * mebi, 1n);
}
