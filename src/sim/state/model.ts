import type { GitObjects } from "../git-objects.ts";

/** What the fake GitHub remembers. Plain records, changed only by the functions beside this file. */

export type AccountType = "User" | "Bot" | "Organization";
export type Role = "read" | "triage" | "write" | "maintain" | "admin";
export type Level = "read" | "write" | "admin";
/** Permission names of GitHub Apps, for example `{ checks: "write" }`. */
export type Permissions = Readonly<Record<string, Level>>;

export interface Account {
  readonly id: number;
  login: string;
  readonly type: AccountType;
  readonly name: string | null;
  readonly email: string;
  /** The app whose face this account is. */
  readonly appSlug: string | null;
  readonly createdMs: number;
}

/** Who does something: an account and, where it acts through an app, that app. */
export interface Actor {
  readonly account: Account;
  readonly app: App | null;
}

export interface Team {
  readonly id: number;
  readonly organization: Account;
  readonly slug: string;
  readonly name: string;
  readonly parent: Team | null;
  readonly members: Map<number, "member" | "maintainer">;
  readonly createdMs: number;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly clientId: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly publicKeyPem: string;
  readonly createdMs: number;
  permissions: Permissions;
  events: readonly string[];
  webhookUrl: string | null;
  webhookSecret: string;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** Ids of the repositories it covers, or all of the account. */
  repositories: "all" | Set<number>;
  /** What was accepted at installation; an app that later asks for more has to be accepted again. */
  permissions: Permissions;
  suspendedMs: number | null;
  readonly createdMs: number;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  name: string;
  readonly private: boolean;
  archived: boolean;
  defaultBranch: string;
  readonly createdMs: number;
  pushedMs: number;
  /** Shared by a repository and its forks, as on GitHub: a fork's commits are readable through its parent by SHA. */
  readonly objects: GitObjects;
  /** Full names (`refs/heads/main`) to commit SHAs. */
  readonly refs: Map<string, string>;
  readonly collaborators: Map<number, Role>;
  readonly teams: Map<number, Role>;
  readonly parent: Repository | null;
  nextNumber: number;
  readonly pulls: Map<number, PullRequest>;
  readonly issues: Map<number, Issue>;
  readonly labels: Map<string, Label>;
  readonly checkSuites: CheckSuite[];
  readonly checkRuns: CheckRun[];
  readonly statuses: CommitStatus[];
  readonly workflowRuns: WorkflowRun[];
  readonly deployments: Deployment[];
  /** By name in lower case. */
  readonly environments: Map<string, Environment>;
  /** Jobs that wait for an environment, or did. */
  readonly waiting: WaitingDeployment[];
  readonly protections: Protection[];
  readonly activity: Activity[];
  readonly stacks: Stack[];
  /** By branch; a queue without entries may be missing. */
  readonly queues: Map<string, MergeQueue>;
  /** What dependency review knows of versions; null: it is not enabled. */
  advisories: readonly Advisory[] | null;
}

export interface Advisory {
  readonly manifest: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly severity: string;
  readonly id: string;
  readonly summary: string;
}

export interface MergeQueue {
  readonly repository: Repository;
  readonly branch: string;
  /** In the order of merging. */
  entries: QueueEntry[];
  /** The entries that have commits, in groups that merge as one. */
  groups: MergeGroup[];
  /** What the first group was built on. */
  builtOn: string;
}

export interface QueueEntry {
  readonly id: number;
  readonly pull: PullRequest;
  readonly enqueuer: Account;
  readonly enqueuedMs: number;
  readonly jump: boolean;
}

export interface MergeGroup {
  readonly members: readonly GroupMember[];
  readonly requestedMs: number;
}

export interface GroupMember {
  readonly entry: QueueEntry;
  readonly baseSha: string;
  readonly headSha: string;
  /** What the queue asks checks for; null in a group of which only the last commit counts. */
  readonly request: MergeGroupRequest | null;
}

/** One request for checks: the commits of `baseSha..headSha` on a branch of the queue. */
export interface MergeGroupRequest {
  /** `refs/heads/gh-readonly-queue/BRANCH/pr-N-BASE`, which names the last pull request only. */
  readonly ref: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly headSha: string;
}

