import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { boundedBy, isUnset, type Limit } from "../../settings/limited.ts";
import { type ConfigValue, namedBy } from "../../views/values.ts";
import { isArrival } from "../../views/workloads.ts";

function lastWord(pattern: string): string {
  return pattern.slice(pattern.lastIndexOf(".") + 1);
}

const pools = `
  version: 1
  limits:
    values:
      - { keys: ["**.pool.max", "**.maximumPoolSize", "DB_POOL"], review_above: 100, max: 200, growth: { factor: 2 } }`;
const timeouts = `
  version: 1
  limits: { values: [ { keys: ["**.timeout"], max: 30s } ] }`;

export default defineRule({
  id: "config-value-out-of-bounds",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A configuration value grows beyond the bounds that the policy sets for its key.",
  why: "Pools, workers and timeouts spend what others share, such as the connections of a database, and each replica spends it again.",
  remedy:
    "Choose a value within the bounds; where more is really needed, a person raises the bound in the policy first.",
  needs: "values",
  yieldsTo: "config-pools-over-database",
  options: z.strictObject({}),
  *detect({ values, unread }, _, { limitsAt, reach, formerly }) {
    const matchers = new Map<Limit, (value: ConfigValue) => boolean>();
    for (const value of values) {
      const { before, after } = value;
      if (after === undefined || isUnset(after)) continue;
      const stood = isArrival(value, reach) ? undefined : before;
      for (const limit of limitsAt(after.path).values) {
        const matches = matchers.get(limit) ?? namedBy(limit.keys);
        matchers.set(limit, matches);
        if (matches(value)) yield* boundedBy(limit, value, after, stood, { reach, formerly });
      }
    }
    for (const { place, reason, keys } of unread) {
      const isBounded = namedBy(limitsAt(place.path).values.flatMap((limit) => limit.keys.map(lastWord)));
      const bounded = keys === null ? limitsAt(place.path).values.length > 0 : keys.some(isBounded);
      if (bounded) yield { at: place, undecided: `what \`${place.path}\` sets: ${reason}` };
    }
  },
  examples: {
    "a pool of fifty connections becomes five hundred": {
      policy: pools,
      change: `
      M k8s/staging/orders/configmap.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: orders-env }
        data:
          LOG_LEVEL: info
      -   DB_POOL: "50"
      >   DB_POOL: "500"`,
    },
    "in the environment of a container": {
      policy: pools,
      change: `
      M k8s/staging/orders/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders }
        spec:
          template:
            spec:
              containers:
                - name: orders
                  env:
                    - name: DB_POOL
      -               value: "50"
      >               value: "500"`,
    },
    "in a file within a ConfigMap, in another spelling": {
      policy: pools,
      change: `
      M k8s/staging/orders/configmap.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: orders }
        data:
          application.properties: |
            spring.datasource.hikari.minimum-idle=5
      -     spring.datasource.hikari.maximum-pool-size=50
      >     spring.datasource.hikari.maximum-pool-size=150`,
    },
    "a new key above what asks a person, in four formats": {
      policy: pools,
      change: `
      M services/a/.env
        PORT=80
      > export DB_POOL=150 # for the sale
      A services/b/config.toml
        [database.pool]
      > max = 150
      A services/c/settings.json
        {
      >   "db": { "pool": { "max": 150 } }
        }
      A services/d/settings.ini
        [db.pool]
        min = 1
      > max = 150`,
    },
    "a time limit in another unit": {
      policy: timeouts,
      change: `
      M services/a/values.yaml
        upstream:
      -   timeout: 20s
      >   timeout: 1m`,
    },
    "a template that sets a bounded key": {
      policy: pools,
      change: `
      M charts/orders/templates/configmap.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: {{ .Release.Name }} }
        data:
      -   DB_POOL: "50"
      >   DB_POOL: "500"`,
      reverse: "reports",
    },
    "a second line of the same key": {
      policy: pools,
      change: `
      M services/a/.env
        DB_POOL=40
      > DB_POOL=90`,
    },
    "a template that sets something else": {
      policy: pools,
      change: `
      M charts/orders/templates/configmap.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: {{ .Release.Name }} }
        data:
      -   LOG_LEVEL: info
      +   LOG_LEVEL: debug`,
    },
    "a number whose unit nobody states": {
      policy: timeouts,
      change: `
      M services/a/values.yaml
        upstream:
      -   timeout: 20
      >   timeout: 31`,
    },
    "without a limit by a sentinel": {
      policy: pools,
      change: `
      M services/a/values.yaml
        pool:
      -   max: 50
      >   max: -1`,
    },
    "a bound in the place of none": {
      policy: pools,
      change: `
      M services/a/.env
      - DB_POOL=0
      + DB_POOL=50`,
    },
    "how far an expression grew": {
      policy: pools,
      change: `
      M services/a/.env
      - DB_POOL=\${POOL}
      > DB_POOL=90`,
      reverse: "reports",
    },
    "within every bound": {
      policy: pools,
      change: `
      M services/a/.env
      - DB_POOL=50
      + DB_POOL=100`,
    },
    "too much before, lowered now": {
      policy: pools,
      change: `
      M services/a/.env
      - DB_POOL=900
      + DB_POOL=400`,
    },
    "the file moves with its value": {
      policy: pools,
      change: `
      D a/settings.toml
        [pool]
        max = 500
      A b/settings.toml
        [pool]
        max = 500`,
    },
    "another key of the same name elsewhere": {
      policy: pools,
      change: `
      M services/a/values.yaml
        cache:
      -   max: 50
      +   max: 5000`,
    },
    "the key is removed, so the default of the program holds": {
      policy: pools,
      change: `
      M services/a/.env
        PORT=80
      - DB_POOL=50`,
    },
  },
});
