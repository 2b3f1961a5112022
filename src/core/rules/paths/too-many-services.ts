import { z } from "zod";
import { crossing, floor, tightest } from "../../../lib/bound.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { formatDecimal, whole } from "../../../lib/quantity.ts";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { environmentsReached } from "../../views/reached.ts";

const policy = `
  version: 1
  layout: ["services/{service}/**", "k8s/{environment}/{service}/**"]
  limits: { services: 1 }`;

export default defineRule({
  id: "too-many-services",
  invariant: "blast-radius-is-bounded",
  severity: "medium",
  confidence: "high",
  summary: "The change touches more services than the policy allows in one pull request.",
  why: "A fault in one service is an incident; the same fault in several at once leaves nothing to fall back on.",
  remedy: "Open one pull request for each service, and let the first run before the next.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }, _, context) {
    const reached = environmentsReached(files, context).map(({ environment, arrivals }) => ({
      key: `environments.${environment.name}.limits.services`,
      bound: environment.limits.services,
      named: arrivals.map(({ file, targets }) => ({ file, services: targets.flatMap(({ service }) => service ?? []) })),
    }));
    const everywhere = files.map((file) => ({ file, services: context.reach(file.path).services }));
    const bounds = [{ key: "limits.services", bound: context.policy.limits.services, named: everywhere }, ...reached];
    for (const { key, bound, named } of bounds) {
      const touching = named.filter(({ services }) => services.length > 0);
      const services = [...new Set(touching.flatMap((one) => one.services))].sort(byCodeUnits);
      const crossed = crossing(bound, whole(services.length));
      const limit = crossed === "max" ? bound.max : tightest(bound);
      const first: ChangedFile | undefined = touching[0]?.file;
      if (crossed === null || limit === null || first === undefined) continue;
      const names = services.slice(0, 5).map((service) => `\`${service}\``);
      const all = services.length > names.length ? `${names.join(", ")} and more` : names.join(", ");
      yield {
        at: placeOf(first),
        paths: touching.map(({ file }) => file.path),
        about: key,
        message:
          crossed === "max"
            ? `${services.length} services are touched (${all}); the limit is ${formatDecimal(limit)}`
            : `${services.length} services are touched (${all}); above ${formatDecimal(limit)} a person is asked`,
        ...(crossed === "max" ? {} : { asks: true as const }),
        after: services.length,
        boundsFrom: [{ key, value: formatDecimal(limit) }],
        passes: {
          clean: Number(floor(tightest(bound) ?? limit)),
          withApprovals: bound.max === null ? services.length : Number(floor(bound.max)),
          because: "services as `layout` and `services` of the policy name them",
        },
      };
    }
  },
  examples: {
    "two services where one is allowed": {
      policy,
      change: `
      M services/api/main.go
      - one
      > two
      M services/search/main.go
      - one
      + two`,
      reverse: "reports",
    },
    "code of one, manifests of another": {
      policy,
      change: `
      M k8s/staging/search/deployment.yaml
      - replicas: 1
      > replicas: 2
      M services/api/main.go
      - one
      + two`,
      reverse: "reports",
    },
    "an environment that takes one at a time": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/{service}/**"]
        environments: { production: { limits: { services: 1 } } }`,
      change: `
      M k8s/production/api/deployment.yaml
      - replicas: 1
      > replicas: 2
      M k8s/production/search/deployment.yaml
      - replicas: 1
      + replicas: 2`,
      reverse: "reports",
    },
    "many files of one service": {
      policy,
      change: `
      M services/api/main.go
      - one
      + two
      M k8s/staging/api/deployment.yaml
      - replicas: 1
      + replicas: 2`,
    },
    "files that belong to no service": {
      policy,
      change: `
      M services/api/main.go
      - one
      + two
      M README.md
      - one
      + two`,
    },
    "two services of which production gets one": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/{service}/**"]
        environments: { production: { limits: { services: 1 } } }`,
      change: `
      M k8s/production/api/deployment.yaml
      - replicas: 1
      + replicas: 2
      M k8s/staging/search/deployment.yaml
      - replicas: 1
      + replicas: 2`,
    },
  },
});
