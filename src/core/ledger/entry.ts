import { z } from "zod";
import type { Evaluation, Overridden } from "../evaluate/evaluation.ts";
import { refusalCodes } from "../commands/refusal.ts";
import { commandNames } from "../decisions/command-name.ts";
import type { Facts, PublishedReport, Reading } from "../facts.ts";
import { marksIn } from "../plan/plan.ts";
import { keptPlan, planSchema } from "./plan.ts";
import { invokerKey } from "../provenance/provenance.ts";
import { unmet } from "../requirements/bake.ts";
import { shownBy } from "../requirements/reports.ts";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { riskTiers } from "../evaluate/risk.ts";
import { alarmKinds, rollbackCauses } from "../policy/schema.ts";
import { type Verdict, verdicts } from "../evaluate/verdict.ts";

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const moment = z.int().nonnegative();

/** How people lifted it by command. Null: they did not, as in entries from before they could. */
const overriddenBy = z.enum(["override", "broken_glass"]).nullable().default(null);

/** A look that ended with a verdict: enough to fetch the same facts again and replay it, and nothing that an author wrote. */
const evaluated = z.strictObject({
  kind: z.literal("evaluated"),
  atMs: moment,
  repositoryId: z.int(),
  headSha: sha,
  /** The branch that it would land on: a verdict for one base says nothing for another. Null in entries of older versions. */
  baseRef: z.string().nullable().default(null),
  baseSha: sha,
  mergeBaseSha: sha,
  policyDigest: z.string(),
  mode: z.enum(["enforce", "observe"]),
  version: z.string(),
  /** Version of the time-zone data. None in entries of older versions. */
  zoneData: z.string().nullable().default(null),
  verdict: z.enum(verdicts),
  /** What was published: the worst of the pull requests that share the head and the base. */
  shared: z.enum(verdicts),
  risk: z.enum(riskTiers),
  findings: z.array(
    z.strictObject({
      id: z.string(),
      rule: z.string(),
      level: z.enum(["block", "review", "observe"]),
      waived: z.boolean(),
      overridden: overriddenBy,
    }),
  ),
  /** The id of a gap names a place, as a position of a finding would: a path, never what stands there. */
  gaps: z.array(z.strictObject({ id: z.string(), level: z.enum(["hold", "block"]), overridden: overriddenBy })),
  /** Budgets that had no room for it, and by how much. None in entries of older versions. */
  budgets: z
    .array(z.strictObject({ id: z.string(), excess: z.string().regex(/^\d{1,400}$/), overridden: overriddenBy }))
    .default([]),
  /** Decisions that lift something by breaking the glass. */
  brokenGlass: z
    .array(
      z.strictObject({
        decisionId: z.string(),
        accountId: z.int().nullable(),
        untilMs: moment,
        lifts: z.array(z.string()),
      }),
    )
    .default([]),
  /** What approvals are compared with, beside the findings and the gaps. Null: its report said what the one before it on this head and base said. */
  report: z
    .strictObject({
      baseRef: z.string(),
      agents: z.array(z.string()),
      /** Ids of accounts, and digests of logins. None in entries of older versions. */
      invokers: z.array(z.string()).default([]),
      /** Ids of bakes that were not over. */
      bakes: z.array(z.string()).default([]),
      patch: z.string().nullable(),
      /** Null: none was declared, as in entries from before plans were read. */
      plan: planSchema.nullable().default(null),
      publishedAtMs: moment,
    })
    .nullable(),
  /** Approvals that counted for the first time, and what reading the change takes. */
  readings: z.array(
    z.strictObject({ accountId: z.int(), submittedAtMs: moment, sinceMs: moment, needMs: z.int().nonnegative() }),
  ),
  /** Agents that no report in the repository had a mark of before. None in entries of older versions. */
  appeared: z.array(z.string()).default([]),
  /** What was accepted of Terraform plans: which root and state, and how much is in it. None in entries of older versions. */
  terraformPlans: z
    .array(
      z.strictObject({
        root: z.string(),
        workspace: z.string(),
        managed: z.int().nonnegative(),
        lineage: z.string().nullable(),
        serial: z.int().nullable(),
        backend: z.string().nullable(),
      }),
    )
    .default([]),
  runId: z.int().nullable(),
  wrote: z.boolean(),
  /** Agents that breakers hold to account for it. */
  accountable: z.array(z.string()).default([]),
  /** What the enforcer did. Null: it failed, and what it failed at is in the log. */
  enforced: z
    .array(z.enum(["disarmed", "dequeued"]))
    .nullable()
    .default([]),
});

