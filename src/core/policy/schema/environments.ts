import { z } from "zod";
import { type GateScope, gateScopes, kinds, tiers, togetherLevels, type Witness } from "../schema.ts";
import { riskTiers } from "../../evaluate/risk.ts";
import { bake, longerBake, witness } from "./bake.ts";
import {
  either,
  everyList,
  first,
  intersection,
  type Join,
  largerNumber,
  smallerNumber,
  stricter,
  union,
} from "./join.ts";
import { group, key, map } from "./key.ts";
import {
  bound,
  byRisk,
  duration,
  exactCount,
  flag,
  largerByRisk,
  layoutPattern,
  name,
  nameOrRest,
  oneOrMore,
  owner,
  pattern,
  percent,
  quantity,
  scalarOr,
  text,
  tighterBound,
} from "./values.ts";

const stage = z.enum(gateScopes);

/** Whom the gate stands for, by environment; `*` is every other one. */
export type StatedGate = Readonly<Record<string, GateScope>>;

/** Joined where it is asked: a name that one file leaves to its `*` keeps that file's `*` against the other's entry. */
const widerGate: Join<StatedGate> = {
  name: "the wider of the two, environment by environment",
  combine: (a, b) =>
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((environment) => {
        const [x, y] = [a[environment] ?? a["*"], b[environment] ?? b["*"]];
        const wider = x === "everyone" || y === "everyone" ? "everyone" : (x ?? y);
        return wider === undefined ? [] : [[environment, wider]];
      }),
    ),
  override: (earlier, later) => ({ ...earlier, ...later }),
  pick: (value, path) => (path.length === 0 ? value : undefined),
};

export const gate = key(
  scalarOr(
    stage.transform((scope): StatedGate => ({ "*": scope })),
    z.record(nameOrRest, stage),
  ),
  {
    join: widerGate,
    type: "agents or everyone, or a mapping from environment (`*`: every other) to it",
    says: "Whom the gate stands for: agents only, or people and automation too.",
  },
);

export const layout = key(z.array(layoutPattern), {
  join: union(),
  type: "list of patterns with {environment} and {service}",
  says: "Where environments and services lie; every line that matches a path adds to what the path reaches.",
});

export const libraries = key(z.array(pattern), {
  join: intersection(),
  type: "list of patterns",
  says: "Paths that are deployed only where this repository reads them: modules, charts and policies that others take in a version of their own.",
});

const limits = group("Bounds that hold in this environment, beside the general ones.", {
  replicas: key(bound(exactCount), {
    join: tighterBound,
    type: "count, or { review_above, max }",
    says: "Replicas of one workload here.",
  }),
  memory_per_pod: key(bound(quantity), {
    join: tighterBound,
    type: "quantity, or { review_above, max }",
    says: "Memory limit of one pod here.",
  }),
  files: key(bound(exactCount), {
    join: tighterBound,
    type: "count, or { review_above, max }",
    says: "Changed files of one pull request that reaches this environment.",
  }),
  services: key(bound(exactCount), {
    join: tighterBound,
    type: "count, or { review_above, max }",
    says: "Services that one pull request reaches here.",
  }),
});

const environment = group("An environment.", {
  tier: key(z.enum(tiers), {
    join: stricter(tiers),
    type: tiers.join(", "),
    otherwise: "by its name",
    says: "What the environment is for. An unconventional name without a tier counts as production.",
  }),
  aliases: key(z.array(name), {
    join: union(),
    type: "list of names",
    says: "Other values of {environment} in `layout`.",
  }),
  branches: key(z.array(pattern), {
    join: union(),
    type: "list of patterns",
    says: "Branches whose merges reach the environment.",
  }),
  approvals: key(byRisk, {
    join: largerByRisk,
    type: "count, or { low, elevated, high, critical }",
    otherwise: "`approvals.by_risk`",
    says: "Approvals here, in place of `approvals.by_risk`.",
  }),
  limits,
  together_with_staging: key(z.enum(togetherLevels), {
    join: stricter(togetherLevels),
    type: togetherLevels.join(", "),
    otherwise: "`review`",
    says: "What follows when one merge reaches this environment and staging.",
  }),
  deployments: key(
    z
      .array(text)
      .min(1, "needs at least one entry")
      .transform((names): readonly (readonly string[])[] => [names]),
    {
      join: everyList<string>(),
      type: "list of names",
      says: "Names of the environment in GitHub's Deployments API, letter by letter.",
    },
  ),
  deployed_by: key(z.array(witness).min(1, "needs at least one entry"), {
    join: intersection<Witness>(),
    type: "list of workflow:PATH@REF or app:SLUG",
    says: "Whose word proves that something was deployed here: a workflow on a protected branch, or an app.",
  }),
  forbids: key(z.array(z.enum(kinds)), {
    join: union(),
    type: `list of ${kinds.join(", ")}`,
    says: "Kinds of change that agents may not make here, as they are computed from the diff.",
  }),
  bake: key(bake, {
    join: longerBake,
    type: "{ in, for, expires, at }",
    says: "How long a change must have run in another environment before it may come here: at least `for`, and proved within `expires` (14d); `at: merge` for promotions, `at: deployment` for the commit at the deployment gate.",
  }),
  canary: group("How a change must come to be served here.", {
    required: key(flag, {
      join: either,
      type: "true or false",
      otherwise: "`false`",
      says: "Whether a version must come to a share of the traffic first. A Rollout with a canary, or a Flagger Canary, that goes while its workload stays blocks, and so does what weakens one; a Deployment that is new, or gets another image, while no such object that was read names it asks people. What stands here without one, kinds other than Deployments, and what another system delivers by steps are not judged.",
    }),
    first_weight: key(percent, {
      join: smallerNumber,
      type: "percent, from 1 to 100",
      otherwise: "10, of `rules.k8s-canary-first-step-too-large`",
      says: "The largest share of the traffic that the first step of a delivery may take.",
    }),
  }),
});

export const environments = map(environment, {
  names: name,
  type: "mapping from name to environment",
  says: "Environments, beside those that are recognised by their conventional names.",
});

const service = group("A service.", {
  owners: key(oneOrMore(owner), {
    join: first(),
    type: "team or person, or a list of them",
    says: "Who owns the service and is asked about it.",
  }),
  risk: key(z.enum(riskTiers), {
    join: stricter(riskTiers),
    type: riskTiers.join(", "),
    says: "The least risk of a change that reaches the service.",
  }),
  bake: key(duration, {
    join: largerNumber,
    type: "duration",
    says: "How long a change of the service must have run wherever an environment has it bake, if that is longer.",
  }),
});

export const services = map(service, {
  names: name,
  type: "mapping from name to service",
  says: "Services: who owns them, and what they ask for.",
});
