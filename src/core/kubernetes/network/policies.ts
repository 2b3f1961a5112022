import { type Interval, type Intervals, intervals, difference } from "../../../lib/intervals.ts";
import { parseNetwork } from "../../../lib/ip.ts";
import type { KubernetesObject } from "../object.ts";
import { both, isEmpty, type Names, only } from "../rbac/sets.ts";
import type { Value } from "../../views/value.ts";
import { type Part, remainder, type Traffic } from "./traffic.ts";

export const directions = ["ingress", "egress"] as const;
export type Direction = (typeof directions)[number];

/** What one rule of a policy lets through, or what no policy stops. */
export interface Allowed {
  readonly traffic: Traffic;
  /** The rule; undefined where no policy stands before the pods. */
  readonly at: Value | undefined;
  readonly policy: KubernetesObject | undefined;
}

export function isNetworkPolicy({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === "NetworkPolicy" && /^(?:networking\.k8s\.io|extensions)\//u.test(apiVersion);
}

function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

/** A label that is not there has this value: no label can be it. */
const absent = "(absent)";

/** What a selector picks, one dimension for each label. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
function selected(prefix: string, selector: Value | undefined): readonly (readonly [string, Part])[] {
  const labels = (selector?.at("matchLabels")?.entries() ?? []).map(
    ({ key, value }) => [`${prefix}${key}`, { names: only(text(value)) }] as const,
  );
  const expressions = (selector?.at("matchExpressions")?.items() ?? []).map(
    (one) => [`${prefix}${text(one.at("key"))}`, { names: expressed(one) }] as const,
  );
  // What is written as a whole in the place of a selector picks what nobody knows.
  const hidden =
    selector?.scalar == null ? [] : [[`${prefix}${text(selector)}`, { names: only(text(selector)) }] as const];
  return [...labels, ...expressions, ...hidden];
}

function expressed(one: Value): Names {
  const values = (one.at("values")?.items() ?? []).map(text);
  switch (text(one.at("operator"))) {
    case "In":
      return only(...values);
    case "NotIn":
      return { others: true, names: new Set(values) };
    case "Exists":
      return { others: true, names: new Set([absent]) };
    case "DoesNotExist":
      return only(absent);
    default:
      return only(text(one.at("operator")));
  }
}

/** Two demands on one label hold together. Null: nothing meets both. */
function product(parts: readonly (readonly [string, Part])[]): Traffic | null {
  const all = new Map<string, Part>();
  for (const [dimension, part] of parts) {
    const known = all.get(dimension);
    if (known !== undefined && "names" in known && "names" in part) {
      const names = both(known.names, part.names);
      if (isEmpty(names)) return null;
      all.set(dimension, { names });
    } else all.set(dimension, part);
  }
  return all;
}

export function typesOf({ root }: KubernetesObject): readonly Direction[] {
  const stated =
    root
      .at("spec", "policyTypes")
      ?.items()
      .map((one) => text(one).toLowerCase()) ?? [];
  if (stated.length > 0) return directions.filter((direction) => stated.includes(direction));
  return root.at("spec", "egress") === undefined ? ["ingress"] : directions;
}

export function podsOf({ root }: KubernetesObject): Traffic {
  return product(selected("pod ", root.at("spec", "podSelector"))) ?? new Map();
}

/** IPv6 stands behind IPv4 on one line of numbers. */
const shift = 1n << 130n;

function addressesOf(text_: string): Intervals | null {
  const range = parseNetwork(text_);
  if (range === null) return null;
  const by = range.family === 6 ? shift : 0n;
  return [{ from: range.from + by, to: range.to + by }];
}

/** Of whom a rule speaks; a block of addresses that cannot be read stands for itself. */
function peerOf(peer: Value, namespace: string): readonly (readonly [string, Part])[] {
  const block = peer.at("ipBlock");
  if (block === undefined) {
    const spaces = peer.at("namespaceSelector");
    const own = [["space kubernetes.io/metadata.name", { names: only(namespace) }] as const];
    return [
      ["peer", { names: only("pods") }],
      ...(spaces === undefined ? own : selected("space ", spaces)),
      ...selected("from ", peer.at("podSelector")),
    ];
  }
  const written = text(block.at("cidr"));
  const addresses = addressesOf(written);
  if (addresses === null) return [["peer", { names: only(written) }]];
  const except = (block.at("except")?.items() ?? []).flatMap((one) => addressesOf(text(one)) ?? []);
  return [
    ["peer", { names: only("addresses") }],
    ["address", { ranges: difference(addresses, intervals(except)) }],
  ];
}

function portOf(port: Value): readonly (readonly [string, Part])[] {
  const protocol = ["protocol", { names: only(text(port.at("protocol")) || "TCP") }] as const;
  const [first, last] = [port.at("port"), port.at("endPort")];
  if (first === undefined) return [protocol];
  const number = /^\d{1,5}$/u.test(text(first)) ? BigInt(text(first)) : null;
  if (number === null) return [protocol, ["port name", { names: only(text(first)) }]];
  const to = /^\d{1,5}$/u.test(text(last)) ? BigInt(text(last)) : number;
  const range: Interval = { from: number, to };
  return [protocol, ["port name", { names: only("") }], ["port", { ranges: [range] }]];
}

function ofRule(rule: Value, direction: Direction, policy: KubernetesObject): readonly Traffic[] {
  const peers = rule.at(direction === "ingress" ? "from" : "to")?.items() ?? [];
  const ports = rule.at("ports")?.items() ?? [];
  const namespace = policy.namespace ?? "(unstated)";
  return (peers.length === 0 ? [[]] : peers.map((peer) => peerOf(peer, namespace))).flatMap((who) =>
    (ports.length === 0 ? [[]] : ports.map(portOf)).flatMap(
      (where) => product([...selected("pod ", policy.root.at("spec", "podSelector")), ...who, ...where]) ?? [],
    ),
  );
}

/**
 * What the policies of a namespace let through. A pod that none selects is reached by all; one that any selects, by what those that
 * select it name. https://kubernetes.io/docs/concepts/services-networking/network-policies/ Null: it takes too many steps to say.
 */
export function allowedBy(policies: readonly KubernetesObject[], direction: Direction): readonly Allowed[] | null {
  const acting = policies.filter((policy) => typesOf(policy).includes(direction));
  const free = remainder(new Map(), acting.map(podsOf));
  if (free === null) return null;
  const ruled = acting.flatMap((policy) =>
    (policy.root.at("spec", direction)?.items() ?? []).flatMap((at) =>
      ofRule(at, direction, policy).map((traffic) => ({ traffic, at, policy })),
    ),
  );
  return [...free.map((traffic) => ({ traffic, at: undefined, policy: undefined })), ...ruled];
}

export function isEverything(traffic: Traffic): boolean {
  return [...traffic.keys()].every((dimension) => dimension.startsWith("pod "));
}

/** Traffic in words, without the pods that it is about. */
export function describeTraffic(traffic: Traffic): string {
  const words = [...traffic].flatMap(([dimension, part]): string[] => {
    if (dimension.startsWith("pod ")) return [];
    if ("ranges" in part) {
      const shown = part.ranges
        .slice(0, 3)
        .map(({ from, to }) =>
          dimension === "address" ? "more addresses" : from === to ? `${from}` : `${from}-${to}`,
        );
      return [`${dimension} ${[...new Set(shown)].join(", ")}`];
    }
    if (part.names.others && part.names.names.size === 0) return [];
    const names = [...part.names.names].filter((name) => name !== "").toSorted();
    return names.length === 0 ? [] : [`${dimension} ${part.names.others ? "other than " : ""}${names.join(", ")}`];
  });
  return words.length === 0 ? "everything" : words.join(", ");
}
