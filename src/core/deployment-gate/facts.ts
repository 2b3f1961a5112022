import type { Movement } from "../around/around.ts";
import type { TreeEntry } from "../change/build.ts";
import type { Signal } from "../rollback/signal.ts";
import type { Gap } from "../change/change-set.ts";
import type { Halt } from "../decisions/decision.ts";
import type { DeploymentRecord } from "../deployments/deployments.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import type { Account } from "../facts.ts";
import type { Wrote } from "../requirements/halt.ts";
import type { DeploymentSubject } from "../subject.ts";

/** A branch that contains what is to be deployed. */
export interface GuardedBranch {
  readonly name: string;
  readonly isDefault: boolean;
  /** Whether rules require this App's check there, pinned to this App; null where that could not be read. */
  readonly required: boolean | null;
}

/** What runs in the environment now, as a deployment proves it that counts. */
export interface Live {
  readonly sha: string;
  /** Of the deployment; of the run where there is no deployment. */
  readonly deploymentId: number;
}

/** A pull request that was merged, and what our own ledger says it was judged at that head, onto that base. */
export interface JudgedThen {
  readonly number: number;
  readonly headSha: string;
  /** Null: the ledger has nothing about that head and base. */
  readonly verdict: Verdict | null;
  /** Null: not known. */
  readonly wrote: Wrote | null;
}

/** One movement of the branch that brought something which is to be deployed and is not live. */
export interface Arrival {
  readonly movement: Movement;
  /** Whom it merged; null where neither GitHub nor the ledger tells. Empty for pushes. */
  readonly judged: readonly JudgedThen[] | null;
}

/** A path at which what is live and what is to be deployed differ; null: it is not there. */
export interface Differing {
  readonly path: string;
  readonly live: TreeEntry | null;
  readonly head: TreeEntry | null;
}

/** What tells whether the difference has run where it must have run before. */
export interface Baking {
  readonly differing: readonly Differing[];
  readonly record: DeploymentRecord;
}

/** What is read of GitHub about a deployment that waits. */
export interface CollectedDeploymentFacts {
  readonly subject: DeploymentSubject;
  /** The commit that the run is for: whatever its payload said, GitHub tells it of the run. */
  readonly headSha: string;
  /** Who set the run off, and who started this attempt. Null: an account that is gone. */
  readonly startedBy: readonly (Account | null)[];
  /** Null: none of the branches that are looked at contains it. */
  readonly branch: GuardedBranch | null;
  /** Null: no deployment counts, and `gaps` says why. */
  readonly live: Live | null;
  /** The oldest first. */
  readonly movements: readonly Movement[];
  /** Null: the policy asks for no bake before this environment, or nothing counts as live. */
  readonly baking: Baking | null;
  readonly gaps: readonly Gap[];
}

/** All that the judgement of a deployment rests on. */
export interface DeploymentFacts extends Omit<CollectedDeploymentFacts, "movements"> {
  readonly arrivals: readonly Arrival[];
  /** When this App first looked through the repository, by our ledger; null: it never has to the end. */
  readonly knownSinceMs: number | null;
  /** Halts of the installation that nobody has lifted. */
  readonly halts: readonly Halt[];
  /** What monitoring has said of the repository's environments. */
  readonly signals: readonly Signal[];
}
