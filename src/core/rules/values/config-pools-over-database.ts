import { z } from "zod";
import type { Place } from "../../change/change-set.ts";
import { type Context, defineRule, type Sighting } from "../../rule.ts";
import { type Demand, demandsOn, numberOf } from "../../settings/demand.ts";
import { boundedBy } from "../../settings/limited.ts";
import type { Connections } from "../../views/connections.ts";
import { namedBy, type Written } from "../../views/values.ts";
import { workloads } from "../../views/workloads.ts";

const taken = ({ each, pods }: Demand): number => each * pods;

/** What crosses the bounds of the policy on the pool itself: this finding stands for that of the rule that bounds values. */
function limitsCrossed({ path, key, readings, written }: Connections, before: Written | undefined, context: Context) {
  return context
    .limitsAt(path)
    .values.filter(({ keys }) => namedBy(keys)({ readings }))
    .flatMap((limit) => [...boundedBy(limit, { key }, written, before, context)])
    .filter((observed) => "message" in observed);
}

function sightingOf(demand: Demand, was: Demand | undefined, reserved: number, context: Context): Sighting {
  const { pool, each, pods, podsAt, ceiling, accepted, certain } = demand;
  const grew = was === undefined || each > was.each;
  const place = grew ? pool.written.place : pods > was.pods && podsAt !== null ? podsAt : ceiling.written.place;
  const limits = grew && pool.changed ? limitsCrossed(pool, was?.pool.written, context) : [];
  const room = accepted - reserved;
  const least = (bounds: readonly unknown[]): number =>
    Math.min(...bounds.filter((bound) => typeof bound === "number"));
  const share = Math.floor(room / pods);
  const most = least([share, ...limits.map(({ passes }) => passes?.clean)]);
  const edit = most >= 1 && pool.changed ? pool.written.replaced(String(most)) : undefined;
  const arrow = was === undefined || was.each === each ? "" : ` ${was.each} →`;
  return {
    at: place,
    about: `${pool.path} ${pool.key}`,
    paths: [...new Set([pool.path, ceiling.path, place.path])],
    message: `\`${pool.key}\`${arrow} ${each}: ${each} × ${pods} ${pods === 1 ? "process" : "replicas"} = ${taken(demand)} connections, and \`${ceiling.key}\` in \`${ceiling.path}\` is ${accepted}`,
    ...(certain ? {} : { asks: true as const }),
    before: was?.each ?? null,
    after: each,
    bounds: {
      title: "Bounds on the pool",
      columns: ["Bound", "Before", "After", "Allowed", ""],
      rows: [
        [
          "Connections of all replicas",
          was === undefined ? "none" : product(was),
          product(demand),
          `${accepted} − ${reserved} reserved = ${room}`,
          certain ? `blocks, ${taken(demand) - room} over` : "asks a person",
        ],
        ...limits.flatMap(({ bounds }) => bounds?.rows ?? []),
      ],
    },
    boundsFrom: limits.flatMap(({ boundsFrom }) => boundsFrom ?? []),
    workings: {
      title: "Where the figures of connections come from",
      columns: ["Figure", "Value", "From"],
      rows: [
        ["Connections of one replica", String(each), positionOf(pool.written.place)],
        ["Replicas at most", String(pods), podsAt === null ? "nothing says more" : positionOf(podsAt)],
        ["Connections accepted", String(accepted), positionOf(ceiling.written.place)],
      ],
    },
    ...(most < 1
      ? {}
      : {
          passes: {
            clean: most,
            withApprovals: least([certain ? share : each, ...limits.map(({ passes }) => passes?.withApprovals)]),
            because: `(${accepted} − ${reserved}) ÷ ${pods}, rounded down${most < share ? ", and the other bounds in the table" : ""}`,
          },
        }),
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function product(demand: Demand): string {
  return `${demand.each} × ${demand.pods} = ${taken(demand)}`;
}

function positionOf({ path, line }: Place): string {
  return `${path}:${line}`;
}

export default defineRule({
  id: "config-pools-over-database",
  invariant: "values-stay-in-bounds",
  severity: "critical",
  confidence: "high",
  summary: "The pools of all replicas together open more connections than their database accepts.",
  why: "Under load the last replicas get no connection at all, and neither does anything else that uses the database, such as its administrators.",
  remedy: "Lower the pool or the largest number of replicas, or put a pooler between them and the database.",
  needs: "connections",
  options: z.strictObject({
    reserved: z
      .int()
      .min(0)
      .default(3)
      .describe("Connections that the server keeps for administrators, PostgreSQL's superuser_reserved_connections."),
  }),
  *detect(view, { reserved }, context) {
    const { reach } = context;
    const running = workloads(view.objects, reach);
    const stood = demandsOn(
      "base",
      view,
      running.flatMap(({ before }) => before ?? []),
      reach,
    );
    const stand = demandsOn(
      "head",
      view,
      running.flatMap(({ after }) => after ?? []),
      reach,
    );
    for (const { pool } of stood) {
      const now = view.pools.head.find(({ key, path }) => key === pool.key && path === pool.path);
      if (now === undefined || !now.changed || numberOf(now) !== null) continue;
      yield {
        at: now.written.place,
        about: `${now.path} ${now.key}`,
        undecided: `how many connections \`${now.key}\` opens`,
      };
    }
    for (const demand of stand) {
      const { pool, open, accepted } = demand;
      if (open !== null && stood.some((one) => one.pool.key === pool.key && one.open === null)) {
        yield {
          at: open,
          about: `${pool.path} ${pool.key} replicas`,
          undecided: `how many replicas open \`${pool.key}\``,
        };
      }
      if (taken(demand) <= accepted - reserved) continue;
      const was = stood.find(
        (one) => one.pool.key === pool.key && (one.pool.path === pool.path || one.pool.object === pool.object),
      );
      if (was !== undefined && taken(demand) <= taken(was) && accepted >= was.accepted) continue;
      yield sightingOf(demand, was, reserved, context);
    }
  },
  examples: {
    "forty pods of twenty-five against five hundred": `
      = db/postgresql.conf
        max_connections = 500
      M k8s/orders.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders }
        spec:
          template:
            spec:
              containers:
                - name: orders
                  env:
                    - name: DB_POOL_SIZE
      -               value: "10"
      >               value: "25"
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: orders }
        spec:
          scaleTargetRef: { kind: Deployment, name: orders }
          maxReplicas: 40`,
    "beside what the policy allows the pool itself": {
      policy: `
        version: 1
        limits: { values: [ { keys: [DB_POOL_SIZE], review_above: 15, max: 20 } ] }`,
      change: `
      = db/postgresql.conf
        max_connections = 100
      M services/orders/values.yaml
        replicaCount: 6
        env:
      -   DB_POOL_SIZE: 10
      >   DB_POOL_SIZE: 40`,
    },
    "the autoscaler may start more of them": `
      = db/postgresql.conf
        max_connections = 500
      M k8s/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: orders }
        spec:
          scaleTargetRef: { kind: Deployment, name: orders }
      -   maxReplicas: 20
      >   maxReplicas: 60
      = k8s/orders.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders }
        spec:
          template:
            spec:
              containers:
                - name: orders
                  env:
                    - name: DB_POOL_SIZE
                      value: "20"`,
    "the server accepts fewer": `
      M db/postgresql.conf
      - max_connections = 500
      > max_connections = 100
      = services/orders/values.yaml
        replicaCount: 10
        database: { poolSize: 20 }`,
    "within what the server accepts": `
      = db/postgresql.conf
        max_connections = 500
      M services/orders/values.yaml
        replicaCount: 10
        database:
      -   poolSize: 10
      +   poolSize: 20`,
    "a pooler stands between": `
      = db/pgbouncer.ini
        [pgbouncer]
        default_pool_size = 50
      = db/postgresql.conf
        max_connections = 100
      M services/orders/values.yaml
        replicaCount: 10
        database:
      -   poolSize: 10
      +   poolSize: 20`,
    "it was too much before": `
      = db/postgresql.conf
        max_connections = 100
      M services/orders/values.yaml
        replicaCount: 10
        database:
      -   poolSize: 40
      +   poolSize: 30`,
  },
});
