import { z } from "zod";
import { isExpression } from "../../kubernetes/keeping.ts";
import { ofClients, ofGateways, type Seen } from "../../kubernetes/mesh/transport.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

/** From strict to loose. What is not said is taken from the namespace or the mesh, which permit both unless they say otherwise. */
const modes: Readonly<Record<string, number>> = { STRICT: 0, UNSET: 1, "": 1, PERMISSIVE: 1, DISABLE: 2 };

function looser(key: string, was: Value | undefined, at: Value | undefined, place: Value): readonly Seen[] {
  const [former, now] = [text(was), text(at)];
  if ((modes[former] ?? 2) >= (modes[now] ?? 2) && !(isExpression(at) && former !== now)) return [];
  return [
    {
      key,
      at: at ?? place,
      message: `mutual TLS of ${inCode(key)} ${inCode(former === "" ? "not said" : former)} → ${inCode(now === "" ? "not said" : now)}`,
      grave: true,
    },
  ];
}

/** https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
function ofPeers(before: KubernetesObject, after: KubernetesObject): readonly Seen[] {
  const spec = after.root.at("spec") ?? after.root;
  const ports = (object: KubernetesObject) => object.root.at("spec", "portLevelMtls")?.entries() ?? [];
  const whole = before.root.at("spec", "mtls", "mode");
  return [
    ...looser("mtls.mode", whole, after.root.at("spec", "mtls", "mode"), spec),
    ...ports(after).flatMap(({ key, value }) => {
      const was = ports(before).find((port) => port.key === key)?.value;
      return looser(`port ${key}`, was?.at("mode") ?? whole, value.at("mode"), value);
    }),
  ];
}

function ofTokens(before: KubernetesObject, after: KubernetesObject): readonly Seen[] {
  const rules = (object: KubernetesObject) => object.root.at("spec", "jwtRules")?.items() ?? [];
  const named = (rule: Value) => `${text(rule.at("issuer"))} ${text(rule.at("jwksUri"))} ${text(rule.at("jwks"))}`;
  const known = new Set(rules(before).map(named));
  return rules(after)
    .filter((rule) => !known.has(named(rule)))
    .map((at) => ({
      key: `issuer ${text(at.at("issuer"))}`,
      at,
      message: `it takes tokens of ${inCode(text(at.at("issuer")))}, signed by other keys than before`,
    }));
}

/** Annotations by which a proxy asks who somebody is: ingress-nginx, AWS, HAProxy and Traefik. */
const asking = [
  "nginx.ingress.kubernetes.io/auth-url",
  "nginx.ingress.kubernetes.io/auth-signin",
  "nginx.ingress.kubernetes.io/auth-type",
  "nginx.ingress.kubernetes.io/auth-secret",
  "nginx.ingress.kubernetes.io/auth-tls-secret",
  "nginx.ingress.kubernetes.io/auth-tls-verify-client",
  "alb.ingress.kubernetes.io/auth-type",
  "haproxy.org/auth-type",
  "haproxy-ingress.github.io/auth-url",
  "traefik.ingress.kubernetes.io/router.middlewares",
];
const offWords = new Set(["", "off", "none", "optional_no_ca"]);

function ofIngress(before: KubernetesObject, after: KubernetesObject): readonly Seen[] {
  const annotations = after.root.at("metadata", "annotations");
  return asking.flatMap((key): readonly Seen[] => {
    const [was, at] = [text(before.root.at("metadata", "annotations", key)), annotations?.at(key)];
    if (offWords.has(was) || text(at) === was) return [];
    const place = at ?? annotations ?? after.root.at("metadata") ?? after.root;
    if (offWords.has(text(at)))
      return [
        {
          key,
          at: place,
          message: `${inCode(key)} is ${at === undefined ? "gone" : inCode(text(at))}: requests are not asked who they are`,
        },
      ];
    return [{ key, at: place, message: `${inCode(key)} ${inCode(was)} → ${inCode(text(at))}` }];
  });
}

function removed(before: KubernetesObject | undefined): readonly Seen[] {
  if (before === undefined || before.patch) return [];
  const strict = [
    before.root.at("spec", "mtls", "mode"),
    ...(before.root.at("spec", "portLevelMtls")?.entries() ?? []).map(({ value }) => value.at("mode")),
  ];
  const asked =
    isOfMesh(before, "RequestAuthentication") ||
    (isOfMesh(before, "PeerAuthentication") && strict.some((mode) => text(mode) === "STRICT"));
  return asked
    ? [{ key: "removed", at: before.root, message: "it is removed, and asks nobody who they are any more" }]
    : [];
}

