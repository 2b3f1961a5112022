import { byCodeUnits } from "../../lib/order.ts";
import { unreachable } from "../../lib/assert.ts";
import { count, shorten } from "../../lib/text.ts";
import { changed } from "../change/change-set.ts";
import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import { environmentsOf } from "../evaluate/scope.ts";
import type { Facts } from "../facts.ts";
import { moment, nextMinute } from "../moments.ts";
import { everyOtherAgent, leastAutonomy, statedAutonomy } from "../policy/schema/autonomy.ts";
import type { Autonomy, AutonomyMatrix, Policy } from "../policy/schema.ts";
import { attestedAgent } from "../provenance/attested.ts";
import { agentsNamed } from "../provenance/catalogue.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { hidesFiles } from "./freeze.ts";
import { whoWrote } from "./halt.ts";
import { type Deeds, preApprovedBy } from "./pre-approved.ts";

/** What autonomy rests on. */
export interface Grounds extends Deeds {
  readonly facts: Facts;
  readonly provenance: Provenance;
  readonly policy: Policy;
  readonly nowMs: number;
}

/** What an agent's change may do by itself. */
export interface Grant {
  /** People that it takes at least, whatever `approvals` says. */
  readonly leastPeople: number;
  /** Auto-merge that an agent armed may stay armed. */
  readonly mayStayArmed: boolean;
  readonly requirements: readonly Requirement[];
}

/** What people's changes are granted, and those of agents of which no file says anything. */
const asAlways: Grant = { leastPeople: 0, mayStayArmed: false, requirements: [] };

/** One cell that was looked up: for an agent, in an environment (null: outside of all). */
interface Looked {
  readonly agent: string;
  readonly environment: string | null;
  readonly level: Autonomy;
  /** Why it is that, as a clause. */
  readonly because: string;
}

/**
 * How far the change of an agent may go: the least of what every agent that any mark names may do, in every environment that it reaches. More
 * than every other agent may do is for the agent that GitHub attests alone (see `attestedAgent`); of all others the row can only take away. So no
 * mark lends anything. What reaches nobody knows where reaches production, and where it is not known who wrote it, an agent may have.
 */
export function autonomyOf(grounds: Grounds): Grant {
  const { provenance, facts, policy } = grounds;
  const { matrix, newcomers } = policy.autonomy;
  if (whoWrote(provenance, facts.gaps)?.isAgent === false) return asAlways;
  const newcomer = newcomers === null ? null : newcomerIn(newcomers, grounds);
  const cells = [...(matrix === null ? [] : lookUp(matrix, grounds)), ...(newcomer === null ? [] : [newcomer.looked])];
  const level = leastAutonomy(cells.map((cell) => cell.level));
  const decides = cells.find((cell) => cell.level === level);
  if (decides === undefined) return asAlways;
  const { requirements, ...grant } = granted(decides, grounds);
  return { ...grant, requirements: requirements.map((one) => ({ ...one, laterMs: newcomer?.untilMs ?? null })) };
}

/** Every cell that counts: for every agent that is named, every environment that is reached. */
function lookUp(matrix: AutonomyMatrix, grounds: Grounds): readonly Looked[] {
  const { facts, provenance, policy } = grounds;
  const attested = whoWrote(provenance, facts.gaps) === null ? null : attestedAgent(facts);
  const environments = reachedBy(grounds);
  return namedIn(provenance).flatMap((agent) => {
    const rows = rowsOf(matrix, agent);
    const isItself = attested?.key === agent;
    if (!isItself && rows.length === 0 && attested?.carries.includes(agent) === true) return [];
    return environments.map((environment): Looked => {
      const at = environment ?? "*";
      const others = statedAutonomy(matrix, everyOtherAgent, at) ?? "propose";
      const own = leastAutonomy(rows.map((row) => statedAutonomy(matrix, row, at) ?? others)) ?? others;
      const least = isItself ? own : (leastAutonomy([own, others]) ?? others);
      const row =
        (own === others ? undefined : rows.find((name) => statedAutonomy(matrix, name, at) === own)) ?? everyOtherAgent;
      const because =
        least === own
          ? `\`agents.autonomy.${row}\` says so`
          : `\`agents.autonomy.${row}\` says \`${own}\`, which is for changes of it alone: GitHub does not attest that the opener, the last pusher and every commit are it`;
      if (least === "sandbox" && isProduction(environment, policy))
        return { agent, environment, level: "propose", because: `${because}, and \`sandbox\` is not for production` };
      return { agent, environment, level: least, because };
    });
  });
}

/** The agents whose autonomy counts; one that no list has where it is not known whether there is one. */
function namedIn({ agents }: Provenance): readonly string[] {
  return agents.length > 0 ? agents : ["an agent that is not known"];
}

/** Rows of the matrix that mean an agent, by whatever name. */
function rowsOf(matrix: AutonomyMatrix, agent: string): readonly string[] {
  return Object.keys(matrix).filter((name) => name === agent.toLowerCase() || agentsNamed(name).includes(agent));
}

function isProduction(environment: string | null, { environments }: Policy): boolean {
  if (environment === null) return false;
  return !Object.hasOwn(environments, environment) || environments[environment]?.tier === "production";
}

/**
 * Environments that are reached, null among them where something reaches none. Documentation beside other changes counts only where it
 * reaches one. Where it is not known what changes, everything may be.
 */
