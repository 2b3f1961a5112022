import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { atMostOneIn, isReplaced, ratioOf, restored, shiftsOf, sightingOf, undecidedOf } from "../../settings/shift.ts";

export default defineRule({
  id: "config-backoff-removed",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "The pause between two tries is taken away, or becomes a tenth of what it was.",
  why: "Without pauses all clients come back at the same moment, and a server that stumbled once does not get up again.",
  remedy: "Keep a pause that grows with each try and differs between clients.",
  needs: "values",
  options: z.strictObject({
    factor: z.number().min(1).default(10).describe("How many times as short a pause asks a person."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, { factor }, context) {
    const shifts = shiftsOf(view, context, ["backoff"]);
    for (const shift of shifts) {
      const { before, after, value } = shift;
      const stood =
        before.kind === "amount" ||
        /^(?:true|on|full|equal|decorrelated)$/iu.test(before.kind === "word" ? before.text : "");
      if (!stood) {
        const undecided = undecidedOf(shift);
        if (undecided !== null) yield undecided;
        continue;
      }
      // A controller that reads a `spec` has a pause of its own.
      const gone =
        after.kind === "absent" && value.inPlace && value.segments[0] !== "spec" && !isReplaced(shift, shifts);
      const ratio = ratioOf(shift);
      if (gone || after.kind === "unlimited" || (ratio !== null && atMostOneIn(ratio, factor))) {
        const clause = ratio === null ? "nothing keeps two tries apart" : `one ${factor}th of what it was, or less`;
        yield sightingOf(shift, clause, { asks: true, ...restored(shift) });
        continue;
      }
      const hidden = before.kind === "word" && after.kind === "hidden" ? value.after?.place : undefined;
      if (hidden !== undefined) yield { at: hidden, about: shift.about, undecided: `what \`${value.key}\` is` };
      const undecided = ratio === null && before.kind === "amount" ? undecidedOf(shift) : null;
      if (undecided !== null) yield undecided;
    }
  },
  examples: {
    "no pause": `
      M services/pay/config.yaml
        client:
          retries: 5
      -   retry_backoff_ms: 500
      >   retry_backoff_ms: 0`,
    "the key goes, the tries stay": `
      M services/pay/config.yaml
        client:
          retries: 5
      <   retry_delay: 2s`,
    "no jitter": `
      M services/pay/.env
      - RETRY_JITTER=true
      > RETRY_JITTER=false`,
    "the client goes as a whole": `
      M services/pay/config.yaml
        port: 80
      - client:
      -   retry_delay: 2s`,
    "under another name": `
      M services/pay/config.yaml
        client:
          retries: 5
      -   retry_delay: 2s
      +   retry_interval: 2s`,
    "half as long": `
      M services/pay/config.yaml
        client:
      -   retry_delay: 2s
      +   retry_delay: 1s`,
  },
});