function isOfMesh({ kind, apiVersion }: KubernetesObject, named: string): boolean {
  return kind === named && apiVersion.startsWith("security.istio.io/");
}

function seen(before: KubernetesObject | undefined, after: KubernetesObject | undefined): readonly Seen[] {
  if (after === undefined) return removed(before);
  if (before === undefined) return [];
  if (isOfMesh(after, "PeerAuthentication")) return ofPeers(before, after);
  if (isOfMesh(after, "RequestAuthentication")) return ofTokens(before, after);
  if (after.kind === "DestinationRule") return ofClients(before, after);
  if (after.kind === "Gateway") return ofGateways(before, after);
  return after.kind === "Ingress" ? ofIngress(before, after) : [];
}

export default defineRule({
  id: "k8s-authentication-lowered",
  invariant: "authentication-is-unchanged",
  severity: "high",
  confidence: "high",
  summary: "Requests are not asked any more who they are: mutual TLS is loosened, or an ingress loses its login.",
  why: "Whoever reaches the port is served then. Nothing fails, and no log shows that it was ever different.",
  remedy:
    "Keep the mode strict and the login in place; for a move, let one workload at a time accept both, and say until when.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after, changed } of objects) {
      const object = after ?? before;
      if (!changed || object === undefined || isOnlySample(object.path, reach)) continue;
      for (const { key, at, message, grave } of seen(before, after)) {
        const about = aboutOf(object, key);
        const name = describeObject(object);
        if (isExpression(at)) {
          yield { at: at.place, about, undecided: `what ${inCode(key)} of ${inCode(name)} is now` };
          continue;
        }
        yield {
          at: at.place,
          about,
          message: `${inCode(name)}: ${message}`,
          object: name,
          pointer: at.pointer,
          ...(grave === true ? {} : { asks: true as const }),
        };
      }
    }
  },
  examples: {
    "mutual TLS is left to whoever asks": `
      M k8s/mesh.yaml
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: { name: default, namespace: istio-system }
        spec:
          mtls:
      -     mode: STRICT
      >     mode: PERMISSIVE`,
    "one port goes without": `
      M k8s/mesh.yaml
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: { name: default, namespace: shop }
        spec:
          mtls: { mode: STRICT }
      +   portLevelMtls:
      +     8080:
      >       mode: DISABLE`,
    "the policy goes": `
      D k8s/mesh.yaml
      < apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: { name: default, namespace: shop }
        spec: { mtls: { mode: STRICT } }`,
    "the login of an ingress goes": `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: admin
          annotations:
      -     nginx.ingress.kubernetes.io/auth-url: https://login.acme.example/auth
      !     team: shop
        spec: { rules: [ { host: admin.acme.example } ] }`,
    "tokens of another issuer": {
      reverse: "reports",
      change: `
      M k8s/tokens.yaml
        apiVersion: security.istio.io/v1
        kind: RequestAuthentication
        metadata: { name: api }
        spec:
          jwtRules:
      -     - issuer: https://login.acme.example
      >     - issuer: https://login.acrne.example`,
    },
    "a client of the mesh sends without TLS": `
      M k8s/rule.yaml
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: db }
        spec:
          host: db.shop.svc.cluster.local
          trafficPolicy:
            tls:
      -       mode: ISTIO_MUTUAL
      >       mode: DISABLE`,
    "a client takes any certificate": `
      M k8s/rule.yaml
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: bank }
        spec:
          host: bank.example
          trafficPolicy:
            tls:
              mode: SIMPLE
      >       insecureSkipVerify: true`,
    "clients of a gateway need no certificate": `
      M k8s/gateway.yaml
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: { name: partners }
        spec:
          servers:
            - hosts: [partners.acme.example]
              port: { number: 443, name: https, protocol: HTTPS }
              tls:
      -         mode: MUTUAL
      >         mode: SIMPLE
                credentialName: partners`,
    "mutual TLS is asked of one more port": `
      M k8s/mesh.yaml
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: { name: default, namespace: shop }
        spec:
          mtls: { mode: PERMISSIVE }
      +   portLevelMtls: { 8080: { mode: STRICT } }`,
    "an ingress without a login, with another class": `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: web }
        spec:
      -   ingressClassName: old
      +   ingressClassName: nginx`,
  },
});
