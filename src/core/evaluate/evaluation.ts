import type { Conduct } from "../breakers/breakers.ts";
import type { Gap, Place } from "../change/change-set.ts";
import type { Reading } from "../facts.ts";
import type { InvariantId } from "../invariants.ts";
import type { Bake } from "../bake/bake.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import type { Posture } from "../posture/posture.ts";
import type { PlanTold } from "../plan/plan.ts";
import type { AttributedPlan } from "../terraform-plan/attribution.ts";
import type { RememberedPlan } from "../terraform-plan/judged.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { StandIn } from "../policy/reading.ts";
import type { RestoreSkip } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { FileReach } from "../reach/reach.ts";
import type { Spending } from "../requirements/booking.ts";
import type { Confidence, Edit, Passing, Severity, Shown, Table } from "../rule.ts";
import type { PullRequestSubject } from "../subject.ts";
import type { Risk } from "./risk.ts";
import type { Verdict } from "./verdict.ts";

/** `block` fails the check, `review` asks for a person, `observe` is only shown. `off` rules are not run. */
export type Level = "block" | "review" | "observe";

/** An observation, the rule that made it, and what the policy makes of it. */
export interface Finding {
  /** `<rule>:<six hex digits>`, stable over pushes: it names the rule and what it is about, not the value or the line. */
  readonly id: string;
  readonly rule: string;
  readonly invariant: InvariantId;
  readonly level: Level;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: string;
  readonly why: string;
  readonly remedy: string;
  readonly place: Place;
  readonly object: string | null;
  readonly pointer: string | null;
  readonly before: Shown | undefined;
  readonly after: Shown | undefined;
  readonly bounds: Table | null;
  readonly workings: Table | null;
  readonly boundsFrom: readonly { readonly key: string; readonly value: string }[];
  readonly passes: Passing | null;
  readonly fix: Fix | null;
  /** Who can clear it: the author by another change, or only people by accepting it. */
  readonly clearedBy: "author" | "people";
  /** Who must accept it where the policy's level names people: `{ review: ["@acme/identity"] }`. */
  readonly reviewers: readonly string[];
  /** The waiver of the policy that lifts it; the finding is still shown. */
  readonly waived: { readonly reason: string; readonly by: string; readonly until: string } | null;
  /** Who lifted it by command; it is still shown, and risk is what it was. */
  readonly overridden: Overridden | null;
}

/** A gap, and who lifted it by command. */
export type JudgedGap = Gap & { readonly overridden: Overridden | null };

/** That enough people lifted a finding or a gap, on this head and base. */
export interface Overridden {
  /** Logins. */
  readonly by: readonly string[];
  /** In their own words: not evidence, escaped where shown. */
  readonly reasons: readonly string[];
  /** Null: for as long as the head and the base are these. Else they broke the glass, and it ends then. */
  readonly glassUntilMs: number | null;
}

/** A budget that is exceeded: the id of its requirement, and by how much, as a whole number of what it counts (memory: bytes). */
export interface Shortfall {
  readonly id: string;
  readonly excess: string;
  readonly overridden: Overridden | null;
}

/** Who may lift a finding, a gap or a budget by command, and who has said so. */
export interface Overriding {
  /** Of the finding or the gap, or of the budget's requirement. */
  readonly id: string;
  /** How a command names it. */
  readonly name: string;
  readonly from: string;
  readonly need: number;
  readonly counted: readonly string[];
  /** The same for an emergency; null: the policy lets nobody. */
  readonly glass: {
    readonly from: string;
    readonly need: number;
    readonly forMs: number;
    readonly counted: readonly string[];
  } | null;
  readonly excluded: readonly Excluded[];
}

/** A decision that lifts something by breaking the glass: wherever the policy says so, people are told. */
export interface BrokenGlass {
  readonly decisionId: string;
  readonly login: string;
  readonly accountId: number | null;
  readonly atMs: number;
  readonly untilMs: number;
  /** Ids of findings, gaps and requirements of budgets. */
  readonly lifts: readonly string[];
  /** `owner/name` of repositories. */
  readonly reportTo: readonly string[];
}

