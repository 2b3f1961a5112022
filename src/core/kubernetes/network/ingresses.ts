import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";
import type { Value } from "../../views/value.ts";
import {
  annotation,
  hiddenParts,
  isInside,
  isLetIn,
  type Opening,
  quoted,
  text,
  texts,
  widened,
  wildHosts,
} from "./opening.ts";

/** Annotations that let in only some: of ingress-nginx, HAProxy and AWS. A comma parts networks. */
const allowlists = [
  "nginx.ingress.kubernetes.io/whitelist-source-range",
  "nginx.ingress.kubernetes.io/allowlist-source-range",
  "haproxy.org/allow-list",
  "haproxy.org/whitelist",
  "haproxy-ingress.github.io/allowlist-source-range",
  "alb.ingress.kubernetes.io/inbound-cidrs",
];

/** https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ ("snippet"): text that the proxy runs. */
const snippet = /-snippets?$/u;

const redirects = [
  "nginx.ingress.kubernetes.io/ssl-redirect",
  "nginx.ingress.kubernetes.io/force-ssl-redirect",
  "kubernetes.io/ingress.allow-http",
];

function rulesOf({ root }: KubernetesObject): readonly Value[] {
  return root.at("spec", "rules")?.items() ?? [];
}

function hosts(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const [whole, rules] = [after.root.at("spec"), after.root.at("spec", "rules")];
  // Values that name no hosts leave them to the chart; what is put in here is said to be hidden.
  if ((after.patch && rules === undefined) || isExpression(whole) || isExpression(rules)) return [];
  const former = rulesOf(before).map((rule) => text(rule.at("host")));
  const spec = after.root.at("spec") ?? after.root;
  return wildHosts(
    former.length === 0 ? [""] : former,
    rulesOf(after).map((rule) => rule.at("host") ?? rule),
    spec,
  );
}

/** Of one host: a path that holds one of those that were served is more of what stands behind it. */
function paths(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const served = (rule: Value): readonly Value[] => rule.at("http", "paths")?.items() ?? [];
  const prefix = (path: Value): string => text(path.at("path")).replace(/\/+$/u, "");
  return rulesOf(after).flatMap((rule): readonly Opening[] => {
    const host = text(rule.at("host"));
    const former = rulesOf(before)
      .filter((other) => text(other.at("host")) === host)
      .flatMap(served)
      .map(prefix);
    return served(rule).flatMap((path): readonly Opening[] => {
      const own = prefix(path);
      const isHeld = former.some((one) => own === one || own.startsWith(`${one}/`));
      if (isHeld || text(path.at("pathType")) === "Exact" || !former.some((one) => one.startsWith(`${own}/`)))
        return [];
      const shown = own === "" ? "/" : own;
      const message = `of ${quoted(host === "" ? "every host" : host)} it served ${former.slice(0, 3).map(quoted).join(", ")}, and serves all of ${quoted(shown)}`;
      return [{ key: `path ${host}${shown}`, at: path.at("path") ?? path, message }];
    });
  });
}

function covered({ root }: KubernetesObject): readonly string[] {
  return (root.at("spec", "tls")?.items() ?? []).flatMap((one) => texts(one.at("hosts")));
}

function withoutTls(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const spec = after.root.at("spec") ?? after.root;
  if (isExpression(spec.at("tls"))) return [];
  const named = rulesOf(after).map((rule) => text(rule.at("host")));
  const open = covered(before).filter((host) => !isLetIn(host, covered(after)) && named.includes(host));
  const isBare =
    before.root.at("spec", "tls") !== undefined &&
    spec.at("tls") === undefined &&
    (open.length > 0 || covered(before).length === 0);
  if (open.length === 0 && !isBare) return [];
  const what = open.length === 0 ? "TLS" : `${open.slice(0, 4).map(quoted).join(", ")} by TLS`;
  return [{ key: "tls", at: spec.at("tls") ?? spec, message: `it served ${what}, and does not any more` }];
}

function annotated(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const openings: Opening[] = [];
  const place = after.root.at("metadata") ?? after.root;
  for (const name of allowlists)
    openings.push(...widened(name, annotation(before, name), annotation(after, name), place));
  for (const { key, value } of after.root.at("metadata", "annotations")?.entries() ?? []) {
    if (text(value) === text(annotation(before, key))) continue;
    if (snippet.test(key))
      openings.push({
        key,
        at: value,
        message: `${quoted(key)} is configuration that the proxy of every tenant runs, with all its secrets`,
      });
    if (redirects.includes(key) && isExpression(value)) openings.push({ key, at: value, message: "", hidden: true });
    if (redirects.includes(key) && text(value) === (key.endsWith("allow-http") ? "true" : "false"))
      openings.push({
        key,
        at: value,
        message: `${quoted(key)} is ${quoted(text(value))}: requests without TLS are served`,
      });
  }
  const scheme = "alb.ingress.kubernetes.io/scheme";
  const at = annotation(after, scheme);
  if (at !== undefined && isExpression(at) && text(at) !== text(annotation(before, scheme)))
    openings.push({ key: scheme, at, message: "", hidden: true });
  if (text(at) === "internet-facing" && text(annotation(before, scheme)) !== "internet-facing" && at !== undefined)
    openings.push({ key: scheme, at, message: "its load balancer is open to the internet, and was not", grave: true });
  return openings;
}

/** The class of an ingress says by which proxy it is reached. */
export function classOf(object: KubernetesObject): Value | undefined {
  return object.root.at("spec", "ingressClassName") ?? annotation(object, "kubernetes.io/ingress.class");
}

function reclassed(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const [was, at] = [text(classOf(before)), classOf(after)];
  if (!isInside(was) || at === undefined || isInside(text(at)) || text(at) === was) return [];
  if (isExpression(at)) return [{ key: "class", at, message: "", hidden: true }];
  return [
    { key: "class", at, message: `its class ${quoted(was)} → ${quoted(text(at))}: it was reached from inside alone` },
  ];
}

/** An ingress that stood: how much more it lets in, of whom, and how. */
export function ofIngress(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  return [
    ...hiddenParts(before, after, [["spec"], ["spec", "rules"], ["spec", "tls"], ["metadata", "annotations"]]),
    ...hosts(before, after),
    ...paths(before, after),
    ...withoutTls(before, after),
    ...annotated(before, after),
    ...reclassed(before, after),
  ];
}