/** The pull request is closed, merged or deleted: its verdicts were withdrawn from the heads they stood on. */
const gone = z.strictObject({
  kind: z.literal("gone"),
  atMs: moment,
  because: z.enum(["closed", "merged", "deleted"]),
  withdrawnFrom: z.array(sha),
});

/** Greens that were turned red because they were halted, before anything was read anew: by which halts, and on which heads. */
const halted = z.strictObject({
  kind: z.literal("halted"),
  atMs: moment,
  halts: z.array(z.string()),
  withdrawnFrom: z.array(sha),
});

/** A look that failed. `withdrawnFrom`: heads where a verdict stood that can no longer be vouched for. */
const failed = z.strictObject({
  kind: z.literal("failed"),
  atMs: moment,
  /** The step that failed. The cause is in the log: its text may quote what must not be kept. */
  step: z.enum(["collect", "evaluate", "publish", "sweep"]),
  attempts: z.int().positive(),
  retryMs: moment,
  withdrawnFrom: z.array(sha),
});

const swept = z.strictObject({ kind: z.literal("swept"), atMs: moment, marked: z.int().nonnegative() });

const way = z.strictObject({
  way: z.enum(["merge", "push"]),
  activityId: z.int(),
  atMs: moment,
  actorId: z.int().nullable(),
  byAgent: z.boolean(),
  beforeSha: sha,
  afterSha: sha,
  number: z.int().nullable(),
  headSha: sha.nullable(),
  runId: z.int().nullable(),
  required: z.boolean().nullable(),
});

/**
 * A look at a branch: what went around the gate since the look before. `seenId` is GitHub's id of the newest movement that was looked
 * at; `complete` is false where some between may have been missed. `guarded`: rules required the check there, now or earlier. `alarms`: what was raised, what could not be raised and is tried
 * again (`raised` is null), and what stands from earlier looks because its state lasts.
 */
const around = z.strictObject({
  kind: z.literal("around"),
  atMs: moment,
  repositoryId: z.int(),
  seenId: z.int().nullable(),
  complete: z.boolean(),
  guarded: z.boolean(),
  ways: z.array(way),
  alarms: z.array(
    z.strictObject({
      kind: z.enum(alarmKinds),
      way: way.nullable(),
      issues: z.string().nullable(),
      raised: z.int().nullable(),
    }),
  ),
});

/** A look at a merge group: what its run said, and what each member was judged at its queued head. */
const mergeGroup = z.strictObject({
  kind: z.literal("merge_group"),
  atMs: moment,
  headSha: sha,
  baseSha: sha,
  passes: z.boolean(),
  /** Empty where the group could not be evaluated. */
  members: z.array(
    z.strictObject({
      number: z.int(),
      headSha: sha,
      verdict: z.enum(verdicts),
      mode: z.enum(["enforce", "observe"]),
      policyDigest: z.string(),
    }),
  ),
  runId: z.int().nullable(),
  wrote: z.boolean(),
});

/**
 * A look at a deployment that waits at a gate. `answered`: GitHub was told for good. `ended`: it does not wait any more, and what it was
 * judged before holds no longer.
 */
const deployment = z.strictObject({
  kind: z.literal("deployment"),
  atMs: moment,
  runId: z.int(),
  outcome: z.enum(["approved", "rejected", "waits", "ended"]),
  /** Null where it was not judged: it had ended. */
  judged: z
    .strictObject({
      verdict: z.enum(verdicts),
      mode: z.enum(["enforce", "observe"]),
      headSha: sha,
      /** What was live; null: no deployment that counts. */
      liveSha: sha.nullable(),
      policyDigest: z.string(),
      version: z.string(),
      gaps: z.array(z.string()),
      /** Ids of the requirements that are not met. */
      unmet: z.array(z.string()),
    })
    .nullable(),
  /** Digest of the latest comment that was sent; null: none was. */
  said: z.string().nullable(),
});