export interface Fix {
  readonly edits: readonly Edit[];
  /** Unified diff against the head. */
  readonly patch: string;
  /** Found by applying the patch and evaluating again. */
  readonly after: { readonly verdict: Verdict; readonly clears: readonly string[]; readonly adds: readonly string[] };
}

/** An area of the policy that the change enters. */
export interface AreaEntered {
  readonly area: string;
  readonly because: readonly string[];
}

/** Someone whose approval was seen and does not count. */
export interface Excluded {
  readonly login: string;
  readonly because: string;
  /** The moment from which another approval by them counts, where only time was missing. */
  readonly countsFromMs: number | null;
}

/** One thing that is asked for beside the invariants, and its answer at this moment. */
export interface Requirement {
  readonly id: string;
  readonly kind:
    | "approvals"
    | "auto_merge"
    | "autonomy"
    | "bake"
    | "budget"
    | "declared_plan"
    | "findings"
    | "freeze"
    | "gaps"
    | "halt"
    | "operation"
    | "own_identity"
    | "policy"
    | "policy_change"
    | "restore"
    | "ticket";
  /** What is asked, as a cell of the report: "2 approvals (high risk)". */
  readonly what: string;
  readonly from: string;
  readonly now: string;
  readonly actor: "agent" | "people" | "time" | "operator";
  readonly state:
    | { readonly kind: "met" }
    | { readonly kind: "waiting"; readonly untilMs: number | null }
    | { readonly kind: "missing" }
    | { readonly kind: "failed" };
  readonly need: number | null;
  readonly have: number | null;
  readonly counted: readonly string[];
  readonly excluded: readonly Excluded[];
  /** Whom GitHub can ask for a review that would help: `@login`, `@organisation/team`. */
  readonly askable: readonly string[];
  /** When the answer may change by itself, as when less will be enough or a freeze begins; null: never. */
  readonly laterMs: number | null;
}

/** That an environment ran a commit: the word of a witness that the policy names. */
export interface Ran {
  readonly environment: string;
  /** When it went live, by GitHub's clock. */
  readonly atMs: number;
  /** Who says so: "run 8812 of `deploy.yml` on `main`". */
  readonly by: string;
}

/** That every path of a change returns to what one commit held, which stood on the base branch and ran. */
export interface RestoreProof {
  readonly sha: string;
  readonly paths: number;
  /** When the base branch was moved to that commit, and when on from it. */
  readonly stoodFromMs: number;
  readonly stoodUntilMs: number;
  /** Each production that the change reaches. */
  readonly ran: readonly Ran[];
  /** From when on it is too long ago. */
  readonly expiresMs: number;
}

/** A proven restore: what it may skip, and whether people have approved it as one. */
export interface RestoreTold {
  readonly proof: RestoreProof;
  readonly skips: readonly RestoreSkip[];
  readonly approved: boolean;
  /** The approvals that it takes, to be shown where there is something to skip. */
  readonly asks: readonly Requirement[];
}

/** What a pull request shows beside its check run, for those who do not open it. Nothing of it is ever read back. */
export interface Signposts {
  /** The one of `riskLabels` that it carries. */
  readonly label: string;
  /** Who is asked for review, once each: `@login`, `@organisation/team`, in lower case. */
  readonly reviewers: readonly string[];
}

/** Of a requirement that no review meets. */
export const notAsked = { askable: [], laterMs: null } as const satisfies Partial<Requirement>;

export interface InvariantResult {
  readonly invariant: InvariantId;
  readonly level: Level | "off";
  /** `not_examined`: no rule of this version looks at it, so nothing can be said of it; `nothing_found`: rules look at a part of it. */
  readonly result:
    | "pass"
    | "nothing_found"
    | "fail"
    | "asks"
    | "accepted"
    | "overridden"
    | "observed"
    | "off"
    | "not_examined";
  /** Ids of the findings behind it. */
  readonly findings: readonly string[];
}

