import type { Account } from "./account.ts";
import type { ChangeSet, Gap } from "./change/change-set.ts";
import type { Past } from "./past/past.ts";
import type { Decided } from "./decisions/decision.ts";
import type { DeploymentRecord } from "./deployments/deployments.ts";
import type { ReceivedEvidence } from "./evidence/evidence.ts";
import type { Written } from "./facts-written.ts";
import type { PlanMarks } from "./plan/plan.ts";
import type { Posture } from "./posture/posture.ts";
import type { Signal } from "./rollback/signal.ts";
import type { PullRequestSubject } from "./subject.ts";
import type { RememberedPlan } from "./terraform-plan/judged.ts";

export type { Account };

/** Name and mailbox as written into the commit (anyone can write anything), and the account GitHub maps the mailbox to. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly account: Account | null;
}

export interface CommitFacts {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  /** GitHub's own verdict on the signature; never ours. */
  readonly verified: boolean;
  /** `SHA256:...` of an SSH key or the id of a PGP key, where the signature could be read. */
  readonly signatureKey: string | null;
}

/** A submitted review, in GitHub's words. Pending reviews are not listed. */
export interface ReviewFacts {
  readonly id: number;
  readonly account: Account | null;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  /** Null when the commit is gone. */
  readonly commitSha: string | null;
  readonly submittedAtMs: number;
  /** What GitHub's timeline says of a dismissal. Null: it was not dismissed, or the timeline does not say. */
  readonly dismissal: {
    readonly by: Account | null;
    readonly was: "APPROVED" | "CHANGES_REQUESTED";
  } | null;
}

export type Permission = "admin" | "write" | "read" | "none";

/** What a person may do in the repository now. A person who is not listed may do nothing. */
export interface PersonFacts {
  readonly account: Account;
  readonly permission: Permission;
}

/** Everybody with permission admin in the repository; null where that was not asked, or could not be read. */
export type Administrators = readonly Account[] | null;

/** Everybody who may write to the repository, administrators included; null where there are more than are worth counting, or it could not be read. */
export type Writers = readonly PersonFacts[] | null;

/** Active members of a team that the policy names, child teams included; null where it could not be read. */
export interface TeamFacts {
  /** `@organisation/slug`, as the policy writes it. */
  readonly team: string;
  readonly members: readonly number[] | null;
}

/** What a report of ours showed, and since when: an approval is compared with the report that it was given after. */
export interface PublishedReport {
  readonly headSha: string;
  readonly baseRef: string;
  /** Ids of the findings that were open, and of the gaps. */
  readonly findings: readonly string[];
  readonly gaps: readonly string[];
  /** Budgets that had no room for it, and by how much: a whole number of what each counts. */
  readonly budgets: readonly { readonly id: string; readonly excess: string }[];
  /** Ids of the bakes that were not over. No approval is compared with them; who lifts one must have been shown it. */
  readonly bakes: readonly string[];
  /** Keys of the agents whose marks it carried then. Marks that were shown once stay, whatever is edited or pushed away later. */
  readonly agents: readonly string[];
  /** Who set them to work, as it had them: `invokerKey` of each. They stay as the marks do. */
  readonly invokers: readonly string[];
  /** `Evaluation.patch` at that time. Null is like no other. */
  readonly patch: string | null;
  /** Of the plan that was declared. Null: none was, or the report is from before plans were read. */
  readonly plan: PlanMarks | null;
  /** By our clock, once GitHub had taken it. */
  readonly publishedAtMs: number;
}

/** An approval that counted, and the time that its reading takes: one person's readings must fit beside each other. */
export interface Reading {
  readonly accountId: number;
  /** `subjectId` of the pull request. */
  readonly subjectId: string;
  readonly submittedAtMs: number;
  /** When the report that it was given after was published. */
  readonly sinceMs: number;
  readonly needMs: number;
}

/** Somebody who assigned an agent, or called one in a comment or a review. That it came of that is not said. */
export interface Prompt {
  readonly by: Account;
  readonly how: "assigned" | "called";
}

/** One thing that was done from a workflow, as GitHub Actions itself or as an app that works in workflows. */
export interface WorkflowAct {
  readonly as: Account;
  /** Everybody whose workflow runs were under way at that moment: one of them set it off. Null: GitHub does not say. */
  readonly runBy: readonly Account[] | null;
}

/** When a report in this repository first had a mark of an agent, by our clock. */
export interface Appearance {
  /** As signals name it. */
  readonly agent: string;
  readonly sinceMs: number;
}

