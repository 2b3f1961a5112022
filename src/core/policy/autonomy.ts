import { agents as catalogue } from "../provenance/agents.ts";
import { agentsNamed, deterministic, reviewers } from "../provenance/catalogue.ts";
import { names } from "../provenance/invokers.ts";
import { tierOf, withConventions } from "./environments.ts";
import { type Mistake, unknownName } from "./explain.ts";
import { everyOtherAgent } from "./schema/autonomy.ts";
import type { Statement } from "./schema/root.ts";
import type { Policy } from "./schema.ts";
import type { Path } from "./yaml.ts";

/** A name of an environment, and where it stands. */
export interface NamedEnvironment {
  readonly path: Path;
  readonly at: Mistake["at"];
  readonly name: string;
}

/** One cell of the matrix as the file has it: places go by the names as they are written. */
interface Cell {
  readonly agent: string;
  readonly environment: string;
  readonly level: unknown;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Environments that the matrix and what is agreed on beforehand name. */
export function autonomyEnvironments(value: unknown): readonly NamedEnvironment[] {
  const cells = cellsOf(value)
    .filter(({ environment }) => environment !== "*")
    .map(({ agent, environment }): NamedEnvironment => {
      return { path: ["agents", "autonomy", agent, environment], at: "key", name: environment };
    });
  const entries = elements(at(at(value, "agents"), "pre_approved")).flatMap((entry, index) =>
    elements(at(entry, "environments")).flatMap((name, position): readonly NamedEnvironment[] => {
      const path = ["agents", "pre_approved", index, "environments", position];
      return typeof name === "string" ? [{ path, at: "value", name }] : [];
    }),
  );
  return [...cells, ...entries];
}

/** Agents that nobody knows. */
export function strangeAgents(value: unknown, policy: Policy): readonly Mistake[] {
  return Object.keys(rowsOf(value))
    .filter((agent) => !isKnownAgent(agent, policy))
    .map((agent): Mistake => {
      const told = unknownName("agent", agent, agentNames(policy));
      const listing = "name its account in `agents.also`";
      const remedy = told.remedy === null ? listing : `${told.remedy} Else ${listing}`;
      return { path: ["agents", "autonomy", agent], at: "key", message: told.message, remedy };
    });
}

/** What one file says of autonomy that cannot be meant. Where another file makes production of an environment, its `sandbox` is `propose`. */
export function impossibleAutonomy(statement: Statement, value: unknown): readonly Mistake[] {
  const environments = withConventions(statement.environments ?? {});
  const production = Object.keys(environments).filter(
    (name) => tierOf(name, environments[name] ?? {}) === "production",
  );
  return [
    ...cellsOf(value)
      .filter(({ level }) => level === "sandbox")
      .flatMap((cell) => sandboxInProduction(cell, production)),
    ...doublePreApproved(statement),
  ];
}

/** Two entries of one name: a report could not say which of them it was. */
function doublePreApproved({ agents }: Statement): readonly Mistake[] {
  const seen = new Set<string>();
  return (agents?.pre_approved ?? []).flatMap(({ name }, index) => {
    const twice = seen.has(name);
    seen.add(name);
    const path = ["agents", "pre_approved", index, "name"];
    const message = `"${name}" stands twice`;
    return twice ? [{ path, at: "value" as const, message, remedy: "give each entry its own name" }] : [];
  });
}

const otherLevels = "`propose` or `execute`";

/** `*` stands for every environment that its row does not name, so those of production are to be named beside it. */
function sandboxInProduction({ agent, environment, row }: Cell, production: readonly string[]): readonly Mistake[] {
  const path = ["agents", "autonomy", agent, environment];
  if (environment !== "*") {
    if (!production.includes(environment)) return [];
    const message = `\`sandbox\` is for what is not production, and the tier of "${environment}" is production`;
    return [{ path, at: "value", message, remedy: `write ${otherLevels}` }];
  }
  return production
    .filter((name) => !Object.hasOwn(row, name))
    .map((name) => ({
      path,
      at: "value" as const,
      message: `\`*\` would be \`sandbox\` in "${name}", and its tier is production`,
      remedy: `name "${name}" beside it, as ${otherLevels}`,
    }));
}

function isKnownAgent(agent: string, { agents: { also } }: Policy): boolean {
  if (agent.toLowerCase() === everyOtherAgent || agentsNamed(agent).length > 0) return true;
  return names([...also, ...[...reviewers, ...deterministic].map(({ login }) => login)], agent);
}

function agentNames({ agents: { also } }: Policy): readonly string[] {
  const known = catalogue.flatMap(({ key, apps, logins }) => [key, ...apps.map((slug) => `${slug}[bot]`), ...logins]);
  return [everyOtherAgent, ...also, ...known];
}

function cellsOf(value: unknown): readonly Cell[] {
  return Object.entries(rowsOf(value)).flatMap(([agent, row]) =>
    isRecord(row) ? Object.entries(row).map(([environment, level]) => ({ agent, environment, level, row })) : [],
  );
}

function rowsOf(value: unknown): Readonly<Record<string, unknown>> {
  const rows = at(at(value, "agents"), "autonomy");
  return isRecord(rows) ? rows : {};
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
