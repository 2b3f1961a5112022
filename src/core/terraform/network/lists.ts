import type { HclBlock } from "../../hcl.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { Resource } from "../model.ts";
import { type BarrierKind, type Declaration, nothingImplied, type Reader } from "./barrier.ts";
import { barrierOf, type Lookup, memberOf, networkOf, rangePeer } from "./lookup.ts";
import { nested, readFlag, readItems, readText, sourceOf } from "./reading.ts";
import type { TrafficRule } from "./rule.ts";
import { allServices } from "./services.ts";
import { everyIpv4, type Peer } from "./traffic.ts";

/** Lists of networks from which a service with an address of its own is reached. */
const shared = { implied: nothingImplied } as const;
const database: BarrierKind = {
  ...shared,
  noun: "networks that reach database",
  target: "the database",
  stands: "guard",
  unstated: "nobody",
};
const cluster: BarrierKind = {
  ...shared,
  noun: "networks that reach cluster",
  target: "the Kubernetes API",
  stands: "guard",
  unstated: "everybody",
};
const nodes: BarrierKind = {
  ...shared,
  noun: "networks that reach nodes",
  target: "tcp 22 (ssh)",
  stands: "guard",
  unstated: "nobody",
};
/** Whoever reaches it must still sign in, as everywhere in the provider's own services. */
const service: BarrierKind = {
  ...shared,
  noun: "networks that reach",
  target: "the service",
  stands: "outer",
  unstated: "everybody",
};

/** Who is on the list; the places of the list are those of its block. */
interface Listed {
  readonly peers: readonly Peer[];
  readonly block: HclBlock;
  readonly stated: boolean;
  readonly open?: string | null;
}

function listing(
  kind: BarrierKind,
  barrier: string,
  resource: Resource,
  lists: readonly Listed[],
): readonly Declaration[] {
  const rules = lists.map(({ peers, block, open = null }): TrafficRule => {
    const source = sourceOf(resource, block);
    return {
      direction: "ingress",
      effect: "allow",
      priority: 0n,
      peers,
      services: allServices,
      scope: "",
      open,
      source,
    };
  });
  return [{ kind, barrier, rules, stated: lists.every(({ stated }) => stated) }];
}

function everybody(block: HclBlock, stated: boolean, open: string | null = null): Listed {
  return { peers: everyIpv4, block, stated, open };
}

/** Blocks that are not decided may hold anybody. */
function openLists(block: HclBlock, open: readonly { readonly expression: string }[]): readonly Listed[] {
  return open.map(({ expression }) => ({ peers: everyIpv4, block, stated: true, open: expression }));
}

export const sqlInstance: Reader = (resource, lookup) => {
  const settings = nested(resource.block, "settings", resource);
  const configurations = settings.blocks.map((block) => nested(block, "ip_configuration", resource));
  const lists = configurations.flatMap(({ blocks, open }) => [
    ...openLists(resource.block, open),
    ...blocks.flatMap((block) => {
      const address = readFlag(block, "ipv4_enabled", resource);
      if (address.kind === "known" && !address.value) return [];
      const networks = nested(block, "authorized_networks", resource);
      return [
        ...openLists(block, networks.open),
        ...networks.blocks.map(
          (network): Listed => ({
            peers: readItems(network, "value").flatMap((item) => networkOf(item, resource, lookup, 4)),
            block: network,
            stated: true,
          }),
        ),
      ];
    }),
  ]);
  const all = [...openLists(resource.block, settings.open), ...lists];
  return listing(database, lookup.nameOf(resource), resource, all);
};

export const gkeCluster: Reader = (resource, lookup) => {
  const barrier = lookup.nameOf(resource);
  const flags = nested(resource.block, "private_cluster_config", resource).blocks.map((block) =>
    readFlag(block, "enable_private_endpoint", resource),
  );
  if (flags.some((flag) => flag.kind === "known" && flag.value)) return listing(cluster, barrier, resource, []);
  const configurations = nested(resource.block, "master_authorized_networks_config", resource);
  if (configurations.unstated) return listing(cluster, barrier, resource, [everybody(resource.block, false)]);
  const lists = configurations.blocks.flatMap((block) => {
    const { blocks, open } = nested(block, "cidr_blocks", resource);
    const networks = blocks.map(
      (inner): Listed => ({
        peers: readItems(inner, "cidr_block").flatMap((item) => networkOf(item, resource, lookup, 4)),
        block: inner,
        stated: true,
      }),
    );
    return [...networks, ...openLists(block, open)];
  });
  return listing(cluster, barrier, resource, [...lists, ...openLists(resource.block, configurations.open)]);
};

export const eksCluster: Reader = (resource, lookup) => {
  const barrier = lookup.nameOf(resource);
  const { blocks, open } = nested(resource.block, "vpc_config", resource);
  const lists = blocks.flatMap((block): readonly Listed[] => {
    const flag = readFlag(block, "endpoint_public_access", resource);
    if (flag.kind === "known" && !flag.value) return [];
    const unread = flag.kind === "open" ? flag.expression : null;
    const listed = listedIn(block, ["public_access_cidrs"], resource, lookup);
    const written = attributeOf(block.body, "public_access_cidrs") !== undefined || flag.kind !== "absent";
    // An empty list stands for the default of the provider, which is everybody.
    return [listed.peers.length === 0 ? everybody(block, written, unread) : { ...listed, open: unread }];
  });
  return listing(cluster, barrier, resource, [...lists, ...openLists(resource.block, open)]);
};

