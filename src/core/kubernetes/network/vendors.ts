import { difference, intervals } from "../../../lib/intervals.ts";
import { parseNetwork } from "../../../lib/ip.ts";
import type { Value } from "../../views/value.ts";
import type { KubernetesObject } from "../object.ts";
import { hiddenParts, type Opening, quoted, text } from "./opening.ts";
import { directions, type Direction } from "./policies.ts";

/** A part of a policy without its places. */
type Plain = string | readonly Plain[] | { readonly [key: string]: Plain };

/** Traffic that one rule lets through or stops, in the words of its network. */
interface Judged {
  readonly direction: Direction;
  readonly allows: boolean;
  readonly what: Plain;
  readonly at: Value;
}

const groups: Readonly<Record<string, RegExp>> = {
  "cilium.io": /^Cilium(?:Clusterwide)?NetworkPolicy$/u,
  "projectcalico.org": /^(?:Global)?NetworkPolicy$/u,
  "crd.projectcalico.org": /^(?:Global)?NetworkPolicy$/u,
  "policy.networking.k8s.io": /^(?:AdminNetworkPolicy|BaselineAdminNetworkPolicy|ClusterNetworkPolicy)$/u,
};

/** Policies of Cilium and Calico, and those by which an administrator speaks before the namespaces. */
export function isVendorPolicy({ apiVersion, kind }: KubernetesObject): boolean {
  return groups[apiVersion.split("/", 1)[0] ?? ""]?.test(kind) === true;
}

