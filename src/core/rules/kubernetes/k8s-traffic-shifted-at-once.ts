import { z } from "zod";
import { compare, formatDecimal, multiply, type Rational, rational, whole, zero } from "../../../lib/quantity.ts";
import { aboutPart, firstWeightAt, standing } from "../../kubernetes/canary.ts";
import { type Backend, type Shared, sharedBy, shareOf } from "../../kubernetes/routes.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

function percentOf(share: Rational): string {
  const hundredths = multiply(share, whole(10_000));
  return formatDecimal(rational(hundredths.numerator / hundredths.denominator, 100n));
}

/** Whether a backend that took nothing stands beside one that did: a version that is new to the traffic, and no new route. */
function isFirst(stood: Shared, backend: Backend): boolean {
  const share = shareOf(stood, backend.key);
  if (share === null || compare(share, zero) > 0) return false;
  // Without a weight anywhere it is another target, unless it is another subset of the same host.
  const weighted = stood.backends.some(({ isWritten }) => isWritten) || backend.isWritten;
  return weighted || stood.backends.some(({ host, key }) => host === backend.host && key !== backend.key);
}

function sumOf({ backends }: Shared): number | null {
  let sum = 0;
  for (const { weight, isWritten } of backends) {
    if (!isWritten || weight === null) return null;
    sum += weight;
  }
  return backends.length < 2 ? null : sum;
}

export default defineRule({
  id: "k8s-traffic-shifted-at-once",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A route gives a version that took no traffic more than a first share of it.",
  why: "Every user meets the new version in the same second, before anything has measured it.",
  remedy: "Give it a small share first, look at its errors and times, and grow from there.",
  needs: "kubernetes",
  options: z.strictObject({
    firstWeight: z
      .int()
      .min(1)
      .max(100)
      .default(10)
      .describe(
        "A first share of more than so many percent asks a person, where the environment states no `canary.first_weight`.",
      ),
  }),
  *detect({ objects }, options, { reach, limitsAt }) {
    for (const { before, after } of standing(objects, reach)) {
      const stood = new Map(before === undefined ? [] : sharedBy(before).map((shared) => [shared.name, shared]));
      const bound = firstWeightAt(after.path, options.firstWeight, limitsAt);
      for (const shared of sharedBy(after)) {
        const former = stood.get(shared.name);
        if (former === undefined) continue;
        const about = aboutPart(after, shared.name);
        const hidden = shared.backends.find(({ weight }) => weight === null);
        if (hidden !== undefined) {
          const was = former.backends.find(({ key }) => key === hidden.key);
          const undecided = `what share of the traffic \`${hidden.key}\` takes`;
          if (was?.at.scalar !== hidden.at.scalar) yield { at: hidden.at.place, about, undecided };
          continue;
        }
        for (const backend of shared.backends) {
          const share = shareOf(shared, backend.key);
          if (share === null || !isFirst(former, backend)) continue;
          if (compare(share, rational(BigInt(bound.percent), 100n)) <= 0) continue;
          yield {
            at: backend.at.place,
            about: `${about} ${backend.key}`,
            message: `\`${backend.key}\` takes 0 → ${percentOf(share)} % of the traffic at once; ${bound.stated ? `the limit is ${bound.percent} %` : `above ${bound.percent} % a person is asked`}`,
            ...(bound.stated ? {} : { asks: true as const }),
            object: describeObject(after),
            pointer: backend.at.pointer,
            before: 0,
            after: `${percentOf(share)} %`,
            passes: {
              clean: `${bound.percent} %`,
              withApprovals: bound.stated ? `${bound.percent} %` : `${percentOf(share)} %`,
              because: "the largest first share",
            },
          } satisfies Observation;
        }
        const [was, is] = [sumOf(former), sumOf(shared)];
        if (after.kind !== "VirtualService" || was !== 100 || is === null || is === 100) continue;
        yield {
          at: shared.backends[0]?.at.place ?? shared.at.place,
          about: `${about} sum`,
          message: `the weights came to 100 and come to ${is}: they are shares of their sum, and no longer percent`,
          asks: true,
          object: describeObject(after),
          before: was,
          after: is,
        } satisfies Observation;
      }
    }
  },
  examples: {
    "half of the traffic at once": `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: api }
        spec:
          hosts: [api]
          http:
            - route:
                - destination: { host: api, subset: v1 }
      -           weight: 100
      +           weight: 50
                - destination: { host: api, subset: v2 }
      -           weight: 0
      >           weight: 50`,
    "another version in the place of the one": {
      change: `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1beta1
        kind: VirtualService
        metadata: { name: api }
        spec:
          http:
            - route:
      -         - destination: { host: api, subset: v1 }
      >         - destination: { host: api, subset: v2 }`,
      reverse: "reports",
    },
    "a route of the Gateway API, under a limit of the policy": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/**"]
        environments: { production: { tier: production, canary: { first_weight: 5 } } }`,
      change: `
      M k8s/production/route.yaml
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: { name: api }
        spec:
          rules:
            - backendRefs:
                - { name: api-stable, port: 80, weight: 9 }
      >         - { name: api-canary, port: 80, weight: 1 }`,
    },
    "weights that come to something else than 100": {
      change: `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: api }
        spec:
          http:
            - route:
                - destination: { host: api, subset: v1 }
      -           weight: 90
      >           weight: 9
                - destination: { host: api, subset: v2 }
                  weight: 10`,
    },
    "a weight that is an expression": `
      M k8s/split.yaml
        apiVersion: split.smi-spec.io/v1alpha2
        kind: TrafficSplit
        metadata: { name: api }
        spec:
          service: api
          backends:
            - service: api-v1
              weight: 90
            - service: api-v2
      -       weight: 10
      >       weight: \${WEIGHT}`,
    "a first share that is small": `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: api }
        spec:
          http:
            - route:
                - destination: { host: api, subset: v1 }
      -           weight: 100
      +           weight: 95
                - destination: { host: api, subset: v2 }
      -           weight: 0
      +           weight: 5`,
    "the next share of a version that takes some already": `
      M k8s/service.yaml
        apiVersion: traefik.io/v1alpha1
        kind: TraefikService
        metadata: { name: api }
        spec:
          weighted:
            services:
      -       - { name: api-v1, weight: 9 }
      -       - { name: api-v2, weight: 1 }
      +       - { name: api-v1, weight: 1 }
      +       - { name: api-v2, weight: 9 }`,
    "a service under another name": `
      M k8s/route.yaml
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: { name: api }
        spec:
          rules:
            - backendRefs:
      -         - { name: api, port: 80 }
      +         - { name: shop-api, port: 80 }`,
  },
});
