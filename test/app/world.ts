import { nothingWritten } from "../../src/core/facts-written.ts";
import { ToldComments } from "../../src/app/told-comments.ts";
import { ToldEffects } from "../../src/app/told-effects.ts";
import type { LoopLimits, LoopPorts } from "../../src/app/held.ts";
import type {
  Clock,
  Collected,
  CollectedDeployment,
  CollectedGroup,
  Log,
  Page,
  Publication,
  Remains,
  Statement,
  Target,
} from "../../src/app/ports.ts";
import { memory } from "../../src/app/memory.ts";
import { type Reconciler, reconciler } from "../../src/app/reconcile.ts";
import { type OpenStore, openStore } from "../../src/adapters/store/open.ts";
import type { CommandComment } from "../../src/core/decisions/command-comment.ts";
import type { Evaluation } from "../../src/core/evaluate/evaluation.ts";
import { groupPasses } from "../../src/core/evaluate/merge-group.ts";
import type { Verdict } from "../../src/core/evaluate/verdict.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import type { CollectedFacts, Permission } from "../../src/core/facts.ts";
import type { Spending } from "../../src/core/requirements/booking.ts";
import type { PullRequestSubject, Subject, SweepSubject } from "../../src/core/subject.ts";
import { pullRequest, repository, sha } from "../contracts/subjects.ts";

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  advance(byMs: number): void;
}

export function testClock(startMs: number): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
}

/** A pull request as GitHub would show it, and what judging it would give. */
export interface PullState {
  state: "open" | "closed" | "merged";
  headSha: string;
  verdict: Verdict;
  nextLookMs: number | null;
  /** What it takes of budgets. */
  spending: Spending | null;
  /** Commands in its comments. */
  commands: readonly CommandComment[];
}

/** What stands on a target: `allow`, `superseded`, ... and the reference that it carries. */
export interface Run {
  readonly says: string;
  readonly reference: string;
}

/** A GitHub of a few lines, and judging that only reads the verdict off it. Steps can be made to fail or to hang. */
export interface World {
  readonly pulls: Map<number, PullState>;
  readonly runs: Map<string, Run>;
  /** Runs written, in order, as `<head's digit> <says>`. */
  readonly writes: string[];
  /** Answers to commands, in order, as `<comment> <reaction>` or `<comment>: <text>`. */
  readonly answers: string[];
  /** Awaited at a step; replace it to fail, to hang, or to change the world in between. */
  readonly at: {
    /** After the facts were read. */
    collect: (subject: PullRequestSubject) => Promise<void>;
    evaluate: () => Promise<void>;
    group: () => Promise<void>;
    /** Before GitHub takes the request. */
    publish: () => Promise<void>;
    permission: () => Promise<Permission>;
    /** Before GitHub takes a reaction or a comment. */
    answerCommand: () => Promise<void>;
    /** After GitHub has taken the request. */
    answer: () => Promise<void>;
    page: () => Promise<void>;
  };
  /** Whether GitHub lists pull requests with the same head. */
  listsSiblings: boolean;
  /** What the merge queue holds. */
  group: CollectedGroup;
  /** What waits at the gate of an environment; replace it to change it between two readings. */
  deployment: () => Promise<CollectedDeployment>;
  /** What GitHub was told of it, in order, as `<answer>: <comment>`. */
  readonly told: string[];
  /** Whether GitHub takes it. */
  takesAnswers: boolean;
  readonly ports: Pick<
    LoopPorts,
    | "facts"
    | "groups"
    | "deployments"
    | "gate"
    | "effects"
    | "evaluator"
    | "publisher"
    | "enforcer"
    | "aftermath"
    | "signposts"
    | "lister"
    | "branches"
    | "alarms"
    | "rights"
    | "actions"
  >;
  /** Pull requests that bear runs of an earlier life. */
  readonly remains: { find: Remains["find"]; readonly found: PullRequestSubject[] };
}

