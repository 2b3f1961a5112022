import { byCodeUnits } from "../../lib/order.ts";
import { autonomyEnvironments, type NamedEnvironment, strangeAgents } from "./autonomy.ts";
import { conventionalTier, defaultStatement } from "./default.ts";
import { defaultTogether, tierOf, withConventions } from "./environments.ts";
import { type Mistake, unknownName } from "./explain.ts";
import type { KnownRule } from "./context.ts";
import { fileName, type PolicyDocument, type PolicyError, placed } from "./parse.ts";
import { sameName } from "./patterns.ts";
import { resolve } from "./resolve.ts";
import { withPropose } from "./schema/autonomy.ts";
import { root, type Statement } from "./schema/root.ts";
import type { StatedByRisk } from "./schema/values.ts";
import type { Policy } from "./schema.ts";
import { placeKey } from "./yaml.ts";
import { withZones } from "./zones.ts";

/** The files that a change is judged by; null where there is none. */
export interface PolicyFiles {
  readonly organisation: PolicyDocument | null;
  /** Of the repository's default branch. */
  readonly defaultBranch: PolicyDocument | null;
  /** Of the branch that the change would land on, where that is another one. It can only tighten. */
  readonly baseBranch: PolicyDocument | null;
  /** Planned operations in files of their own, of the same two branches. They can only add. */
  readonly operations: readonly PolicyDocument[];
}

export type EffectivePolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly errors: readonly PolicyError[] };

/**
 * Joins the files, key by key. The organisation's file, else the default branch's, stands on the strict default: what it
 * leaves out is decided there, so that a file further down cannot loosen it by being the only one to state it. The others
 * can only tighten, except that the default branch's file decides the keys that the organisation made overridable.
 */
export function effectivePolicy(files: PolicyFiles, rules: readonly KnownRule[]): EffectivePolicy {
  const policy = joined(files, rules);
  const errors = [files.organisation, files.defaultBranch, files.baseBranch].flatMap((document) =>
    document === null ? [] : placed(dangling(document, policy), fileName(document.source), document.located),
  );
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy };
}

/** The strict default: what holds where no file is. */
export function strictDefault(): Policy {
  return resolve(onDefault({}));
}

/** What all files state together, on the defaults, before it is resolved to a policy. */
export function effectiveStatement(files: PolicyFiles, rules: readonly KnownRule[]): Statement {
  const { organisation, defaultBranch, baseBranch } = files;
  const above = standsAbove(files);
  const [own, base] = [defaultBranch?.statement ?? {}, baseBranch?.statement ?? {}];
  const known = new Set([above, own, base].flatMap(({ environments = {} }) => Object.keys(environments)));
  const theirs = organisation === null ? {} : above;
  const prove = (statement: Statement): Statement => withSources(withProofs(statement, theirs, known), theirs);
  const statement = organisation === null ? prove(above) : tighten(prove(above), prove(own), rules);
  const policy = tighten(statement, prove(base), rules);
  return withZones(files.operations.reduce((so, file) => root.join.combine(so, file.statement), policy));
}

/** What the first file there is states on the defaults. */
function standsAbove({ organisation, defaultBranch }: PolicyFiles): Statement {
  const own = defaultBranch?.statement ?? {};
  return organisation === null ? onDefault(own) : overridden(organisation.statement, own);
}

function joined(files: PolicyFiles, rules: readonly KnownRule[]): Policy {
  const above = standsAbove(files);
  const policy = resolve(effectiveStatement(files, rules));
  const staging = new Set(Object.values(resolve(above).environments).flatMap((one) => (one.staging ? one.name : [])));
  return { ...policy, environments: keepStaging(policy.environments, staging) };
}

/** The organisation's statement, with the repository's word on the keys that it made overridable. */
function overridden(statement: Statement, own: Statement): Statement {
  return (statement.overridable ?? [])
    .map((name) => root.join.pick(own, name.split(".")) ?? {})
    .reduce<Statement>((so, stated) => root.join.override(so, stated), onDefault(statement));
}

