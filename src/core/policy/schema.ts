import type { Rational } from "../../lib/quantity.ts";
import type { RiskTier } from "../evaluate/risk.ts";
import type { InvariantId } from "../invariants.ts";
import type { KeyNames } from "../settings/classes.ts";
import type { Window } from "../windows/window.ts";

/** The words of a policy, from mildest to strictest: the order is the one in which files are joined. */
export const modes = ["observe", "enforce"] as const;
export const gateScopes = ["agents", "everyone"] as const;
export const tiers = ["development", "staging", "production"] as const;
export const levels = ["off", "observe", "review", "block"] as const;
/** What goes with a Terraform resource: B an outage, A data. */
export const statefulTiers = ["B", "A"] as const;
export const planDemands = ["optional", "required"] as const;
export const invalidations = ["change", "push"] as const;
export const togetherLevels = ["off", "review", "block"] as const;

/** What a budget may be counted for, each on its own. */
export const spenders = ["agent", "repository"] as const;

/** What may raise an alarm. */
export const alarmKinds = ["bypass_merge", "direct_push", "gate_not_required"] as const;

/** How far an agent may go by itself, as people count: each level from 0 to 3. */
export const autonomies = ["observe", "propose", "sandbox", "execute"] as const;
/** Levels of what follows when an agent works with a person's account. */
export const identityLevels = ["off", "observe", "review", "block"] as const;
/** What a proven return to what production ran does not have to pass. */
export const restoreSkips = ["bake", "freezes", "budgets"] as const;
export type RestoreSkip = (typeof restoreSkips)[number];

/** What may count against a change after it went live. */
export const rollbackCauses = ["deployment_failure", "error_rate", "health"] as const;
/** How a rise of the error rate is measured. */
export const rollbackMeasures = ["points", "percent"] as const;
/** What is done about a change that something counts against. */
export const rollbackDeeds = ["report", "open_revert"] as const;

/** What a planned operation forbids. */
export const operationActions = ["do_not_scale", "do_not_touch"] as const;

export type Mode = (typeof modes)[number];
export type GateScope = (typeof gateScopes)[number];
export type Tier = (typeof tiers)[number];
export type Level = (typeof levels)[number];
export type AlarmKind = (typeof alarmKinds)[number];
export type Autonomy = (typeof autonomies)[number];
export type IdentityLevel = (typeof identityLevels)[number];
export type TogetherLevel = (typeof togetherLevels)[number];

/** What a change does, computed from the diff; `areas` name these. */
export const kinds = [
  "scale",
  "image",
  "config",
  "resources",
  "probes",
  "ingress",
  "network",
  "iam",
  "auth",
  "secrets",
  "database",
  "migration",
  "delete",
  "replace",
  "dependencies",
  "workflow",
  "guardrail",
  "billing",
  "docs",
  "code",
] as const;
export type Kind = (typeof kinds)[number];

/** Whose approval counts: any person with write permission, an owner of what changes by the base's CODEOWNERS, or a member of a team. */
export type Approver = "people" | "owners" | Team;
/** `@organisation/team`, in lower case as GitHub compares it. */
export type Team = `@${string}/${string}`;

/** Who may decide about the gate itself: an administrator of the repository, a member of a team, or `@login`. In lower case. */
export type Overrider = "administrators" | Team | `@${string}`;

/** Who may halt: `people` is anybody with write permission. In lower case. */
export type Halter = "people" | Overrider;

/** What halts an agent by itself. */
export interface TripOn {
  readonly bypassMerge: boolean;
  readonly rollback: boolean;
  readonly guardrailEdit: boolean;
  /** At how many of its heads, blocked within an hour; null: at no number. */
  readonly blocksPerHour: number | null;
}

/** One policy file as it was read, at a pinned commit. */
export interface PolicySource {
  /** `owner/name`. */
  readonly repository: string;
  readonly sha: string;
  readonly path: string;
  readonly text: string;
}

/** Approvals asked for at each risk. */
export type ByRisk = Readonly<Record<RiskTier, number>>;

