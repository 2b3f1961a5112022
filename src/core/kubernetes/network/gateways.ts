import type { Value } from "../../views/value.ts";
import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";
import { hiddenParts, isInside, type Opening, quoted, text, wildHosts } from "./opening.ts";

function listeners({ root }: KubernetesObject): readonly Value[] {
  return root.at("spec", "listeners")?.items() ?? [];
}

/** https://gateway-api.sigs.k8s.io/reference/spec/#allowedroutes : routes of the same namespace, unless something else is said. */
const wide: Readonly<Record<string, number>> = { None: 0, Same: 1, Selector: 2, All: 3 };

function from(listener: Value | undefined): string {
  return text(listener?.at("allowedRoutes", "namespaces", "from")) || "Same";
}

function labels(listener: Value): readonly string[] {
  const selector = listener.at("allowedRoutes", "namespaces", "selector");
  const plain = (selector?.at("matchLabels")?.entries() ?? []).map(({ key, value }) => `${key}=${text(value)}`);
  const expressions = (selector?.at("matchExpressions")?.items() ?? []).map((one) =>
    JSON.stringify([text(one.at("key")), text(one.at("operator")), (one.at("values")?.items() ?? []).map(text)]),
  );
  return [...plain, ...expressions];
}

function routes(listener: Value, befores: readonly Value[]): readonly Opening[] {
  const name = text(listener.at("name"));
  const key = `${name} routes`;
  const at = listener.at("allowedRoutes", "namespaces", "from");
  const known = befores.map(from);
  if (at !== undefined && isExpression(at)) {
    return known.includes(text(at)) ? [] : [{ key, at, message: "", hidden: true }];
  }
  const widest = Math.max(...known.map((one) => wide[one] ?? 3));
  if ((wide[from(listener)] ?? 3) > widest) {
    return [
      {
        key,
        at: at ?? listener,
        message: `the listener ${quoted(name)} takes routes of namespaces ${quoted([...new Set(known)].join(", "))} → ${quoted(from(listener))}`,
      },
    ];
  }
  const selecting = befores.filter((one) => from(one) === "Selector");
  const isHeld =
    known.includes("All") || selecting.some((one) => labels(one).every((label) => labels(listener).includes(label)));
  if (from(listener) !== "Selector" || isHeld) return [];
  return [
    {
      key,
      at: listener.at("allowedRoutes", "namespaces", "selector") ?? listener,
      message: `the listener ${quoted(name)} takes routes of other namespaces than before`,
    },
  ];
}

/** A listener that is new is compared with all that stood: it opens what none of them did. */
export function ofGateway(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const stood = listeners(before);
  const hidden = hiddenParts(before, after, [["spec"], ["spec", "listeners"]]);
  if (stood.length === 0) return hidden;
  return [
    ...hidden,
    ...listeners(after).flatMap((listener): readonly Opening[] => {
      const name = text(listener.at("name"));
      const was = stood.find((one) => text(one.at("name")) === name);
      const befores = was === undefined ? stood : [was];
      const known = befores.map((one) => text(one.at("hostname")));
      const openings = [
        ...wildHosts(known, [listener.at("hostname") ?? listener], listener),
        ...routes(listener, befores),
      ];
      const protocol = text(listener.at("protocol"));
      if (["HTTPS", "TLS"].includes(text(was?.at("protocol"))) && ["HTTP", "TCP"].includes(protocol))
        openings.push({
          key: `${name} protocol`,
          at: listener.at("protocol") ?? listener,
          message: `the listener ${quoted(name)} served TLS, and serves ${quoted(protocol)}`,
        });
      return openings;
    }),
  ];
}

/** The gateways by which a route is reached; those of Istio are named in a list of texts, and `mesh` is none. */
export function gatewaysOf(route: KubernetesObject): readonly { readonly name: string; readonly at: Value }[] {
  const parents = (route.root.at("spec", "parentRefs")?.items() ?? [])
    .filter((one) => ["", "Gateway"].includes(text(one.at("kind"))))
    .map((at) => ({ name: text(at.at("name")), at: at.at("name") ?? at }));
  const named = (route.root.at("spec", "gateways")?.items() ?? []).map((at) => ({ name: text(at), at }));
  return [...parents, ...named.filter(({ name }) => name !== "mesh")];
}

/** Routes of the Gateway API and of Istio: the hosts that they take, and the gateways that they hang on. */
export function ofRoute(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const key = after.kind === "VirtualService" ? "hosts" : "hostnames";
  const hosts = ({ root }: KubernetesObject) => root.at("spec", key)?.items() ?? [];
  const former = hosts(before).map(text);
  const named = after.root.at("spec", key);
  // Values that name no hosts leave them to the chart; what is put in here is said to be hidden.
  const isLeft = (after.patch && named === undefined) || isExpression(after.root.at("spec")) || isExpression(named);
  const wild = isLeft
    ? []
    : wildHosts(former.length === 0 ? [""] : former, hosts(after), after.root.at("spec") ?? after.root);
  return [
    ...hiddenParts(before, after, [["spec"], ["spec", key], ["spec", "parentRefs"]]),
    ...wild,
    ...hung(before, after),
  ];
}

function hung(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const was = gatewaysOf(before).map(({ name }) => name);
  const isOfMesh =
    after.kind === "VirtualService" && was.length === 0 && after.root.at("spec", "gateways") !== undefined;
  if (!isOfMesh && (was.length === 0 || !was.every(isInside))) return [];
  return gatewaysOf(after)
    .filter(({ name }) => !was.includes(name) && !isInside(name))
    .map(({ name, at }) =>
      isExpression(at)
        ? { key: `gateway ${name}`, at, message: "", hidden: true as const }
        : {
            key: `gateway ${name}`,
            at,
            message: `it is reached by the gateway ${quoted(name)}, and was from inside alone`,
          },
    );
}

/** https://gateway-api.sigs.k8s.io/api-types/referencegrant/ : what other namespaces may use of this one. */
export function ofGrant(before: KubernetesObject | undefined, after: KubernetesObject): readonly Opening[] {
  const said = (one: Value): string =>
    ["group", "kind", "namespace", "name"].map((key) => text(one.at(key)) || "any").join(" ");
  const listed = (object: KubernetesObject | undefined, key: string): readonly Value[] =>
    object?.root.at("spec", key)?.items() ?? [];
  return ["from", "to"].flatMap((key) => {
    const known = new Set(listed(before, key).map(said));
    return listed(after, key)
      .filter((one) => !known.has(said(one)))
      .slice(0, before === undefined && key === "to" ? 0 : undefined)
      .map((at) => ({
        key: `${key} ${said(at)}`,
        at,
        message:
          key === "from"
            ? `objects of kind ${quoted(text(at.at("kind")))} in the namespace ${quoted(text(at.at("namespace")))} may use what it names`
            : `other namespaces may use ${quoted(`${text(at.at("kind"))} ${text(at.at("name")) || "of any name"}`)}`,
      }));
  });
}
