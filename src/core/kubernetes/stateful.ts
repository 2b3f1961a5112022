import type { StatedTiers, Tier } from "../terraform/stateful.ts";
import type { KubernetesObject } from "../views/kubernetes.ts";
import { kindFamilies } from "./data/stateful-kinds.ts";
import { keepsOf } from "./keeping.ts";

/** What an object holds: `A`, what is gone is gone; `B`, it can be made again. `takes` is what goes with it, as a clause. */
export interface Holding {
  readonly tier: Tier;
  readonly takes: string;
}

const known = new Map<string, Holding>(
  kindFamilies.flatMap(({ tier, group, kinds, takes }) => kinds.map((kind) => [`${kind}.${group}`, { tier, takes }])),
);

/** What an object holds; null: nothing is known to go with it. A policy can raise a kind, and add kinds, not lower one. */
export function holdingOf(object: KubernetesObject, stated: StatedTiers): Holding | null {
  const name = typeOf(object);
  const own = known.get(name === object.kind ? `${name}.` : name);
  const holding = own === undefined ? keptOf(object) : narrowed(object, own);
  const tier = Object.hasOwn(stated, name) ? stated[name] : undefined;
  if (tier === undefined || holding?.tier === "A") return holding;
  return {
    tier: tier === "A" ? "A" : (holding?.tier ?? tier),
    takes: holding?.takes ?? "the policy says that it holds data",
  };
}

/** As policies name a kind: `KafkaTopic.kafka.strimzi.io`, and `ConfigMap` for one of the core. */
export function typeOf({ apiVersion, kind }: KubernetesObject): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? kind : `${kind}.${apiVersion.slice(0, slash)}`;
}

/** A set of pods without claims of its own is only a set of pods. */
function narrowed(object: KubernetesObject, holding: Holding): Holding {
  if (object.kind !== "StatefulSet") return holding;
  const templates = object.root.at("spec", "volumeClaimTemplates");
  const claimless = templates === undefined || (templates.scalar == null && templates.items().length === 0);
  const isPart = object.patch || object.root.at("$patch") !== undefined;
  return claimless && !isPart ? { tier: "B", takes: "its pods go with it" } : holding;
}

/** Whatever an object is: somebody wrote on it that it is to be kept. */
function keptOf(object: KubernetesObject): Holding | null {
  return keepsOf(object).length === 0 ? null : { tier: "B", takes: "it says of itself that it is to be kept" };
}
