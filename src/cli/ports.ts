import type { Evaluation } from "../core/evaluate/evaluation.ts";
import type { ReachShown } from "../core/report/reach-text.ts";
import type { PolicySource } from "../core/policy/reading.ts";

/** What was asked for is not there, or cannot be judged; the message says what to ask for instead. */
export class WrongRequest extends Error {
  override readonly name = "WrongRequest";
}

/** A change of a local repository that is not on GitHub yet. */
export interface LocalChange {
  /** A folder inside the repository. */
  readonly repository: string;
  /** Branch or commit to compare with; null: the default branch. */
  readonly base: string | null;
  /** Branch or commit; null: the working tree, untracked files included. */
  readonly head: string | null;
  /** Who opens the pull request: `copilot` or a login; null where that is not known. */
  readonly as: string | null;
  /** Plans to judge it with, as if a workflow that the policy names had sent them. */
  readonly plans: readonly LocalPlan[];
  /** A policy file that takes the place of the repository's; null: those of the base. */
  readonly policyPath: string | null;
}

/** What `terraform show -json` printed. */
export interface LocalPlan {
  readonly file: string;
  /** Folder of the root configuration; empty: the repository's own. */
  readonly root: string;
}

/** Past commits, each judged against its first parent as if it had been opened as a pull request. */
export interface PastCommits {
  /** Commits of a range such as `v1..v2`, oldest first. Rejects where git knows no such range. */
  list(range: string): Promise<readonly string[]>;
  /** Rejects where the commit is not in the repository. */
  judge(commit: string): Promise<Evaluation>;
  close(): void;
}

/** Files of a local repository, to tell what an edit of them would reach. */
export interface LocalPaths {
  /** A folder inside the repository. */
  readonly repository: string;
  /** Branch or commit; null: the working tree, untracked files included. */
  readonly revision: string | null;
  /** Files and folders, from the root of the repository. */
  readonly paths: readonly string[];
  /** A policy file in place of the repository's; null: that of the revision. */
  readonly policyPath: string | null;
}

/** What the command line is handed. It rejects with `WrongRequest` where another call would mend it, else with an `Error`. */
export interface LocalPort {
  judge(change: LocalChange): Promise<Evaluation>;
  reach(paths: LocalPaths): Promise<ReachShown>;
  openHistory(repository: string, policyPath: string | null, as: string | null): Promise<PastCommits>;
  /** A policy file that a person named; `missing` says what a file that does not exist is. */
  readPolicy(scope: PolicySource["scope"], path: string, missing: "absent" | "wrong"): Promise<PolicySource>;
  /** The text of a file that a person named. */
  readText(path: string): Promise<string>;
  /** Milliseconds from an arbitrary start. */
  elapsedMs(): number;
}
