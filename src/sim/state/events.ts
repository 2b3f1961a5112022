import type {
  Account,
  Actor,
  App,
  CheckRun,
  CheckSuite,
  Comment,
  CommitStatus,
  Deployment,
  DeploymentStatus,
  Installation,
  Issue,
  Label,
  MergeGroupRequest,
  Protection,
  PullRequest,
  Repository,
  Review,
  Team,
  Thread,
  WaitingDeployment,
  WorkflowRun,
} from "./model.ts";

/** What happened, told after the state has changed; webhooks are made from it. */
export type SimEvent =
  | {
      readonly name: "pull_request";
      readonly action: string;
      readonly pull: PullRequest;
      readonly actor: Actor;
      readonly more: PullRequestMore;
    }
  | {
      readonly name: "pull_request_review";
      readonly action: "submitted" | "edited" | "dismissed";
      readonly pull: PullRequest;
      readonly review: Review;
      readonly actor: Actor;
    }
  | {
      readonly name: "issue_comment";
      readonly action: "created" | "edited" | "deleted";
      readonly thread: Thread;
      readonly comment: Comment;
      readonly actor: Actor;
    }
  | {
      readonly name: "issues";
      readonly action: string;
      readonly issue: Issue;
      readonly actor: Actor;
      readonly more: Pick<PullRequestMore, "label" | "assignee" | "changes">;
    }
  | {
      readonly name: "check_run";
      readonly action: "created" | "completed" | "rerequested" | "requested_action";
      readonly repository: Repository;
      readonly run: CheckRun;
      readonly actor: Actor;
      readonly identifier: string | null;
    }
  | {
      readonly name: "check_suite";
      readonly action: "requested" | "rerequested";
      readonly repository: Repository;
      readonly suite: CheckSuite;
      readonly actor: Actor;
    }
  | {
      readonly name: "deployment";
      readonly action: "created";
      readonly repository: Repository;
      readonly deployment: Deployment;
      readonly actor: Actor;
    }
  | {
      readonly name: "deployment_status";
      readonly action: "created";
      readonly repository: Repository;
      readonly deployment: Deployment;
      readonly status: DeploymentStatus;
      readonly actor: Actor;
    }
  | {
      readonly name: "deployment_protection_rule";
      readonly action: "requested";
      readonly repository: Repository;
      readonly waiting: WaitingDeployment;
      /** Whose rule it is: no other app hears of it. */
      readonly app: App;
      /** Null: GitHub's own. */
      readonly callbackUrl: string | null;
      readonly actor: Actor;
    }
  | {
      readonly name: "workflow_run";
      readonly action: "requested" | "completed";
      readonly repository: Repository;
      readonly run: WorkflowRun;
      readonly actor: Actor;
    }
  | { readonly name: "status"; readonly repository: Repository; readonly status: CommitStatus; readonly actor: Actor }
  | {
      readonly name: "push";
      readonly repository: Repository;
      readonly ref: string;
      readonly before: string;
      readonly after: string;
      readonly forced: boolean;
      readonly actor: Actor;
    }
  | {
      readonly name: "merge_group";
      readonly action: "checks_requested" | "destroyed";
      readonly repository: Repository;
      readonly request: MergeGroupRequest;
      readonly reason: "merged" | "invalidated" | "dequeued" | null;
      readonly actor: Actor;
    }
  | {
      readonly name: "installation";
      readonly action: "created" | "deleted" | "suspend" | "unsuspend" | "new_permissions_accepted";
      readonly installation: Installation;
      readonly actor: Actor;
    }
  | {
      readonly name: "installation_repositories";
      readonly action: "added" | "removed";
      readonly installation: Installation;
      readonly repositories: readonly Repository[];
      readonly actor: Actor;
    }
  | {
      readonly name: "membership";
      readonly action: "added" | "removed";
      readonly team: Team;
      readonly member: Account;
      readonly actor: Actor;
    }
  | {
      readonly name: "organization";
      readonly action: "member_added" | "member_removed";
      readonly organization: Account;
      readonly member: Account;
      readonly actor: Actor;
    }
  | {
      readonly name: "member";
      readonly action: "added" | "edited" | "removed";
      readonly repository: Repository;
      readonly member: Account;
      readonly actor: Actor;
    }
  | {
      readonly name: "team";
      readonly action: "added_to_repository" | "removed_from_repository";
      readonly team: Team;
      readonly repository: Repository;
      readonly actor: Actor;
    }
  | {
      readonly name: "repository_ruleset" | "branch_protection_rule";
      readonly action: "created" | "edited" | "deleted";
      readonly repository: Repository;
      readonly protection: Protection;
      readonly actor: Actor;
    }
  | {
      readonly name: "repository";
      readonly action: "renamed" | "edited" | "archived";
      readonly repository: Repository;
      readonly actor: Actor;
    };

/** GitHub's words for why a pull request leaves the merge queue. */
export type DequeueReason =
  | "UNKNOWN_REMOVAL_REASON"
  | "MANUAL"
  | "MERGE"
  | "MERGE_CONFLICT"
  | "CI_FAILURE"
  | "CI_TIMEOUT"
  | "ALREADY_MERGED"
  | "QUEUE_CLEARED";

/** Fields that only some actions of `pull_request` carry. */
export interface PullRequestMore {
  readonly before?: string;
  readonly after?: string;
  readonly label?: Label;
  readonly assignee?: Account;
  readonly requestedReviewer?: Account;
  readonly requestedTeam?: Team;
  /** Why it left the merge queue. */
  readonly reason?: DequeueReason;
  /** Old values under GitHub's names, for the action `edited`. */
  readonly changes?: Readonly<Record<string, unknown>>;
}