export interface PullRequestFacts {
  readonly title: string;
  readonly body: string;
  readonly author: Account;
  readonly draft: boolean;
  readonly open: boolean;
  readonly headRef: string;
  /** Labels that it carries or ever carried, where the timeline says so. */
  readonly labels: readonly string[];
  readonly assigneesAtOpening: readonly Account[];
  /** The actors of all of GitHub's `copilot_work_started` events, each once. Null among them: one whose account is gone. */
  readonly workStartedBy: readonly (Account | null)[];
  /** Who set an agent to work on it before everybody's eyes: by assigning it, or by a word in the conversation. */
  readonly prompts: readonly Prompt[];
  /** What workflows did to it: opened it, or pushed to its branch. */
  readonly workflowActs: readonly WorkflowAct[];
  /** Who pushed the current head, where GitHub says. */
  readonly lastPusher: Account | null;
  /** Null: auto-merge is off. "unknown": it is on, and GitHub does not show whose account armed it (one that is gone, say). */
  readonly autoMergeArmedBy: Account | "unknown" | null;
  readonly openedAtMs: number;
  /** When its base was last changed; null: never. */
  readonly retargetedAtMs: number | null;
}

/**
 * All that a decision may rest on: facts of GitHub at one base and one head, as plain data. What could not be read is in
 * `gaps` and nowhere else. A local run has no pull request: it builds one from what it knows and says what it cannot know.
 */
export interface Facts {
  readonly subject: PullRequestSubject;
  /** The branch that it would land on, its tip, and whether it is the repository's default branch. */
  readonly base: { readonly ref: string; readonly sha: string; readonly isDefault: boolean };
  readonly head: { readonly sha: string; readonly fromFork: boolean };
  /** Where the change begins. */
  readonly mergeBaseSha: string;
  /** What its author wrote: from the merge base to the head. Paths, sizes and the identity of the patch are judged on it. */
  readonly change: ChangeSet;
  /**
   * What it would do, where the base has moved since the merge base: from the tip of the base to the result of the merge. Values, sums
   * and reach are judged on it. Null: the base has not moved, and `change` is what would land. A path of which the result is not known
   * has a Gap.
   */
  readonly landing: ChangeSet | null;
  readonly past: Past;
  readonly pullRequest: PullRequestFacts;
  readonly commits: readonly CommitFacts[];
  readonly written: Written;
  /** Commits that merge the base and are nothing but what merging gives: they contribute nothing, and nobody. */
  readonly updateMerges: readonly string[];
  readonly reviews: readonly ReviewFacts[];
  readonly people: readonly PersonFacts[];
  readonly teams: readonly TeamFacts[];
  /** The CODEOWNERS file at the base's tip, from the first place where one is; read only where the policy asks for owners. */
  readonly codeOwners:
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "absent" }
    | { readonly kind: "unread"; readonly reason: string };
  /** Asked for where the change edits a policy in force, and where somebody has addressed Sallyport in a comment. */
  readonly administrators: Administrators;
  /** Who is left, where few are. */
  readonly writers: Writers;
  /** Null: the policy asks for nothing that rests on deployments, or (in a local run) nobody can ask GitHub. */
  readonly deployments: DeploymentRecord | null;
  readonly gaps: readonly Gap[];
  /** Whether the check run is a gate on the base; for the report alone. Null in a local run, which cannot know. */
  readonly posture: Posture | null;
  /**
   * Reports that were published about it, oldest first; one entry for as long as a report on the same head and base said the same.
   * From our own ledger: after it is lost there are none, and approvals have to be given again.
   */
  readonly publications: readonly PublishedReport[];
  /** Approvals of those who approve here, given here and elsewhere, that counted. From our own ledger as well. */
  readonly readings: readonly Reading[];
  /**
   * Since when agents have been in its repository, each once. From our own ledger as well: after it is lost all are new, and nothing that
   * GitHub tells or an author writes makes one older.
   */
  readonly appearances: readonly Appearance[];
  /** What monitoring has said lately of the environments of its repository, the earliest first. From our own store. */
  readonly signals: readonly Signal[];
  /** What workflows sent for its head and, of scanners, for the commit where it begins; the earliest first. From our own store. */
  readonly evidence: readonly ReceivedEvidence[];
  /** What was accepted of plans of its repository before, the earliest first. From our own ledger: after it is lost there is none. */
  readonly plansBefore: readonly RememberedPlan[];
  /** What people decided about it through Sallyport. From our own store. */
  readonly decided: Decided;
  /** What this place cannot know (a local run: reviews, ...), as sentences for the report. Empty on the server. */
  readonly unknowable: readonly string[];
}

/** What is read of the outside; the rest is our own memory, which the loop adds. */
export type CollectedFacts = Omit<
  Facts,
  "publications" | "readings" | "appearances" | "signals" | "evidence" | "plansBefore" | "decided"
>;
