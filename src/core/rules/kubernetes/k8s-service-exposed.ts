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
    "a service that stood gets an ingress": `
      = k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: admin, namespace: shop }
        spec: { ports: [ { port: 80 } ] }
      A k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: admin, namespace: shop }
        spec:
          rules:
            - host: admin.acme.example
              http:
                paths:
                  - path: /
                    pathType: Prefix
      >             backend: { service: { name: admin, port: { name: http } } }`,
    "an ingress leaves the class for the inside, and serves all paths": `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: admin }
        spec:
      -   ingressClassName: nginx-internal
      >   ingressClassName: nginx
          rules:
            - host: acme.example
              http:
                paths:
      -           - { path: /status, backend: { service: { name: admin, port: { number: 80 } } } }
      >           - { path: /, backend: { service: { name: admin, port: { number: 80 } } } }`,
    "what stands in the place of a host may be every host": {
      reverse: "reports",
      change: `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: web }
        spec:
          rules:
      -     - host: \${WEB_HOST}
      >     - host: \${HOST}`,
    },
    "a route comes to hang on a gateway of the world": `
      M k8s/route.yaml
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: { name: admin }
        spec:
          hostnames: [admin.acme.example]
          parentRefs:
      -     - name: internal
      >     - name: external`,
    "a service of the mesh is put behind a gateway": `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: admin }
        spec:
          hosts: [admin.acme.example]
          gateways:
            - mesh
      >     - public`,
    "another namespace may use a secret of this one": `
      M k8s/grant.yaml
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: { name: tls, namespace: shop }
        spec:
          from:
            - { group: gateway.networking.k8s.io, kind: Gateway, namespace: edge }
      >     - { group: gateway.networking.k8s.io, kind: Gateway, namespace: tools }
          to: [ { group: "", kind: Secret } ]`,
    "a gateway of Istio serves without TLS, for every host": `
      M k8s/gateway.yaml
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: { name: web }
        spec:
          servers:
      -     - hosts: [shop.acme.example]
      -       port: { number: 443, name: https, protocol: HTTPS }
      -       tls: { mode: SIMPLE, credentialName: shop }
      +     - hosts:
      >         - "*"
      >       port: { number: 443, name: http, protocol: HTTP }`,
    "a route of OpenShift serves without TLS": `
      M k8s/route.yaml
        apiVersion: route.openshift.io/v1
        kind: Route
        metadata: { name: shop }
        spec:
      !   to: { kind: Service, name: shop }
      -   tls: { termination: edge }`,
    "the values of a chart ask for a load balancer, and turn an ingress on": `
      M charts/web/values.yaml
        replicaCount: 2
        service:
      -   type: ClusterIP
      >   type: LoadBalancer
          port: 80
        ingress:
      -   enabled: false
      +   enabled: true
      >   className: nginx
          hosts: [ { host: web.acme.example } ]`,
    "the values of a chart let more networks in": `
      M charts/web/values.yaml
        service:
          type: LoadBalancer
          loadBalancerSourceRanges:
      -     - 10.0.0.0/8
      >     - 0.0.0.0/0`,
    "an ingress for the inside, to a service that stood": `
      = k8s/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: admin, namespace: shop }
        spec: { ports: [ { port: 80 } ] }
      A k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: admin, namespace: shop }
        spec:
          ingressClassName: nginx-internal
          rules: [ { http: { paths: [ { backend: { service: { name: admin } } } ] } } ]`,
    "a route takes the place of an ingress": `
      M k8s/web.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: web }
        spec: { ports: [ { port: 80 } ] }
        ---
      - apiVersion: networking.k8s.io/v1
      - kind: Ingress
      - metadata: { name: web }
      - spec: { rules: [ { host: web.acme.example, http: { paths: [ { backend: { service: { name: web } } } ] } } ] }
      + apiVersion: gateway.networking.k8s.io/v1
      + kind: HTTPRoute
      + metadata: { name: web }
      + spec:
      +   hostnames: [web.acme.example]
      +   parentRefs: [ { name: external } ]
      +   rules: [ { backendRefs: [ { name: web, port: 80 } ] } ]`,
    "a host of another name under a domain that stands elsewhere": `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: web }
        spec:
          rules:
      -     - host: web.\${DOMAIN}
      +     - host: shop.\${DOMAIN}`,
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