/** Somebody asked for something with a button. Not granted: they may not write in the repository, and nothing came of it. */
const wished = z.strictObject({
  kind: z.literal("wished"),
  atMs: moment,
  what: z.enum(["look", "explanation"]),
  byId: z.int(),
  granted: z.boolean(),
});

/** Monitoring has said something of an environment, under the secret of signals. */
const signalled = z.strictObject({
  kind: z.literal("signalled"),
  atMs: moment,
  signalId: z.string(),
  environment: z.string(),
  reading: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("error_rate"), before: z.string(), after: z.string() }),
    z.strictObject({ kind: z.literal("health") }),
  ]),
  sinceMs: moment,
});

/**
 * What went wrong after changes went live, in the last weeks. `did`: what was done about it. `revert`: the pull request that takes the
 * change back. `rolledBack`: changes in question that are not live any more, and how that came.
 */
const aftermath = z.strictObject({
  kind: z.literal("aftermath"),
  atMs: moment,
  repositoryId: z.int(),
  cases: z.array(
    z.strictObject({
      causeId: z.string(),
      cause: z.enum(rollbackCauses),
      environment: z.string(),
      atMs: moment,
      changes: z.array(z.strictObject({ number: z.int(), mergeSha: sha, isAgent: z.boolean() })),
      did: z.enum(["observed", "reverted", "told"]),
      revert: z.int().nullable(),
      rolledBack: z.array(z.strictObject({ number: z.int(), by: z.enum(["deployment", "revert"]) })),
    }),
  ),
});
export type AftermathCase = z.output<typeof aftermath>["cases"][number];

/** A command in a comment, and how it was answered: by ids, without a word of it. */
const command = z.strictObject({
  kind: z.literal("command"),
  atMs: moment,
  commentId: z.int(),
  /** Null: the account is gone. */
  accountId: z.int().nullable(),
  command: z.enum(commandNames),
  /** Null: it was done. */
  refused: z.enum(refusalCodes).nullable(),
});

/** One line of the ledger. */
export const entrySchema = z.discriminatedUnion("kind", [
  evaluated,
  gone,
  halted,
  failed,
  swept,
  around,
  mergeGroup,
  deployment,
  wished,
  signalled,
  aftermath,
  command,
]);
export type Entry = z.infer<typeof entrySchema>;

