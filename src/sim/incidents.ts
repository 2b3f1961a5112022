import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { byCodeUnits } from "../lib/order.ts";

const verdict = z.enum(["allow", "wait", "hold", "block"]);

const schema = z.strictObject({
  id: z.string(),
  title: z.string(),
  body: z.string(),
  /** Who opens it: a key of `openers`. */
  agent: z.enum(["claude", "copilot", "codex"]),
  /** Paths that the change removes; what it adds and changes lies in `head/`. */
  removed: z.array(z.string()).default([]),
  /** When it is looked at. */
  at: z.iso.datetime().default("2026-02-11T14:42:07Z"),
  /** Who approves it. */
  approved_by: z.array(z.string()).default([]),
  /** Each file of its head is a pull request of its own, opened one after the other; what is told is the last of them. */
  slices: z.boolean().default(false),
  /** Whether the agent has set it to merge by itself. */
  armed: z.boolean().default(false),
  /** When what lies in `twin/`, the same change for staging, was deployed there. */
  deployed_at: z.iso.datetime().nullable().default(null),
  /** Why agents are halted while it is looked at; null: they are not. */
  halted: z.string().nullable().default(null),
  /** The Terraform plan in `plan.json`: of which root and workspace, and when the workflow that the policy names brought it. */
  plan: z.strictObject({ root: z.string(), workspace: z.string(), at: z.iso.datetime() }).nullable().default(null),
  /** What really happened, for people who watch the demo. */
  happened: z.string(),
  expected: z.strictObject({
    verdict,
    rules: z.array(z.string()),
    /** Ids of what it cannot be sure of. */
    gaps: z.array(z.string()).default([]),
    /** Verdicts that are seen on the way to it, and after it, in that order. */
    before: z.array(verdict).default([]),
    after: z.array(verdict).default([]),
  }),
});

/** A pull request that an agent once opened, as a change of the repository that all incidents share. */
export interface Incident extends z.output<typeof schema> {
  readonly folder: string;
  /** Files of the head that the change adds or replaces, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Text of `plan.json`; null where there is none. */
  readonly planJson: string | null;
  /** Files of another change, which was allowed before; none where there is none. */
  readonly earlier: ReadonlyMap<string, string>;
  /** Files of the same change for staging, which was merged and deployed there first; none where there is none. */
  readonly twin: ReadonlyMap<string, string>;
  /** The change as the agent splits it once it was held: for staging, and for production. None where it does not. */
  readonly split: { readonly staging: ReadonlyMap<string, string>; readonly production: ReadonlyMap<string, string> };
}

export interface Incidents {
  /** The files of the repository before any of them. */
  readonly base: ReadonlyMap<string, string>;
  readonly incidents: readonly Incident[];
}

const folder = fileURLToPath(new URL("../../test/incidents/", import.meta.url));

/** The incidents of this checkout, in the order in which they are looked at, and of their ids. Throws where a description does not fit its schema. */
export function loadIncidents(): Incidents {
  const ids = readdirSync(folder).filter((name) => /^I\d{2}$/u.test(name));
  return {
    base: filesIn(join(folder, "acme-infra")),
    incidents: ids
      .toSorted()
      .map((id) => {
        const own = join(folder, id);
        const described: unknown = parse(readFileSync(join(own, "incident.yml"), "utf8"));
        return {
          ...schema.parse(described),
          folder: own,
          files: filesIn(join(own, "head")),
          planJson: existsSync(join(own, "plan.json")) ? readFileSync(join(own, "plan.json"), "utf8") : null,
          earlier: filesIn(join(own, "before")),
          twin: filesIn(join(own, "twin")),
          split: {
            staging: filesIn(join(own, "split", "staging")),
            production: filesIn(join(own, "split", "production")),
          },
        };
      })
      .toSorted((a, b) => byCodeUnits(a.at, b.at)),
  };
}

/** The pull requests that an incident comes in. */
export function slicesOf(incident: Incident): readonly Incident[] {
  if (!incident.slices) return [incident];
  return [...incident.files].map((file) => ({ ...incident, files: new Map([file]) }));
}

/** No files where there is no such folder. */
function filesIn(root: string): ReadonlyMap<string, string> {
  if (!existsSync(root)) return new Map();
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile());
  return new Map(
    paths.toSorted().map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
}
