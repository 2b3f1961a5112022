import type { HclBlock } from "../../hcl.ts";
import { textOf } from "../../views/terraform.ts";
import type { Resource } from "../model.ts";
import { openRule } from "./aws-groups.ts";
import { type BarrierKind, nothingImplied, type Reader } from "./barrier.ts";
import { barrierOf, type Lookup, memberOf, networkOf, ownerByName } from "./lookup.ts";
import { expressionOf, nested, type Read, readFlag, readItems, readText, readWhole, sourceOf } from "./reading.ts";
import type { Direction, TrafficRule } from "./rule.ts";
import { allServices, parseProtocol, portRange, type Services, servicesOf } from "./services.ts";
import { everyIpv4, everyPeer, type Peer } from "./traffic.ts";

/** Without a rule everything may go out (implied rules of VPC networks). */
const network: BarrierKind = {
  noun: "firewall of network",
  stands: "guard",
  target: null,
  unstated: "nobody",
  implied: { ingress: null, egress: { when: "denied", peers: everyIpv4 } },
};
const policy: BarrierKind = {
  noun: "firewall policy",
  stands: "guard",
  target: null,
  unstated: "nobody",
  implied: nothingImplied,
};
const left: BarrierKind = {
  noun: "what is left to the networks by firewall policy",
  stands: "outer",
  target: null,
  unstated: "nobody",
  implied: { ingress: { when: "always", peers: everyPeer }, egress: { when: "always", peers: everyPeer } },
};
const defaultPriority = 1000n;

interface Part {
  readonly services: Services;
  readonly open: string | null;
}

/** `google_compute_firewall`: each rule is for a network, all its machines or those with a tag or a service account. */
export const firewall: Reader = (resource, lookup) => {
  const { block } = resource;
  const barrier = ownerByName(resource, "network", "google_compute_network", lookup);
  const disabled = readFlag(block, "disabled", resource);
  if (disabled.kind === "known" && disabled.value) return [{ kind: network, barrier, rules: [], stated: true }];
  const direction = directionOf(block, resource);
  const [allows, denies] = [nested(block, "allow", resource), nested(block, "deny", resource)];
  const priority = readWhole(block, "priority", resource);
  const open = [disabled, priority].flatMap((read) => (read.kind === "open" ? [read.expression] : []));
  const rest = {
    direction,
    peers: peersOf(resource, direction, lookup),
    priority: priority.kind === "known" ? priority.value : defaultPriority,
  };
  const stated = [
    ...allows.blocks.map((inner) => ({ inner, effect: "allow" as const })),
    ...denies.blocks.map((inner) => ({ inner, effect: "deny" as const })),
  ];
  const rules = scopesOf(resource, ["target_tags", "target_service_accounts"], lookup).flatMap((scope) => [
    ...stated.flatMap(({ inner, effect }) =>
      servicesIn(inner, "protocol", resource).map((part): TrafficRule => {
        const source = sourceOf(resource, inner, block);
        return { ...rest, effect, scope, services: part.services, open: joined([...open, part.open]), source };
      }),
    ),
    ...[...allows.open, ...denies.open].map(({ expression, line }): TrafficRule => {
      return { ...openRule(resource, direction, expression, line), peers: rest.peers, scope };
    }),
  ]);
  return [{ kind: network, barrier, rules, stated: true }];
};

/**
 * Rules of firewall policies, hierarchical or of a network. `goto_next` leaves a packet to what comes after: so a policy is looked at
 * twice, by what it allows itself and by what it does not stop.
 */
