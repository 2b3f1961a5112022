import { difference, type Intervals, none, union } from "../../../lib/intervals.ts";
import { type Family, networksOf, parseNetwork } from "../../../lib/ip.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import type { Place } from "../../change/change-set.ts";
import type { HclBlock } from "../../hcl.ts";
import type { Observation } from "../../rule.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { Resource, ResourceChange } from "../model.ts";
import { barrierOf, type Lookup, referred } from "./lookup.ts";
import { expressionOf, nested, readItems } from "./reading.ts";
import { asTheyAre, lookupIn, type Names, newness, type Root, rootsOf } from "./roots.ts";
import { inCode } from "../telling.ts";

/** Where a route leads: `internet`, or another network through a peering, a transit gateway or a private gateway. */
interface Route {
  readonly through: string;
  readonly destination: { readonly family: Family; readonly addresses: Intervals } | { readonly expression: string };
  readonly place: Place;
  readonly module: string;
}

/** Attributes of a route that lead out of the network, and what they lead to. NAT and egress-only gateways let nobody in. */
const gateways: readonly (readonly [string, string])[] = [
  ["gateway_id", "gateway"],
  ["transit_gateway_id", "transit gateway"],
  ["vpc_peering_connection_id", "peering connection"],
  ["core_network_arn", "core network"],
  ["carrier_gateway_id", "internet"],
];
const destinations = ["cidr_block", "destination_cidr_block", "ipv6_cidr_block", "destination_ipv6_cidr_block"];
const lists = ["destination_prefix_list_id"];

/** All routes of a root on one side, by route table, and the tables of its subnets. */
interface Routing {
  readonly tables: ReadonlyMap<string, readonly Route[]>;
  readonly subnets: ReadonlyMap<string, { readonly table: string; readonly place: Place; readonly module: string }>;
}

/** Routes that newly lead from what stood before to the internet or to another network. */
export function routeObservations(changes: readonly ResourceChange[]): readonly Observation[] {
  const found = rootsOf(changes).flatMap(opened);
  const same = Map.groupBy(found, (one) => {
    return JSON.stringify([one.at, "message" in one ? one.message : one.undecided]);
  });
  return [...same.values()].flatMap(([first]) => first ?? []).toSorted((a, b) => byCodeUnits(a.about, b.about));
}

type Opened = Observation & { readonly about: string };

function opened(root: Root): readonly Opened[] {
  const [before, after] = [routingOf(root.before, root.names), routingOf(root.after, asTheyAre)];
  const made = new Set(root.after.filter(({ mode }) => mode === "managed").map(({ address }) => address));
  const isNew = newness(root);
  const tables = [...after.tables].flatMap(([table, routes]) =>
    isNew(
      table,
      routes.map(({ module }) => module),
    )
      ? []
      : newly(before.tables.get(table) ?? [], routes, `route table ${inCode(table)}`, root.root),
  );
  const subnets = [...after.subnets].flatMap(([subnet, { table, place, module }]) => {
    const was = before.subnets.get(subnet)?.table;
    if (isNew(subnet, [module]) || was === table) return [];
    if (!made.has(table)) {
      const undecided = `where subnet ${inCode(subnet)} leads: the routes of ${inCode(table)} are not in this configuration`;
      return [{ at: place, about: [root.root, subnet, table].join(" "), undecided }];
    }
    const routes = (after.tables.get(table) ?? []).map((route) => ({ ...route, place }));
    return newly(before.tables.get(was ?? "") ?? [], routes, `subnet ${inCode(subnet)}`, root.root);
  });
  return [...tables, ...subnets];
}

function newly(before: readonly Route[], after: readonly Route[], name: string, root: string): readonly Opened[] {
  return after.flatMap((route): readonly Opened[] => {
    const stood = before.filter(({ through }) => through === route.through);
    const destination = addedTo(stood, route);
    if (destination === null) return [];
    const through = route.through === "internet" ? "an internet gateway" : route.through;
    return [
      {
        at: route.place,
        about: [root, name, route.through, destination].join(" "),
        message: `${name} newly leads to ${destination} through ${through}`,
        asks: true as const,
        object: name,
      },
    ];
  });
}