/** A file below may make more of an environment, but not have it count as staging no longer. */
function keepStaging(environments: Policy["environments"], staging: ReadonlySet<string>): Policy["environments"] {
  return Object.fromEntries(
    Object.entries(environments).map(([name, one]) => [name, { ...one, staging: one.staging || staging.has(name) }]),
  );
}

function onDefault(statement: Statement): Statement {
  return withZones({
    ...root.join.override(defaultStatement, statement),
    environments: withConventions(statement.environments ?? {}),
  });
}

/** Joins a file to a statement that holds already. */
function tighten(whole: Statement, file: Statement, rules: readonly KnownRule[]): Statement {
  const closing = withoutOtherWitnesses(closed(spellOut(whole, file, rules), file));
  return root.join.combine(closing, spellOut(file, whole, rules));
}

/**
 * What production ran lets a restore pass: who proves that is for the file that allows restores alone, also in environments that only a
 * file further down has, which are spelled out by now.
 */
function withoutOtherWitnesses(statement: Statement): Statement {
  const { environments = {}, restore } = statement;
  if ((restore?.within ?? 0) === 0) return statement;
  const proved = Object.entries(environments).map(([name, stated]) => {
    const { deployments = [[]], deployed_by: deployedBy = [] } = stated;
    return [name, { ...stated, deployments, deployed_by: deployedBy }] as const;
  });
  return { ...statement, environments: Object.fromEntries(proved) };
}

/**
 * A file that asks for a bake, and says nothing of what proves it, leaves that to the organisation's, and where that is silent to nobody:
 * else another file would prove what it likes.
 */
function withProofs(statement: Statement, above: Statement, known: ReadonlySet<string>): Statement {
  const { environments = {} } = statement;
  const baking = Object.values(environments).flatMap(({ bake = [] }) => bake.map((one) => one.in));
  const proved = [...new Set(baking)]
    .filter((name) => known.has(name))
    .map((name) => {
      const [own, theirs] = [environments[name], above.environments?.[name]];
      const deployments = own?.deployments ?? theirs?.deployments ?? [[]];
      const deployedBy = own?.deployed_by ?? theirs?.deployed_by ?? [];
      return [name, { ...own, deployments, deployed_by: deployedBy }] as const;
    });
  return proved.length === 0
    ? statement
    : { ...statement, environments: { ...environments, ...Object.fromEntries(proved) } };
}

/** The same for a file that demands plans and says nothing of who makes them. */
function withSources(statement: Statement, above: Statement): Statement {
  const { evidence } = statement;
  const plans = evidence?.plans;
  if (plans?.from !== undefined || (plans?.required ?? []).length === 0) return statement;
  return { ...statement, evidence: { ...evidence, plans: { ...plans, from: above.evidence?.plans?.from ?? [] } } };
}

/** States what entries leave to a default of their own; a file that joins them would else be the only one to state it. */
function closed(statement: Statement, file: Statement): Statement {
  const { environments = {}, rules = {}, agents } = statement;
  const saysNothing = agents?.autonomy === undefined && file.agents?.autonomy === undefined;
  return {
    ...statement,
    ...(saysNothing ? {} : { agents: { ...agents, autonomy: withPropose(agents?.autonomy) } }),
    environments: Object.fromEntries(
      Object.entries(environments).map(([name, stated]) => {
        const together = stated.together_with_staging ?? defaultTogether;
        return [name, { ...stated, tier: tierOf(name, stated), together_with_staging: together }] as const;
      }),
    ),
    // A rule's options are opaque: what tightens is unknown, so those that hold already stay, the rule's defaults included.
    rules: Object.fromEntries(
      Object.entries(rules).map(([id, rule]) => [id, { ...rule, options: rule.options ?? {} }] as const),
    ),
  };
}

