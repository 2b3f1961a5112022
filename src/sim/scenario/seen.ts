import type { RecordedEntry } from "../../core/ledger/entry.ts";
import { verdictSchema, type VerdictDocument } from "../../core/report/verdict-schema.ts";
import type { SimPullRequest } from "../facade/pull-request.ts";
import type { CheckRun } from "../state/model.ts";
import { mergeableState } from "../state/merging.ts";
import type { Expected } from "./expectation.ts";
import { ownRuns } from "./own-runs.ts";
import type { Serving } from "./serving.ts";
import type { Stage } from "./stage.ts";

/** All that an expectation may look at, as it is now. */
export interface Seen {
  /** Null where no pull request was opened yet. */
  readonly pull: SimPullRequest | null;
  /** Runs of ours with the name that was asked for, newest first. */
  readonly runs: readonly CheckRun[];
  /** The JSON in the newest report; null where it has none. */
  readonly document: VerdictDocument | null;
  readonly writes: number;
  readonly mergeable: boolean;
  /** Newest first; null while the server is down. */
  readonly ledger: readonly RecordedEntry[] | null;
  /** The status that the latest webhook was answered with; null before the first. */
  readonly answered: number | null;
}

const entriesShown = 20;

/** Looks at what an expectation is about. */
export async function see(expected: Expected, stage: Stage, serving: Serving, writesBefore: number): Promise<Seen> {
  const pull = expected.on === undefined && stage.latest === null ? null : stage.pull(expected.on);
  const sha = expected.at === undefined ? pull?.headSha : stage.commit(expected.at);
  const name = expected.check ?? (pull === null ? "sallyport" : nameFor(pull));
  const runs = sha === undefined ? [] : ownRuns(stage, sha).filter((run) => run.name === name);
  return {
    pull,
    runs,
    document: documentOf(runs[0]),
    writes: countWrites(stage) - writesBefore,
    mergeable: pull !== null && mergeableState(stage.github.world, pull.state) === "clean",
    ledger: await ledgerOf(stage, serving, pull),
    answered: stage.github.deliveries.log.at(-1)?.statusCode ?? null,
  };
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
function documentOf(run: CheckRun | undefined): VerdictDocument | null {
  const block = /```json\n(?<json>[\s\S]*?)\n```/u.exec(reportOf(run))?.groups?.["json"];
  return block === undefined ? null : verdictSchema.parse(JSON.parse(block));
}

/** Everything that a reader of the check run sees below its title. */
export function reportOf(run: CheckRun | undefined): string {
  return [run?.output?.summary, run?.output?.text].filter((part) => part !== undefined && part !== null).join("\n\n");
}

async function ledgerOf(
  stage: Stage,
  { service }: Serving,
  pull: SimPullRequest | null,
): Promise<readonly RecordedEntry[] | null> {
  if (service === null || pull === null) return null;
  const { id, name } = stage.repository.state;
  const subject = {
    kind: "pull_request",
    // The key of a subject does not hold the installation.
    installationId: 0,
    repository: { id, owner: "acme", name },
    number: pull.number,
  } as const;
  return await service.composed.store.ledger.bySubject(subject, entriesShown);
}
