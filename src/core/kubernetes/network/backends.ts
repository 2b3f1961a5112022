import type { Value } from "../../views/value.ts";
import type { KubernetesObject, ObjectChange } from "../../views/kubernetes.ts";
import { isExpression } from "../keeping.ts";
import { isOfValues } from "../object.ts";
import { sharesNamespace } from "../scaling.ts";
import { gatewaysOf } from "./gateways.ts";
import { classOf } from "./ingresses.ts";
import { isInside, type Opening, quoted, text } from "./opening.ts";

const ways = /^(?:Ingress|HTTPRoute|GRPCRoute|TLSRoute|TCPRoute|VirtualService)$/u;

/** Whether an object leads requests to services from outside of the cluster. */
export function isWayIn({ kind, apiVersion }: KubernetesObject): boolean {
  return ways.test(kind) || (kind === "Route" && apiVersion.startsWith("route.openshift.io/"));
}

/** Who may come by it: everybody that a proxy serves, unless its name says that the proxy is one for the inside. */
function isFromInside(object: KubernetesObject): boolean {
  if (object.kind === "Ingress") return isInside(text(classOf(object)));
  const gateways = gatewaysOf(object);
  if (object.kind === "VirtualService" && gateways.length === 0) return true;
  return gateways.length > 0 && gateways.every(({ name }) => isInside(name));
}

/** The services that requests are led to. */
function backends({ root }: KubernetesObject): readonly Value[] {
  const spec = root.at("spec");
  const items = (value: Value | undefined): readonly Value[] => value?.items() ?? [];
  const rules = items(spec?.at("rules"));
  return [
    spec?.at("defaultBackend", "service", "name"),
    spec?.at("to", "name"),
    ...rules.flatMap((rule) => items(rule.at("http", "paths")).map((path) => path.at("backend", "service", "name"))),
    ...rules.flatMap((rule) => items(rule.at("backendRefs")).map((one) => one.at("name"))),
    ...["http", "tls", "tcp"].flatMap((key) =>
      items(spec?.at(key)).flatMap((one) => items(one.at("route")).map((to) => to.at("destination", "host"))),
    ),
  ].flatMap((one) => one ?? []);
}

function nameOf(backend: Value): string {
  return text(backend).split(".", 1)[0] ?? "";
}

/** A way in that is new, to a service that stood and that nobody came to from outside. */
export function newlyReached(after: KubernetesObject, objects: readonly ObjectChange[]): readonly Opening[] {
  if (isFromInside(after)) return [];
  const befores = objects.flatMap(({ before }) =>
    before !== undefined && sharesNamespace(before, after) && !isOfValues(before) ? [before] : [],
  );
  const known = befores
    .filter((object) => isWayIn(object) && !isFromInside(object))
    .flatMap((object) => backends(object).map(nameOf));
  const inside = befores.filter(({ kind, name }) => kind === "Service" && !known.includes(name));
  return backends(after).flatMap((at): readonly Opening[] => {
    const name = nameOf(at);
    const key = `service ${name}`;
    if (isExpression(at)) {
      return inside.length === 0 || known.includes(name) ? [] : [{ key, at, message: "", hidden: true }];
    }
    if (!inside.some((service) => service.name === name)) return [];
    return [{ key, at, message: `by it the service ${quoted(name)} is reached, which was not from outside` }];
  });
}

/** Values that turn an ingress or a route on: what it leads to stood. */
export function turnedOn(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const isStandIn =
    isOfValues(after) &&
    before.root.at("spec") === undefined &&
    before.root.at("metadata", "annotations") === undefined;
  if (!isStandIn || isFromInside(after)) return [];
  const at = after.root.at("spec") ?? after.root;
  return [{ key: "turned on", at, message: "it is turned on: what it leads to is reached from outside" }];
}
