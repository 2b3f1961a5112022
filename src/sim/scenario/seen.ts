import type { AftermathCase, RecordedEntry } from "../../core/ledger/entry.ts";
import { verdictSchema, type VerdictDocument } from "../../core/report/verdict-schema.ts";
import type { SimPullRequest } from "../facade/pull-request.ts";
import type { CheckRun, Comment, Issue, PullRequest, WaitingDeployment } from "../state/model.ts";
import { entryOf } from "../state/merge-queue.ts";
import { mergeableState } from "../state/merging.ts";
import { commentsOfOthers, ownComments } from "./comments.ts";
import type { Expected } from "./expectation.ts";
import { waitingCalled } from "./gates.ts";
import type { Stage } from "./stage.ts";

/** What a check run shows to its readers. */
export type ShownRun = Pick<CheckRun, "name" | "status" | "conclusion" | "output">;

/** Where a scenario is played: on the whole service, or on the evaluator alone. */
export interface Theatre {
  /** The newest lines that a server logged at `warn` or above, oldest first. */
  readonly logged: readonly string[];
  /** Returns when nothing follows any more from what has happened. */
  settle(): Promise<void>;
  /** Check runs of Sallyport on a commit, newest first. */
  runs(sha: string, pull: SimPullRequest | null): Promise<readonly ShownRun[]>;
  /** The newest entries about a pull request, newest first; null where there is no ledger to be read. */
  ledger(pull: SimPullRequest): Promise<readonly RecordedEntry[] | null>;
  /** The newest entries about a branch, newest first; null as for a pull request. */
  branchLedger(branch: string): Promise<readonly RecordedEntry[] | null>;
  /** The newest entries about what followed merges, newest first; null as for a pull request. */
  aftermathLedger(): Promise<readonly RecordedEntry[] | null>;
}

export type Watched = Extract<RecordedEntry["entry"], { readonly kind: "around" }>;

/** All that an expectation may look at, as it is now. */
export interface Seen {
  /** Null where no pull request was opened yet. */
  readonly pull: SimPullRequest | null;
  /** Runs of ours with the name that was asked for, newest first. */
  readonly runs: readonly ShownRun[];
  /** The JSON in the newest report; null where it has none. */
  readonly document: VerdictDocument | null;
  readonly writes: number;
  readonly mergeable: boolean;
  readonly queued: boolean;
  /** Newest first; null where there is no ledger to be read. */
  readonly ledger: readonly RecordedEntry[] | null;
  /** What the looks at the branch found and told, newest first. */
  readonly branch: readonly Watched[];
  /** Logins by their numbers. */
  readonly logins: ReadonlyMap<number, string>;
  /** Issues that Sallyport opened, oldest first. */
  readonly issues: readonly Issue[];
  /** The job that waits for an environment, or did; null where none was asked for. */
  readonly waiting: WaitingDeployment | null;
  /** Comments of Sallyport on the pull request, oldest first. */
  readonly comments: readonly string[];
  /** Sallyport's reactions to the comment of somebody else that was written last. */
  readonly reactions: readonly string[];
  /** Pull requests that the enforcer opened, oldest first. */
  readonly reverts: readonly PullRequest[];
  /** What went wrong after changes went live, as the newest look has it. */
  readonly cases: readonly AftermathCase[];
  /** The status that the latest webhook was answered with; null before the first. */
  readonly answered: number | null;
}

/** Looks at what an expectation is about. */
export async function see(expected: Expected, stage: Stage, theatre: Theatre, writesBefore: number): Promise<Seen> {
  const pull = expected.on === undefined && stage.latest === null ? null : stage.pull(expected.on);
  const sha = shaOf(expected, pull, stage);
  const name = expected.check ?? (pull === null ? "sallyport" : nameFor(pull));
  const runs = sha === undefined ? [] : (await theatre.runs(sha, pull)).filter((run) => run.name === name);
  return {
    pull,
    runs,
    document: documentOf(runs[0]),
    writes: countWrites(stage) - writesBefore,
    mergeable: pull !== null && mergeableState(stage.github.world, pull.state) === "clean",
    queued: pull !== null && entryOf(pull.state) !== undefined,
    ledger: pull === null ? null : await theatre.ledger(pull),
    branch: ((await theatre.branchLedger(expected.branch ?? "main")) ?? []).flatMap(({ entry }) =>
      entry.kind === "around" ? [entry] : [],
    ),
    logins: new Map([...stage.github.world.accounts.values()].map(({ id, login }) => [id, login])),
    issues: [...stage.github.world.repositories.values()]
      .flatMap(({ issues }) => [...issues.values()])
      .filter(({ app }) => app === stage.app.state)
      .toSorted((a, b) => a.id - b.id),
    waiting: expected.gate === undefined ? null : waitingCalled(expected.gate.of, stage),
    comments: pull === null ? [] : ownComments(pull.state, stage).map(({ body }) => body),
    reactions: pull === null ? [] : reactionsOn(commentsOfOthers(pull.state, stage).at(-1), stage),
    reverts: [...stage.repository.state.pulls.values()].filter(
      ({ author }) => stage.enforcer !== null && author === stage.enforcer.bot,
    ),
    cases:
      ((await theatre.aftermathLedger()) ?? []).map(({ entry }) => entry).find((entry) => entry.kind === "aftermath")
        ?.cases ?? [],
    answered: stage.github.deliveries.log.at(-1)?.statusCode ?? null,
  };
}

function reactionsOn(comment: Comment | undefined, { app }: Stage): readonly string[] {
  return comment?.reactions.filter(({ author }) => author === app.bot).map(({ content }) => content) ?? [];
}

function shaOf({ at, group }: Expected, pull: SimPullRequest | null, stage: Stage): string | undefined {
  if (at !== undefined) return stage.commit(at);
  return group === undefined || pull === null ? pull?.headSha : stage.groupCommit(pull);
}

/** How often Sallyport has changed something on GitHub so far. */
export function countWrites({ github }: Stage): number {
  return github.requests.entries.filter(
    ({ method, sender, path }) => method !== "GET" && sender.startsWith("installation ") && path !== "/graphql",
  ).length;
}

function nameFor({ state }: SimPullRequest): string {
  return state.base.ref === state.repository.defaultBranch ? "sallyport" : `sallyport: ${state.base.ref}`;
}

/** The JSON block for agents, held against its schema: an agent reads nothing else. */
function documentOf(run: ShownRun | undefined): VerdictDocument | null {
  const block = /```json\n(?<json>[\s\S]*?)\n```/u.exec(reportOf(run))?.groups?.["json"];
  return block === undefined ? null : verdictSchema.parse(JSON.parse(block));
}

/** Everything that a reader of the check run sees below its title. */
export function reportOf(run: ShownRun | undefined): string {
  return [run?.output?.summary, run?.output?.text].filter((part) => part !== undefined && part !== null).join("\n\n");
}