function plainOf(value: Value): Plain {
  if (value.scalar !== undefined) return String(value.scalar ?? "");
  const items = value.items();
  if (items.length > 0) return items.map(plainOf);
  return Object.fromEntries(
    value
      .entries()
      .map(({ key, value: one }): [string, Plain] => [key, plainOf(one)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function isWithinNetwork(inner: string, outer: string): boolean {
  const [small, large] = [parseNetwork(inner), parseNetwork(outer)];
  return (
    small !== null &&
    large !== null &&
    small.family === large.family &&
    difference(intervals([small]), intervals([large])).length === 0
  );
}

function isList(plain: Plain | undefined): plain is readonly Plain[] {
  return Array.isArray(plain);
}

/** Lists that take something away, and demands that hold all at once: what has more of them is less. */
function isTakenAway(key: string): boolean {
  return key.startsWith("not") || key.startsWith("except") || key === "matchExpressions";
}

/** Whether all that one part of a rule speaks of is also spoken of by the other. Says no where it cannot tell. */
function isWithin(inner: Plain, outer: Plain, key: string): boolean {
  if (typeof outer === "string") {
    if (typeof inner !== "string") return false;
    return inner === outer || outer === "all()" || isWithinNetwork(inner, outer);
  }
  if (isList(outer)) {
    const own = isList(inner) ? inner : [inner];
    if (isTakenAway(key)) return outer.every((one) => own.some((other) => isWithin(one, other, "")));
    return own.length > 0 && own.every((one) => outer.some((other) => isWithin(one, other, "")));
  }
  if (typeof inner === "string" || isList(inner)) return false;
  return Object.entries(outer).every(([name, value]) => {
    const own = inner[name];
    return own !== undefined && isWithin(own, value, name);
  });
}

function isCilium({ apiVersion }: KubernetesObject): boolean {
  return apiVersion.startsWith("cilium.io/");
}

/** Peers and ports of a rule of Cilium: any of the peers, of whatever kind, by any of the ports. */
function ofCilium(at: Value, direction: Direction, allows: boolean): readonly Judged[] {
  const side = direction === "ingress" ? "from" : "to";
  const peers = at
    .entries()
    .filter(({ key }) => key.startsWith(side) && key !== "toPorts" && !key.endsWith("Requires"))
    .flatMap(({ key, value }) => value.items().map((one): Plain => ({ [key]: plainOf(one) })));
  const isUnbound = at
    .entries()
    .every(({ key }) => !key.startsWith(side) || key === "toPorts" || key.endsWith("Requires"));
  const ports = (at.at("toPorts")?.items() ?? []).flatMap((one) => {
    const rules = one.at("rules");
    const shared: { readonly [key: string]: Plain } = rules === undefined ? {} : { rules: plainOf(rules) };
    const listed = one.at("ports")?.items() ?? [];
    return listed.length === 0 ? [shared] : listed.map((port): Plain => ({ ...shared, port: plainOf(port) }));
  });
  const asked = at.at(`${side}Requires`);
  const demands: { readonly [key: string]: Plain } = asked === undefined ? {} : { matchExpressions: [plainOf(asked)] };
  const hasPorts = at.at("toPorts") !== undefined || at.at("icmps") !== undefined;
  const ways: readonly Plain[] = hasPorts ? [...ports, ...(at.at("icmps")?.items() ?? []).map(plainOf)] : [{}];
  return (isUnbound ? [{}] : peers).flatMap((peer) =>
    ways.map((way) => ({ direction, allows, at, what: { ...demands, peer, way } })),
  );
}

function ruleLists({ root }: KubernetesObject): readonly Value[] {
  const spec = root.at("spec");
  return [...(spec === undefined ? [] : [spec]), ...(root.at("specs")?.items() ?? [])];
}

function judged(policy: KubernetesObject): readonly Judged[] {
  return ruleLists(policy).flatMap((spec) =>
    directions.flatMap((direction) => {
      const listed = (key: string): readonly Value[] => spec.at(key)?.items() ?? [];
      if (isCilium(policy)) {
        return [
          ...listed(direction).flatMap((at) => ofCilium(at, direction, true)),
          ...listed(`${direction}Deny`).flatMap((at) => ofCilium(at, direction, false)),
        ];
      }
      return listed(direction).map((at): Judged => {
        const { action = "", name: _, metadata: __, ...what } = asMap(plainOf(at));
        return { direction, allows: action !== "Deny", at, what: action === "Deny" ? what : { ...what, action } };
      });
    }),
  );
}

function asMap(plain: Plain): { readonly [key: string]: Plain } {
  return typeof plain === "string" || isList(plain) ? { written: plain } : plain;
}

const selectors = [
  "endpointSelector",
  "nodeSelector",
  "selector",
  "namespaceSelector",
  "serviceAccountSelector",
  "subject",
];

/** Before which pods a policy stands, as it is written. */
function standsBefore(policy: KubernetesObject): string {
  const said = (spec: Value): readonly (readonly [string, Plain])[] =>
    selectors.flatMap((key) => {
      const at = spec.at(key);
      return at === undefined ? [] : [[key, plainOf(at)] as const];
    });
  return JSON.stringify([policy.kind, policy.namespace, ruleLists(policy).map(said)]);
}

/** Directions in which the pods are closed but for what is let through. */
function closes(policy: KubernetesObject): readonly Direction[] {
  return directions.filter((direction) =>
    ruleLists(policy).some((spec) => {
      const key = direction === "ingress" ? "Ingress" : "Egress";
      const types = spec.at("types")?.items() ?? [];
      if (types.length > 0) return types.some((type) => text(type) === key);
      if (spec.at("enableDefaultDeny", direction)?.scalar === false) return false;
      const isWritten = spec.at(direction) !== undefined || spec.at(`${direction}Deny`) !== undefined;
      // Calico closes the way in where nothing is said, as policies of Kubernetes do.
      const isLeft = !isCilium(policy) && direction === "ingress" && spec.at("egress") === undefined;
      return isWritten || isLeft;
    }),
  );
}

function isOfAdministrator({ kind }: KubernetesObject): boolean {
  return /AdminNetworkPolicy$|^GlobalNetworkPolicy$|^ClusterNetworkPolicy$/u.test(kind);
}

/** Whether anything is let through once a policy goes. */
export function isStopping(policy: KubernetesObject): boolean {
  const isClosing = !policy.kind.endsWith("AdminNetworkPolicy") && closes(policy).length > 0;
  return isClosing || judged(policy).some(({ allows }) => !allows);
}

function shown(what: Plain): string {
  const words = JSON.stringify(what)
    .replaceAll(/["{}[\]]/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();
  return words === "" ? "everything" : words.length > 120 ? `${words.slice(0, 120)}...` : words;
}

function isHidden(what: Plain): boolean {
  return /\$\{|\{\{|\$\(/u.test(JSON.stringify(what));
}

/**
 * What a policy lets through that it did not, and what it does not stop any more. `beside`: the others that stood in its place. Their
 * order decides in networks where some rules deny: another order is for people to judge. Sources: docs.cilium.io "Network policy" (layer 3
 * and 4); docs.tigera.io "Network policy"; network-policy-api.sigs.k8s.io "AdminNetworkPolicy".
 */
export function ofVendorPolicy(
  before: KubernetesObject | undefined,
  after: KubernetesObject,
  beside: readonly KubernetesObject[],
): readonly Opening[] {
  const here = standsBefore(after);
  const others = beside.filter((policy) => policy !== before && standsBefore(policy) === here);
  if (before === undefined && others.length === 0 && !isOfAdministrator(after)) return [];
  const known = [...(before === undefined ? [] : [before]), ...others].flatMap(judged);
  const openings: Opening[] =
    before === undefined ? [] : [...hiddenParts(before, after, [["spec"], ["spec", "ingress"], ["spec", "egress"]])];
  const spec = after.root.at("spec") ?? after.root;
  if (before !== undefined && standsBefore(before) !== here) {
    const at = selectors.map((key) => spec.at(key)).find((one) => one !== undefined) ?? spec;
    openings.push({ key: "selector", at, message: "it stands before other pods than before" });
  }
  for (const direction of before === undefined ? [] : closes(before)) {
    if (closes(after).includes(direction)) continue;
    const way = direction === "ingress" ? "reached by everybody" : "free to reach everything";
    openings.push({ key: direction, at: spec, message: `its pods are ${way} that nothing else stops` });
  }
  for (const { direction, allows, what, at } of judged(after)) {
    const isKnown = known.some((one) => one.allows && one.direction === direction && isWithin(what, one.what, ""));
    if (!allows || isKnown) continue;
    const message = `it newly lets ${direction === "ingress" ? "in" : "out"}: ${quoted(shown(what))}`;
    openings.push({ key: at.pointer, at, message, ...(isHidden(what) ? { hidden: true as const } : {}) });
  }
  if (before === undefined) return openings;
  const now = judged(after);
  for (const { direction, allows, what } of judged(before)) {
    if (allows || now.some((one) => !one.allows && one.direction === direction && isWithin(what, one.what, "")))
      continue;
    openings.push({ key: `${direction} denied`, at: spec, message: `it stops no more: ${quoted(shown(what))}` });
  }
  // Where a denial always wins, order says nothing.
  if (openings.length === 0 && !isCilium(after) && isReordered(judged(before), now))
    openings.push({ key: "order", at: spec, message: "its rules stand in another order, and some of them deny" });
  const [was, is] = [
    text(before.root.at("spec", "priority") ?? before.root.at("spec", "order")),
    spec.at("priority") ?? spec.at("order"),
  ];
  if (is !== undefined && was !== text(is))
    openings.push({
      key: "order",
      at: is,
      message: `it is asked at another place than before: ${quoted(was)} → ${quoted(text(is))}`,
    });
  return openings;
}

function isReordered(before: readonly Judged[], after: readonly Judged[]): boolean {
  if (![...before, ...after].some(({ allows }) => !allows)) return false;
  const said = (all: readonly Judged[]): readonly string[] =>
    all.map(({ direction, allows, what }) => JSON.stringify([direction, allows, what]));
  const [was, is] = [said(before), said(after)];
  return was.length === is.length && was.join() !== is.join() && was.toSorted().join() === is.toSorted().join();
}