/** Who acts next, and what they do: one sentence that can be followed. */
export interface Next {
  readonly actor: "agent" | "people" | "time" | "operator" | "nobody";
  readonly action:
    | "push"
    | "approve"
    | "disarm"
    | "resume"
    | "declare"
    | "name_ticket"
    | "wait"
    | "merge"
    | "repair_policy";
  readonly do: string;
  readonly atMs: number | null;
}

/** Where the policy in force came from. `strict default` has no places. */
export interface PolicyUsed {
  /** `owner/name@sha:path`, the tightest first. Empty: the strict default. */
  readonly sources: readonly string[];
  readonly digest: string;
  /** What holds now: a halt is enforced where the policy only observes. */
  readonly mode: "enforce" | "observe";
  /** What is in force in the place of files that cannot be read. */
  readonly standIns: readonly StandIn[];
}

/**
 * One judgement at one base, head, policy and clock reading. The renderers show it, the publisher carries it, the ledger keeps
 * its outline. `verdict` is what holds in enforce mode; `mode` says whether it is enforced.
 */
export interface Evaluation {
  readonly subject: PullRequestSubject;
  readonly baseRef: string;
  readonly baseIsDefault: boolean;
  readonly baseSha: string;
  readonly headSha: string;
  readonly mergeBaseSha: string;
  readonly evaluatedAtMs: number;
  readonly policy: PolicyUsed;
  /** What the change does to the policy; null where it edits none that is in force. */
  readonly policyChange: PolicyChange | null;
  readonly verdict: Verdict;
  readonly risk: Risk;
  readonly provenance: Provenance;
  /** Agents that no report in the repository has had a mark of: they are here since this one. */
  readonly appeared: readonly string[];
  readonly reach: readonly FileReach[];
  readonly kinds: readonly KindEvidence[];
  readonly areas: readonly AreaEntered[];
  /** What the author declares that it is about. */
  readonly plan: PlanTold;
  /** Plans of Terraform that were brought for it, sorted by root and workspace. */
  readonly terraformPlans: readonly AttributedPlan[];
  /** What is remembered of those of them that nothing speaks against, where it is not remembered already. */
  readonly plansAccepted: readonly RememberedPlan[];
  readonly invariants: readonly InvariantResult[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly JudgedGap[];
  /** One for each finding that blocks, each gap and each budget without room, those apart that nobody may lift. */
  readonly overriding: readonly Overriding[];
  readonly brokenGlass: readonly BrokenGlass[];
  readonly requirements: readonly Requirement[];
  /** Budgets that have no room for it; the requirement of one that people lifted is met. */
  readonly shortages: readonly Shortfall[];
  /** What must have run elsewhere before, and what has. */
  readonly bakes: readonly Bake[];
  /** What it takes of budgets. Whether there is room is decided over our own books, see `budgeted`. */
  readonly spending: Spending | null;
  /** That it is a proven return to what production ran; null: it is not known to be one. Budgets are decided over our own books. */
  readonly restore: RestoreTold | null;
  readonly next: Next;
  /** What breakers make of it; null: nothing. */
  readonly conduct: Conduct | null;
  /** The next moment at which the verdict can change without an event; null when only events can change it. */
  readonly nextLookMs: number | null;
  /** Digest of what the change does, line numbers aside; null where it was not computed. */
  readonly patch: string | null;
  /** Approvals that counted and had to be read. */
  readonly readings: readonly Reading[];
  readonly files: { readonly changed: number; readonly additions: number; readonly deletions: number };
  /** Title as the author wrote it: not evidence, escaped where shown. */
  readonly title: string;
  /** The zone of the policy that moments are shown in beside UTC. */
  readonly timezone: string;
  readonly unknowable: readonly string[];
  /** Null: nothing is put up, and nothing is taken down. */
  readonly signposts: Signposts | null;
  /** Told and never weighed: a gate that does not hold elsewhere is no reason for another verdict here. */
  readonly posture: Posture | null;
  /** Version of program and rules, and of the time-zone data: with facts, policy and clock it replays to the same bytes. */
  readonly version: string;
  readonly zoneData: string;
}

/** What judges, as the edge knows it. `zoneData`: the version of the time-zone data, such as 2026a; "unknown" where the platform does not say. */
export type Program = Pick<Evaluation, "version" | "zoneData">;
