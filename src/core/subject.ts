/** A repository by id, since names change; `owner` and `name` are for addresses and for what people read. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/** What is evaluated. */
export interface PullRequestSubject {
  readonly kind: "pull_request";
  readonly installationId: number;
  readonly repository: Repository;
  readonly number: number;
}

/** What a merge queue is about to put on a branch: its commit carries the check run, and its members are evaluated. */
export interface MergeGroupSubject {
  readonly kind: "merge_group";
  readonly installationId: number;
  readonly repository: Repository;
  /** The branch of the queue that holds the group, without `refs/heads/`; it is gone when the group is. */
  readonly headRef: string;
  readonly headSha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly baseIsDefault: boolean;
}

/**
 * What waits at the gate of an environment: one of GitHub's own, whose rule asks this App (`rule`), or a job that asks from within its
 * run (`job`) because the repository cannot have such rules.
 */
export interface DeploymentSubject {
  readonly kind: "deployment";
  readonly installationId: number;
  readonly repository: Repository;
  readonly runId: number;
  /** In GitHub's name, which is the same in every case of its letters. */
  readonly environment: string;
  readonly asks: "rule" | "job";
}

/** Not evaluated: its open pull requests are listed and marked. For events that name none (push, team, policy, installation). */
export type SweepSubject =
  | { readonly kind: "sweep_repository"; readonly installationId: number; readonly repository: Repository }
  /** Only those that would land on one branch (its name, without `refs/heads/`): for a push, which may be to anybody's branch. */
  | {
      readonly kind: "sweep_base";
      readonly installationId: number;
      readonly repository: Repository;
      readonly baseRef: string;
    }
  | { readonly kind: "sweep_installation"; readonly installationId: number };

/** Not evaluated: it is looked through for changes that went around the gate. The name is without `refs/heads/`. */
export interface BranchSubject {
  readonly kind: "branch";
  readonly installationId: number;
  readonly repository: Repository;
  readonly branch: string;
}

/**
 * Not evaluated: somebody asked for something with a button of a check run. Whether they may is read when it is looked at; a button
 * that the webhook names is as good as its signature, but what its sender may do is GitHub's to say.
 */
export interface WishSubject {
  readonly kind: "wish";
  readonly installationId: number;
  readonly repository: Repository;
  /** The pull request; null: every open one of the repository. */
  readonly number: number | null;
  readonly what: "look" | "explanation";
  readonly by: { readonly id: number; readonly login: string };
}

/** Not evaluated: what went live from a repository is looked at for what went wrong since. */
export interface AftermathSubject {
  readonly kind: "aftermath";
  readonly installationId: number;
  readonly repository: Repository;
}

export type Subject =
  | PullRequestSubject
  | MergeGroupSubject
  | DeploymentSubject
  | SweepSubject
  | BranchSubject
  | WishSubject
  | AftermathSubject;

/** The key of the subject's row: `pull/<repository id>/<number>`, `group/<repository id>/<head SHA>`, `deployment/<repository id>/<run id>/<who asks>/<environment in lower case>`, `sweep/repository/<id>`, `sweep/base/<id>/<branch>`, `sweep/installation/<id>`, `branch/<repository id>/<branch>`, `wish/<repository id>/<number or "all">/<what>/<account id>`, `aftermath/<repository id>`. */
export function subjectId(subject: Subject): string {
  switch (subject.kind) {
    case "pull_request":
      return `pull/${subject.repository.id}/${subject.number}`;
    case "merge_group":
      return `group/${subject.repository.id}/${subject.headSha}`;
    case "deployment": {
      const { repository, runId, asks, environment } = subject;
      return `deployment/${repository.id}/${runId}/${asks}/${environment.toLowerCase()}`;
    }
    case "sweep_repository":
      return `sweep/repository/${subject.repository.id}`;
    case "sweep_base":
      return `sweep/base/${subject.repository.id}/${subject.baseRef}`;
    case "sweep_installation":
      return `sweep/installation/${subject.installationId}`;
    case "branch":
      return `branch/${subject.repository.id}/${subject.branch}`;
    case "wish":
      return `wish/${subject.repository.id}/${subject.number ?? "all"}/${subject.what}/${subject.by.id}`;
    case "aftermath":
      return `aftermath/${subject.repository.id}`;
  }
}