/** One movement of a ref, as GET /repos/{owner}/{repo}/activity lists it. */
export interface Activity {
  readonly id: number;
  readonly kind: "push" | "force_push" | "branch_creation" | "branch_deletion" | "pr_merge" | "merge_queue_merge";
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly actor: Account;
  readonly atMs: number;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly author: Account;
  /** The app through which it was opened; only the issues endpoint tells. */
  readonly app: App | null;
  readonly head: { readonly repository: Repository; readonly ref: string; sha: string };
  /** `sha` is the base branch as it stood when the head last moved: it grows stale when only the base moves. */
  readonly base: { ref: string; sha: string };
  title: string;
  body: string | null;
  state: "open" | "closed";
  draft: boolean;
  locked: boolean;
  readonly createdMs: number;
  updatedMs: number;
  closedMs: number | null;
  /** `onto` is what the base branch held before; null where it was merged by a push. */
  merged: {
    readonly atMs: number;
    readonly by: Account;
    readonly sha: string;
    readonly onto: string | null;
  } | null;
  autoMerge: { readonly by: Account; readonly method: MergeMethod; readonly atMs: number } | null;
  stack: Stack | null;
  readonly labels: Label[];
  readonly assignees: Account[];
  readonly requestedReviewers: Account[];
  readonly requestedTeams: Team[];
  readonly reviews: Review[];
  readonly comments: Comment[];
  readonly events: IssueEvent[];
}

/** Pull requests of which each is opened onto the branch of the one below, judged as if all were onto `base`. */
export interface Stack {
  readonly id: number;
  readonly number: number;
  /** The branch below the lowest of them. */
  readonly base: string;
  /** From the bottom to the top; those that were merged or closed stay. */
  readonly pulls: PullRequest[];
  readonly createdMs: number;
}

export type MergeMethod = "merge" | "squash" | "rebase";
export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";

export interface Review {
  readonly id: number;
  readonly author: Account;
  state: ReviewState;
  body: string;
  readonly commitSha: string;
  readonly submittedMs: number;
}

/** An issue that is no pull request. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly author: Account;
  readonly app: App | null;
  title: string;
  body: string | null;
  state: "open" | "closed";
  locked: boolean;
  readonly createdMs: number;
  updatedMs: number;
  closedMs: number | null;
  readonly labels: Label[];
  readonly assignees: Account[];
  readonly comments: Comment[];
  readonly events: IssueEvent[];
}

/** Whatever has a number and a conversation. */
export type Thread = PullRequest | Issue;

export interface Reaction {
  readonly id: number;
  readonly author: Account;
  readonly content: "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";
  readonly createdMs: number;
}

export interface Comment {
  readonly id: number;
  readonly author: Account;
  readonly app: App | null;
  body: string;
  readonly createdMs: number;
  updatedMs: number;
  /** Null: never. */
  editedMs: number | null;
  readonly reactions: Reaction[];
}