export const policyRule: Reader = (resource, lookup) => {
  const { block } = resource;
  const barrier = barrierOf(resource, "firewall_policy", lookup);
  const disabled = readFlag(block, "disabled", resource);
  if (disabled.kind === "known" && disabled.value) return [];
  const [priority, action] = [readWhole(block, "priority", resource), readText(block, "action", resource)];
  const direction = directionOf(block, resource);
  const matches = nested(block, "match", resource);
  const open = [disabled, priority, action].flatMap((read) => (read.kind === "open" ? [read.expression] : []));
  const chosen = action.kind === "known" ? action.value : "allow";
  const found = (passes: TrafficRule["effect"]): readonly TrafficRule[] =>
    scopesOf(resource, ["target_resources", "target_service_accounts"], lookup).flatMap((scope) =>
      matches.blocks.flatMap((match) => {
        const layers = nested(match, "layer4_configs", resource);
        const unread = [...open, ...[...matches.open, ...layers.open].map(({ expression }) => expression)];
        return layers.blocks
          .flatMap((layer) => servicesIn(layer, "ip_protocol", resource))
          .map(
            (part): TrafficRule => ({
              direction,
              effect: chosen === "allow" ? "allow" : chosen === "goto_next" ? passes : "deny",
              priority: priority.kind === "known" ? priority.value : 0n,
              peers: matchPeers(match, direction, resource, lookup),
              services: part.services,
              scope,
              open: joined([...unread, part.open]),
              source: sourceOf(resource, match, block),
            }),
          );
      }),
    );
  return [
    { kind: policy, barrier, rules: found("deny"), stated: true },
    { kind: left, barrier: `${barrier} (rest)`, rules: found("allow"), stated: true },
  ];
};

function directionOf(block: HclBlock, resource: Resource): Direction {
  const direction = readText(block, "direction", resource);
  return direction.kind === "known" && direction.value.toUpperCase() === "EGRESS" ? "egress" : "ingress";
}

/** For whom a rule is; all where nothing says so. */
function scopesOf(resource: Resource, attributes: readonly string[], lookup: Lookup): readonly string[] {
  const named = attributes.flatMap((name) =>
    readItems(resource.block, name).map((item) => {
      const member = memberOf(item, resource, lookup, "network", "");
      return member.kind === "addresses" ? textOf(item) : member.name;
    }),
  );
  return named.length === 0 ? [""] : [...new Set(named)];
}

function peersOf(resource: Resource, direction: Direction, lookup: Lookup): readonly Peer[] {
  const { block } = resource;
  const ranges = direction === "ingress" ? "source_ranges" : "destination_ranges";
  const peers = [
    ...readItems(block, ranges).flatMap((item) => networkOf(item, resource, lookup, 4)),
    ...(direction === "egress" ? [] : ["source_tags", "source_service_accounts"]).flatMap((name) =>
      readItems(block, name).map((item) => memberOf(item, resource, lookup, "network", "")),
    ),
  ];
  // Without any source or destination the rule is for 0.0.0.0/0 (reference of `compute.firewalls`).
  return peers.length === 0 ? everyIpv4 : peers;
}

function matchPeers(match: HclBlock, direction: Direction, resource: Resource, lookup: Lookup): readonly Peer[] {
  const side = direction === "ingress" ? "src" : "dest";
  const peers = [
    ...readItems(match, `${side}_ip_ranges`).flatMap((item) => networkOf(item, resource, lookup, 4)),
    ...["address_groups", "fqdns", "region_codes", "threat_intelligences"].flatMap((name) =>
      readItems(match, `${side}_${name}`).map(
        (item): Peer => ({ kind: "service", name: expressionOf(item, resource), family: 4 }),
      ),
    ),
    ...nested(match, "src_secure_tags", resource).blocks.flatMap((tag) =>
      readItems(tag, "name").map((item) => memberOf(item, resource, lookup, "network", "")),
    ),
  ];
  return peers.length === 0 ? everyPeer : peers;
}

/** Ports of a protocol, written as `["80", "8000-9000"]`; all of them where none is written. What is undecided is a part of its own. */
function servicesIn(block: HclBlock, protocolName: string, resource: Resource): readonly Part[] {
  const protocol = readText(block, protocolName, resource);
  const parsed = protocol.kind === "known" ? parseProtocol(protocol.value) : null;
  if (parsed === null) {
    return [{ services: allServices, open: openOf(protocol) }];
  }
  const items = readItems(block, "ports");
  if (items.length === 0) return [{ services: servicesOf(parsed, null, null), open: null }];
  return items.map((item): Part => {
    const range = item.kind === "literal" ? portRange(String(item.value)) : null;
    return range === null
      ? { services: servicesOf(parsed, null, null), open: expressionOf(item, resource) }
      : { services: servicesOf(parsed, range.from, range.to), open: null };
  });
}

function joined(texts: readonly (string | null)[]): string | null {
  const open = texts.filter((text) => text !== null);
  return open.length === 0 ? null : open.join(" and ");
}

function openOf(read: Read<string>): string {
  return read.kind === "open" ? read.expression : read.kind === "known" ? `protocol ${read.value}` : "no protocol";
}
