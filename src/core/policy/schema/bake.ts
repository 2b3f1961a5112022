import { z } from "zod";
import { formatDuration } from "../../../lib/duration.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import type { Bake, Witness } from "../schema.ts";
import { combined } from "./join.ts";
import { duration, name, span } from "./values.ts";

const workflowForm =
  /^workflow:(?:(?<repository>[A-Za-z0-9-]+\/[A-Za-z0-9._-]+)\/)?(?<path>\.github\/workflows\/[^@\s/]+\.ya?ml)@(?<ref>refs\/heads\/[^\s]+)$/u;
const appForm = /^app:(?<slug>[a-z0-9][a-z0-9-]*)$/u;

/** Everything that a workflow does, whichever it is, GitHub shows as done by this app. */
const actionsSlug = "github-actions";

/** `workflow:acme/infra/.github/workflows/deploy.yml@refs/heads/main`, without the repository too, or `app:acme-argocd`. */
export const witness = z.string().transform((written, context): Witness => {
  const workflow = workflowForm.exec(written)?.groups;
  if (workflow !== undefined) {
    const { repository, path = "", ref = "" } = workflow;
    return { kind: "workflow", repository: repository?.toLowerCase() ?? null, path, ref };
  }
  const slug = appForm.exec(written)?.groups?.["slug"];
  if (slug !== undefined && slug !== actionsSlug) return { kind: "app", slug };
  const expected =
    slug === actionsSlug
      ? "the workflow itself, as workflow:.github/workflows/deploy.yml@refs/heads/main, for every workflow speaks as this app"
      : "workflow:.github/workflows/deploy.yml@refs/heads/main, or app:SLUG";
  context.addIssue({ code: "custom", message: "", params: { expected } });
  return z.NEVER;
});

const defaultExpiresMs = 14 * 86_400_000;

/** One file states one; joined files may state several, and all of them hold. */
export const bake: z.ZodType<readonly Bake[]> = z
  .strictObject({
    in: name,
    for: duration,
    expires: span.optional(),
    at: z.enum(["merge", "deployment"]).optional(),
  })
  .transform(({ in: where, for: forMs, expires: expiresMs = defaultExpiresMs, at = "merge" }, context) => {
    if (expiresMs < forMs) {
      const message = "the proof expires before the time is over, so nothing would ever have run for long enough";
      const remedy = `state a time that is not shorter than \`for\`, which is ${formatDuration(forMs)}`;
      context.addIssue({ code: "custom", message, path: ["expires"], params: { remedy } });
    }
    return [{ in: where, at, forMs, expiresMs }];
  });

/** For each environment in which a change must have run, at the merge and at the deployment: the longer time, and the earlier end of its proof. */
export const longerBake = combined<readonly Bake[]>(
  "each environment, the longer time, the earlier end of the proof",
  (a, b) => {
    const joined = new Map<string, Bake>();
    for (const one of [...a, ...b]) {
      const key = `${one.in} ${one.at}`;
      const known = joined.get(key) ?? one;
      const forMs = Math.max(known.forMs, one.forMs);
      joined.set(key, { ...one, forMs, expiresMs: Math.min(known.expiresMs, one.expiresMs) });
    }
    return [...joined.values()].toSorted((x, y) => byCodeUnits(x.in, y.in) || byCodeUnits(x.at, y.at));
  },
);
