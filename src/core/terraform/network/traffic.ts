import { difference, type Intervals, intersection, none, union } from "../../../lib/intervals.ts";
import { everyAddress, type Family, parseNetwork, type Range } from "../../../lib/ip.ts";
import { differenceOfRegions, nowhere, type Region, region, type Slab, unionOfRegions } from "../../../lib/region.ts";
import { unreachable } from "../../../lib/assert.ts";
import type { Services } from "./services.ts";

/** Peers whose addresses the configuration does not say. `expression`: nobody knows what it comes to. */
export type NamedKind = "security group" | "prefix list" | "network" | "service" | "expression";

export interface NamedPeer {
  readonly kind: NamedKind;
  readonly name: string;
  readonly family: Family;
}

/** Who talks, or is talked to. */
export type Peer = ({ readonly kind: "addresses" } & Range) | NamedPeer;

/** What gets through: for each peer the services. Along a region are addresses, across are services. */
export interface Traffic {
  readonly v4: Region;
  readonly v6: Region;
  readonly named: ReadonlyMap<string, { readonly peer: NamedPeer; readonly services: Services }>;
}

export const noTraffic: Traffic = { v4: nowhere, v6: nowhere, named: new Map() };

export function addresses({ family, from, to }: Range): Peer {
  return { kind: "addresses", family, from, to };
}

/** Every address of both families. */
export const everyPeer: readonly Peer[] = [
  addresses({ family: 4, ...everyAddress(4) }),
  addresses({ family: 6, ...everyAddress(6) }),
];

/** Every IPv4 address: what providers mean where nothing is written. */
export const everyIpv4: readonly Peer[] = everyPeer.slice(0, 1);

/** The addresses of a network as it is written; null where it is no network. */
export function networkPeer(text: string): Peer | null {
  const range = parseNetwork(text.trim());
  return range === null ? null : addresses(range);
}

export function keyOfPeer({ kind, name, family }: NamedPeer): string {
  return [kind, family, name].join("\n");
}

/** These services with these peers, for each pair. */
export function traffic(parts: Iterable<{ readonly peer: Peer; readonly services: Services }>): Traffic {
  const slabs: Record<Family, Slab[]> = { 4: [], 6: [] };
  const named = new Map<string, { peer: NamedPeer; services: Services }>();
  for (const { peer, services } of parts) {
    if (services.length === 0) continue;
    switch (peer.kind) {
      case "addresses":
        slabs[peer.family].push({ from: peer.from, to: peer.to, across: services });
        break;
      case "security group":
      case "prefix list":
      case "network":
      case "service":
      case "expression": {
        const key = keyOfPeer(peer);
        named.set(key, { peer, services: union(named.get(key)?.services ?? none, services) });
        break;
      }
      default:
        unreachable(peer);
    }
  }
  return { v4: region(slabs[4]), v6: region(slabs[6]), named };
}

export function unionOfTraffic(a: Traffic, b: Traffic): Traffic {
  return {
    v4: unionOfRegions(a.v4, b.v4),
    v6: unionOfRegions(a.v6, b.v6),
    named: traffic([...a.named.values(), ...b.named.values()]).named,
  };
}

/** What is in `a` and not in `b`. A named peer has addresses: where `b` holds every address, it holds that peer too. */
export function differenceOfTraffic(a: Traffic, b: Traffic): Traffic {
  const everywhere: Record<Family, Services> = { 4: throughout(b.v4, 4), 6: throughout(b.v6, 6) };
  const left = [...a.named].map(([key, { peer, services }]) => ({
    peer,
    services: difference(difference(services, b.named.get(key)?.services ?? none), everywhere[peer.family]),
  }));
  return {
    v4: differenceOfRegions(a.v4, b.v4),
    v6: differenceOfRegions(a.v6, b.v6),
    named: traffic(left).named,
  };
}

export function isNoTraffic({ v4, v6, named }: Traffic): boolean {
  return v4.length === 0 && v6.length === 0 && named.size === 0;
}

/** The services that every address of the family reaches. */
function throughout(of: Region, family: Family): Intervals {
  const { from, to } = everyAddress(family);
  const [first] = of;
  if (first?.from !== from || of.at(-1)?.to !== to) return none;
  let [services, next] = [first.across, first.to + 1n];
  for (const slab of of.slice(1)) {
    if (slab.from !== next) return none;
    services = intersection(services, slab.across);
    next = slab.to + 1n;
  }
  return services;
}