/**
 * Writes out what a statement says of a name through a more general key, wherever the other statement speaks of that name:
 * an environment's approvals are those by risk until it states its own, a rule's level is that of its invariant. Else the
 * one file that states the narrower key would decide it alone.
 */
function spellOut(statement: Statement, other: Statement, rules: readonly KnownRule[]): Statement {
  const result: { -readonly [K in keyof Statement]: Statement[K] } = { ...statement };
  const general = statement.approvals?.by_risk;
  if (general !== undefined) {
    const names = [...Object.keys(statement.environments ?? {}), ...Object.keys(other.environments ?? {})];
    result.environments = Object.fromEntries(
      names.map((name) => {
        const stated = statement.environments?.[name] ?? {};
        return [name, { ...stated, approvals: filled(stated.approvals, general) }];
      }),
    );
  }
  const named = rules.filter(({ id }) => statement.rules?.[id] !== undefined || other.rules?.[id] !== undefined);
  if (named.length > 0) result.rules = { ...statement.rules };
  for (const { id, invariant } of named) {
    const stated = statement.rules?.[id];
    const level = stated?.level ?? statement.invariants?.[invariant];
    result.rules = { ...result.rules, [id]: { ...stated, ...(level === undefined ? {} : { level }) } };
  }
  return result;
}

function filled(stated: StatedByRisk | undefined, general: StatedByRisk): StatedByRisk {
  return {
    low: stated?.low ?? general.low,
    elevated: stated?.elevated ?? general.elevated,
    high: stated?.high ?? general.high,
    critical: stated?.critical ?? general.critical,
  };
}

/** Names in a file that lead nowhere in the policy as a whole. */
function dangling(document: PolicyDocument, policy: Policy): readonly Mistake[] {
  return [
    ...unknownEnvironments(document, policy),
    ...unreachableEnvironments(document.statement, policy),
    ...missingAllowlist(document.statement, policy),
    ...strangeAgents(document.located.value, policy),
    ...impossibleBakes(document.statement, policy),
    ...unmeasuredRollback(document.statement, policy),
  ];
}

function unknownEnvironments({ statement, located }: PolicyDocument, policy: Policy): readonly Mistake[] {
  const gated: readonly NamedEnvironment[] = Object.keys(statement.gate ?? {})
    .filter((name) => name !== "*" && located.places.has(placeKey(["gate", name])))
    .map((name) => ({ path: ["gate", name], at: "key", name }));
  const listed = ["capacity", "freezes"].flatMap((key) => listedEnvironments(located.value, key));
  const baking: readonly NamedEnvironment[] = Object.entries(statement.environments ?? {}).flatMap(
    ([name, { bake = [] }]) =>
      bake.map((one) => ({ path: ["environments", name, "bake", "in"], at: "value" as const, name: one.in })),
  );
  return [...gated, ...listed, ...baking, ...autonomyEnvironments(located.value)].flatMap(({ path, at, name }) => {
    if (Object.hasOwn(policy.environments, name)) return [];
    const same = Object.values(policy.environments).find((one) =>
      [one.name, ...one.aliases].some((other) => sameName(other, name)),
    );
    const unknown = unknownName("environment", name, Object.keys(policy.environments));
    const otherwise = unknown.remedy ?? `state it under \`environments\`, or write ${oneOf(policy)}`;
    return [{ path, at, ...unknown, remedy: same === undefined ? otherwise : `write its own name, "${same.name}"` }];
  });
}

/** Names to choose from, without all of a long list. */
function oneOf({ environments }: Policy): string {
  const names = Object.keys(environments).toSorted(byCodeUnits);
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : "";
  const shown = names.slice(0, namesShown).map((name) => `"${name}"`);
  return `one of ${shown.join(", ")}${more}`;
}

const namesShown = 5;

/** Read from the file as it stands: the statement may hold the list in another form, and a mistake needs its place in it. */
function listedEnvironments(value: unknown, key: string): readonly NamedEnvironment[] {
  return elements(value, key).flatMap((element, index) =>
    elements(element, "environments").flatMap((name, position): readonly NamedEnvironment[] =>
      typeof name === "string" ? [{ path: [key, index, "environments", position], at: "value", name }] : [],
    ),
  );
}

