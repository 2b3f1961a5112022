import type { HclValue } from "../../hcl.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import type { Resource } from "../model.ts";
import { bare, expressionOf, readText } from "./reading.ts";
import { addresses, type NamedKind, networkPeer, type Peer } from "./traffic.ts";
import type { Family } from "../../../lib/ip.ts";

/** A reference to an attribute of something that the configuration makes or reads. */
export interface Reference {
  readonly address: string;
  readonly type: string;
  readonly data: boolean;
  readonly attribute: string;
}

/** All resources of one root on one side, and what their addresses are called after the change. */
export interface Lookup {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly afterwards: (address: string) => string;
  /** What a resource itself is called after the change: one that stands for many instances is each of them. */
  readonly nameOf: (resource: Resource) => string;
}

const reference =
  /^(?<address>(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?<data>data\.)?(?<type>[a-z][\w-]*)\.[\w-]+(?:\[[^\]]*\])?)\.(?<attribute>[\w.[\]*]+)$/u;
const noResources: ReadonlySet<string> = new Set([
  "var",
  "local",
  "each",
  "count",
  "path",
  "module",
  "self",
  "terraform",
]);

/** What an expression refers to, where it is nothing but a reference to a resource or a data source. */
export function referenceIn(expression: string): Reference | null {
  const groups = reference.exec(bare(expression))?.groups;
  const { address = "", type = "", attribute = "" } = groups ?? {};
  if (groups === undefined || noResources.has(type)) return null;
  return { address, type, data: groups["data"] !== undefined, attribute };
}

/** Attributes that say which resource it is, and nothing else of it. */
const identities: ReadonlySet<string> = new Set(["arn", "id", "key", "name", "self_link"]);

/**
 * What an expression refers to, under its address after the change; with the attribute, where that is more than a name of the resource:
 * a data source may have many groups. An index
 * that nobody decided stands for every instance.
 */
export function referred(
  expression: string,
  { resources, afterwards }: Lookup,
): { readonly key: string; readonly to: Reference } | null {
  const to = referenceIn(expression);
  if (to === null) return null;
  const whole = to.address.replace(/\[[^\]]*\]$/u, "");
  const address = [to.address, `${whole}[*]`, whole].find((one) => resources.has(one)) ?? to.address;
  const name = afterwards(address);
  return { key: identities.has(to.attribute) ? name : `${name}.${to.attribute}`, to: { ...to, address } };
}

/** Data sources that stand for networks of one's own. */
const ownNetworks: ReadonlySet<string> = new Set([
  "aws_vpc",
  "aws_subnet",
  "aws_subnets",
  "aws_instance",
  "aws_network_interface",
  "aws_nat_gateway",
  "aws_eip",
  "azurerm_virtual_network",
  "azurerm_subnet",
  "azurerm_public_ip",
  "google_compute_network",
  "google_compute_subnetwork",
  "google_compute_address",
]);
/** Outputs of the network modules that many use, of the addresses of one's own network. */
const networkOutput =
  /^module\.[\w-]+(?:\[[^\]]*\])?\.(?:vpc_cidr_block|(?:private|public|intra|database)_subnets_cidr_blocks)$/u;

/**
 * The peer that one item of a list of networks stands for. A reference to a network that the configuration makes is that network, with
 * its addresses where they are written; any other expression stands for itself.
 */
export function networkOf(value: HclValue, of: Resource, lookup: Lookup, family: Family): readonly Peer[] {
  if (value.kind === "literal") {
    const peer = networkPeer(String(value.value));
    return [peer ?? { kind: "expression", name: String(value.value), family }];
  }
  const expression = expressionOf(value, of);
  // One address of something is a network of that.
  const [, single] = /^"?\$\{(?<reference>[^{}]+)\}\/(?:32|128)"?$/u.exec(textOf(value)) ?? [];
  const found = referred(single ?? textOf(value), lookup);
  if (found === null) {
    const kind: NamedKind = networkOutput.test(expression) ? "network" : "expression";
    return [{ kind, name: expression, family }];
  }
  const { key, to } = found;
  const target = lookup.resources.get(to.address);
  const written =
    target === undefined ? undefined : attributeOf(target.block.body, to.attribute.replace(/\[\d+\]$/u, ""));
  const literals = written?.kind === "list" ? written.items : written === undefined ? [] : [written];
  const peers = literals.map((item) => (item.kind === "literal" ? networkPeer(String(item.value)) : null));
  if (peers.length > 0 && peers.every((peer) => peer !== null)) return peers;
  const own = target?.mode === "managed" || ownNetworks.has(to.type);
  return [{ kind: own ? "network" : "expression", name: expression.includes(" for ") ? expression : key, family }];
}

/** A security group, an address of a set, a subnet: something with addresses of its own, whichever it is. */
export function memberOf(value: HclValue, of: Resource, lookup: Lookup, kind: NamedKind, itself: string): Peer {
  const expression = value.kind === "literal" ? String(value.value) : expressionOf(value, of);
  const found = value.kind === "literal" ? null : referred(expression, lookup);
  const key = found?.key ?? expression;
  return { kind, name: key === itself ? "itself" : key, family: 4 };
}

/** Addresses from one to another; null where they are none. */
export function rangePeer(start: string, end: string): Peer | null {
  const [from, to] = [networkPeer(start), networkPeer(end)];
  if (from?.kind !== "addresses" || to?.kind !== "addresses" || from.family !== to.family) return null;
  return addresses({ family: from.family, from: from.from, to: to.to });
}

/** The barrier that an attribute of a rule names. */
export function barrierOf(resource: Resource, attribute: string, lookup: Lookup): string {
  const value = attributeOf(resource.block.body, attribute);
  if (value === undefined) return `without ${attribute}`;
  if (value.kind === "literal") return String(value.value);
  const expression = bare(textOf(value));
  return referred(expression, lookup)?.key ?? expression;
}

/** What an attribute names, by reference, or by a name that is written where it is made as well. */
export function ownerByName(resource: Resource, attribute: string, type: string, lookup: Lookup): string {
  const named = barrierOf(resource, attribute, lookup);
  const owner = [...lookup.resources.values()].find(
    (one) => one.type === type && readText(one.block, "name", one).kind === "known" && nameIs(one, named),
  );
  return owner === undefined ? named : lookup.nameOf(owner);
}

function nameIs(one: Resource, named: string): boolean {
  const name = readText(one.block, "name", one);
  return name.kind === "known" && name.value.toLowerCase() === named.toLowerCase();
}
