import { z } from "zod";
import { compare, zero } from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import {
  atLeast,
  isReplaced,
  ratioOf,
  restored,
  shiftsOf,
  sightingOf,
  times,
  undecidedOf,
  valueOf,
} from "../../settings/shift.ts";

export default defineRule({
  id: "config-rate-limit-raised",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A rate limit is removed, or raised to five times what it was.",
  why: "The limit is what keeps one client, one attacker or one loop from taking what all share.",
  remedy: "Raise it in smaller steps, or for the one client that needs more.",
  needs: "values",
  options: z.strictObject({
    asks_from: z.number().min(1).default(5).describe("The multiple of what stood from which on a person is asked."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, { asks_from: factor }, context) {
    const shifts = shiftsOf(view, context, ["rate"]);
    for (const shift of shifts) {
      const { before, after, value } = shift;
      const stood = valueOf(before);
      const gone = after.kind === "absent" && value.inPlace && !isReplaced(shift, shifts);
      if (stood !== null && compare(stood, zero) > 0 && (after.kind === "unlimited" || gone)) {
        yield sightingOf(shift, "nothing limits the rate any more", { asks: true, ...restored(shift) });
        continue;
      }
      const ratio = ratioOf(shift);
      const undecided = ratio === null ? undecidedOf(shift) : null;
      if (undecided !== null) yield undecided;
      if (ratio === null || !atLeast(ratio, factor)) continue;
      yield sightingOf(shift, `${times(ratio)}, from ${factor}× on a person is asked`, {
        asks: true,
        ...restored(shift),
      });
    }
  },
  examples: {
    "ten times as many requests": `
      M services/gateway/config.yaml
        rate_limit:
      -   requests_per_second: 100
      >   requests_per_second: 1000`,
    "in nginx": `
      M nginx/nginx.conf
        http {
      -   limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
      >   limit_req_zone $binary_remote_addr zone=api:10m rate=500r/s;
        }`,
    "the limit goes": `
      M services/gateway/.env
        PORT=80
      < RATE_LIMIT_RPS=100`,
    "no limit": `
      M services/gateway/config.yaml
        rate_limit:
      -   rps: 100
      >   rps: 0`,
    "twice as many": `
      M services/gateway/config.yaml
        rate_limit:
      -   requests_per_second: 100
      +   requests_per_second: 200`,
    "the rate of an exchange": `
      M services/gateway/config.yaml
      - vat_rate: 2
      + vat_rate: 19`,
  },
});
