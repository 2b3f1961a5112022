import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { descents } from "../../settings/descents.ts";
import { atLeast, ratioOf, restored, shiftsOf, sightingOf, times, undecidedOf } from "../../settings/shift.ts";
import { isRehearsal } from "../../settings/tier.ts";

export default defineRule({
  id: "config-logs-everything",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "medium",
  summary: "Logs go to the level of debugging, or ten times as many requests are traced, where users are served.",
  why: "Logs and traces then cost many times the disk, the network and the money, and hold what requests hold.",
  remedy: "Raise the level for one instance and for a while; keep the share that what stores it is sized for.",
  needs: "values",
  options: z.strictObject({
    factor: z.number().min(1).default(10).describe("How many times the share of sampled requests asks a person."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, { factor }, context) {
    for (const shift of shiftsOf(view, context, ["sampling"])) {
      if (isRehearsal(shift.path, context)) continue;
      const ratio = ratioOf(shift);
      const undecided = ratio === null ? undecidedOf(shift) : null;
      if (undecided !== null) yield undecided;
      if (ratio === null || !atLeast(ratio, factor)) continue;
      yield sightingOf(shift, `${times(ratio)}, from ${factor}× on a person is asked`, {
        asks: true,
        ...restored(shift),
      });
    }
    yield* descents(view, context, ["logging"]);
  },
  examples: {
    "debug logs in production": `
      M k8s/production/api.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: api }
        data:
      -   LOG_LEVEL: info
      >   LOG_LEVEL: debug`,
    "every request is traced": `
      M deploy/otel.env
      - OTEL_TRACES_SAMPLER_ARG=0.01
      > OTEL_TRACES_SAMPLER_ARG=1.0`,
    "fewer logs": `
      M k8s/production/api.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: api }
        data:
      -   LOG_LEVEL: info
      +   LOG_LEVEL: warn`,
    "in staging": `
      M k8s/staging/api.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: api }
        data:
      -   LOG_LEVEL: info
      +   LOG_LEVEL: debug`,
    "in development": `
      M k8s/dev/api.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: api }
        data:
      -   LOG_LEVEL: info
      +   LOG_LEVEL: debug`,
  },
});