/**
 * What a finding of an invariant or a rule leads to. `from` names whose approval a `review` needs: each list must be
 * met by one of its members; no list at all means any person who may approve.
 */
export interface Treatment {
  readonly level: Level;
  readonly from: readonly (readonly Approver[])[];
}

/** A value above `reviewAbove` asks people, a value above `max` blocks; null sets no such bound. */
export interface Bound<T> {
  readonly reviewAbove: T | null;
  readonly max: T | null;
}

/** Whose word proves that something was deployed. */
export type Witness =
  | {
      readonly kind: "workflow";
      /** `owner/name` in lower case; null: whatever repository it is asked about. */
      readonly repository: string | null;
      /** As `.github/workflows/deploy.yml`. */
      readonly path: string;
      /** As `refs/heads/main`. */
      readonly ref: string;
    }
  /** The slug of an app that speaks as itself. */
  | { readonly kind: "app"; readonly slug: string };

/** Where a change must have run, for how long, and how old the proof may be. */
export interface Bake {
  readonly in: string;
  /** `merge`: promotions and what has a twin there, before they are merged. `deployment`: the commit itself, at the deployment gate. */
  readonly at: "merge" | "deployment";
  readonly forMs: number;
  readonly expiresMs: number;
}

export interface Environment {
  readonly name: string;
  readonly tier: Tier;
  /** Counts as staging for `together_with_staging`: by its tier, or by that in the file that stands above. */
  readonly staging: boolean;
  /** Other values of `{environment}`, without the name itself; compared without regard to case. */
  readonly aliases: readonly string[];
  /** Patterns of branches: a merge into one of them reaches this environment. */
  readonly branches: readonly string[];
  /** Already resolved: the environment's own figures where it states them, else `approvals.byRisk`. */
  readonly approvals: ByRisk;
  /** Bounds that hold here in addition to `Policy.limits`; the tighter of the two decides. */
  readonly limits: EnvironmentLimits;
  /** What follows when one merge reaches this environment and one of tier staging. */
  readonly togetherWithStaging: TogetherLevel;
  /** Kinds of change that are blocked where they reach this environment. */
  readonly forbids: readonly Kind[];
  /** Its names in GitHub's Deployments API, letter by letter; none: no deployment is known to be one to here. */
  readonly deployments: readonly string[];
  /** Whose word proves a deployment to here; empty: nobody's does. */
  readonly deployedBy: readonly Witness[];
  /** Where a change must have run before it may come here; each of them holds. */
  readonly bakes: readonly Bake[];
}

export interface EnvironmentLimits {
  readonly replicas: Bound<Rational>;
  /** Bytes. */
  readonly memoryPerPod: Bound<Rational>;
  readonly files: Bound<Rational>;
  readonly services: Bound<Rational>;
  readonly canary: CanaryLimits;
}

/** How a change must come to be served. */
export interface CanaryLimits {
  /** A share of the traffic first, before all of it. */
  readonly required: boolean;
  /** The largest first share in percent; null: none is stated. */
  readonly firstWeight: number | null;
}

export interface ServicePolicy {
  readonly name: string;
  /** Teams or people that own it, as `@acme/search` or `@person-a`. */
  readonly owners: readonly string[];
  /** The least risk of a change that reaches it. */
  readonly risk: RiskTier | null;
  /** How long a change of it must have run wherever one bakes, if that is longer; null: as the environment says. */
  readonly bakeMs: number | null;
}

/** Approvals that an area asks for: `count` people, each in one of `from`. */
export interface Demand {
  readonly count: number;
  readonly from: readonly Approver[];
}

export interface Area {
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** Patterns (tightening: case is ignored). A path or a kind puts a change into the area. */
  readonly paths: readonly string[];
  readonly risk: RiskTier | null;
  /** All of them must be met. */
  readonly approvals: readonly Demand[];
  /** Forms of tickets (RE2): the change must name one of each. */
  readonly tickets: readonly string[];
}

