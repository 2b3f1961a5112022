import { z } from "zod";
import { compare } from "../../../lib/quantity.ts";
import { defineRule, type Observation } from "../../rule.ts";
import {
  atLeast,
  exact,
  largestBelow,
  ratioOf,
  type Shift,
  shiftsOf,
  sightingOf,
  templates,
  times,
  undecidedOf,
  valueOf,
} from "../../settings/shift.ts";

interface Options {
  readonly asks_from: number;
  readonly blocks_from: number;
  readonly asks_above: number;
  readonly blocks_above: number;
}

function judged(shift: Shift, options: Options): Observation | null {
  const { before, after, naming } = shift;
  if (after.kind === "unlimited" && before.kind === "amount") {
    return sightingOf(shift, "there is no limit any more", { asks: true });
  }
  const ratio = ratioOf(shift);
  const value = valueOf(after);
  if (ratio === null || value === null) return undecidedOf(shift);
  if (!atLeast(ratio, options.asks_from) || compare(value, exact(options.asks_above)) <= 0) return null;
  const blocks =
    naming.of.class === "pool" &&
    atLeast(ratio, options.blocks_from) &&
    compare(value, exact(options.blocks_above)) > 0;
  const factor = blocks ? options.blocks_from : options.asks_from;
  const [clean, asked] = [largestBelow(shift, options.asks_from), largestBelow(shift, options.blocks_from)];
  const edit = clean === null ? undefined : shift.value.after?.replaced(String(Math.max(clean, options.asks_above)));
  return sightingOf(
    shift,
    `${times(ratio)} is at least the ${factor}× at which it ${blocks ? "blocks" : "asks a person"}`,
    {
      ...(blocks ? {} : { asks: true as const }),
      ...(clean === null || asked === null
        ? {}
        : {
            passes: {
              clean: Math.max(clean, options.asks_above),
              withApprovals: blocks
                ? Math.max(asked, options.blocks_above)
                : Number(after.kind === "amount" ? after.text : 0),
              because: "it is less than the factors of the rule, or no more than what is never asked about",
            },
          }),
      ...(edit === undefined ? {} : { fix: [edit] }),
    },
  );
}

export default defineRule({
  id: "config-pool-grows",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A pool of connections, or a number of workers, grows to a multiple of what it was.",
  why: "Every replica opens its own pool, and together they take the connections that all other services of the database need.",
  remedy:
    "Grow in smaller steps, and only as far as replicas times pool stays below what the server accepts; else put a pooler between.",
  needs: "values",
  options: z.strictObject({
    asks_from: z.number().min(1).default(3).describe("The multiple of what stood from which on a person is asked."),
    blocks_from: z.number().min(1).default(10).describe("The multiple from which on the size of a pool blocks."),
    asks_above: z.int().min(0).default(16).describe("A value up to this asks nobody, however much it grew."),
    blocks_above: z.int().min(0).default(99).describe("A pool of up to so many connections never blocks."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, options, context) {
    for (const shift of shiftsOf(view, context, ["pool", "workers"])) {
      const found = judged(shift, options);
      if (found !== null) yield found;
    }
    yield* templates(view, context, ["pool"]);
  },
  examples: {
    "a pool of fifty connections becomes five hundred": `
      M services/orders/config/production.yaml
        database:
          host: orders-db
          pool:
      -     size: 50
      >     size: 500`,
    "in the environment of a container, fourfold": `
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
      -               value: "20"
      >               value: "80"`,
    "in the query of a connection string, whose password is not shown": `
      M deploy/orders.env
        PORT=8080
      - DATABASE_URL=postgresql://orders:hunter2@db/orders?connection_limit=10
      > DATABASE_URL=postgresql://orders:hunter2@db/orders?connection_limit=60`,
    "on a command line": `
      M compose.yaml
        services:
          web:
      -     command: gunicorn shop.wsgi --workers 4
      >     command: gunicorn shop.wsgi --workers 40`,
    "in an image": `
      M Dockerfile
        FROM ruby:3.4
      - ENV RAILS_ENV=production RAILS_MAX_THREADS=5
      > ENV RAILS_ENV=production RAILS_MAX_THREADS=25`,
    "no limit in the place of one": `
      M config/app.toml
        [database]
      - max_open_conns = 40
      > max_open_conns = 0`,
    "an expression in the place of a number": {
      change: `
      M services/orders/application.yml
        spring:
          datasource:
            hikari:
      -       maximum-pool-size: 20
      >       maximum-pool-size: \${POOL_SIZE}`,
      reverse: "reports",
    },
    "five connections become ten": `
      M config/database.yml
        production:
      -   pool: 5
      +   pool: 10`,
    "a pool that stays small": `
      M config/database.yml
        production:
      -   pool: 2
      +   pool: 10`,
    "a new service with its first pool": `
      A services/ledger/config.yaml
        database: { pool_size: 200 }`,
    "inputs of tests": `
      M test/fixtures/config.yaml
      - pool_size: 10
      + pool_size: 1000`,
    "a pool of machines, which is no pool of connections": `
      M clusters/pools.yaml
        nodepool:
      -   max: 5
      +   max: 50`,
  },
});
