import { floor } from "../../lib/bound.ts";
import { add, compare, subtract, whole, zero } from "../../lib/quantity.ts";
import type { Gap } from "../change/change-set.ts";
import type { PoolRoom, Takes } from "../requirements/booking.ts";
import type { Context } from "../rule.ts";
import { memoryPools, type Pool } from "../views/pools.ts";
import type { Sum } from "../views/memory.ts";
import { isTerraform } from "../views/terraform.ts";
import type { Views } from "../views/views.ts";
import { countPath, podsOf, reached, scalersAlone, workloads } from "../views/workloads.ts";
import { deletions } from "./deletions.ts";
import { unseen } from "./settings.ts";
import { memoryAdded, replicasAdded } from "./workloads.ts";

/** The sums that a policy may bound, as its keys. */
export const sums = ["added_memory", "added_replicas", "deletes"] as const;
export type SumName = (typeof sums)[number];

/** What a change adds up to. `because` says why a sum is not known. */
export interface Amounts extends Pick<Takes, "addedMemory" | "addedReplicas" | "deletes" | "pools"> {
  readonly because: Readonly<Partial<Record<SumName, string>>>;
  readonly rooms: readonly PoolRoom[];
}

/** Gaps of the facts that leave out a part of the change itself: what is in it is in no view. */
const partMissing = /^(?:unreadable-folder|unreadable-name|merge-not-known|context-over-limit)(?::|$)/u;

/**
 * Adds up what a change would do to its base. What is not read adds what nobody knows: `gaps` are those of the facts and of the views.
 * Manifests of Kubernetes and blocks of Terraform are looked at; a setting of a chart or of a resource that rises adds nobody knows how much.
 */
export function amountsOf(
  { kubernetes, terraform, resources, values }: Pick<Views, "kubernetes" | "terraform" | "resources" | "values">,
  gaps: readonly Gap[],
  { policy, reach }: Pick<Context, "policy" | "reach">,
): Amounts {
  const changes = workloads(kubernetes.objects, reach);
  const alone = scalersAlone(kubernetes.objects);
  const parts = gaps.filter(({ id }) => partMissing.test(id)).map(unread);
  const inFiles = (claims: (path: string) => boolean): readonly Sum[] =>
    gaps.filter(({ path }) => path !== null && claims(path)).map(unread);
  const manifests = [...parts, ...inFiles((path) => kubernetes.unreadChanged.includes(path))];
  const settings = unseen({ kubernetes, terraform, values });
  const memory = total([...changes.map(memoryAdded), ...alone.map(memoryOfScaler), ...manifests, ...settings.memory]);
  const replicas = total([
    ...changes.map(replicasAdded),
    ...alone.map(replicasOfScaler),
    ...manifests,
    ...settings.replicas,
  ]);
  const gone = total([
    ...deletions({ kubernetes, terraform, resources }, policy.stateful, reach),
    ...manifests,
    ...inFiles(isTerraform),
  ]);
  const isProduction = (name: string): boolean => policy.environments[name]?.tier === "production";
  const pools = memoryPools(policy.capacity, changes, kubernetes.unreadContext, reach, isProduction);
  const [addedMemory, addedReplicas, deletes] = [counted(memory), counted(replicas), counted(gone)];
  return {
    addedMemory: addedMemory.value,
    addedReplicas: addedReplicas.value,
    deletes: deletes.value,
    because: {
      ...(addedMemory.because === null ? {} : { added_memory: addedMemory.because }),
      ...(addedReplicas.because === null ? {} : { added_replicas: addedReplicas.because }),
      ...(deletes.because === null ? {} : { deletes: deletes.because }),
    },
    pools: Object.fromEntries(pools.map((pool) => [pool.name, counted(addedTo(pool, manifests)).value])),
    rooms: pools.map(({ name, after, allowed }) => ({ name, after, allowed })),
  };
}

function unread({ reason }: Gap): Sum {
  return { known: zero, open: reason };
}

/** What the pool holds more than before; a neighbour that is not known adds nothing where it stays as it is. */
function addedTo({ before, after, members }: Pool, unreadChanged: readonly Sum[]): Sum {
  const grown = members.map(({ change }) => memoryAdded(change)).find(({ open }) => open !== null);
  const difference = subtract(after, before);
  const known = compare(difference, zero) > 0 ? difference : zero;
  return { known, open: grown?.open ?? unreadChanged[0]?.open ?? null };
}

function total(parts: readonly Sum[]): Sum {
  return {
    known: parts.reduce((sum, { known }) => add(sum, known), zero),
    open: parts.find(({ open }) => open !== null)?.open ?? null,
  };
}

/** A fraction counts as a whole. Figures that no number holds exactly are as good as unknown. */
function counted({ known, open }: Sum): { readonly value: number | null; readonly because: string | null } {
  if (open !== null) return { value: null, because: open };
  const value = -floor(subtract(zero, known));
  return value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? { value: Number(value), because: null }
    : { value: null, because: "it is more than can be counted" };
}

type ScalerChange = Views["kubernetes"]["objects"][number];

function replicasOfScaler({ before, after }: ScalerChange): Sum {
  const [was, is] = [maximumOf(before), maximumOf(after)];
  if (is === undefined || (before !== undefined && was?.scalar === is.scalar)) return nothing;
  const pods = podsOf(is);
  if (pods === null) return { known: zero, open: `the maximum of \`${after?.name ?? ""}\` is an expression` };
  return { known: whole(Math.max(0, pods - ((was === undefined ? null : podsOf(was)) ?? 0))), open: null };
}

function memoryOfScaler(change: ScalerChange): Sum {
  const { known, open } = replicasOfScaler(change);
  if (open !== null || compare(known, zero) === 0) return { known: zero, open };
  return { known: zero, open: `what \`${change.after?.name ?? ""}\` makes more of was not read with it` };
}

function maximumOf(object: ScalerChange["after"]): ReturnType<typeof reached> {
  const path = object === undefined ? null : countPath(object);
  return object === undefined || path === null ? undefined : reached(object.root, path);
}

const nothing: Sum = { known: zero, open: null };