/** An entry of a pull request's history; `detail` holds the fields that only this kind of event has. */
export interface IssueEvent {
  readonly id: number;
  readonly event: string;
  readonly actor: Account;
  readonly app: App | null;
  readonly atMs: number;
  readonly commitSha: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type CheckStatus = "queued" | "in_progress" | "completed";
export type CheckConclusion =
  | "action_required"
  | "cancelled"
  | "failure"
  | "neutral"
  | "success"
  | "skipped"
  | "timed_out";

export interface CheckSuite {
  readonly id: number;
  readonly app: App;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly createdMs: number;
  /** Set by "Re-run", which takes the suite's conclusion away and leaves its runs as they are; the next run clears it. */
  requeued: boolean;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number | undefined;
  readonly end_column?: number | undefined;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title?: string | undefined;
  readonly raw_details?: string | undefined;
}

export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
  readonly text: string | null;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckRun {
  readonly id: number;
  readonly app: App;
  readonly suite: CheckSuite;
  readonly headSha: string;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  startedMs: number;
  completedMs: number | null;
  output: CheckOutput | null;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
}

/** One run of a workflow of Actions; `job` is the check run of the job that deploys. */
export interface WorkflowRun {
  readonly id: number;
  /** As GitHub gives it: the file, and for some runs `@` and the ref. */
  readonly path: string;
  readonly event: string;
  readonly headBranch: string | null;
  readonly headSha: string;
  /** Where its commit came from: the repository itself, or a fork. */
  readonly headRepository: Repository;
  readonly actor: Account;
  readonly triggeringActor: Account;
  readonly job: CheckRun;
  conclusion: CheckConclusion | null;
  readonly createdMs: number;
  updatedMs: number;
}

/** Where jobs deploy to, and the apps that are asked before. */
export interface Environment {
  readonly id: number;
  readonly name: string;
  readonly rules: readonly { readonly id: number; readonly app: App }[];
  readonly adminsMayBypass: boolean;
  readonly createdMs: number;
}

/** A job that waits for the rules of its environment, and what became of it. */
export interface WaitingDeployment {
  readonly run: WorkflowRun;
  readonly environment: Environment;
  readonly asked: readonly App[];
  readonly approvedBy: Set<number>;
  /** What apps said, the oldest first. */
  readonly comments: string[];
  /** How many of them were reports without a decision. */
  reports: number;
  state: "waiting" | "approved" | "rejected" | "expired" | "bypassed";
  readonly ends: "success" | "failure";
  readonly requestedMs: number;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  /** The branch, tag or SHA that was named. */
  readonly ref: string;
  readonly task: string;
  environment: string;
  readonly originalEnvironment: string;
  readonly description: string | null;
  readonly payload: string | Readonly<Record<string, unknown>>;
  readonly transient: boolean;
  readonly production: boolean;
  readonly creator: Account;
  readonly app: App | null;
  /** The run of Actions that made it. */
  readonly workflowRun: WorkflowRun | null;
  readonly createdMs: number;
  /** From when on lists have it. */
  readonly listedMs: number;
  updatedMs: number;
  readonly statuses: DeploymentStatus[];
}

export type DeploymentState = "error" | "failure" | "inactive" | "in_progress" | "queued" | "pending" | "success";

export interface DeploymentStatus {
  readonly id: number;
  readonly state: DeploymentState;
  readonly description: string;
  readonly environment: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly creator: Account;
  readonly app: App | null;
  readonly workflowRun: WorkflowRun | null;
  readonly createdMs: number;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Account;
  readonly app: App | null;
  readonly createdMs: number;
}

export interface RequiredCheck {
  readonly context: string;
  /** The app that alone may satisfy it; null accepts the word of anyone with write permission. */
  readonly app: App | null;
}

/** How a branch's merge queue works, in the words of the rule `merge_queue`. */
export interface QueueRule {
  /** ALLGREEN: every entry's own commit has to pass; HEADGREEN: the last commit of a group is enough. */
  readonly groupingStrategy: "ALLGREEN" | "HEADGREEN";
  readonly checkResponseTimeoutMinutes: number;
  readonly maxEntriesToBuild: number;
  readonly maxEntriesToMerge: number;
  readonly minEntriesToMerge: number;
  readonly minEntriesToMergeWaitMinutes: number;
  readonly mergeMethod: MergeMethod;
}

/** One ruleset, or the classic protection of a branch. */
export interface Protection {
  readonly id: number;
  readonly kind: "ruleset" | "classic";
  readonly name: string;
  /** Branch names, or `~DEFAULT_BRANCH` or `~ALL`. */
  readonly branches: readonly string[];
  readonly requiredChecks: readonly RequiredCheck[];
  /** The head must contain the base branch before it may merge. */
  readonly strict: boolean;
  readonly requiredApprovals: number;
  /** Changes reach the branch by pull request only. */
  readonly pullRequestOnly: boolean;
  readonly noForcePush: boolean;
  readonly noDeletion: boolean;
  /** Classic protection binds administrators only where this is set. */
  readonly enforceAdmins: boolean;
  /** Whom a ruleset does not bind. */
  readonly bypass: readonly BypassActor[];
  readonly mergeQueue: QueueRule | null;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export type BypassMode = "always" | "pull_request" | "exempt";

/** One line of a ruleset's bypass list. */
export interface BypassActor {
  readonly kind: "Integration" | "OrganizationAdmin" | "RepositoryRole" | "Team" | "User";
  /** The app, team or account, or GitHub's number of a role; null for the organisation's owners. */
  readonly id: number | null;
  /** `pull_request` holds for merges and not for direct pushes; `exempt` leaves no trace in the audit of bypasses. */
  readonly mode: BypassMode;
}
