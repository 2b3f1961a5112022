import type { TreeEntry } from "../change/build.ts";
import type { Content } from "../change/change-set.ts";
import type { Account } from "../account.ts";

/** GitHub's words in lower case; one that it adds one day is `unknown`. */
export type DeploymentState =
  | "error"
  | "failure"
  | "inactive"
  | "in_progress"
  | "pending"
  | "queued"
  | "success"
  | "unknown"
  | "waiting";

/** One word about a deployment. Whoever may write deployments can say it. */
export interface DeploymentStatusFacts {
  readonly state: DeploymentState;
  /** By GitHub's clock. */
  readonly createdAtMs: number;
  /** Null: the account is gone. */
  readonly creator: Account | null;
}

/** A run of a workflow, as GitHub Actions itself tells of it. */
export interface WorkflowRunFacts {
  readonly id: number;
  /** The file in this repository that it runs, without a ref. */
  readonly path: string;
  /** The branch, or the tag, by its short name: a tag may have the name of a branch. */
  readonly branch: string | null;
  readonly sha: string;
  readonly event: string;
  /** Whether the commit came from this repository and not from a fork. */
  readonly own: boolean;
  readonly conclusion: string | null;
  /** When the run, or the job that carries a deployment, was completed; null: it is under way. */
  readonly completedAtMs: number | null;
}

/** A deployment of the Deployments API. Whoever may write deployments can make one of any commit. */
export interface DeploymentFacts {
  readonly id: number;
  /** Its environment in GitHub's name, letter by letter; null: a status has moved it from another one. */
  readonly environment: string | null;
  readonly sha: string;
  readonly creator: Account | null;
  /** By GitHub's clock. */
  readonly createdAtMs: number;
  /** All of them; their order says nothing, their moments do. */
  readonly statuses: readonly DeploymentStatusFacts[];
  /**
   * The run whose job carries it, which GitHub alone can say; `conclusion` and `completedAtMs` are those of that job. Null: no job does,
   * whoever created it.
   */
  readonly carriedBy: WorkflowRunFacts | null;
}

/**
 * What GitHub shows of the deployments to an environment of the policy. `unknown`: some of it could not be read, so nothing of it is
 * evidence.
 */
export type EnvironmentRecord =
  | {
      readonly kind: "known";
      /** In the policy's name. */
      readonly environment: string;
      /** From the oldest to the newest, by time of creation and then by id. */
      readonly deployments: readonly DeploymentFacts[];
      /** Runs of the workflows that `deployed_by` names, in that order too; asked for where there is no deployment at all. */
      readonly runs: readonly WorkflowRunFacts[];
      /** Everything since this moment is there; null: everything there ever was. */
      readonly sinceMs: number | null;
    }
  | { readonly kind: "unknown"; readonly environment: string; readonly because: string };

/** A branch that `deployed_by` names, as `refs/heads/main`. */
export interface BranchRecord {
  readonly ref: string;
  /** Whether GitHub has rules for it; null: that could not be read. */
  readonly isProtected: boolean | null;
  /** Commits that stood at its tip, the newest first, by GitHub's own record of how it moved. */
  readonly stood: readonly string[];
}

/** What lies at the paths that were asked for, in one commit. */
export interface VersionFacts {
  readonly sha: string;
  /** By path; a path that is missing has nothing there. Null: the commit is gone, or its tree could not be read. */
  readonly files: Readonly<Record<string, TreeEntry>> | null;
}

/** A step of a branch with which what lies at the paths changed: the merge of one pull request, and nothing else, by GitHub's word. */
export interface ArrivalFacts {
  /** The branch's tips. */
  readonly before: VersionFacts;
  readonly after: VersionFacts;
  readonly pullRequest: number;
}

/** All that is read of deployments for one change. Only where the policy asks for it. */
export interface DeploymentRecord {
  readonly environments: readonly EnvironmentRecord[];
  readonly branches: readonly BranchRecord[];
  /** What was looked up in `versions`, and is absent in one where it is not there. */
  readonly paths: readonly string[];
  /** Of every commit that was deployed, of the base's tip, and of `tips`. */
  readonly versions: readonly VersionFacts[];
  /** Of paths whose contents are compared, the newest first; none says nothing. */
  readonly arrivals: readonly ArrivalFacts[];
  /** What stands on branches that environments are served from, where that was asked for. */
  readonly tips: readonly { readonly environment: string; readonly sha: string }[];
  /** By blob, where a requirement compares more than the id. */
  readonly contents: Readonly<Record<string, Content>>;
}
