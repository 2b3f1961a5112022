import { z } from "zod";
import { aboutPart, numberOf, standing } from "../../kubernetes/canary.ts";
import { defineRule } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";

/** How often a request is sent again, as one object says it. `zero`: what 0 means there. */
interface Retries {
  readonly part: string;
  readonly at: Value;
  readonly zero: "none" | "unlimited";
}

function present(part: string, at: Value | undefined, zero: Retries["zero"] = "none"): readonly Retries[] {
  return at === undefined || at.scalar === null ? [] : [{ part, at, zero }];
}

/**
 * Where proxies are told to try again: Istio, the Gateway API, Traefik, Envoy Gateway, and ingress-nginx, to which 0 tries are as many
 * as it likes. https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
 */
function retriesOf({ kind, apiVersion, root }: KubernetesObject): readonly Retries[] {
  if (kind === "VirtualService" && apiVersion.startsWith("networking.istio.io/")) {
    const rules = root.at("spec", "http")?.items() ?? [];
    return rules.flatMap((rule, index) => present(`http.${index}.retries`, rule.at("retries", "attempts")));
  }
  if (apiVersion.startsWith("gateway.networking.k8s.io/") && kind === "HTTPRoute") {
    const rules = root.at("spec", "rules")?.items() ?? [];
    return rules.flatMap((rule, index) => present(`rules.${index}.retry`, rule.at("retry", "attempts")));
  }
  switch (kind) {
    case "Middleware":
      return present("retry", root.at("spec", "retry", "attempts"));
    case "BackendTrafficPolicy":
      return present("retry", root.at("spec", "retry", "numRetries"));
    case "Ingress": {
      const tries = root.at("metadata", "annotations", "nginx.ingress.kubernetes.io/proxy-next-upstream-tries");
      return present("proxy-next-upstream-tries", tries, "unlimited");
    }
    default:
      return [];
  }
}

export default defineRule({
  id: "k8s-retries-multiplied",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "A proxy comes to send a failed request many times again.",
  why: "Retries multiply the load exactly while a service is too slow, and once more at each proxy on the way: five at each of three are more than two hundred requests for one.",
  remedy: "Try again twice at most, at one place on the way, and only what may be sent twice.",
  needs: "kubernetes",
  options: z.strictObject({
    most: z.int().min(1).default(5).describe("More tries than this ask a person."),
  }),
  *detect({ objects }, { most }, { reach }) {
    for (const { before, after } of standing(objects, reach)) {
      const stood = new Map(before === undefined ? [] : retriesOf(before).map(({ part, at }) => [part, at]));
      for (const { part, at, zero } of retriesOf(after)) {
        const about = aboutPart(after, part);
        const former = stood.get(part);
        const [is, was] = [numberOf(at), numberOf(former)];
        if (is === null) {
          const undecided = `how often \`${after.name}\` sends a request again`;
          if (former?.scalar !== at.scalar || at.scalar === undefined) yield { at: at.place, about, undecided };
          continue;
        }
        const isUnlimited = zero === "unlimited" && is === 0;
        const wasUnlimited = zero === "unlimited" && was === 0;
        if ((is <= most && !isUnlimited) || wasUnlimited || (was !== null && is <= was && !isUnlimited)) continue;
        const edit = replaced(at, String(most));
        yield {
          at: at.place,
          about,
          message: `\`${after.name}\` sends a failed request again ${was === null ? "" : `${was} → `}${is} times${isUnlimited ? ", which is without a limit" : ""}; above ${most} a person is asked`,
          asks: true,
          object: describeObject(after),
          pointer: at.pointer,
          before: was,
          after: is,
          passes: { clean: most, withApprovals: is, because: "the most tries that ask nobody" },
          ...(edit === undefined ? {} : { fix: [edit] }),
        };
      }
    }
  },
  examples: {
    "two tries become twenty": `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: api }
        spec:
          http:
            - retries:
      -         attempts: 2
      >         attempts: 20
                perTryTimeout: 2s
              route: [ { destination: { host: api } } ]`,
    "tries without a limit": `
      M k8s/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: api
          annotations:
      -     nginx.ingress.kubernetes.io/proxy-next-upstream-tries: "3"
      >     nginx.ingress.kubernetes.io/proxy-next-upstream-tries: "0"`,
    "as many as three": `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: api }
        spec:
          http:
            - retries:
      -         attempts: 1
      +         attempts: 3
              route: [ { destination: { host: api } } ]`,
    "no tries at all": `
      M k8s/route.yaml
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: api }
        spec:
          http:
            - retries:
      -         attempts: 10
      +         attempts: 0
              route: [ { destination: { host: api } } ]`,
    "tries of something else": `
      A k8s/job.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: load }
        spec: { backoffLimit: 20, template: { spec: { containers: [ { name: load, image: "shop/load:1.0.0" } ] } } }`,
  },
});
