import type { TerraformPlan } from "../terraform-plan/plan.ts";
import type { ScannerReport } from "./sarif.ts";

/** What a job said of itself when it brought evidence, as GitHub's own token proves it. Whether that counts is asked anew each time. */
export interface Witnessed {
  readonly kind: "workflow";
  readonly repositoryId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly event: string;
  /** The workflow that GitHub started: `acme/shop/.github/workflows/ci.yml@refs/pull/7/merge`. */
  readonly workflowRef: string;
  /** The workflow whose job it was, which may be one that was called: `acme/ci/.github/workflows/plan.yml@refs/heads/main`. */
  readonly jobWorkflowRef: string;
  /** The branch that a pull request was opened onto, by its short name; null for other events. */
  readonly baseRef: string | null;
  readonly actorId: number;
}

/** `local`: somebody gave it on the command line, for a preview. */
export type Source = Witnessed | { readonly kind: "local" };

/** What was brought, as far as it could be read; nothing of it that its maker marked as sensitive. */
export type Brought =
  | { readonly kind: "plan"; readonly plan: TerraformPlan }
  | { readonly kind: "findings"; readonly report: ScannerReport }
  | { readonly kind: "unreadable"; readonly of: "plan" | "findings"; readonly because: string }
  /** As much as is kept for one head was there already: nobody knows what it said. */
  | { readonly kind: "too_much" };

/** Evidence that somebody brought for one commit. */
export interface ReceivedEvidence {
  /** A digest of what was brought, by whom and for what: brought again it is the same. */
  readonly id: string;
  /** The commit that the run was for, by GitHub's record of the run. */
  readonly headSha: string;
  readonly receivedAtMs: number;
  readonly source: Source;
  /** Folder of the root configuration, or that the scanner ran in; empty: the repository's own. */
  readonly root: string;
  /** Of a plan, as `default`; empty where none is said. */
  readonly workspace: string;
  /** Which state it was made from, as far as it was said. */
  readonly state: StateMark;
  /** SHA-256 of what was sent, once it was unpacked. */
  readonly sha256: string;
  readonly brought: Brought;
}

/** Two states of another lineage are not the same; of one lineage the higher serial is the later one. */
export interface StateMark {
  readonly lineage: string | null;
  readonly serial: number | null;
  /** A digest of where the state lies. */
  readonly backend: string | null;
}
