import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { descents } from "../../settings/descents.ts";
import { restored, shiftsOf, sightingOf } from "../../settings/shift.ts";
import { positionOf } from "../../settings/switches.ts";
import { isDevelopment } from "../../settings/tier.ts";

export default defineRule({
  id: "config-debug-on",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A debug mode is switched on, or every host or origin is let in, where others than developers are served.",
  why: "Pages of errors show code, settings and secrets, and a service that answers under any name can be used against its users.",
  remedy: "Leave it off outside development; look at one instance on its own where that is needed.",
  needs: "values",
  options: z.strictObject({}),
  *detect(view, _, context) {
    for (const shift of shiftsOf(view, context, ["debug"])) {
      const { before, after, value, path, about } = shift;
      if (isDevelopment(path, context)) continue;
      const [stood, stands] = [positionOf("debug", before), positionOf("debug", after)];
      const at = value.after?.place;
      if (at !== undefined && stood === "safe" && (stands === "hidden" || stands === "other")) {
        yield { at, about, undecided: `whether \`${value.key}\` is on` };
      }
      if (stood === "safe" && stands === "unsafe") {
        yield sightingOf(shift, "it is on", { asks: true, ...restored(shift) });
      }
    }
    yield* descents(view, context, ["exposure"]);
  },
  examples: {
    "in the settings of Django": `
      M shop/settings.py
        import os
      - DEBUG = False
      - ALLOWED_HOSTS = ["shop.example"]
      > DEBUG = True
      > ALLOWED_HOSTS = ["*"]`,
    "any origin": `
      M services/api/config.yaml
        http:
      -   cors_allowed_origins: https://shop.example
      >   cors_allowed_origins: "*"`,
    "Rails thinks that it is with a developer": `
      M deploy/web.env
      - RAILS_ENV=production
      > RAILS_ENV=development`,
    "what developers run": `
      M .env.development
      - DEBUG=false
      + DEBUG=true`,
    off: `
      M deploy/web.env
      - DEBUG=true
      + DEBUG=false`,
    "names of loggers, which are no switch": `
      M deploy/web.env
      - DEBUG=app:http
      + DEBUG=app:*`,
  },
});