export function testWorld(): World {
  const pulls = new Map<number, PullState>();
  const runs = new Map<string, Run>();
  const writes: string[] = [];
  const found: PullRequestSubject[] = [];
  const answers: string[] = [];
  const told: string[] = [];
  const nothing = async (): Promise<void> => undefined;
  const at: World["at"] = {
    collect: nothing,
    evaluate: nothing,
    group: nothing,
    publish: nothing,
    permission: async () => "write",
    answerCommand: nothing,
    answer: nothing,
    page: nothing,
  };

  const collect = (subject: PullRequestSubject): Collected => {
    const pull = pulls.get(subject.number);
    if (pull === undefined) return { kind: "gone", because: "deleted", target: null };
    const target = targetOf(pull);
    if (pull.state !== "open") return { kind: "gone", because: pull.state, target };
    const siblings = [...pulls].filter(
      ([number, other]) =>
        world.listsSiblings && number !== subject.number && other.state === "open" && other.headSha === pull.headSha,
    );
    return {
      kind: "facts",
      facts: factsOf(subject, pull),
      policies: [],
      target,
      siblings: siblings.map(([number]) => pullRequest(number)),
      standing: { labels: [], asked: [] },
      commands: pull.commands,
      lookAgainMs: null,
    };
  };
  const publish = ({ target, statement, reference }: Publication): { runId: number; wrote: boolean } => {
    const key = runKey(target);
    const says = wordsOf(statement);
    const wrote = runs.get(key)?.says !== says;
    if (wrote) {
      runs.set(key, { says, reference });
      writes.push(`${target.headSha.charAt(0)} ${says}`);
    }
    return { runId: writes.length, wrote };
  };
  const answered = (number: number, commentId: number, now: Partial<CommandComment>): void => {
    const pull = pulls.get(number);
    if (pull === undefined) return;
    pull.commands = pull.commands.map((comment) => (comment.id === commentId ? { ...comment, ...now } : comment));
  };
  const ports: World["ports"] = {
    facts: {
      collect: async (subject) => {
        const collected = collect(subject);
        await at.collect(subject);
        return collected;
      },
    },
    groups: {
      collectGroup: async () => {
        await at.group();
        return world.group;
      },
    },
    deployments: { collectDeployment: () => world.deployment() },
    gate: {
      answer: async (_, answer, comment) => {
        await at.publish();
        told.push(`${answer}: ${comment}`);
        await at.answer();
        return world.takesAnswers;
      },
    },
    effects: { collectBoth: async () => null },
    evaluator: {
      evaluate: async (facts, _, nowMs) => {
        await at.evaluate();
        return evaluationOf(facts, pulls.get(facts.subject.number), nowMs);
      },
    },
    publisher: {
      standing: async (_, target) => {
        const run = runs.get(runKey(target));
        return run === undefined ? null : { runId: 1, reference: run.reference };
      },
      unfold: async (_, target) => {
        writes.push(`${target.headSha.charAt(0)} unfolded`);
      },
      publish: async (publication) => {
        await at.publish();
        const published = publish(publication);
        await at.answer();
        return published;
      },
    },
    enforcer: { enforce: async () => [], revert: async () => ({ kind: "absent" }) },
    aftermath: { collect: async () => ({ kind: "unwatched" }), policyOf: async () => null },
    signposts: { change: async () => {} },
    rights: { permissionOf: () => at.permission() },
    actions: {
      react: async ({ number }, commentId, reaction) => {
        await at.answerCommand();
        answers.push(`${commentId} ${reaction}`);
        answered(number, commentId, { reacted: true });
      },
      reply: async ({ number }, commentId, text) => {
        await at.answerCommand();
        answers.push(`${commentId}: ${text}`);
        answered(number, commentId, { replied: true });
      },
    },
    branches: { collect: async () => ({ kind: "unwatched" }) },
    alarms: { raise: async () => 1, lift: async () => undefined },
    lister: {
      page: async (sweep, cursor) => {
        await at.page();
        return pageOf(sweep, cursor, [...pulls.keys()]);
      },
    },
  };
  const world: World = {
    pulls,
    runs,
    writes,
    answers,
    at,
    ports,
    remains: {
      found,
      find: async function* () {
        yield* found;
      },
    },
    listsSiblings: true,
    group: { kind: "gone", because: "deleted" },
    deployment: async () => ({ kind: "ended" }),
    told,
    takesAnswers: true,
  };
  return world;
}

export function open(headSha: string, verdict: Verdict): PullState {
  return { state: "open", headSha, verdict, nextLookMs: null, spending: null, commands: [] };
}

/** What the newest run on a head says. */
export function standsOn(world: World, digit: string): string | undefined {
  return world.runs.get(runKey({ repository, headSha: sha(digit), checkName: "sallyport" }))?.says;
}

function runKey(target: Target): string {
  return `${target.headSha} ${target.checkName}`;
}

function targetOf(pull: PullState): Target {
  return { repository, headSha: pull.headSha, checkName: "sallyport" };
}

function wordsOf(statement: Statement): string {
  switch (statement.kind) {
    case "evaluated":
      return statement.shared.verdict;
    case "not_evaluated":
      return `not evaluated: ${statement.shared.verdict}`;
    case "merge_group":
      return groupPasses(statement.evaluations ?? []) ? "group passes" : "group fails";
    case "halted":
      return "halted";
    case "superseded":
      return "superseded";
  }
}

/** Two to a page, so that a handful of pull requests needs several. */
function pageOf(sweep: SweepSubject, cursor: string | null, numbers: readonly number[]): Page<Subject> {
  if (sweep.kind === "sweep_installation") {
    return { items: [{ kind: "sweep_repository", installationId: sweep.installationId, repository }], next: null };
  }
  const from = Number(cursor ?? "0");
  const items = numbers.slice(from, from + 2).map(pullRequest);
  return { items, next: from + 2 < numbers.length ? String(from + 2) : null };
}