/** Nodes that can be signed in to: from everywhere, unless groups are named (reference of `CreateNodegroup`). */
export const eksNodes: Reader = (resource, lookup) => {
  const { blocks, open } = nested(resource.block, "remote_access", resource);
  const lists = blocks
    .filter((block) => attributeOf(block.body, "ec2_ssh_key") !== undefined)
    .map((block): Listed => {
      const groups = readItems(block, "source_security_group_ids");
      const peers = groups.map((item) => memberOf(item, resource, lookup, "security group", ""));
      return peers.length === 0 ? everybody(block, true) : { peers, block, stated: true };
    });
  return listing(nodes, lookup.nameOf(resource), resource, [...lists, ...openLists(resource.block, open)]);
};

export const aksCluster: Reader = (resource, lookup) => {
  const barrier = lookup.nameOf(resource);
  const isPrivate = readFlag(resource.block, "private_cluster_enabled", resource);
  if (isPrivate.kind === "known" && isPrivate.value) return listing(cluster, barrier, resource, []);
  const profile = nested(resource.block, "api_server_access_profile", resource);
  const names = ["authorized_ip_ranges", "api_server_authorized_ip_ranges"];
  const holders = [resource.block, ...profile.blocks].filter((block) =>
    names.some((name) => attributeOf(block.body, name) !== undefined),
  );
  const lists = holders.map((block) => listedIn(block, names, resource, lookup));
  const all = [...lists, ...openLists(resource.block, profile.open)];
  // An empty list restricts nothing.
  const restricts = all.some(({ peers }) => peers.length > 0);
  return listing(cluster, barrier, resource, restricts ? all : [everybody(resource.block, holders.length > 0)]);
};

function listedIn(block: HclBlock, names: readonly string[], resource: Resource, lookup: Lookup): Listed {
  const items = names.flatMap((name) => readItems(block, name));
  return { peers: items.flatMap((item) => networkOf(item, resource, lookup, 4)), block, stated: true };
}

/** `azurerm_mssql_firewall_rule` and the like: 0.0.0.0 to 0.0.0.0 is everything that runs in Azure, of whomever. */
export const firewallRule: Reader = (resource, lookup) => {
  const owner = ["server_id", "server_name", "synapse_workspace_id", "redis_cache_name"].find(
    (name) => attributeOf(resource.block.body, name) !== undefined,
  );
  const barrier = barrierOf(resource, owner ?? "server_id", lookup);
  const [start, end] = ["start", "end"].map((side) => {
    const named = readText(resource.block, `${side}_ip_address`, resource);
    return named.kind === "absent" ? readText(resource.block, `${side}_ip`, resource) : named;
  });
  const fixed = start?.kind === "known" && end?.kind === "known" ? [start.value, end.value] : null;
  const expression = [start, end].map((read) => (read?.kind === "open" ? read.expression : "")).join(" to ");
  const peer: Peer | null =
    fixed === null
      ? null
      : fixed.every((text) => text === "0.0.0.0")
        ? { kind: "service", name: "everything in Azure, of any customer", family: 4 }
        : rangePeer(fixed[0] ?? "", fixed[1] ?? "");
  const peers = [peer ?? { kind: "expression" as const, name: fixed?.join(" to ") ?? expression, family: 4 as const }];
  return listing(database, barrier, resource, [{ peers, block: resource.block, stated: true }]);
};

/** Services of Azure that admit everybody unless a block with `default_action = "Deny"` says who may come. */
export const networkRules: Reader = (resource, lookup) => {
  const inside = ["network_rules", "network_acls", "network_rule_set", "network_rulesets"];
  const blocks = resource.type.endsWith("_network_rules")
    ? [resource.block]
    : inside.flatMap((name) => nested(resource.block, name, resource).blocks);
  const open = inside.flatMap((name) => nested(resource.block, name, resource).open);
  const owner = resource.type.endsWith("_network_rules")
    ? barrierOf(resource, "storage_account_id", lookup)
    : lookup.nameOf(resource);
  const unstated = blocks.length === 0 && open.length === 0;
  const lists = blocks.map((block): Listed => {
    const action = readText(block, "default_action", resource);
    if (action.kind === "open") return { ...everybody(block, true), open: action.expression };
    if (action.kind === "absent" || action.value.toLowerCase() === "allow") return everybody(block, true);
    return { peers: admitted(block, resource, lookup), block, stated: true };
  });
  const all = unstated ? [everybody(resource.block, false)] : [...lists, ...openLists(resource.block, open)];
  return listing(service, owner, resource, all);
};

function admitted(block: HclBlock, resource: Resource, lookup: Lookup): readonly Peer[] {
  const rules = ["ip_rule", "ip_rules"].flatMap((name) => nested(block, name, resource).blocks);
  const texts = [
    ...readItems(block, "ip_rules").filter((item) => item.kind !== "object"),
    ...rules.flatMap((rule) => [...readItems(rule, "ip_range"), ...readItems(rule, "ip_mask")]),
  ];
  const subnets = readItems(block, "virtual_network_subnet_ids");
  return [
    ...texts.flatMap((item) => networkOf(item, resource, lookup, 4)),
    ...subnets.map((item) => memberOf(item, resource, lookup, "network", "")),
  ];
}