/** The part of the destination that nothing led to before, as people read it; null where there is none. */
function addedTo(before: readonly Route[], { destination }: Route): string | null {
  if ("expression" in destination) {
    const same = before.some(
      (route) => "expression" in route.destination && route.destination.expression === destination.expression,
    );
    return same ? null : inCode(destination.expression);
  }
  const { family, addresses } = destination;
  const covered = before.reduce<Intervals>((all, route) => {
    return "addresses" in route.destination && route.destination.family === family
      ? union(all, route.destination.addresses)
      : all;
  }, none);
  const added = difference(addresses, covered);
  return added.length === 0 ? null : networksOf(family, added).slice(0, 8).join(", ");
}

function routingOf(resources: readonly Resource[], names: Names): Routing {
  const lookup = lookupIn(resources, names);
  const tables = new Map<string, readonly Route[]>();
  const subnets = new Map<string, { table: string; place: Place; module: string }>();
  for (const resource of resources) {
    if (resource.mode !== "managed") continue;
    const add = (table: string, routes: readonly Route[]): void => {
      tables.set(table, [...(tables.get(table) ?? []), ...routes]);
    };
    switch (resource.type) {
      case "aws_route":
        add(barrierOf(resource, "route_table_id", lookup), routesIn(resource.block, resource, lookup));
        break;
      case "aws_route_table":
      case "aws_default_route_table": {
        const { blocks, open } = nested(resource.block, "route", resource);
        const undecided = open.map(({ expression, line }): Route => {
          return {
            through: "what is not decided",
            destination: { expression },
            place: headPlace(resource, line),
            module: resource.module,
          };
        });
        add(lookup.nameOf(resource), [...blocks.flatMap((block) => routesIn(block, resource, lookup)), ...undecided]);
        break;
      }
      case "aws_route_table_association":
        if (attributeOf(resource.block.body, "subnet_id") !== undefined) {
          const table = barrierOf(resource, "route_table_id", lookup);
          subnets.set(barrierOf(resource, "subnet_id", lookup), {
            table,
            place: headPlace(resource, lineOf(resource)),
            module: resource.module,
          });
        }
        break;
      default:
        break;
    }
  }
  return { tables, subnets };
}

function lineOf({ block }: Resource): number {
  return block.body.attributes.find(({ name }) => name === "route_table_id")?.line ?? block.line;
}

function headPlace({ path }: Resource, line: number): Place {
  return { path, side: "head", line };
}

function routesIn(block: HclBlock, resource: Resource, lookup: Lookup): readonly Route[] {
  const through = gateways.flatMap(([name, noun]) =>
    readItems(block, name).flatMap((item) => {
      const expression = item.kind === "literal" ? String(item.value) : expressionOf(item, resource);
      const target = referred(expression, lookup);
      if (noun !== "gateway") return noun === "internet" ? [noun] : [`${noun} ${inCode(target?.key ?? expression)}`];
      if (expression === "local") return [];
      const internet =
        target === null ? !/^(?:vgw|vpce)-|vpn_gateway/u.test(expression) : target.to.type === "aws_internet_gateway";
      return internet ? ["internet"] : [`gateway ${inCode(target?.key ?? expression)}`];
    }),
  );
  const place = headPlace(resource, lineOfGateway(block));
  const ends = destinations
    .flatMap((name) => readItems(block, name))
    .map((item): Route["destination"] => {
      const range = item.kind === "literal" ? parseNetwork(String(item.value)) : null;
      if (range === null)
        return { expression: item.kind === "literal" ? String(item.value) : expressionOf(item, resource) };
      return { family: range.family, addresses: [{ from: range.from, to: range.to }] };
    });
  const listed = lists
    .flatMap((name) => readItems(block, name))
    .map((item) => {
      return { expression: item.kind === "literal" ? String(item.value) : expressionOf(item, resource) };
    });
  return through.flatMap((way) =>
    [...ends, ...listed].map((destination) => ({ through: way, destination, place, module: resource.module })),
  );
}

function lineOfGateway(block: HclBlock): number {
  return block.body.attributes.find(({ name }) => gateways.some(([gateway]) => gateway === name))?.line ?? block.line;
}
