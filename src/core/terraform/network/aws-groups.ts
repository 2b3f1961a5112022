import type { HclBlock } from "../../hcl.ts";
import type { Resource } from "../model.ts";
import { type BarrierKind, nothingImplied, type Reader } from "./barrier.ts";
import { barrierOf, type Lookup, memberOf, networkOf } from "./lookup.ts";
import { nested, type Read, readFlag, readItems, readText, readWhole, sourceOf } from "./reading.ts";
import type { Direction, TrafficRule } from "./rule.ts";
import { allServices, parseProtocol, servicesOf, type Services } from "./services.ts";
import { everyPeer, type Peer } from "./traffic.ts";

const kind: BarrierKind = {
  noun: "security group",
  stands: "guard",
  target: null,
  unstated: "nobody",
  implied: nothingImplied,
};

/** The same rule of traffic under the names that its resource type has for it. */
interface Names {
  readonly protocol: string;
  readonly v4: readonly string[];
  readonly v6: readonly string[];
  readonly groups: readonly string[];
  readonly lists: readonly string[];
}

const classic: Names = {
  protocol: "protocol",
  v4: ["cidr_blocks"],
  v6: ["ipv6_cidr_blocks"],
  groups: ["security_groups", "source_security_group_id"],
  lists: ["prefix_list_ids"],
};
const single: Names = {
  protocol: "ip_protocol",
  v4: ["cidr_ipv4"],
  v6: ["cidr_ipv6"],
  groups: ["referenced_security_group_id"],
  lists: ["prefix_list_id"],
};

/** Security groups of AWS, with the rules that stand in them. */
export const securityGroup: Reader = (resource, lookup) => {
  const barrier = lookup.nameOf(resource);
  const rules = (["ingress", "egress"] as const).flatMap((direction): readonly TrafficRule[] => {
    const { blocks, open } = nested(resource.block, direction, resource);
    return [
      ...blocks.map((block) => ruleOf(block, direction, classic, resource, lookup, barrier)),
      ...open.map(({ expression, line }) => openRule(resource, direction, expression, line)),
    ];
  });
  return [{ kind, barrier, rules, stated: true }];
};

/** A rule that stands by itself: `aws_security_group_rule`. */
export const securityGroupRule: Reader = (resource, lookup) => {
  const direction = readText(resource.block, "type", resource);
  const barrier = groupOf(resource, lookup);
  const of = (way: Direction): TrafficRule => ruleOf(resource.block, way, classic, resource, lookup, barrier);
  const rules =
    direction.kind === "known"
      ? [of(direction.value === "egress" ? "egress" : "ingress")]
      : [of("ingress"), of("egress")].map((rule) => ({ ...rule, open: openText(direction, "type") }));
  return [{ kind, barrier, rules, stated: true }];
};

/** `aws_vpc_security_group_ingress_rule` and its opposite: one peer each. */
export const singleRule: Reader = (resource, lookup) => {
  const barrier = groupOf(resource, lookup);
  const direction = resource.type.includes("egress") ? "egress" : "ingress";
  const rules = [ruleOf(resource.block, direction, single, resource, lookup, barrier)];
  return [{ kind, barrier, rules, stated: true }];
};

function groupOf(resource: Resource, lookup: Lookup): string {
  return barrierOf(resource, "security_group_id", lookup);
}

function openText(read: Read<unknown>, name: string): string {
  return read.kind === "open" ? read.expression : `no ${name}`;
}

/** Rules that an expression makes: nobody knows how many, and which. */
export function openRule(resource: Resource, direction: Direction, expression: string, line: number): TrafficRule {
  const source = { path: resource.path, line, attributes: [] };
  const rest = { effect: "allow", priority: 0n, scope: "", services: allServices, peers: everyPeer } as const;
  return { ...rest, direction, open: expression, source };
}

function ruleOf(
  block: HclBlock,
  direction: Direction,
  names: Names,
  resource: Resource,
  lookup: Lookup,
  barrier: string,
): TrafficRule {
  const ports = portsOf(block, names.protocol, resource);
  const source = sourceOf(resource, block);
  const rest = { direction, effect: "allow", priority: 0n, scope: "", source } as const;
  const own = readFlag(block, "self", resource);
  const itself: readonly Peer[] =
    own.kind === "absent" || (own.kind === "known" && !own.value)
      ? []
      : [{ kind: "security group", name: own.kind === "open" ? own.expression : "itself", family: 4 }];
  const peers = [...peersOf(block, names, resource, lookup, barrier), ...itself];
  return { ...rest, peers, services: ports.services, open: ports.open };
}

/** Everything that is listed as a peer. */
function peersOf(block: HclBlock, names: Names, resource: Resource, lookup: Lookup, barrier: string): readonly Peer[] {
  const items = (attributes: readonly string[]) => attributes.flatMap((name) => readItems(block, name));
  return [
    ...items(names.v4).flatMap((item) => networkOf(item, resource, lookup, 4)),
    ...items(names.v6).flatMap((item) => networkOf(item, resource, lookup, 6)),
    ...items(names.groups).map((item) => memberOf(item, resource, lookup, "security group", barrier)),
    ...items(names.lists).flatMap((item) => {
      const list = memberOf(item, resource, lookup, "prefix list", barrier);
      return list.kind === "addresses" ? [list] : (entriesOf(list.name, lookup) ?? [list]);
    }),
  ];
}

/** The networks of a prefix list that the configuration makes; null for any other, or where one of them is not decided. */
function entriesOf(list: string, lookup: Lookup): readonly Peer[] | null {
  const owner = [...lookup.resources.values()].find(
    (one) => one.type === "aws_ec2_managed_prefix_list" && one.mode === "managed" && lookup.nameOf(one) === list,
  );
  if (owner === undefined) return null;
  const inline = nested(owner.block, "entry", owner);
  const alone = [...lookup.resources.values()].filter(
    (one) => one.type === "aws_ec2_managed_prefix_list_entry" && barrierOf(one, "prefix_list_id", lookup) === list,
  );
  const peers = [
    ...inline.blocks.map((block) => ({ block, of: owner })),
    ...alone.map((one) => ({ block: one.block, of: one })),
  ].flatMap(({ block, of }) => readItems(block, "cidr").flatMap((item) => networkOf(item, of, lookup, 4)));
  const open = inline.open.map(({ expression }): Peer => ({ kind: "expression", name: expression, family: 4 }));
  return [...peers, ...open];
}

/** Services by protocol and two ports, as AWS has them. */
export function portsOf(
  block: HclBlock,
  protocolName: string,
  resource: Resource,
): { readonly services: Services; readonly open: string | null } {
  const protocol = readText(block, protocolName, resource);
  const [from, to] = [readWhole(block, "from_port", resource), readWhole(block, "to_port", resource)];
  const parsed = protocol.kind === "known" ? parseProtocol(protocol.value) : protocol.kind === "absent" ? "all" : null;
  if (parsed === "all") return { services: allServices, open: null };
  const written = [protocol, from, to].map((read) =>
    read.kind === "open" ? read.expression : read.kind === "known" ? `${read.value}` : "any",
  );
  const [name = "", low = "", high = ""] = written;
  if (parsed === null || from.kind === "open" || to.kind === "open") {
    return { services: allServices, open: `${name} ${low === high ? low : `${low}-${high}`}` };
  }
  const port = (read: Read<bigint>): bigint | null => (read.kind === "known" ? read.value : null);
  return { services: servicesOf(parsed, port(from), port(to)), open: null };
}
