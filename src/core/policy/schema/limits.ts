import { z } from "zod";
import { type Rational, zero } from "../../../lib/quantity.ts";
import { classes, type KeyNames, units } from "../../settings/classes.ts";
import type { Capacity, ValueLimit } from "../schema.ts";
import { byName, combined, largerNumber, smaller, union, larger } from "./join.ts";
import { group, key, list, part } from "./key.ts";
import {
  amount,
  bound,
  exactCount,
  factor,
  keyPattern,
  name,
  percentage,
  quantity,
  span,
  tighterBound,
  wholeNumber,
} from "./values.ts";

const countType = "count, or { review_above, max }";

const values = list(
  {
    keys: part(z.array(keyPattern).min(1, "needs at least one entry"), {
      type: "list of patterns over dotted keys",
      says: "The configuration keys that the bounds are for.",
    }),
    review_above: part(amount.optional(), {
      type: "number, or one with a unit",
      says: "A value above this asks people.",
    }),
    max: part(amount.optional(), { type: "number, or one with a unit", says: "A value above this blocks." }),
    growth: part(z.strictObject({ factor, within: span.optional() }).optional(), {
      type: "{ factor, within }",
      says: "How many times the value that stood before a new one may be; with `within`, the smallest that the base branch held in so long a time. Of what GitHub's record of the branch does not tell (500 movements, and no further back than it goes) a Gap is made.",
    }),
  },
  {
    become: (elements) =>
      elements.map(
        ({ keys, review_above, max, growth }): ValueLimit => ({
          keys,
          reviewAbove: review_above ?? null,
          max: max ?? null,
          growthFactor: growth?.factor ?? null,
          growthWithinMs: growth?.within ?? null,
        }),
      ),
    join: union<ValueLimit>(),
    type: "list of { keys, review_above, max, growth }",
    says: "Bounds on configuration values; each that names a key holds.",
  },
);

const keyName = z
  .string()
  .max(100)
  .regex(
    /^[a-z0-9]+(?: [a-z0-9]+)*$/u,
    "is no name in words: lower case, one blank between words, such as `pool size`",
  );

const names = list(
  {
    names: part(z.array(keyName).min(1, "needs at least one entry"), {
      type: "list of names in words, such as `pool size`",
      says: "How keys end: `pool size` names `db.pool.size`, `DB_POOL_SIZE` and `maxPoolSize` alike, and `lane timeout` also `lane_timeout_ms`.",
    }),
    class: part(z.enum(classes), {
      type: classes.join(" or "),
      says: "What it is, and so which rule judges it.",
    }),
    unit: part(z.enum(units).optional(), {
      type: units.join(" or "),
      says: "What a bare number is in, where the key's own name does not say.",
    }),
    under: part(z.array(keyName).optional(), {
      type: "list of words",
      says: "One of these words must stand before the name.",
    }),
    unlimited: part(z.array(z.string().min(1).max(40)).optional(), {
      type: "list of texts",
      says: "What stands for no limit, beside `-1`, `none`, `unlimited` and their like; often `0`.",
    }),
    reason: part(z.string().min(1).max(200).optional(), {
      type: "text",
      says: "Why it matters, as the end of a sentence in reports.",
    }),
  },
  {
    become: (elements) =>
      elements.map(
        ({ names: named, class: of, unit, under, unlimited, reason }): KeyNames => ({
          names: named,
          class: of,
          unit: unit ?? null,
          under: under ?? [],
          unlimited: unlimited ?? [],
          reason: reason ?? "the policy names it",
          source: null,
        }),
      ),
    join: union<KeyNames>(),
    type: "list of { names, class, unit, under, unlimited, reason }",
    says: "Names of configuration keys that are judged as those of the built-in dictionary are (docs/values.md).",
  },
);

export const limits = group("Bounds on one change.", {
  files: key(bound(exactCount), {
    join: tighterBound,
    type: countType,
    says: "Changed files of one pull request; lockfiles and generated files apart.",
  }),
  services: key(bound(exactCount), {
    join: tighterBound,
    type: countType,
    says: "Services that one pull request reaches.",
  }),
  kubernetes: group("Bounds on Kubernetes workloads.", {
    replicas: key(bound(exactCount), { join: tighterBound, type: countType, says: "Replicas of one workload." }),
    memory_per_pod: key(bound(quantity), {
      join: tighterBound,
      type: "quantity, or { review_above, max }",
      says: "Memory limit of one pod.",
    }),
    memory_increase: key(bound(percentage), {
      join: tighterBound,
      type: "percentage, or { review_above, max }",
      says: "Growth of a memory limit against what stood before.",
    }),
    liveness_failure_threshold: key(wholeNumber, {
      join: largerNumber,
      type: "count",
      says: "The least failures after which a liveness probe may restart a container.",
    }),
  }),
  values,
  names,
  terraform: group("Bounds on what one Terraform plan does.", {
    deletes: key(bound(exactCount), {
      join: tighterBound,
      type: countType,
      says: "Resources that a plan destroys for good, or that Terraform lets go of.",
    }),
    replaces: key(bound(exactCount), {
      join: tighterBound,
      type: countType,
      says: "Resources that a plan destroys and makes anew.",
    }),
    changes: key(bound(exactCount), {
      join: tighterBound,
      type: countType,
      says: "Resources to which a plan does anything.",
    }),
  }),
});

function leastHeld(a: Rational | null, b: Rational | null): Rational | null {
  return a === null ? b : b === null ? a : smaller.combine(a, b);
}
const tighterPool = combined<Capacity>("the smaller pool", (a, b) => ({
  name: a.name,
  environments: union<string>().combine(a.environments, b.environments),
  memory: leastHeld(a.memory, b.memory),
  cpu: leastHeld(a.cpu, b.cpu),
  count: a.count,
  headroom: larger.combine(a.headroom, b.headroom),
}));
const pools = byName(tighterPool);

export const capacity = list(
  {
    name: part(name, { type: "name", says: "What reports call the pool." }),
    environments: part(z.array(name).min(1, "needs at least one entry"), {
      type: "list of environments",
      says: "The environments whose workloads share the pool.",
    }),
    memory: part(quantity.optional(), { type: "quantity", says: "What the pool holds." }),
    cpu: part(quantity.optional(), { type: "cores, such as 16 or 500m", says: "The cores that the pool has." }),
    count: part(z.literal("limits").default("limits"), {
      type: "limits",
      otherwise: "`limits`",
      says: "What is summed: the limits of every workload, times its replicas.",
    }),
    headroom: part(percentage.optional(), {
      otherwise: "`0%`",
      type: "percentage",
      says: "The share of the pool that must stay free.",
    }),
  },
  {
    become: (elements) =>
      elements
        .map(({ name: pool, environments, memory, cpu, count, headroom }) => ({
          [pool]: {
            name: pool,
            environments,
            memory: memory ?? null,
            cpu: cpu ?? null,
            count,
            headroom: headroom ?? zero,
          },
        }))
        .reduce<Readonly<Record<string, Capacity>>>((all, pool) => pools.combine(all, pool), {}),
    join: pools,
    type: "list of { name, environments, memory, cpu, count, headroom }",
    says: "What node pools hold, for the sum over all workloads of their environments.",
  },
);
