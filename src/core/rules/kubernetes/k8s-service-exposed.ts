import { z } from "zod";
import { isWayIn, newlyReached, turnedOn } from "../../kubernetes/network/backends.ts";
import { ofGateway, ofGrant, ofRoute } from "../../kubernetes/network/gateways.ts";
import { ofIngress } from "../../kubernetes/network/ingresses.ts";
import { ofIstioGateway } from "../../kubernetes/network/istio.ts";
import type { Opening } from "../../kubernetes/network/opening.ts";
import { ofOpenShiftRoute } from "../../kubernetes/network/openshift.ts";
import { ofService } from "../../kubernetes/network/services.ts";
import { stoodBefore } from "../../kubernetes/scaling.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../../views/kubernetes.ts";

/** What is new is reached by whoever it is meant for, except for what makes something that stood be reached. */
function openings(
  before: KubernetesObject | undefined,
  after: KubernetesObject,
  objects: readonly ObjectChange[],
): readonly Opening[] {
  const group = after.apiVersion.split("/", 1)[0] ?? "";
  if (after.kind === "Service" && after.apiVersion === "v1") return ofService(before, after);
  if (after.kind === "ReferenceGrant") return ofGrant(before, after);
  if (before === undefined) return isWayIn(after) ? newlyReached(after, objects) : [];
  if (after.kind === "Gateway")
    return group === "networking.istio.io" ? ofIstioGateway(before, after) : ofGateway(before, after);
  if (!isWayIn(after)) return [];
  if (after.kind === "Ingress") return [...turnedOn(before, after), ...ofIngress(before, after)];
  if (after.kind === "Route") return ofOpenShiftRoute(before, after);
  return [...turnedOn(before, after), ...ofRoute(before, after)];
}

export default defineRule({
  id: "k8s-service-exposed",
  invariant: "network-does-not-widen",
  severity: "high",
  confidence: "high",
  summary: "A service, an ingress, a route or a gateway is reached by more of the world than before, or without TLS.",
  why: "What was reached from the cluster alone was seldom built to be attacked: it has no login, no limits and nobody who looks at its logs.",
  remedy:
    "Keep the service inside and route to it where requests are authenticated, or name the networks that may reach it.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const change of objects) {
      const { after, changed } = change;
      if (!changed || after === undefined || isOnlySample(after.path, reach)) continue;
      for (const { key, at, message, grave, hidden } of openings(stoodBefore(change, reach), after, objects)) {
        const about = aboutOf(after, key);
        const name = inCode(describeObject(after));
        if (hidden === true) {
          yield { at: at.place, about, undecided: `whom ${inCode(key)} of ${name} lets in` };
          continue;
        }
        yield {
          at: at.place,
          about,
          message: `${name}: ${message}`,
          object: describeObject(after),
          pointer: at.pointer,
          ...(grave === true ? {} : { asks: true as const }),
        };
      }
    }
  },
  examples: {
    "a service gets a load balancer": `
      M k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: db }
        spec:
      -   type: ClusterIP
      >   type: LoadBalancer
          ports: [ { port: 5432 } ]`,
    "a new service on a port of every node": `
      A k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: db }
        spec:
      >   type: NodePort
          ports: [ { port: 5432 } ]`,
    "an internal load balancer becomes a public one": `
      M k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata:
          name: api
          annotations:
      -     service.beta.kubernetes.io/aws-load-balancer-scheme: internal
      >     service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing
        spec: { type: LoadBalancer }`,
    "more networks are let in, and another address": `
      M k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: api }
        spec:
          type: LoadBalancer
          loadBalancerSourceRanges:
      -     - 203.0.113.0/24
      >     - 0.0.0.0/0
      +   externalIPs:
      >     - 198.51.100.7`,
    "an ingress for every host, without TLS, with a snippet": `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: shop
          annotations:
            team: shop
      >     nginx.ingress.kubernetes.io/configuration-snippet: more_set_headers "x";
        spec:
      -   tls: [ { hosts: [shop.acme.example], secretName: tls } ]
      !   rules:
            - host: shop.acme.example
      >     - host: "*.acme.example"`,
    "everybody is let in": `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: shop
          annotations:
      -     nginx.ingress.kubernetes.io/whitelist-source-range: 203.0.113.0/24
      >     nginx.ingress.kubernetes.io/whitelist-source-range: 203.0.113.0/24, 198.51.100.0/24
        spec: { rules: [ { host: shop.acme.example } ] }`,
    "a gateway takes routes of everybody": `
      M k8s/gateway.yaml
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: { name: shared }
        spec:
          listeners:
            - name: web
              protocol: HTTPS
              hostname: shop.acme.example
              allowedRoutes:
                namespaces:
      -           from: Same
      >           from: All`,
    "half of the networks, written as two": `
      M k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: api }
        spec:
          type: LoadBalancer
          loadBalancerSourceRanges:
      -     - 203.0.113.0/24
      +     - 203.0.113.128/26
      +     - 203.0.113.192/26`,
    "one more host of those that were taken": `
      M k8s/route.yaml
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: { name: shop }
        spec:
      -   hostnames: ["*.acme.example"]
      +   hostnames: [shop.acme.example]`,
    "a new service inside of the cluster": `
      A k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: api }
        spec: { ports: [ { port: 80 } ] }`,
  },
});
