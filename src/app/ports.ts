import type { BranchFacts } from "../core/around/around.ts";
import type { Strike } from "../core/breakers/breakers.ts";
import type { CommandComment } from "../core/decisions/command-comment.ts";
import type { Decided, Decision, Halt } from "../core/decisions/decision.ts";
import type { Answer } from "../core/deployment-gate/answer.ts";
import type { CollectedDeploymentFacts } from "../core/deployment-gate/facts.ts";
import type { Enforcement } from "../core/evaluate/enforcement.ts";
import type { Signposting, Standing as SignpostsStanding } from "../core/evaluate/signposts.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import type { Shared } from "../core/evaluate/siblings.ts";
import type { Verdict } from "../core/evaluate/verdict.ts";
import type {
  Account,
  Appearance,
  CollectedFacts,
  Facts,
  Permission,
  PublishedReport,
  Reading,
} from "../core/facts.ts";
import type { ReceivedEvidence } from "../core/evidence/evidence.ts";
import type { ReadEvidence } from "../core/evidence/read.ts";
import type { RememberedPlan } from "../core/terraform-plan/judged.ts";
import type { JobClaims, ReadClaims, WitnessClaims } from "../core/job-token.ts";
import type { AftermathCase, Entry, RecordedEntry } from "../core/ledger/entry.ts";
import type { Policy } from "../core/policy/schema.ts";
import type { Cause } from "../core/rollback/cause.ts";
import type { Signal } from "../core/rollback/signal.ts";
import type { LandedChange } from "../core/rollback/words.ts";
import type { PolicyReading, PolicySource } from "../core/policy/reading.ts";
import type { Booking } from "../core/requirements/booking.ts";
import type { Wrote } from "../core/requirements/halt.ts";
import type { Posture } from "../core/posture/posture.ts";
import type {
  AftermathSubject,
  BranchSubject,
  DeploymentSubject,
  MergeGroupSubject,
  PullRequestSubject,
  Repository,
  Subject,
  SweepSubject,
} from "../core/subject.ts";

export type { PolicySource } from "../core/policy/reading.ts";

/** Time as the use cases see it. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. Due times and evaluations use it; a test or the simulator may move it. */
  now(): number;
  /** A reading that only grows, in milliseconds from an arbitrary start: for measuring how much of a lease is left. */
  monotonicMs(): number;
}

/** The check run that a verdict stands on. The name carries the base, so that green for one base says nothing for another. */
export interface Target {
  readonly repository: Repository;
  readonly headSha: string;
  readonly checkName: string;
}

/**
 * A reason to look at a subject.
 * `changed`: something about it may have changed.
 * `own_run`: a check run of ours was seen. It is a reason only if the subject has been claimed since (its lease is higher than the
 * one the run carries): then an outdated look may have published over a newer one.
 * `urgent`: as `changed`, by somebody of the house who may be asking for a halt: before what was due earlier, greens that are taken back apart.
 */
export type Mark =
  | { readonly kind: "changed" | "urgent"; readonly subject: Subject }
  | { readonly kind: "own_run"; readonly subject: PullRequestSubject; readonly lease: number };

/** A verified webhook delivery. Nothing of its payload is kept but the subjects that it names. */
export interface Delivery {
  /** GitHub's `X-GitHub-Delivery`. A redelivery carries the same id and marks again. */
  readonly id: string;
  readonly event: string;
  readonly marks: readonly Mark[];
}

/** The right to look at one subject until the lease ends. */
export interface Claim {
  readonly subject: Subject;
  /** How many marks this look answers; a mark that comes later keeps the subject due. */
  readonly wanted: number;
  /** Grows with every claim of the subject; whoever holds a lower one is outdated. */
  readonly lease: number;
  /** Claims since a look last ended well, this one included: crashes count as well as failures. */
  readonly attempts: number;
}

/**
 * The subjects that are to be looked at. Durable: what a resolved promise promised survives the loss of the process.
 * Due times are the clock port's; leases are the database's own, so that instances whose clocks differ agree on them.
 */