function elements(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return [];
  const list = (value as Readonly<Record<string, unknown>>)[key];
  return Array.isArray(list) ? list : [];
}

function unreachableEnvironments({ environments = {} }: Statement, policy: Policy): readonly Mistake[] {
  if (policy.layout.some((line) => line.includes("{environment}"))) return [];
  return Object.keys(environments).flatMap((name) => {
    const environment = policy.environments[name];
    const conventional = [name, ...(environment?.aliases ?? [])].some((one) => conventionalTier(one) !== null);
    if (conventional || (environment?.branches.length ?? 0) > 0) return [];
    return [
      {
        path: ["environments", name],
        at: "key" as const,
        message: `nothing can reach the environment "${name}"`,
        remedy: "add a line with {environment} to `layout`, or its branches",
      },
    ];
  });
}

/** A bake that nothing can ever have behind it, in this file or together with the others. */
function impossibleBakes({ environments = {}, services = {} }: Statement, policy: Policy): readonly Mistake[] {
  const bakes = Object.values(policy.environments).flatMap((environment) => environment.bakes);
  const tooLong = Object.entries(services).flatMap(([name, { bake = 0 }]): readonly Mistake[] => {
    if (bakes.every(({ expiresMs }) => expiresMs >= bake)) return [];
    const message = "where it bakes the proof expires before the time is over";
    return [{ path: ["services", name, "bake"], at: "value", message, remedy: "state a shorter time" }];
  });
  const ofEnvironments = Object.entries(environments).flatMap(([name, { bake = [] }]) =>
    bake.flatMap(({ in: where, at: when }): readonly Mistake[] => {
      const at = { path: ["environments", name, "bake", "in"], at: "value" } as const;
      if (where === name) return [{ ...at, message: "nothing bakes where it is to go", remedy: "name another one" }];
      const effective = policy.environments[name]?.bakes.find((one) => one.in === where && one.at === when);
      if (effective === undefined || effective.expiresMs >= effective.forMs) return [];
      const message = "with the other policy files the proof expires before the time is over";
      return [{ path: ["environments", name, "bake"], at: "key", message, remedy: "state a shorter `for`" }];
    }),
  );
  return [...ofEnvironments, ...tooLong];
}

/** What nobody could ever say to have come, in this file or together with the others. */
function unmeasuredRollback({ rollback, halt }: Statement, policy: Policy): readonly Mistake[] {
  const { on, threshold, measured } = policy.rollback;
  const missing = [
    ...(threshold === null ? ["`threshold`"] : []),
    ...(measured === null ? ["`measured` (points or percent)"] : []),
  ];
  const rises: readonly Mistake[] =
    rollback?.on?.includes("error_rate") === true && missing.length > 0
      ? [
          {
            path: ["rollback", "on"],
            at: "key",
            message: "an error rate counts from a threshold on, and none is stated that can be compared",
            remedy: `state ${missing.join(" and ")}`,
          },
        ]
      : [];
  if (halt?.trip_on?.includes("rollback") !== true || on.length > 0) return rises;
  const remedy = "state `rollback.on`, or remove `rollback` here";
  return [
    ...rises,
    { path: ["halt", "trip_on"], at: "key", message: "`rollback` trips nothing: no cause counts", remedy },
  ];
}

function missingAllowlist({ invariants }: Statement, policy: Policy): readonly Mistake[] {
  const id = "outside-allowlist-needs-opt-in";
  const level = invariants?.[id]?.level ?? "off";
  if (level === "off" || policy.allowlist.length > 0) return [];
  return [
    {
      path: ["invariants", id],
      at: "key",
      message: `\`${id}\` has no allowlist to compare with`,
      remedy: "state `allowlist`, or leave the invariant off",
    },
  ];
}
