import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";

const schema = z.strictObject({
  id: z.string(),
  title: z.string(),
  body: z.string(),
  /** Who opens it: a key of `openers`. */
  agent: z.enum(["claude", "copilot", "codex"]),
  /** Paths that the change removes; what it adds and changes lies in `head/`. */
  removed: z.array(z.string()).default([]),
  /** What really happened, for people who watch the demo. */
  happened: z.string(),
  expected: z.strictObject({ verdict: z.enum(["allow", "wait", "hold", "block"]), rules: z.array(z.string()) }),
});

/** A pull request that an agent once opened, as a change of the repository that all incidents share. */
export interface Incident extends z.output<typeof schema> {
  readonly folder: string;
  /** Files of the head that the change adds or replaces, by path. */
  readonly files: ReadonlyMap<string, string>;
}

export interface Incidents {
  /** The files of the repository before any of them. */
  readonly base: ReadonlyMap<string, string>;
  readonly incidents: readonly Incident[];
}

const folder = fileURLToPath(new URL("../../test/incidents/", import.meta.url));

/** The incidents of this checkout, in the order of their ids. Throws where a description does not fit its schema. */
export function loadIncidents(): Incidents {
  const ids = readdirSync(folder).filter((name) => /^I\d{2}$/u.test(name));
  return {
    base: filesIn(join(folder, "acme-infra")),
    incidents: ids.toSorted().map((id) => {
      const own = join(folder, id);
      const described: unknown = parse(readFileSync(join(own, "incident.yml"), "utf8"));
      return { ...schema.parse(described), folder: own, files: filesIn(join(own, "head")) };
    }),
  };
}

function filesIn(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile());
  return new Map(
    paths.toSorted().map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
}
