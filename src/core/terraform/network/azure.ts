import { difference } from "../../../lib/intervals.ts";
import { everyAddress } from "../../../lib/ip.ts";
import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Resource } from "../model.ts";
import { openRule } from "./aws-groups.ts";
import type { BarrierKind, Reader } from "./barrier.ts";
import { type Lookup, memberOf, networkOf, ownerByName } from "./lookup.ts";
import { expressionOf, nested, readItems, readText, readWhole, sourceOf } from "./reading.ts";
import type { TrafficRule } from "./rule.ts";
import { allServices, parseProtocol, portRange, type Services, servicesOf } from "./services.ts";
import { addresses, everyPeer, type Peer } from "./traffic.ts";
import { privateNetworks } from "./publicity.ts";

const virtualNetwork: Peer = { kind: "service", name: "VirtualNetwork", family: 4 };

/** The default rules of a network security group: its virtual network may come in, and everything may go out. */
const kind: BarrierKind = {
  noun: "network security group",
  stands: "guard",
  target: null,
  unstated: "nobody",
  implied: {
    ingress: { when: "always", peers: [virtualNetwork] },
    egress: { when: "denied", peers: everyPeer },
  },
};

export const networkSecurityGroup: Reader = (resource, lookup) => {
  const { blocks, open } = nested(resource.block, "security_rule", resource);
  const rules = [
    ...blocks.flatMap((block) => rulesOf(block, resource, lookup)),
    ...open.map(({ expression, line }) => openRule(resource, "ingress", expression, line)),
  ];
  return [{ kind, barrier: lookup.nameOf(resource), rules, stated: true }];
};

export const networkSecurityRule: Reader = (resource, lookup) => {
  const barrier = ownerByName(resource, "network_security_group_name", "azurerm_network_security_group", lookup);
  return [{ kind, barrier, rules: rulesOf(resource.block, resource, lookup), stated: true }];
};

/** One rule for each part of its ports, and for each destination: a rule for one destination says nothing of others. */
function rulesOf(block: HclBlock, resource: Resource, lookup: Lookup): readonly TrafficRule[] {
  const way = readText(block, "direction", resource);
  const access = readText(block, "access", resource);
  const priority = readWhole(block, "priority", resource);
  const direction = way.kind === "known" && way.value.toLowerCase() === "outbound" ? "egress" : "ingress";
  const [near, far] = direction === "ingress" ? ["destination", "source"] : ["source", "destination"];
  const unread = [way, access, priority].flatMap((read) => (read.kind === "open" ? [read.expression] : []));
  const effect = access.kind === "known" && access.value.toLowerCase() === "deny" ? "deny" : "allow";
  const peers = peersOf(block, far, resource, lookup);
  // A denial that is only for some source ports stops next to nothing.
  if (effect === "deny" && !isEveryPort(readItems(block, "source_port_range"))) return [];
  return scopesOf(block, near, resource).flatMap((scope) =>
    servicesIn(block, resource).map(({ services, open }): TrafficRule => {
      const expressions = [...unread, ...(open === null ? [] : [open])];
      return {
        direction,
        effect,
        priority: priority.kind === "known" ? priority.value : 0n,
        peers,
        services,
        scope,
        open: expressions.length === 0 ? null : expressions.join(" and "),
        source: sourceOf(resource, block),
      };
    }),
  );
}

function isEveryPort(items: readonly HclValue[]): boolean {
  return items.every((item) => item.kind === "literal" && ["*", "0-65535"].includes(String(item.value)));
}

function servicesIn(block: HclBlock, resource: Resource): readonly { services: Services; open: string | null }[] {
  const protocol = readText(block, "protocol", resource);
  const parsed = protocol.kind === "known" ? parseProtocol(protocol.value) : protocol.kind === "absent" ? "all" : null;
  if (parsed === null) {
    const open = protocol.kind === "open" ? protocol.expression : "the protocol";
    return [{ services: allServices, open }];
  }
  const items = ["destination_port_range", "destination_port_ranges"].flatMap((name) => readItems(block, name));
  // Ports must be written; a rule without any is taken to be for all of them.
  if (items.length === 0) return [{ services: servicesOf(parsed, null, null), open: null }];
  return items.map((item) => {
    const range = item.kind === "literal" ? portRange(String(item.value)) : null;
    if (range === null) return { services: allServices, open: expressionOf(item, resource) };
    const every = range.from === 0n && range.to === 65_535n;
    const services =
      parsed !== "all"
        ? servicesOf(parsed, every ? null : range.from, every ? null : range.to)
        : every
          ? allServices
          : [6, 17].flatMap((number) => [...servicesOf(number, range.from, range.to)]);
    return { services, open: null };
  });
}

/** The own side of a rule: which machines it is for. Everything is the empty scope. */
function scopesOf(block: HclBlock, side: string, resource: Resource): readonly string[] {
  const items = [
    `${side}_address_prefix`,
    `${side}_address_prefixes`,
    `${side}_application_security_group_ids`,
  ].flatMap((name) => readItems(block, name));
  const texts = items.map((item) => (item.kind === "literal" ? String(item.value) : expressionOf(item, resource)));
  const all = ["*", "0.0.0.0/0", "any", "virtualnetwork"];
  if (texts.length === 0 || texts.some((text) => all.includes(text.toLowerCase()))) return [""];
  return [...new Set(texts)];
}

function peersOf(block: HclBlock, side: string, resource: Resource, lookup: Lookup): readonly Peer[] {
  const prefixes = [`${side}_address_prefix`, `${side}_address_prefixes`].flatMap((name) => readItems(block, name));
  const groups = readItems(block, `${side}_application_security_group_ids`);
  return [
    ...prefixes.flatMap((item) => tagOf(item) ?? networkOf(item, resource, lookup, 4)),
    ...groups.map((item) => memberOf(item, resource, lookup, "security group", "")),
  ];
}

/** Service tags: `Internet` is every address that is nobody's own; others are names for addresses that Azure keeps. */
function tagOf(item: HclValue): readonly Peer[] | null {
  if (item.kind !== "literal") return null;
  const text = String(item.value);
  const tag = text.toLowerCase();
  if (tag === "*" || tag === "any") return everyPeer;
  if (tag === "internet") {
    const v4 = difference([everyAddress(4)], privateNetworks[4]).map((part) => addresses({ family: 4, ...part }));
    const v6 = difference([everyAddress(6)], privateNetworks[6]).map((part) => addresses({ family: 6, ...part }));
    return [...v4, ...v6];
  }
  if (tag === "virtualnetwork") return [virtualNetwork];
  return /^[A-Za-z]/u.test(text) && !text.includes(":") ? [{ kind: "service", name: text, family: 4 }] : null;
}