/** What is kept of an evaluation and of how it was published. */
export function evaluatedEntry(
  evaluation: Evaluation,
  published: {
    readonly shared: Verdict;
    readonly runId: number | null;
    readonly wrote: boolean;
    /** By our clock, once GitHub had taken it. */
    readonly publishedAtMs: number;
    readonly enforced: readonly ("disarmed" | "dequeued")[] | null;
  },
  known: Pick<Facts, "publications" | "readings">,
): Entry {
  const { publishedAtMs, enforced, ...rest } = published;
  const report = reportOf(evaluation, publishedAtMs);
  const { headSha, baseRef, agents, invokers, patch } = report;
  const declared = report.plan === null ? null : keptPlan(report.plan);
  const last = known.publications.findLast((one) => one.headSha === headSha && one.baseRef === baseRef);
  return {
    kind: "evaluated",
    atMs: evaluation.evaluatedAtMs,
    repositoryId: evaluation.subject.repository.id,
    headSha: evaluation.headSha,
    baseRef: evaluation.baseRef,
    baseSha: evaluation.baseSha,
    mergeBaseSha: evaluation.mergeBaseSha,
    policyDigest: evaluation.policy.digest,
    mode: evaluation.policy.mode,
    version: evaluation.version,
    zoneData: evaluation.zoneData,
    verdict: evaluation.verdict,
    risk: evaluation.risk.tier,
    findings: evaluation.findings.map((finding) => {
      const { id, rule, level, waived } = finding;
      return { id, rule, level, waived: waived !== null, overridden: wayOf(finding.overridden) };
    }),
    gaps: evaluation.gaps.map((gap) => ({ id: gap.id, level: gap.level, overridden: wayOf(gap.overridden) })),
    budgets: evaluation.shortages.map(({ id, excess, overridden }) => {
      return { id, excess, overridden: wayOf(overridden) };
    }),
    brokenGlass: evaluation.brokenGlass.map(({ decisionId, accountId, untilMs, lifts }) => {
      return { decisionId, accountId, untilMs, lifts: [...lifts] };
    }),
    report:
      last !== undefined && saysTheSame(last, report) && !namesSomebodyNew(report, known.publications)
        ? null
        : {
            baseRef,
            agents: [...agents],
            invokers: [...invokers],
            bakes: [...report.bakes],
            patch,
            plan: declared,
            publishedAtMs,
          },
    readings: evaluation.readings
      .filter((reading) => !known.readings.some((one) => isSameApproval(one, reading)))
      .map(({ accountId, submittedAtMs, sinceMs, needMs }) => ({ accountId, submittedAtMs, sinceMs, needMs })),
    appeared: [...evaluation.appeared],
    terraformPlans: evaluation.plansAccepted.map((one) => ({ ...one })),
    accountable: [...(evaluation.conduct?.agents ?? [])],
    enforced: enforced === null ? null : [...enforced],
    ...rest,
  };
}

function wayOf(overridden: Overridden | null): z.infer<typeof overriddenBy> {
  if (overridden === null) return null;
  return overridden.glassUntilMs === null ? "override" : "broken_glass";
}

function isSameApproval(a: Reading, b: Reading): boolean {
  return a.accountId === b.accountId && a.subjectId === b.subjectId && a.submittedAtMs === b.submittedAtMs;
}

function reportOf(evaluation: Evaluation, publishedAtMs: number): PublishedReport {
  const { headSha, baseRef, patch } = evaluation;
  const { findings, gaps } = shownBy(evaluation.findings, evaluation.gaps);
  const { agents, invokers } = evaluation.provenance;
  const declared = marksIn(evaluation.plan.declared);
  const keys = invokers.map(invokerKey);
  const budgets = evaluation.shortages.map(({ id, excess }) => ({ id, excess }));
  const bakes = unmet(evaluation.bakes);
  return {
    headSha,
    baseRef,
    findings,
    gaps,
    budgets,
    bakes,
    agents,
    invokers: keys,
    patch,
    plan: declared,
    publishedAtMs,
  };
}

function namesSomebodyNew({ invokers }: PublishedReport, before: readonly PublishedReport[]): boolean {
  return invokers.some((key) => !before.some((report) => report.invokers.includes(key)));
}

function saysTheSame(a: PublishedReport, b: PublishedReport): boolean {
  const said = ({ findings, gaps, budgets, bakes, agents, patch, plan: shown }: PublishedReport) =>
    canonicalJson([
      ...[findings, gaps, bakes, agents, budgets.map(({ id, excess }) => `${id} ${excess}`)].map((one) =>
        one.toSorted(byCodeUnits),
      ),
      patch,
      shown?.digest ?? null,
    ]);
  return said(a) === said(b);
}

/** The report that an entry tells of; null where it tells of none, or of one that said nothing new. */
export function publishedReport(entry: Entry): PublishedReport | null {
  if (entry.kind !== "evaluated" || entry.report === null) return null;
  const open = entry.findings.filter(({ level, waived }) => level !== "observe" && !waived);
  return {
    headSha: entry.headSha,
    findings: open.map(({ id }) => id),
    gaps: entry.gaps.map(({ id }) => id),
    budgets: entry.budgets.map(({ id, excess }) => ({ id, excess })),
    ...entry.report,
  };
}

/** An entry as the ledger gives it back. Ids grow in the order of appending, with holes. */
export interface RecordedEntry {
  readonly id: number;
  readonly subjectId: string;
  readonly lease: number;
  readonly entry: Entry;
}
