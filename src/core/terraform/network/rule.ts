import { intersection, order } from "../../../lib/intervals.ts";
import type { Services } from "./services.ts";
import {
  differenceOfTraffic,
  keyOfPeer,
  noTraffic,
  type Peer,
  type Traffic,
  traffic,
  unionOfTraffic,
} from "./traffic.ts";

export type Direction = "ingress" | "egress";

/** An attribute that a rule was read from. */
export interface Written {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** Where a rule is written. */
export interface Source {
  readonly path: string;
  /** Of its block, or of the attribute that lists it. */
  readonly line: number;
  readonly attributes: readonly Written[];
}

/** What lets traffic through or stops it, in one direction. */
export interface TrafficRule {
  readonly direction: Direction;
  readonly effect: "allow" | "deny";
  /** Lower ones are read first; all the same where order does not count. */
  readonly priority: bigint;
  readonly peers: readonly Peer[];
  readonly services: Services;
  /**
   * Which targets it is for: a network tag, a destination. Empty: all of them. A rule for all of them is for each of them as well.
   */
  readonly scope: string;
  /** The expression that keeps the rule from being decided, other than its peers; null: it is decided. */
  readonly open: string | null;
  readonly source: Source;
}

/** A rule that may let through more than anybody can tell from the configuration. */
export interface OpenRule {
  /** The same for the same expressions. */
  readonly key: string;
  readonly expression: string;
  readonly rule: TrafficRule;
}

/** What comes of all rules together. */
export interface Effect {
  readonly allowed: Traffic;
  readonly open: ReadonlyMap<string, OpenRule>;
}

/**
 * What rules come to together: the first in order that is about a packet decides, a denial before a permission of the same priority
 * (as Google Cloud has it; elsewhere priorities differ). A denial that is not decided takes nothing away, so more is taken to be
 * allowed, on both sides of a comparison alike; that it came, went or changed is in `open`.
 */
export function effectOf(rules: readonly TrafficRule[]): Effect {
  const open = new Map<string, OpenRule>();
  let [allowed, denied] = [noTraffic, noTraffic];
  for (const batch of batches(rules)) {
    const parts = batch.flatMap((rule) => {
      const obscure = rule.open ?? (rule.effect === "deny" ? expressionIn(rule.peers) : null);
      if (obscure === null) return rule.peers.map((peer) => ({ peer, services: rule.services }));
      const key = keyOf(rule, obscure);
      open.set(key, { key, expression: obscure, rule });
      return [];
    });
    const together = traffic(parts);
    if (batch[0]?.effect === "deny") denied = unionOfTraffic(denied, together);
    else allowed = unionOfTraffic(allowed, differenceOfTraffic(together, denied));
  }
  return { allowed, open };
}

function expressionIn(peers: readonly Peer[]): string | null {
  for (const peer of peers) if (peer.kind === "expression") return peer.name;
  return null;
}

function keyOf({ direction, effect, priority, peers, services, scope }: TrafficRule, obscure: string): string {
  const what = services.map(({ from, to }) => `${from}-${to}`).join();
  const who = peers.map((peer) =>
    peer.kind === "addresses" ? `${peer.family} ${peer.from}-${peer.to}` : keyOfPeer(peer),
  );
  return [direction, effect, effect === "deny" ? `${priority}` : "", scope, obscure, what, ...who.toSorted()].join(
    "\n",
  );
}

/** Runs of rules with the same effect, in the order in which they are read. */
function batches(rules: readonly TrafficRule[]): readonly (readonly TrafficRule[])[] {
  const rank = ({ effect }: TrafficRule): number => (effect === "deny" ? 0 : 1);
  const sorted = rules.toSorted((a, b) => order(a.priority, b.priority) || rank(a) - rank(b));
  const found: TrafficRule[][] = [];
  for (const rule of sorted) {
    const last = found.at(-1);
    if (last !== undefined && last[0]?.effect === rule.effect) last.push(rule);
    else found.push([rule]);
  }
  return found;
}

/** Whether the rule has a part in the traffic. */
export function touches({ peers, services }: TrafficRule, grown: Traffic): boolean {
  const meets = (others: Services): boolean => intersection(services, others).length > 0;
  return peers.some((peer) => {
    if (peer.kind !== "addresses") {
      const own = grown.named.get(keyOfPeer(peer));
      return own !== undefined && meets(own.services);
    }
    const slabs = peer.family === 4 ? grown.v4 : grown.v6;
    return slabs.some(({ from, to, across }) => from <= peer.to && peer.from <= to && meets(across));
  });
}
