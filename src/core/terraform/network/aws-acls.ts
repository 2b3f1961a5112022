import type { HclBlock } from "../../hcl.ts";
import type { Resource } from "../model.ts";
import { openRule, portsOf } from "./aws-groups.ts";
import { type BarrierKind, nothingImplied, type Reader } from "./barrier.ts";
import { barrierOf, type Lookup, networkOf } from "./lookup.ts";
import { nested, readFlag, readItems, readText, readWhole, sourceOf } from "./reading.ts";
import type { Direction, TrafficRule } from "./rule.ts";
import { parseProtocol, servicesOf } from "./services.ts";

/** Security groups stand behind it, and it is stateless: answers need open ports too. */
const kind: BarrierKind = {
  noun: "network ACL",
  stands: "outer",
  target: null,
  unstated: "nobody",
  implied: nothingImplied,
};

/** `aws_network_acl`, and the default one of a VPC, with the rules that stand in them. What no rule is about is denied. */
export const networkAcl: Reader = (resource, lookup) => {
  const rules = (["ingress", "egress"] as const).flatMap((direction): readonly TrafficRule[] => {
    const { blocks, open } = nested(resource.block, direction, resource);
    return [
      ...blocks.map((block) => ruleOf(block, direction, "rule_no", "action", resource, lookup)),
      ...open.map(({ expression, line }) => openRule(resource, direction, expression, line)),
    ];
  });
  return [{ kind, barrier: lookup.nameOf(resource), rules, stated: true }];
};

export const networkAclRule: Reader = (resource, lookup) => {
  const egress = readFlag(resource.block, "egress", resource);
  const of = (direction: Direction): TrafficRule =>
    ruleOf(resource.block, direction, "rule_number", "rule_action", resource, lookup);
  const rules =
    egress.kind === "open"
      ? [of("ingress"), of("egress")].map((rule) => ({ ...rule, open: egress.expression }))
      : [of(egress.kind === "known" && egress.value ? "egress" : "ingress")];
  return [{ kind, barrier: barrierOf(resource, "network_acl_id", lookup), rules, stated: true }];
};

function ruleOf(
  block: HclBlock,
  direction: Direction,
  numberName: string,
  actionName: string,
  resource: Resource,
  lookup: Lookup,
): TrafficRule {
  const number = readWhole(block, numberName, resource);
  const action = readText(block, actionName, resource);
  const ports = icmpOf(block, resource) ?? portsOf(block, "protocol", resource);
  const unread = [number, action].flatMap((read) => (read.kind === "open" ? [read.expression] : []));
  return {
    direction,
    effect: action.kind === "known" && action.value.toLowerCase() === "deny" ? "deny" : "allow",
    priority: number.kind === "known" ? number.value : 0n,
    peers: [
      ...readItems(block, "cidr_block").flatMap((item) => networkOf(item, resource, lookup, 4)),
      ...readItems(block, "ipv6_cidr_block").flatMap((item) => networkOf(item, resource, lookup, 6)),
    ],
    services: ports.services,
    scope: "",
    open: unread.length > 0 ? unread.join(" and ") : ports.open,
    source: sourceOf(resource, block),
  };
}

/** For ICMP an ACL has type and code in attributes of their own, and its ports say nothing. */
function icmpOf(block: HclBlock, resource: Resource): ReturnType<typeof portsOf> | null {
  const protocol = readText(block, "protocol", resource);
  const parsed = protocol.kind === "known" ? parseProtocol(protocol.value) : null;
  if (parsed !== 1 && parsed !== 58) return null;
  const [type, code] = [readWhole(block, "icmp_type", resource), readWhole(block, "icmp_code", resource)];
  if (type.kind !== "known") return { services: servicesOf(parsed, null, null), open: null };
  return { services: servicesOf(parsed, type.value, code.kind === "known" ? code.value : null), open: null };
}
