import { z } from "zod";
import { compare } from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import {
  atLeast,
  exact,
  ratioOf,
  restored,
  shiftsOf,
  sightingOf,
  times,
  undecidedOf,
  valueOf,
} from "../../settings/shift.ts";
import { wordsOf } from "../../settings/words.ts";

/** Keys by which the same change gives the server more to hold its connections in. */
const memory =
  /(?:^| )(?:memory|shared buffers|work mem|buffer pool size|instance class|instance type|effective cache size)$/u;

export default defineRule({
  id: "config-connections-without-memory",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A database server accepts many more connections, and gets no more memory for them.",
  why: "Each connection is a process or a thread with buffers of its own; a server that accepts more than it can hold is killed with all of them.",
  remedy: "Put a pooler in front of the server, or give it memory for the connections in the same change.",
  needs: "values",
  options: z.strictObject({
    asks_from: z.number().min(1).default(2).describe("The multiple of what stood from which on a person is asked."),
    asks_above: z.int().min(0).default(150).describe("So many connections ask nobody, however much they grew."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, options, context) {
    const fed = new Set(
      view.values.filter(({ segments }) => memory.test(wordsOf(segments).join(" "))).map(({ after }) => after?.path),
    );
    for (const shift of shiftsOf(view, context, ["connections"])) {
      const [ratio, value] = [ratioOf(shift), valueOf(shift.after)];
      if (ratio === null || value === null) {
        const undecided = undecidedOf(shift);
        if (undecided !== null) yield undecided;
        continue;
      }
      if (!atLeast(ratio, options.asks_from) || compare(value, exact(options.asks_above)) <= 0 || fed.has(shift.path))
        continue;
      yield sightingOf(shift, `${times(ratio)}, and no memory changes with it`, { asks: true, ...restored(shift) });
    }
  },
  examples: {
    "PostgreSQL accepts five times as many": `
      M db/postgresql.conf
        shared_buffers = 4GB
      - max_connections = 200
      > max_connections = 1000`,
    "in the parameters of a cluster": `
      M k8s/db.yaml
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: db }
        spec:
          postgresql:
            parameters:
      -       max_connections: "100"
      >       max_connections: "400"`,
    "with memory for them": `
      M db/postgresql.conf
      - shared_buffers = 4GB
      - max_connections = 200
      + shared_buffers = 16GB
      + max_connections = 800`,
    "a few more": `
      M db/my.cnf
        [mysqld]
      - max_connections = 200
      + max_connections = 250`,
  },
});
