import type { Place } from "../change/change-set.ts";
import type { Context } from "../rule.ts";
import type { Connections, ConnectionsView } from "../views/connections.ts";
import { nearness } from "../views/pairing.ts";
import type { Value } from "../views/value.ts";
import type { Workload } from "../views/workloads.ts";

/** What one pool may take of its server at most, on one side. */
export interface Demand {
  readonly pool: Connections;
  readonly each: number;
  /** Processes that open it; 1 where nothing says how many there are, and as many as are known where an expression does. */
  readonly pods: number;
  /** Where an expression says how many there are. */
  readonly open: Place | null;
  readonly podsAt: Place | null;
  readonly ceiling: Connections;
  readonly accepted: number;
  /** Whether another ceiling might be the one that is meant. */
  readonly certain: boolean;
}

export function numberOf({ written }: Connections): number | null {
  const text = String(written.scalar ?? "").trim();
  return /^\d{1,9}$/u.test(text) ? Number(text) : null;
}

/**
 * Each pool with the processes that open it and the server that they share. A pooler takes the connections of all programs behind
 * it, so where there is one, only its own pool is held against the server.
 */
export function demandsOn(
  side: "base" | "head",
  { pools, ceilings, counts }: ConnectionsView,
  workloads: readonly Workload[],
  reach: Context["reach"],
): readonly Demand[] {
  const isPooler = ({ path, object }: Connections): boolean =>
    /pgbouncer|pgpool|odyssey|pgcat|pooler/iu.test(`${path} ${object ?? ""}`);
  const candidates = pools[side].filter((pool) => !pools[side].some(isPooler) || isPooler(pool));
  return candidates.flatMap((pool) => {
    const each = numberOf(pool);
    if (each === null || each === 0) return [];
    const ceiling = ceilingOf(pool, ceilings[side], reach);
    const accepted = ceiling === null ? null : numberOf(ceiling.ceiling);
    if (ceiling === null || accepted === null || accepted === 0) return [];
    return [{ pool, each, ...podsOf(pool, counts[side], workloads), ...ceiling, accepted }];
  });
}

function ceilingOf(
  pool: Connections,
  ceilings: readonly Connections[],
  reach: Context["reach"],
): { readonly ceiling: Connections; readonly certain: boolean } | null {
  const environments = (path: string): readonly string[] => reach(path).targets.map(({ environment }) => environment);
  const own = environments(pool.path);
  const shared = ceilings.filter(({ path }) => {
    const others = environments(path);
    return own.length === 0 || others.length === 0 || others.some((name) => own.includes(name));
  });
  const nearest = Math.max(...shared.map(({ path }) => nearness(path, pool.path)));
  const near = shared.filter(({ path }) => nearness(path, pool.path) === nearest);
  const most = near.toSorted((a, b) => (numberOf(b) ?? 0) - (numberOf(a) ?? 0))[0];
  return most === undefined ? null : { ceiling: most, certain: shared.length === 1 };
}

function podsOf(
  pool: Connections,
  counts: readonly Connections[],
  workloads: readonly Workload[],
): Pick<Demand, "pods" | "podsAt" | "open"> {
  const running = workloads.find(({ object }) => isIn(pool, object) || refersTo(object.root, pool));
  switch (running?.count.kind) {
    case "exact":
      return { pods: Math.max(1, running.count.pods), podsAt: running.count.at?.place ?? null, open: null };
    case "undecided":
      return { pods: 1, podsAt: null, open: running.count.at.place };
    case "per-node":
    case undefined: {
      const [most] = counts
        .filter(({ path, object }) => path === pool.path && object === null && pool.object === null)
        .map((one) => ({ pods: numberOf(one) ?? 1, podsAt: one.written.place, open: null }))
        .toSorted((a, b) => b.pods - a.pods);
      return most ?? { pods: 1, podsAt: null, open: null };
    }
  }
}

function isIn(pool: Connections, { kind, namespace, name, path }: Workload["object"]): boolean {
  return pool.path === path && pool.object === `${kind}/${namespace ?? ""}/${name}`;
}

/** Whether a workload takes its environment, or a file, from the ConfigMap that the pool stands in. */
function refersTo(value: Value, { object, path }: Connections): boolean {
  const [kind, namespace, name] = object?.split("/") ?? [];
  if (kind !== "ConfigMap" || namespace === undefined || name === undefined) return false;
  if (nearness(value.place.path, path) < path.split("/").length - 1) return false;
  const walk = (of: Value, under: boolean): boolean =>
    of
      .entries()
      .some(({ key, value: inner }) =>
        under && key === "name" && inner.scalar === name
          ? true
          : walk(inner, key.startsWith("configMap") || (under && key !== "name")),
      ) || of.items().some((inner) => walk(inner, false));
  return walk(value, false);
}