export interface RulePolicy {
  /** Null: the level of the rule's invariant. */
  readonly treatment: Treatment | null;
  /** As stated, and valid for the rule's own schema; absent keys are the rule's defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The dimension of a bound in `limits.values`; a bound holds for values of its own dimension. */
export type Dimension = "number" | "bytes" | "milliseconds" | "ratio";
export interface Amount {
  readonly value: Rational;
  readonly dimension: Dimension;
}

export interface ValueLimit {
  /** Patterns over the dotted path of a key, such as `**.pool.max`. */
  readonly keys: readonly string[];
  readonly reviewAbove: Amount | null;
  readonly max: Amount | null;
  /** A value may grow to at most this multiple of what stood before. */
  readonly growthFactor: Rational | null;
  /** How far back the smallest value counts as what stood before; null: what stands now alone does. */
  readonly growthWithinMs: number | null;
}

export interface Limits {
  /** Changed files of one pull request; lockfiles and generated files apart. */
  readonly files: Bound<Rational>;
  readonly services: Bound<Rational>;
  readonly kubernetes: {
    readonly replicas: Bound<Rational>;
    /** Bytes. */
    readonly memoryPerPod: Bound<Rational>;
    /** Growth of the limit as a ratio: 1/2 is +50 %. */
    readonly memoryIncrease: Bound<Rational>;
    /** The least `failureThreshold` that a liveness probe may have. */
    readonly livenessFailureThreshold: number | null;
  };
  /** Stated for environments; no file states it for all of them. */
  readonly canary: CanaryLimits;
  readonly values: readonly ValueLimit[];
  /** Names beside those of the built-in dictionary of configuration keys. */
  readonly names: readonly KeyNames[];
  /** Of one Terraform plan. */
  readonly terraform: {
    /** Resources that cease to be, or that Terraform lets go of. */
    readonly deletes: Bound<Rational>;
    readonly replaces: Bound<Rational>;
    /** Resources to which anything happens. */
    readonly changes: Bound<Rational>;
  };
}

/** What a node pool holds. */
export interface Capacity {
  readonly name: string;
  readonly environments: readonly string[];
  /** Bytes. */
  readonly memory: Rational | null;
  /** Cores. */
  readonly cpu: Rational | null;
  /** What is summed over the workloads. */
  readonly count: "limits";
  /** The share of the pool that must stay free, as a ratio. */
  readonly headroom: Rational;
}

/** How much agents may do: each of `per` has `max` of its own; of none, all agents share it wherever Sallyport is installed. */
export interface Budget {
  readonly max: number;
  readonly per: readonly (typeof spenders)[number][];
}

/** How far back is looked at most: GitHub tells of a year where it is asked for a period, and promises nothing of what lies further back. */
export const longestSpanMs = 366 * 86_400_000;

/** How long a sum may look back: our books keep merges for longer than that. */
export const longestWindowMs = 2_592_000_000;

/** How much agents may add up: what is green, what was merged within the window, and the change at hand. */
export interface SumBudget {
  /** Bytes, pods, things deleted. */
  readonly max: Rational;
  readonly withinMs: number;
  readonly per: Budget["per"];
}

/** Null: no bound. */
export interface Budgets {
  /** Merged within an hour, or green and so free to be. */
  readonly changesPerHour: Budget | null;
  readonly openPullRequests: Budget | null;
  /** Reached by what is green, or was merged within an hour. */
  readonly servicesAtATime: Budget | null;
  /** Pull requests that may be green and change one and the same module, chart or base that several use. */
  readonly openPerSharedModule: number | null;
  readonly addedMemory: SumBudget | null;
  readonly addedReplicas: SumBudget | null;
  readonly deletes: SumBudget | null;
  /** Heads of one pull request on which reports may show the same finding; from so many on a person is asked. */
  readonly pushesPerFinding: number | null;
}

/** A finding that the policy accepts for a while; it loosens, so its patterns match exactly. */
export interface Waiver {
  readonly rule: string;
  readonly paths: readonly string[];
  readonly reason: string;
  /** Calendar day as written, `2026-12-31`; the waiver holds through the end of that day in UTC. */
  readonly until: string;
  /** Milliseconds since the epoch, excluded: the first moment at which the waiver no longer holds. */
  readonly untilMs: number;
  readonly by: string;
}

/** Who lifts what was reported in an emergency: `count` people, each of them in every list, for `forMs` after the command. */
export interface BreakGlass {
  readonly by: readonly (readonly Overrider[])[];
  readonly count: number;
  readonly forMs: number;
  /** `owner/name` of the repositories where it is reported. */
  readonly reportTo: readonly string[];
}

/** A time in which changes are not merged. */
export interface Freeze {
  readonly name: string;
  readonly window: Window;
  /** None: whatever a change reaches, and also where it reaches nothing. */
  readonly environments: readonly string[];
  readonly appliesTo: GateScope;
  /** Whether it lets a proven restore through, where `restore.skips` has freezes as well. */
  readonly exceptRestore: boolean;
}

/** What a return to content that production ran may skip, once people have approved it as one. */
export interface Restore {
  /** How long ago the branch may have held that content, and production have run it. */
  readonly withinMs: number;
  readonly skips: readonly RestoreSkip[];
  /** Asked for in addition to all others; at least one. */
  readonly approvals: readonly Demand[];
}

/** Something that is planned for services, and that changes must leave alone meanwhile. */
export interface Operation {
  readonly type: string;
  readonly window: Window;
  readonly services: readonly string[];
  /** In the words of the file. */
  readonly expectedCpu: string | null;
  readonly action: (typeof operationActions)[number];
}

/** From an agent, by any of its names in lower case or `default`, to an environment, or `*` for every other one, to how far it may go there. */
export type AutonomyMatrix = Readonly<Record<string, Readonly<Record<string, Autonomy>>>>;

/** A narrow change that agents at `execute` may make: all of its environments, kinds and services are among these. */
export interface PreApproved {
  readonly name: string;
  readonly environments: readonly string[];
  readonly kinds: readonly Kind[];
  readonly services: readonly string[];
  /** People that it takes, wherever less would be enough. */
  readonly approvals: number;
  /** How long it must have run elsewhere before; null: no such time is stated. */
  readonly bakeMs: number | null;
}

/** What agents may do by themselves. */
export interface AutonomyPolicy {
  /** Null: no file says anything, and people decide as `approvals` has it. */
  readonly matrix: AutonomyMatrix | null;
  /** The most that an agent may do in its first time in a repository; null: what it may do later. */
  readonly newcomers: { readonly autonomy: Autonomy; readonly forMs: number } | null;
  readonly preApproved: readonly PreApproved[];
  /** What follows when an agent works with a person's account. */
  readonly ownIdentity: IdentityLevel;
}

/** An address in the sources of modules, bases and charts, and the repository (`owner/name`) that it is. */
export interface ModuleSource {
  readonly source: string;
  readonly repository: string;
}

/** A workflow whose evidence counts, as GitHub names it in a job's token. */
export interface PinnedWorkflow {
  /** `owner/name` in lower case; null: the repository of the change. */
  readonly repository: string | null;
  /** As `.github/workflows/plan.yml`. */
  readonly path: string;
  /** As `refs/heads/main`, `refs/tags/v1`, or the SHA of a commit. */
  readonly ref: string;
}

/** A root configuration of which a plan must be there. */
export interface PlanDemand {
  /** Pattern (tightening) of its folder; `.` is the repository's own. */
  readonly root: string;
  /** Null: that of any workspace. */
  readonly workspace: string | null;
}

/** What follows when something goes wrong after a change went live. */
export interface Rollback {
  readonly on: readonly (typeof rollbackCauses)[number][];
  /** A ratio: 1/20 is 5 %. Not null where `on` has `error_rate`, and neither is `measured`. */
  readonly threshold: Rational | null;
  readonly measured: (typeof rollbackMeasures)[number] | null;
  readonly withinMs: number;
  readonly do: (typeof rollbackDeeds)[number];
}

/** The effective policy: every file joined, every default filled in, every quantity exact. Plain data. */
export interface Policy {
  /** IANA name of the zone in which reports show moments. */
  readonly timezone: string;
  readonly mode: Mode;
  readonly gate: {
    readonly default: GateScope;
    readonly byEnvironment: Readonly<Record<string, GateScope>>;
  };
  readonly agents: {
    /** Logins of further accounts that are agents. */
    readonly also: readonly string[];
    /** Logins of deterministic automation: neither agents nor approvers. */
    readonly automation: readonly string[];
    /** Logins of accounts of type User that are no people: never approvers. */
    readonly machines: readonly string[];
  };
  readonly autonomy: AutonomyPolicy;
  /** Patterns with `{environment}` and `{service}`; every pattern that matches a path adds to what it reaches. */
  readonly layout: readonly string[];
  /** Patterns (loosening) of paths that are deployed only where this repository reads them. */
  readonly libraries: readonly string[];
  /** By name; holds the conventional ones too, see `conventionalEnvironments`. A path may be in several: all count. */
  readonly environments: Readonly<Record<string, Environment>>;
  readonly services: Readonly<Record<string, ServicePolicy>>;
  readonly forbidden: readonly string[];
  readonly areas: Readonly<Record<string, Area>>;
  /** By Terraform type, beside those that are known. */
  readonly stateful: Readonly<Record<string, (typeof statefulTiers)[number]>>;
  readonly approvals: {
    readonly byRisk: ByRisk;
    /** An approver must be in every list. */
    readonly from: readonly (readonly Approver[])[];
    /** What voids an approval: a changed line, or every push. */
    readonly invalidateOn: (typeof invalidations)[number];
    /** Whether different requirements must be met by different people. */
    readonly distinctTeams: boolean;
    /** Whether those whose approval is missing are asked for review on GitHub. */
    readonly request: boolean;
    /** For how long a change must have been reported as it is before administrators stand in for people who are not there. */
    readonly nobodyLeftAfterMs: number;
    /** The least time between a report and an approval of it, at these risks. */
    readonly reading: { readonly minimumMs: number; readonly linesPerMinute: number; readonly at: readonly RiskTier[] };
  };
  /** Patterns (tightening) of paths with which an agent's change must not have auto-merge armed; elsewhere only people may arm it. */
  readonly autoMerge: { readonly forbid: readonly string[] };
  readonly invariants: Readonly<Record<InvariantId, Treatment>>;
  /** By rule id; a rule that is absent has its invariant's treatment and its default options. */
  readonly rules: Readonly<Record<string, RulePolicy>>;
  /** A path must match every list; no list at all means that no allowlist was stated. */
  readonly allowlist: readonly (readonly string[])[];
  /** Whether an agent must declare what its change is about. */
  readonly declaredPlan: (typeof planDemands)[number];
  /** Whose evidence counts; a list of nobody: nobody's. */
  readonly evidence: {
    readonly plans: { readonly required: readonly PlanDemand[]; readonly from: readonly PinnedWorkflow[] };
    readonly findings: { readonly from: readonly PinnedWorkflow[] };
  };
  readonly limits: Limits;
  readonly budgets: Budgets;
  readonly alarms: {
    /** `owner/name` in lower case, where an alarm becomes an issue. */
    readonly issues: readonly string[];
    readonly on: readonly AlarmKind[];
  };
  /** Who decides about the gate itself (a change of the policy, an override): `count` people, each of them in every list. */
  readonly override: {
    readonly by: readonly (readonly Overrider[])[];
    readonly count: number;
    /** Null: nobody may. */
    readonly breakGlass: BreakGlass | null;
  };
  /** Who may halt: whoever is in the list. */
  readonly halt: { readonly by: readonly Halter[]; readonly tripOn: TripOn };
  readonly rollback: Rollback;
  readonly capacity: readonly Capacity[];
  readonly freezes: readonly Freeze[];
  readonly operations: readonly Operation[];
  /** Null: nothing is. */
  readonly restore: Restore | null;
  readonly waivers: readonly Waiver[];
  readonly modules: readonly ModuleSource[];
}
