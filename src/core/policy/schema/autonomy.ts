import { z } from "zod";
import { byCodeUnits } from "../../../lib/order.ts";
import { autonomies, type Autonomy, type AutonomyMatrix, identityLevels, kinds, type PreApproved } from "../schema.ts";
import { combined, intersection, type Join, largerNumber, stricter } from "./join.ts";
import { key, list, part } from "./key.ts";
import { lastingDuration, name, nameOrRest, text, twoOrMore } from "./values.ts";

/**
 * From the freest to the strictest. `execute` is the level of production and grants less than `sandbox`: the same, for changes that are
 * agreed on beforehand, and to propose all others.
 */
const order: readonly Autonomy[] = ["sandbox", "execute", "propose", "observe"];

/** Of several levels, the one that grants least; null of none. */
export function leastAutonomy(levels: readonly Autonomy[]): Autonomy | null {
  return levels.reduce<Autonomy | null>((least, level) => (least === null ? level : lower.combine(least, level)), null);
}
const lower = stricter(order);

/** What holds for agents that the matrix does not name, and the name of their row. */
export const everyOtherAgent = "default";

/**
 * What a matrix says of an agent in an environment, `*` standing for every other one: its own row first, then that of every other agent.
 * Undefined: nothing.
 */
export function statedAutonomy(matrix: AutonomyMatrix, agent: string, environment: string): Autonomy | undefined {
  const [own, others] = [rowOf(matrix, agent), rowOf(matrix, everyOtherAgent)];
  return cell(own, environment) ?? cell(own, "*") ?? cell(others, environment) ?? cell(others, "*");
}

function rowOf(matrix: AutonomyMatrix, agent: string): AutonomyMatrix[string] {
  return (Object.hasOwn(matrix, agent) ? matrix[agent] : undefined) ?? {};
}

function cell(row: AutonomyMatrix[string], environment: string): Autonomy | undefined {
  return Object.hasOwn(row, environment) ? row[environment] : undefined;
}

/** A matrix in the one form of all that say the same: every cell is written out, and what it leaves open is proposed. */
export function spelledOut(matrix: AutonomyMatrix): AutonomyMatrix {
  const whole = withPropose(matrix);
  return lowerMatrix.combine(whole, whole);
}

/** The matrix with what holds where it says nothing: people decide. */
export function withPropose(matrix: AutonomyMatrix = {}): AutonomyMatrix {
  return { ...matrix, [everyOtherAgent]: { "*": "propose", ...rowOf(matrix, everyOtherAgent) } };
}

/** Joined where it is asked: what one file leaves to its `*` or to its `default` keeps that against the other's cell. */
const lowerMatrix: Join<AutonomyMatrix> = {
  name: "the lower autonomy, agent by agent and environment by environment",
  combine: (a, b) => {
    const environments = new Set([a, b].flatMap((matrix) => Object.values(matrix).flatMap((row) => Object.keys(row))));
    const agents = new Set([...Object.keys(a), ...Object.keys(b), everyOtherAgent]);
    return Object.fromEntries(
      [...agents].map((agent) => [
        agent,
        Object.fromEntries(
          [...environments, "*"].flatMap((environment): readonly (readonly [string, Autonomy])[] => {
            const sides = [a, b].map((matrix) => statedAutonomy(matrix, agent, environment));
            const least = leastAutonomy(sides.filter((level) => level !== undefined));
            return least === null ? [] : [[environment, least]];
          }),
        ),
      ]),
    );
  },
  override: (earlier, later) => {
    const agents = new Set([...Object.keys(earlier), ...Object.keys(later)]);
    return Object.fromEntries([...agents].map((one) => [one, { ...rowOf(earlier, one), ...rowOf(later, one) }]));
  },
  pick: (value, path) => (path.length === 0 ? value : undefined),
};

const agentName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:\[bot\])?$/,
    "is no name of an agent, such as default, copilot-cloud-agent or claude[bot]",
  );
const matrix: z.ZodType<AutonomyMatrix> = z
  .record(agentName, z.record(nameOrRest, z.enum(autonomies)))
  .superRefine((rows, context) => {
    const seen = new Set<string>();
    for (const agent of Object.keys(rows)) {
      const folded = agent.toLowerCase();
      if (seen.has(folded)) context.addIssue({ code: "custom", message: `"${agent}" stands twice`, path: [agent] });
      seen.add(folded);
    }
  })
  .transform((rows) => Object.fromEntries(Object.entries(rows).map(([agent, row]) => [agent.toLowerCase(), row])));

export const autonomy = key(matrix, {
  join: lowerMatrix,
  type: "mapping from agent (`default`: every other) to environment (`*`: every other, and none) to observe, propose, sandbox or execute",
  says: "How far each agent may go by itself; what that means is in [autonomy.md](autonomy.md). The least of all environments that are reached counts.",
  otherwise: "what `approvals` says, for every agent",
});

/** What an agent may do at most in its first time in a repository. */
interface StatedNewcomers {
  readonly autonomy: Autonomy;
  readonly for: number;
}

export const newcomers = key(z.strictObject({ autonomy: z.enum(["observe", "propose"]), for: lastingDuration }), {
  join: combined<StatedNewcomers>("the lower autonomy, the longer time", (a, b) => ({
    autonomy: lower.combine(a.autonomy, b.autonomy),
    for: largerNumber.combine(a.for, b.for),
  })),
  type: "{ autonomy, for }, such as { autonomy: observe, for: 14d }",
  says: "The most that an agent may do in its first time in a repository, counted from the first report of Sallyport that had a mark of it.",
});

export const preApproved = list(
  {
    name: part(text, { type: "text", says: "What reports call it." }),
    environments: part(z.array(name).min(1, "needs at least one entry"), {
      type: "list of environments",
      says: "The environments that it may reach.",
    }),
    kinds: part(z.array(z.enum(kinds)).min(1, "needs at least one entry"), {
      type: `list of ${kinds.join(", ")}`,
      says: "What it may be, as it is computed from the diff: nothing else may change.",
    }),
    services: part(z.array(name).min(1, "needs at least one entry"), {
      type: "list of services",
      says: "The services that it may reach.",
    }),
    approvals: part(twoOrMore.default(2), {
      type: "whole number from 2",
      otherwise: "`2`",
      says: "People that it takes, wherever `approvals` asks for less.",
    }),
    bake: part(lastingDuration.optional(), {
      type: "duration, such as 24h",
      says: "How long it must have run elsewhere before. Where that cannot be proved, the change is only proposed.",
    }),
  },
  {
    become: (elements) =>
      elements.map(
        (one): PreApproved => ({
          name: one.name,
          environments: sorted(one.environments),
          kinds: sorted(one.kinds),
          services: sorted(one.services),
          approvals: one.approvals,
          bakeMs: one.bake ?? null,
        }),
      ),
    join: intersection<PreApproved>(),
    type: "list of { name, environments, kinds, services, approvals, bake }",
    says: "Narrow changes that agents at `execute` may make; everything else they propose.",
  },
);

/** The same list in another order is the same. */
function sorted<T extends string>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].toSorted(byCodeUnits);
}

export const ownIdentity = key(z.enum(identityLevels), {
  join: stricter(identityLevels),
  type: identityLevels.join(", "),
  says: "What follows when an agent works with a person's account: nothing, a line in the report, one other person's approval, or a block.",
});
