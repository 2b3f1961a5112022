import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { type Demand, demandsOn, numberOf } from "../../settings/demand.ts";
import { workloads } from "../../views/workloads.ts";

const taken = ({ each, pods }: Demand): number => each * pods;

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
  *detect(view, { reserved }, { reach }) {
    const running = workloads(view.objects, reach);
    const [stood, stand] = [
      demandsOn(
        "base",
        view,
        running.flatMap(({ before }) => before ?? []),
        reach,
      ),
      demandsOn(
        "head",
        view,
        running.flatMap(({ after }) => after ?? []),
        reach,
      ),
    ];
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
      const { pool, each, pods, podsAt, ceiling, accepted, certain } = demand;
      const { open } = demand;
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
      const grew = was === undefined || each > was.each;
      const place = grew ? pool.written.place : pods > was.pods && podsAt !== null ? podsAt : ceiling.written.place;
      const most = Math.floor((accepted - reserved) / pods);
      const edit = most >= 1 ? pool.written.replaced(String(most)) : undefined;
      yield {
        at: place,
        about: `${pool.path} ${pool.key} of ${ceiling.path} ${ceiling.key}`,
        paths: [...new Set([pool.path, ceiling.path, place.path])],
        message: `\`${pool.key}\` of ${each} × ${pods} ${pods === 1 ? "process" : "replicas"} is ${taken(demand)} connections, and \`${ceiling.key}\` in \`${ceiling.path}\` accepts ${accepted}, ${reserved} of them for administrators`,
        ...(certain ? {} : { asks: true as const }),
        before: was?.each ?? null,
        after: each,
        workings: {
          title: "Connections",
          columns: ["Side", "Pool", "Replicas", "Together", "Accepted"],
          rows: [...(was === undefined ? [] : [["before", was] as const]), ["after", demand] as const].map(
            ([name, of]) => [name, String(of.each), String(of.pods), String(taken(of)), String(of.accepted)],
          ),
        },
        ...(most >= 1
          ? {
              passes: {
                clean: most,
                withApprovals: certain ? most : each,
                because: "accepted connections, less those reserved, over replicas",
              },
            }
          : {}),
        ...(edit === undefined || !pool.changed ? {} : { fix: [edit] }),
      };
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