function reachedBy({ facts, reach, policy, ...deeds }: Grounds): readonly (string | null)[] {
  const hidden = hidesFiles(facts.gaps) ? Object.keys(policy.environments) : [];
  const others = new Set(beyondDocumentation({ reach, ...deeds }));
  const found = new Set<string | null>(hidden);
  for (const file of reach.files) {
    const environments = environmentsOf(file, policy);
    for (const name of environments) found.add(name);
    if (environments.length === 0 && others.has(file.path)) found.add(null);
  }
  if (found.size === 0 || hidden.length > 0) found.add(null);
  return [...found].toSorted((a, b) => byCodeUnits(a ?? "", b ?? ""));
}

/** Paths that are something else than documentation: of another kind or of none, no file, or not known to be one. */
function beyondDocumentation({ reach, kinds, change }: Pick<Grounds, "reach" | "kinds" | "change">): readonly string[] {
  const files = new Map(changed(change).map((file) => [file.path, file]));
  return reach.files
    .map(({ path }) => path)
    .filter((path) => {
      const own = kinds.filter((evidence) => evidence.path === path);
      const file = files.get(path);
      const sides = [file?.before ?? null, file?.after ?? null].filter((side) => side !== null);
      const isPlain = sides.length > 0 && sides.every(({ mode }) => mode === "100644");
      return !isPlain || own.length === 0 || own.some(({ kind }) => kind !== "docs");
    });
}

/** The agent that is new here for longest; null: all that are named have been here for long enough. */
function newcomerIn(
  { autonomy, forMs }: NonNullable<Policy["autonomy"]["newcomers"]>,
  { provenance, facts, policy, nowMs }: Grounds,
): { readonly looked: Looked; readonly untilMs: number | null } | null {
  const found = namedIn(provenance).flatMap((agent): readonly { agent: string; untilMs: number | null }[] => {
    const first = facts.appearances.find((one) => one.agent === agent);
    if (first === undefined) return [{ agent, untilMs: null }];
    const untilMs = first.sinceMs + forMs;
    return untilMs > nowMs ? [{ agent, untilMs }] : [];
  });
  const end = ({ untilMs }: { readonly untilMs: number | null }): number => untilMs ?? Number.POSITIVE_INFINITY;
  const [last] = found.toSorted((a, b) => end(b) - end(a) || byCodeUnits(a.agent, b.agent));
  if (last === undefined) return null;
  const { agent, untilMs } = last;
  const because =
    untilMs === null
      ? "it is new here: no report in this repository has had a mark of it"
      : `it is new here until ${moment(nextMinute(untilMs), policy.timezone)}`;
  return { looked: { agent, environment: null, level: autonomy, because: `${because} (\`agents.new\`)` }, untilMs };
}

/**
 * Agents of which this is the first mark in the repository. Anybody can write a mark into a fork: from there only what GitHub attests has
 * been here.
 */
export function newHere(
  { agents, signals }: Provenance,
  { appearances, head }: Pick<Facts, "appearances" | "head">,
): readonly string[] {
  const attested = new Set(signals.flatMap(({ agent, trust }) => (trust === "attested" ? agent : [])));
  return agents.filter(
    (agent) => (!head.fromFork || attested.has(agent)) && !appearances.some((one) => one.agent === agent),
  );
}

/** What a level comes to for this change. */
function granted(decides: Looked, grounds: Grounds): Grant {
  const proposed = { leastPeople: 1, mayStayArmed: false } as const;
  switch (decides.level) {
    case "observe": {
      const other = hidesFiles(grounds.facts.gaps) ? "what changes is not known" : undocumented(grounds);
      const now = said(decides);
      return { ...proposed, requirements: [other === null ? met(byPeople, now) : refused(`${now}; ${other}`)] };
    }
    case "propose":
      return { ...proposed, requirements: [met(byPeople, said(decides))] };
    case "sandbox":
      return { leastPeople: 0, mayStayArmed: true, requirements: [met(byItself, said(decides))] };
    case "execute": {
      const found = preApprovedBy(grounds, grounds.policy);
      if ("because" in found) {
        const now = `${said(decides)}; it falls back to \`propose\`: ${found.because}`;
        return { ...proposed, requirements: [met(byPeople, now)] };
      }
      const { name, approvals } = found.entry;
      const now = `${said(decides)}; within \`${inCode(name)}\`, which takes ${approvals} people`;
      return { leastPeople: approvals, mayStayArmed: true, requirements: [met(byItself, now)] };
    }
    default:
      return unreachable(decides.level);
  }
}

/** What is something else than documentation, as a clause; null: nothing. */
function undocumented(grounds: Grounds): string | null {
  const [first, ...others] = beyondDocumentation(grounds);
  if (first === undefined) return null;
  return `\`${inCode(first)}\`${others.length === 0 ? "" : ` and ${count(others.length, "further file")}`} is no documentation`;
}

const byPeople = "People approve what agents propose";
const byItself = "An agent goes as far as it may";
const onlyDocumentation = "Documentation and nothing else";

/** "`claude-code-action` has `propose` in `production`: its own row says so". */
function said({ agent, environment, level, because }: Looked): string {
  const where = environment === null ? "" : ` in \`${inCode(environment)}\``;
  return `\`${inCode(agent)}\` has \`${level}\`${where}: ${because}`;
}

function met(what: string, now: string): Requirement {
  return { ...requirement, what, from: "nobody", now, state: { kind: "met" } };
}

function refused(now: string): Requirement {
  const from =
    "the author, with documentation alone; a person makes other changes, or gives it more in `agents.autonomy`";
  return { ...requirement, what: onlyDocumentation, from, now, state: { kind: "failed" } };
}

const requirement = {
  id: "autonomy",
  kind: "autonomy",
  actor: "agent",
  need: null,
  have: null,
  counted: [],
  excluded: [],
  ...notAsked,
} as const;

const nameMax = 120;

function inCode(text: string): string {
  return shorten(text, nameMax).replaceAll("`", "'");
}
