import { z } from "zod";
import { compare, whole } from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import { descents } from "../../settings/descents.ts";
import { ratioOf, restored, shiftsOf, sightingOf, undecidedOf } from "../../settings/shift.ts";

export default defineRule({
  id: "config-durability-lowered",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "Data is kept in fewer copies, or is taken as written before it is.",
  why: "Nothing is faster to notice than the speed that is won, and nothing later than what the next crash loses.",
  remedy: "Keep the copies and the acknowledgements; where data may be lost, say for which topic or table and why.",
  needs: "values",
  options: z.strictObject({}),
  *detect(view, _, context) {
    for (const shift of shiftsOf(view, context, ["copies"])) {
      const ratio = ratioOf(shift);
      const undecided = ratio === null ? undecidedOf(shift) : null;
      if (undecided !== null) yield undecided;
      if (ratio === null || compare(ratio, whole(1)) >= 0) continue;
      yield sightingOf(shift, "a copy less", { asks: true, ...restored(shift) });
    }
    yield* descents(view, context, ["durability"]);
  },
  examples: {
    "fewer copies of a topic": `
      M kafka/server.properties
      - default.replication.factor=3
      - min.insync.replicas=2
      > default.replication.factor=1
      > min.insync.replicas=1`,
    "messages count as kept when they are sent": `
      M services/orders/application.yml
        spring:
          kafka:
            producer:
      -       acks: all
      >       acks: "0"`,
    "commits return before they are on disk": `
      M db/postgresql.conf
      - synchronous_commit = on
      > synchronous_commit = off`,
    "Redis throws out what never expires": `
      M redis/redis.conf
      - maxmemory-policy noeviction
      > maxmemory-policy allkeys-lru`,
    "more copies": `
      M kafka/server.properties
      - default.replication.factor=2
      + default.replication.factor=3`,
    stronger: `
      M db/postgresql.conf
      - synchronous_commit = local
      + synchronous_commit = on`,
  },
});
