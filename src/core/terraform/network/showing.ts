import { difference, type Intervals, intersection, sameIntervals } from "../../../lib/intervals.ts";
import { everyAddress, type Family, networksOf } from "../../../lib/ip.ts";
import { grouped } from "../../../lib/region.ts";
import { type Breadth, breadthOf } from "./publicity.ts";
import { formatServices, type Services } from "./services.ts";
import type { NamedPeer, Traffic } from "./traffic.ts";
import { inCode } from "../telling.ts";

/** Some peers and what they newly reach, or from where they are newly reached. */
export interface Opening {
  readonly services: Services;
  /** What people read. */
  readonly peers: string;
  /** `named`: peers without addresses, which are nobody's but one's own; `foreign`: of the provider's other customers as well. */
  readonly breadth: Breadth | "named" | "foreign";
}

const shownNetworks = 8;
const exceptions = 3;
const widerThanIpv6 = 48;

/** The openings of traffic as people read them, the farthest first. Peers that are expressions are none: nobody knows what they open. */
export function openingsOf(of: Traffic, widerThan: number): readonly Opening[] {
  const regions = ([4, 6] as const).flatMap((family) =>
    grouped(family === 4 ? of.v4 : of.v6).map(({ along, across }) => ({
      family,
      along,
      services: across,
      breadth: breadthOf(family, along, family === 4 ? widerThan : widerThanIpv6),
    })),
  );
  const rows: Opening[] = [];
  for (const { family, along, services, breadth } of regions) {
    const twin = rows.findIndex((row) => row.breadth === breadth && sameIntervals(row.services, services));
    const peers = describeAddresses(family, along, breadth);
    const first = rows[twin];
    if (first === undefined) rows.push({ services, peers, breadth });
    else
      rows[twin] = {
        ...first,
        peers: breadth === "everybody" ? joinEverybody(first.peers, peers) : `${first.peers}, ${peers}`,
      };
  }
  const byServices = Map.groupBy(
    [...of.named.values()].filter(({ peer }) => peer.kind !== "expression"),
    ({ peer, services }) => `${breadthOfNamed(peer)} ${services.map(({ from, to }) => `${from}-${to}`).join()}`,
  );
  for (const same of byServices.values()) {
    const [one] = same;
    if (one === undefined) continue;
    const peers = same.map(({ peer }) => `${peer.kind} ${inCode(peer.name)}`).toSorted();
    rows.push({ services: one.services, peers: shortened(peers), breadth: breadthOfNamed(one.peer) });
  }
  return rows.toSorted((a, b) => rank[a.breadth] - rank[b.breadth]);
}

const rank: Readonly<Record<Opening["breadth"], number>> = {
  everybody: 0,
  wide: 1,
  foreign: 2,
  narrow: 3,
  private: 4,
  named: 5,
};

/** Services that Azure runs for every customer; other service tags and names are narrower. */
function breadthOfNamed({ kind, name }: NamedPeer): Opening["breadth"] {
  return kind === "service" && name !== "VirtualNetwork" && name !== "AzureLoadBalancer" ? "foreign" : "named";
}

function describeAddresses(family: Family, along: Intervals, breadth: Breadth): string {
  const all = networksOf(family, [everyAddress(family)]).join();
  const missing = networksOf(family, difference([everyAddress(family)], along));
  if (missing.length === 0) return `any address (${all})`;
  const networks = networksOf(family, along);
  if (missing.length <= exceptions && missing.length < networks.length) {
    return `any address (${all} but ${missing.join(", ")})`;
  }
  return breadth === "everybody" ? "any public address" : shortened(networks);
}

function joinEverybody(first: string, second: string): string {
  const [a, b] = [first, second].map((text) => /^any address \((?<inner>.*)\)$/u.exec(text)?.groups?.["inner"]);
  if (a !== undefined && b !== undefined) return `any address (${a}, ${b})`;
  return first === second ? first : `${first}, ${second}`;
}

function shortened(texts: readonly string[]): string {
  const rest = texts.length - shownNetworks;
  return rest <= 1 ? texts.join(", ") : `${texts.slice(0, shownNetworks).join(", ")} and ${rest} more`;
}

/** What is talked to: the services, or the one thing that the barrier is about. */
export function describeServices(services: Services, target: string | null): string {
  return target ?? formatServices(services);
}

/** Whether any of the services is in the set. */
export function meets(services: Services, set: Services): boolean {
  return intersection(services, set).length > 0;
}