export const person = { id: 11, login: "person-a", type: "User" } as const;

export function factsOf(subject: PullRequestSubject, pull: PullState): CollectedFacts {
  return {
    subject,
    base: { ref: "main", sha: sha("0"), isDefault: true },
    head: { sha: pull.headSha, fromFork: false },
    mergeBaseSha: sha("0"),
    change: { files: [] },
    landing: null,
    past: { kind: "not_asked" },
    pullRequest: {
      title: "A change",
      body: "",
      author: person,
      draft: false,
      open: true,
      headRef: "change",
      labels: [],
      assigneesAtOpening: [],
      workStartedBy: [],
      prompts: [],
      workflowActs: [],
      lastPusher: null,
      autoMergeArmedBy: null,
      openedAtMs: 0,
      retargetedAtMs: null,
    },
    commits: [],
    written: nothingWritten,
    updateMerges: [],
    codeOwners: { kind: "absent" },
    reviews: [],
    people: [],
    teams: [],
    administrators: null,
    writers: null,
    deployments: null,
    gaps: [],
    unknowable: [],
    posture: null,
  };
}

export function evaluationOf(facts: CollectedFacts, pull: PullState | undefined, nowMs: number): Evaluation {
  return {
    subject: facts.subject,
    baseRef: facts.base.ref,
    baseIsDefault: facts.base.isDefault,
    baseSha: facts.base.sha,
    headSha: facts.head.sha,
    mergeBaseSha: facts.mergeBaseSha,
    evaluatedAtMs: nowMs,
    policy: { sources: [], digest: "sha256:00", mode: "enforce", standIns: [] },
    policyChange: null,
    verdict: pull?.verdict ?? "block",
    risk: { tier: "low", because: [] },
    provenance: { author: "unmarked", agents: [], signals: [], invokers: [], invokerKnown: false },
    appeared: [],
    reach: [],
    kinds: [],
    areas: [],
    plan: { declared: { kind: "none" }, before: null, template: null },
    terraformPlans: [],
    plansAccepted: [],
    invariants: [],
    findings: [],
    gaps: [],
    bakes: [],
    overriding: [],
    brokenGlass: [],
    requirements: [],
    shortages: [],
    restore: null,
    spending: pull?.spending ?? null,
    next: { actor: "nobody", action: "merge", do: "Nothing is missing.", atMs: null },
    nextLookMs: pull?.nextLookMs ?? null,
    patch: "0".repeat(64),
    readings: [],
    files: { changed: 0, additions: 0, deletions: 0 },
    title: facts.pullRequest.title,
    timezone: "UTC",
    unknowable: [],
    conduct: null,
    signposts: null,
    posture: null,
    version: "0.0.0",
    zoneData: "2026a",
  };
}

export const limits: LoopLimits = {
  concurrency: 4,
  leaseMs: 120_000,
  collectMs: 40_000,
  publishMs: 20_000,
  effectsMs: 30_000,
  resyncMs: 1_800_000,
  sweepMs: 86_400_000,
  firstRetryMs: 5_000,
  longestRetryMs: 600_000,
  withdrawAfterAttempts: 3,
  groupAttempts: 2,
  groupResyncMs: 60_000,
  pollMs: 1_000,
};

/** Keeps what was logged, so that a test can tell an expected failure from an unexpected one. */
export interface TestLog extends Log {
  readonly lines: string[];
}

export function testLog(): TestLog {
  const lines: string[] = [];
  const keep = (_: Readonly<Record<string, unknown>>, message: string): void => {
    lines.push(message);
  };
  return { lines, info: keep, warn: keep, error: keep };
}

export function loopOn(
  store: OpenStore,
  world: World,
  clock: Clock,
  { log = testLog(), tuned = limits }: { readonly log?: Log; readonly tuned?: LoopLimits } = {},
): Reconciler {
  const { queue, judgements, ledger, decisions, books, strikes, signals, evidence, reports, locks } = store;
  const [told, comments] = [new ToldEffects(), new ToldComments()];
  return reconciler(
    {
      told,
      comments,
      clock,
      queue,
      judgements,
      ledger,
      decisions,
      books,
      strikes,
      reports,
      signals,
      evidence,
      locks,
      log,
      version: "0.0.0",
      memory: memory({ ...store, remains: world.remains, clock, log }),
      ...world.ports,
    },
    tuned,
  );
}

export const START_MS = 1_795_000_000_000;

/** An empty world and store, and a loop between them. */
export async function freshLoop() {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { blobCacheBytes: 0 });
  const [world, clock, log] = [testWorld(), testClock(START_MS), testLog()];
  return { store, world, clock, log, loop: loopOn(store, world, clock, { log }) };
}

/** Entries about a pull request, oldest first. */
export async function entriesOf({ ledger }: OpenStore, number: number): Promise<readonly Entry[]> {
  return (await ledger.bySubject(pullRequest(number), 100)).map(({ entry }) => entry).toReversed();
}