export interface WorkQueue {
  /** Records the deliveries and applies their marks, due at `nowMs`, in one transaction. All or none. */
  receive(deliveries: readonly Delivery[], nowMs: number): Promise<void>;
  /** Marks subjects without a delivery (sweeps, siblings), due at `dueMs` or earlier if they already were. */
  mark(subjects: readonly Subject[], dueMs: number): Promise<void>;
  /**
   * Takes up to `limit` subjects that are due and not leased: first greens that a halt takes back, then what is urgent, then what is due
   * longest. No two claims hold one subject. A look that fails keeps its turn; one that ends well uses it up, unless it was marked meanwhile.
   */
  claim(nowMs: number, leaseMs: number, limit: number): Promise<readonly Claim[]>;
  /**
   * Ends a look that went well, in one transaction: appends the entry and rests the subject until `nextLookMs` (null: until it is
   * marked), or keeps it due now if it was marked since the claim. False: the lease was lost; nothing was appended and the
   * subject is marked again, because this look may have published over a newer one.
   */
  settle(claim: Claim, entry: Entry, nextLookMs: number | null, nowMs: number): Promise<boolean>;
  /**
   * Ends a look that failed, in one transaction: appends the entry and makes the subject due at `retryMs`, or now if it was marked
   * since the claim. False as for `settle`.
   */
  postpone(claim: Claim, entry: Entry, retryMs: number, nowMs: number): Promise<boolean>;
  /** Which of these deliveries have been received, by their ids. */
  received(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Forgets some of the deliveries received before that moment; returns how many, 0 when none is left. Marks stay. */
  forgetDeliveries(receivedBeforeMs: number): Promise<number>;
  /** How many subjects are due at `nowMs` (leased ones included), and since when the oldest has been. For readiness and metrics. */
  depth(nowMs: number): Promise<{ readonly due: number; readonly oldestDueMs: number | null }>;
}

/** What a subject was last judged on one target. `verdict` is null where it could not be evaluated. */
export interface Judgement {
  readonly subject: PullRequestSubject;
  readonly target: Target;
  readonly verdict: Verdict | null;
  readonly mode: "enforce" | "observe";
  /** By which halts find it without reading it anew; null: not known. */
  readonly wrote: Wrote | null;
  /** Whether GitHub merges it by itself once it is green: of what a halt takes back, that comes first. */
  readonly isArmed: boolean;
  /** The lease under which it was recorded. */
  readonly lease: number;
}

/**
 * The latest judgement of every subject on every target that may show it. It is written before the request to GitHub, under the
 * target's lock: what a sibling reads there is never older than what was sent, and a target that was published is never forgotten.
 */
export interface Judgements {
  /** False: the claim no longer holds its lease, and nothing was written. */
  record(claim: Claim, judgement: Omit<Judgement, "lease">): Promise<boolean>;
  /** Judgements of all subjects on a target, in the order of subject ids. */
  at(target: Target): Promise<readonly Judgement[]>;
  /** Judgements of one subject on all targets. */
  of(subject: PullRequestSubject): Promise<readonly Judgement[]>;
  /** Judgements of all subjects of an installation, in no order that means anything. */
  ofInstallation(installationId: number): Promise<readonly Judgement[]>;
  /** Forgets that the subject stands on the target, unless a later lease recorded it again. */
  retire(claim: Claim, subject: PullRequestSubject, target: Target): Promise<void>;
}

/** Mutual exclusion among all instances, by the database's clock. */
export interface Locks {
  /**
   * Runs `work` while nobody else holds `key`. Waits for it until `signal` aborts, then rejects with its reason. A holder that
   * vanishes loses the lock after `leaseMs`; asking for no less than the lease of the claim keeps the lock at least as long as it.
   */
  withLock<T>(key: string, leaseMs: number, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** What happened, in order, for good: ids, SHAs, positions and digests, never source or values. Appending is part of `settle`. */
export interface Ledger {
  /** The newest entries about a subject, newest first. */
  bySubject(subject: Subject, limit: number): Promise<readonly RecordedEntry[]>;
  /** The reports that were published about a subject, oldest first; of more than `limit`, the newest. */
  publications(subject: PullRequestSubject, limit: number): Promise<readonly PublishedReport[]>;
  /** What was accepted of Terraform plans of a repository, the latest last; of more than `limit` entries about them, the newest. */
  plansAccepted(repositoryId: number, limit: number): Promise<readonly RememberedPlan[]>;
  /** Since when agents have been in a repository, each once, oldest first; of more than `limit` entries about them, the oldest. */
  appearances(repositoryId: number, limit: number): Promise<readonly Appearance[]>;
  /** When the oldest entry about a subject was appended, by its own moment; null: there is none. */
  since(subject: Subject): Promise<number | null>;
  /** Approvals by these accounts that counted, on any subject, as entries since `sinceMs` tell. */
  readings(accountIds: readonly number[], sinceMs: number): Promise<readonly Reading[]>;
}

/** An entry of the ledger about a subject, by who held it. */
export interface Told {
  readonly subject: Subject;
  readonly lease: number;
  readonly entry: Entry;
}

/** What people decided, for good. */
export interface Decisions {
  /**
   * Records a decision once; false: its id was recorded before, and nothing is changed. With a halt, all that stands green where it
   * holds is marked in the same transaction, to be looked at before everything else: merge groups first, then what has auto-merge
   * armed, then what was looked at last, which people work on. So no crash leaves a green that nobody means to withdraw. A look that records its judgement, then finds no
   * halt, and then sends is always among the marked. With a resumption, all that is judged in the installation is marked. What
   * the ledger is told of it is appended with it.
   */
  record(decision: Decision, told?: Told): Promise<boolean>;
  /** What has been recorded under these ids. */
  recorded(ids: readonly string[]): Promise<ReadonlyMap<string, Decision>>;
  /** Halts of an installation that nobody has lifted, the oldest first. */
  halts(installationId: number): Promise<readonly Halt[]>;
  /** Halts of an installation that somebody has lifted, each with the moment at which it was, the earliest first. */
  lifted(installationId: number): Promise<readonly { readonly halt: Halt; readonly liftedMs: number }[]>;
  /** What holds for a pull request, the oldest first: its overrides, and the halts of its installation that nobody has lifted. */
  holding(subject: PullRequestSubject): Promise<Decided>;
}

/** What agents did that breakers count, for good: counted once, whoever looks again, and after any restart. */
export interface Strikes {
  /** Notes what was not noted before under its id, and tells all of these agents since that moment, in the order of their ids. */
  note(
    strikes: readonly Strike[],
    of: { readonly installationId: number; readonly agents: readonly string[]; readonly sinceMs: number },
  ): Promise<readonly Strike[]>;
}

/** Who of the agents' pull requests has a place in the budgets, who waits for one, and what was merged lately. */
export interface Books {
  /**
   * Lets `decide` read the books of the installation, as `of` gives them, and writes what it books; nobody else reads them to write
   * meanwhile. Null: the claim no longer holds its lease, and nothing was written.
   */
  enter<T extends { readonly booking: Booking | null }>(
    claim: Claim,
    subject: PullRequestSubject,
    mergedSinceMs: number,
    decide: (books: readonly Booking[]) => T,
  ): Promise<T | null>;
  /** What is open, and what was merged since then; merges are there for `longestWindowMs` and a day. In the order of subject ids. */
  of(installationId: number, mergedSinceMs: number): Promise<readonly Booking[]>;
  /** Gives up its place, and its turn as well unless it is ready. False: it had neither, or a later lease has written. */
  release(claim: Claim, subject: PullRequestSubject, isReady: boolean): Promise<boolean>;
  /** Books an open one as merged at that moment. False: none is booked as open, or a later lease has written. */
  merged(claim: Claim, subject: PullRequestSubject, atMs: number): Promise<boolean>;
  /** Takes an open one out of the books. False as for `merged`. */
  strike(claim: Claim, subject: PullRequestSubject): Promise<boolean>;
}

/** Proves who asks, by the token of a job. Rejects where that cannot be found out now. */
export interface JobTokens {
  prove(token: string): Promise<ReadClaims<JobClaims>>;
}

/** Proves who brings evidence. Rejects as `JobTokens` does. */
export interface WitnessTokens {
  proveWitness(token: string): Promise<ReadClaims<WitnessClaims>>;
}

/** Where the App is installed now, as GitHub says; null: not there, or suspended. */
export interface Installations {
  on(owner: string, signal: AbortSignal): Promise<number | null>;
}

/** Tokens that may be used once. */
export interface Tokens {
  /** Remembers a token until it ends by itself. False: it was used before. */
  spend(id: string, untilMs: number, nowMs: number): Promise<boolean>;
}

/** Where the App is installed, as far as it was ever told; `repository` is null where an installation alone is known. */
export interface Places {
  list(): Promise<readonly { readonly installationId: number; readonly repository: Repository | null }[]>;
}

/** Contents of git blobs by their SHA: immutable, so never outdated, and verified against it on the way out. */
export interface BlobCache {
  /** What is there of what was asked for. */
  get(shas: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  put(blobs: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

/**
 * `facts`: all that a decision may rest on. `siblings` are the other open pull requests with the same head and base.
 * `gone`: there is nothing to judge any more. `target` is where its verdict stands, if that can still be told; a run on the head
 * of a merge is left as it is, every other is superseded.
 */
export type Collected =
  | {
      readonly kind: "facts";
      readonly facts: CollectedFacts;
      readonly policies: readonly PolicySource[];
      readonly siblings: readonly PullRequestSubject[];
      readonly target: Target;
      /** Comments of the pull request that address Sallyport, the oldest first. */
      readonly commands: readonly CommandComment[];
      /** What the pull request shows beside its check run. */
      readonly standing: SignpostsStanding;
      /** When the facts may be others without an event that tells; null: only events change them. */
      readonly lookAgainMs: number | null;
    }
  | { readonly kind: "gone"; readonly because: "closed" | "merged" | "deleted"; readonly target: Target | null };

/**
 * `members`: all that land with the group, the first first, each with the facts of its pull request and, as `landing`, what the
 * queue's commits make of it. `gone`: the queue has given the group up, or merged it.
 */
export type CollectedGroup =
  | {
      readonly kind: "members";
      readonly members: readonly { readonly facts: CollectedFacts; readonly policies: readonly PolicySource[] }[];
    }
  | { readonly kind: "gone"; readonly because: "merged" | "deleted" };

/** Reads the truth about merge groups. Rejects where it could not be read whole: then nothing of the group may pass. */
export interface GroupSource {
  collectGroup(subject: MergeGroupSubject, signal: AbortSignal): Promise<CollectedGroup>;
}

/** `ended`: it waits no longer, or this App has no say in it. */
export type CollectedDeployment =
  | { readonly kind: "waiting"; readonly facts: CollectedDeploymentFacts; readonly reading: PolicyReading }
  | { readonly kind: "ended" };

/** Reads the truth about deployments that wait at a gate. Rejects where it could not be read whole; what is missing in part is a Gap. */
export interface DeploymentSource {
  collectDeployment(subject: DeploymentSubject, signal: AbortSignal): Promise<CollectedDeployment>;
}

/** Tells GitHub what comes of a deployment that waits. */
export interface DeploymentGate {
  /**
   * Approves or rejects it for good, or reports that it waits, with a comment in Markdown. False: GitHub takes no further word of it from
   * this App, as where it has answered and other rules have not.
   * Rejects where GitHub could not be told.
   */
  answer(subject: DeploymentSubject, answer: Answer, comment: string, signal: AbortSignal): Promise<boolean>;
}

/** How often GitHub was told that a deployment waits: it takes ten reports of each. */
export interface StatusReports {
  /** Counts one more, to be sent afterwards. False: there have been `limit` of them, or the claim no longer holds its lease. */
  take(claim: Claim, limit: number): Promise<boolean>;
}

/** Thrown by a port that knows when another try makes sense, as when GitHub's rate limit starts afresh. */
export class RetryLater extends Error {
  override readonly name = "RetryLater";
  readonly retryAtMs: number;
  constructor(message: string, retryAtMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAtMs = retryAtMs;
  }
}

/** Reads the truth. Rejects where it could not be read at all; what is missing in part is a Gap in the facts. */
export interface FactSource {
  collect(subject: PullRequestSubject, signal: AbortSignal): Promise<Collected>;
}

/** What a decision rests on, and the policies that it is made by. */
export interface Decidable {
  readonly facts: CollectedFacts;
  readonly policies: readonly PolicySource[];
}

/** Reads what an open pull request is decided on by the policies in force, and by others in their place. */
export interface EffectSource {
  /**
   * `instead` names the others; where they ask for other facts (teams, files), those are collected as well. Null: it is no longer open,
   * or `instead` names none. Rejects as `FactSource` does.
   */
  collectBoth(
    subject: PullRequestSubject,
    instead: (present: Decidable) => readonly PolicySource[] | null,
    signal: AbortSignal,
  ): Promise<{ readonly present: Decidable; readonly changed: Decidable } | null>;
}

/** A branch, and whether it is the repository's default one: the name of the check depends on that. */
export interface BranchAt {
  readonly installationId: number;
  readonly repository: Repository;
  readonly branch: string;
  readonly isDefault: boolean;
}

/** Reads whether the check run is a gate at all. What cannot be read is unknown in the posture; rejects only where nothing was. */
export interface PostureSource {
  read(at: BranchAt, signal: AbortSignal): Promise<Posture>;
}

/**
 * `unwatched`: no gate is wanted on it. One is on the default branch, where a rule requires the check or did once, and where the policy
 * wants it. `seenId` is to be handed back at the next look.
 * `complete`: nothing that moved since the last one was left out. `upToDate` is false where the branch has moved on and GitHub's
 * record of that is still to come.
 */
export type CollectedBranch =
  | { readonly kind: "unwatched" }
  | {
      readonly kind: "branch";
      readonly facts: BranchFacts;
      readonly posture: Posture;
      readonly seenId: number | null;
      readonly complete: boolean;
      readonly upToDate: boolean;
    };

/** What earlier looks at a branch came to. */
export interface LookedBefore {
  /** The newest movement that was looked at; null: none was. */
  readonly seenId: number | null;
  /** Whether rules required the check there. */
  readonly guarded: boolean;
}

/** Reads how a branch has moved since it was looked at before. Rejects where it cannot be read. */
export interface BranchSource {
  collect(subject: BranchSubject, before: LookedBefore, signal: AbortSignal): Promise<CollectedBranch>;
}

/**
 * Judges, away from the thread that answers webhooks. Running out of time or memory is an evaluation with a Gap, made by the
 * implementation: a rejection never stands for a verdict.
 */
export interface Evaluator {
  evaluate(facts: Facts, policies: readonly PolicySource[], nowMs: number): Promise<Evaluation>;
}

/** What a check run is to say. The implementation renders it through core/report. */
export type Statement =
  /** The own evaluation, and the verdict that holds together with the siblings. */
  | { readonly kind: "evaluated"; readonly evaluation: Evaluation; readonly shared: Shared }
  /** The subject could not be evaluated, time and again: what stood here must not stay. */
  | {
      readonly kind: "not_evaluated";
      readonly shared: Shared;
      readonly mode: "enforce" | "observe";
      readonly attempts: number;
    }
  /** It was green, and is stopped now; judged anew it is told in full. */
  | { readonly kind: "halted"; readonly halts: readonly Halt[] }
  /** A merge group and its members as they were judged; null: it could not be evaluated. */
  | { readonly kind: "merge_group"; readonly evaluations: readonly Evaluation[] | null }
  /** The head is no longer that of an open pull request onto this base. */
  | { readonly kind: "superseded" };

export interface Publication {
  readonly installationId: number;
  readonly target: Target;
  readonly statement: Statement;
  /** Carried by the check run (`external_id`), so that its echo tells who published it: see app/own-run.ts. */
  readonly reference: string;
}

/** The newest check run of this app on a target, in our words. */
export interface Standing {
  readonly runId: number;
  readonly reference: string | null;
}

/** Brings the check run on a target into line with a statement. */
export interface Publisher {
  /** The newest run of ours on the target; null: none. */
  standing(installationId: number, target: Target, signal: AbortSignal): Promise<Standing | null>;
  /**
   * Reads what stands and writes only what differs (the reference alone is no difference). A completed run is never moved back: a
   * new one is made; a green that is halted turns red in its place, which GitHub takes faster. A commit that the repository no longer has counts as done for `superseded` and `merge_group`. `wrote` is false where the
   * statement stood already.
   */
  publish(
    publication: Publication,
    signal: AbortSignal,
  ): Promise<{ readonly runId: number | null; readonly wrote: boolean }>;
  /**
   * Opens every folded section of the report that stands on the target, for readers who asked for it. It says the same as before, so
   * the statement still stands and what follows folds again only where it says something else. Nothing where no run of ours stands.
   */
  unfold(installationId: number, target: Target, signal: AbortSignal): Promise<void>;
}

/** Reads what people may do now. Rejects where it cannot be read. */
export interface RightsSource {
  /**
   * What an account may do: in the repository itself, or in the one above that holds the owner's policy. `none` where GitHub does not
   * find it there, and where there is no repository above, or it is hidden from this app.
   */
  permissionOf(
    at: { readonly installationId: number; readonly repository: Repository },
    account: Pick<Account, "id" | "login">,
    where: "here" | "above",
    signal: AbortSignal,
  ): Promise<Permission>;
}

/** Puts up what a pull request shows beside its check run. Rejects where some of it could not be; the rest is done. */
export interface SignpostKeeper {
  change(subject: PullRequestSubject, change: Signposting, signal: AbortSignal): Promise<void>;
}

/** What was done about a pull request: not what was asked for, which may have been done already. */
export type Enforced = "disarmed" | "dequeued";

/** The hands of the gate, where an operator gave it some: another App, which may do what this one may not. */
export interface Enforcer {
  /** Does what is still to be done while the pull request has that head. Nothing where that App is not installed. Rejects where it could not. */
  enforce(subject: PullRequestSubject, enforcement: Enforcement, signal: AbortSignal): Promise<readonly Enforced[]>;
  /** Opens a pull request that takes a merged one back, unless one stands that bears the marker. Rejects where another try may help. */
  revert(
    subject: PullRequestSubject,
    words: { readonly title: string; readonly body: string; readonly marker: string },
    signal: AbortSignal,
  ): Promise<Reverted>;
}

/** What monitoring has said, for good. */
export interface Signals {
  /**
   * Takes what one request says: the signals, an entry of the ledger for each one that is new, and marks for their repositories, in one
   * transaction. False: a request of this id was taken before, and nothing was written. Ids of requests from before `forgetBeforeMs`, and signals
   * about what was before `dropBeforeMs`, are forgotten, whosever they are; the ledger keeps its entries.
   */
  take(
    request: {
      readonly id: string;
      readonly nowMs: number;
      readonly forgetBeforeMs: number;
      readonly dropBeforeMs: number;
    },
    signals: readonly { readonly signal: Signal; readonly repository: Repository }[],
  ): Promise<boolean>;
  /** What was said of a repository's environments since then, the earliest first. */
  of(repositoryId: number, sinceMs: number): Promise<readonly Signal[]>;
}

/** What workflows brought for commits, for as long as it may be asked about. */
export interface Evidence {
  /**
   * Keeps what was brought for one commit, and marks the pull requests that were judged on it and those of `alsoFor`, or where there are
   * none the repository, in one transaction. `known`: it was brought before, and nothing was written. `too_much`: with it there would be more
   * for that commit than `most` and `mostBytes`; in its place is kept that something was refused. What was received before
   * `forgetBeforeMs` is forgotten.
   */
  take(
    evidence: ReceivedEvidence,
    at: {
      readonly installationId: number;
      readonly repository: Repository;
      readonly alsoFor: readonly PullRequestSubject[];
    },
    limits: { readonly most: number; readonly mostBytes: number; readonly forgetBeforeMs: number },
  ): Promise<"taken" | "known" | "too_much">;
  /** What was brought for these commits, the earliest first. */
  of(repositoryId: number, headShas: readonly string[]): Promise<readonly ReceivedEvidence[]>;
}

/** Reads what was brought, away from the thread that answers webhooks; what is too much for it is unreadable. */
export interface EvidenceReader {
  /** Rejects where there is no room for it now. */
  read(kind: "plan" | "findings", text: string): Promise<ReadEvidence>;
}

/** A run of a workflow, by GitHub's own record. */
export interface RunShown {
  /** Of a pull request its own head, and not the merge that is checked out. */
  readonly headSha: string;
  readonly event: string;
  readonly underWay: boolean;
  /** Numbers of open pull requests of the repository with that head, as far as GitHub says; of a fork it says none. */
  readonly pullRequests: readonly number[];
}

/** Reads runs. Rejects where GitHub cannot be asked. */
export interface RunSource {
  /** Null: GitHub shows this App no such run in that repository. */
  run(
    at: { readonly installationId: number; readonly repository: Repository },
    runId: number,
    signal: AbortSignal,
  ): Promise<RunShown | null>;
}

/** Something that went wrong, and what may have led to it. */
export interface InQuestion {
  readonly cause: Cause;
  readonly changes: readonly LandedChange[];
  /** Whether nothing else than these changes can have come there with them. */
  readonly complete: boolean;
}

/** `unwatched`: no policy asks for it. `returned`: changes that were asked about and are not live any more. */
export type CollectedAftermath =
  | { readonly kind: "unwatched" }
  | {
      readonly kind: "aftermath";
      readonly policy: Policy;
      readonly questions: readonly InQuestion[];
      readonly returned: readonly {
        readonly causeId: string;
        readonly number: number;
        readonly by: "deployment" | "revert";
      }[];
    };

/** Reads what went live from a repository and what became of it. Rejects where it cannot be read. */
export interface AftermathSource {
  /** `known`: causes that were dealt with; what they had in question is followed until it is back. */
  collect(
    subject: AftermathSubject,
    signals: readonly Signal[],
    known: readonly AftermathCase[],
    signal: AbortSignal,
  ): Promise<CollectedAftermath>;
  /** The policy in force on the default branch. Null where the App does not reach the repository any more. */
  policyOf(
    at: { readonly installationId: number; readonly repository: Repository },
    signal: AbortSignal,
  ): Promise<Policy | null>;
}

/** `absent`: the enforcer is not installed there. `refused`: GitHub does not take it back by itself, and why, as a clause. */
export type Reverted =
  | { readonly kind: "opened"; readonly number: number }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly because: string };

/** Finds what an earlier life of the service has left on GitHub. */
export interface Remains {
  /** Open pull requests on whose heads check runs of this App stand, a few of each repository, as they are found. */
  find(installationId: number, signal: AbortSignal): AsyncIterable<PullRequestSubject>;
}

/** Answers commands in comments where they were given. */
export interface PullRequestActions {
  /** Reacts to a comment; a second time changes nothing. */
  react(
    subject: PullRequestSubject,
    commentId: number,
    reaction: "done" | "refused",
    signal: AbortSignal,
  ): Promise<void>;
  /** Writes a comment, marked as the answer to another one: facts that are collected later tell that it stands. */
  reply(subject: PullRequestSubject, commentId: number, markdown: string, signal: AbortSignal): Promise<void>;
}

/** An attempt of GitHub to deliver an event to this App that came to nothing. */
export interface FailedAttempt {
  readonly id: number;
  /** The id of the delivery, which all its attempts share. */
  readonly guid: string;
  readonly atMs: number;
}

/** What GitHub keeps of its deliveries to this App, in every installation. Rejects where it cannot be asked. */
export interface DeliveryLog {
  /** Attempts that failed since that moment, newest first. */
  failures(sinceMs: number, signal: AbortSignal): AsyncIterable<FailedAttempt>;
  /** Asks for the delivery of an attempt to be made again. One that GitHub does not keep any more is none. */
  redeliver(id: number, signal: AbortSignal): Promise<void>;
}

/** One page of a listing; `next` is handed back for the following page, null ends it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Lists what a sweep marks: open pull requests of a repository, repositories of an installation. */
export interface Lister {
  page(sweep: SweepSubject, cursor: string | null, signal: AbortSignal): Promise<Page<Subject>>;
}

/** Constant messages with the particulars beside them. Errors go under `error`. */
export interface Log {
  info(particulars: Readonly<Record<string, unknown>>, message: string): void;
  warn(particulars: Readonly<Record<string, unknown>>, message: string): void;
  error(particulars: Readonly<Record<string, unknown>>, message: string): void;
}
