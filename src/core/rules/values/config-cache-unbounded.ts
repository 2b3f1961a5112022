import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { isReplaced, restored, shiftsOf, sightingOf, undecidedOf } from "../../settings/shift.ts";

export default defineRule({
  id: "config-cache-unbounded",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A cache or an in-memory store loses the bound on its size.",
  why: "It then grows with what is asked of it until the kernel kills its process, with everything that was in it.",
  remedy: "Keep a bound below the memory that the process may take.",
  needs: "values",
  options: z.strictObject({}),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, _, context) {
    const shifts = shiftsOf(view, context, ["cache"]);
    for (const shift of shifts) {
      const { before, after, value } = shift;
      const gone = after.kind === "absent" && value.inPlace && !isReplaced(shift, shifts);
      if (before.kind === "amount" && (after.kind === "unlimited" || gone)) {
        yield sightingOf(shift, "nothing bounds it any more", { asks: true, ...restored(shift) });
        continue;
      }
      const undecided = after.kind === "hidden" || after.kind === "word" ? undecidedOf(shift) : null;
      if (undecided !== null) yield undecided;
    }
  },
  examples: {
    "Redis may take all memory": `
      M redis/redis.conf
      - maxmemory 2gb
      > maxmemory 0`,
    "the bound goes": `
      M services/api/config.yaml
        cache:
          ttl: 5m
      <   max_entries: 10000`,
    larger: `
      M redis/redis.conf
      - maxmemory 2gb
      + maxmemory 4gb`,
    "the cache goes as a whole": `
      M services/api/config.yaml
        port: 80
      - cache:
      -   max_entries: 10000`,
  },
});
