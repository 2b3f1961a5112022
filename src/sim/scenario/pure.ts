import { nothingDecided } from "../../core/decisions/decision.ts";
import type { PolicyTexts } from "../../cli/scenario.ts";
import { createMemo } from "../../adapters/syntax/memo.ts";
import { loadSyntax } from "../../adapters/syntax/load.ts";
import { evaluateBy } from "../../core/evaluate/from-sources.ts";
import type { Appearance, PublishedReport } from "../../core/facts.ts";
import { evaluatedEntry, publishedReport } from "../../core/ledger/entry.ts";
import { renderCheckRun } from "../../core/report/check-run.ts";
import { program } from "../../version.ts";
import type { SimPullRequest } from "../facade/pull-request.ts";
import type { Act, Step } from "./acts.ts";
import type { Expected } from "./expectation.ts";
import { actOnGitHub, type Deed, isOnGitHub } from "./perform.ts";
import { StepFailed } from "./step-failed.ts";
import { factReader } from "./fact-reader.ts";
import { type Outcome, playSteps } from "./play.ts";
import type { Scenario } from "./read.ts";
import type { ShownRun, Theatre } from "./seen.ts";
import { setStage, type Stage } from "./stage.ts";

const needsServer: ReadonlySet<Act> = new Set<Act>([
  "hold",
  "release",
  "drop",
  "double",
  "forge",
  "redeliver",
  "fail",
  "heal",
  "server",
  "store",
  "kill",
  "halt",
  "resume",
  "still_green",
  "install",
  "rerun",
  "press",
  "archive",
  "enqueue",
  "dequeue",
  "merge",
  "set_gates",
  "arm",
  "run",
  "status",
]);
const statesPolicy: ReadonlySet<Act> = new Set<Act>(["set_policy", "set_organisation_policy"]);
const seenOnServer = [
  "at",
  "group",
  "queued",
  "check",
  "runs",
  "writes",
  "mergeable",
  "merged",
  "ledger",
  "branch",
  "around",
  "alarms",
  "issues",
  "comments",
  "reactions",
  "answered",
] as const;

/** Why a scenario cannot be played without a server, one sentence a step; none: it can. */
export function refusals(file: string, { steps }: Scenario): readonly string[] {
  const sentences = steps.flatMap((step): readonly string[] => {
    const at = `${file}:${step.line}`;
    if (needsServer.has(step.act)) return [`${at}: \`${step.act}\` needs the server; \`sallyport scenario\` has one`];
    if (statesPolicy.has(step.act)) return [`${at}: \`${step.act}\` would take the place of the policy that is tested`];
    return step.act === "expect" ? unseen(step).map((key) => `${at}: \`expect.${key}\` needs the server`) : [];
  });
  return sentences.map((sentence) => `Cannot test a policy with ${sentence}.`);
}

function unseen({ given }: Step<"expect">): readonly (keyof Expected)[] {
  return seenOnServer.filter((key) => given.expect[key] !== undefined);
}

/**
 * Plays a scenario on the evaluator alone, with the given policies: facts are what GitHub's API says after each step. Nothing is
 * published, nothing is stored, and no webhook is sent to anybody.
 */
export async function playPure({ setting, steps }: Scenario, policies: PolicyTexts): Promise<Outcome> {
  const { repository, organisation } = policies;
  const { organisation_policy: _, ...rest } = setting;
  const stage = await setStage({
    ...rest,
    policy: repository,
    ...(organisation === null ? {} : { organisation_policy: organisation }),
  });
  try {
    return await playSteps(steps, stage, await evaluating(stage), async (step) => deed(step, stage));
  } finally {
    await stage.github.stop();
  }
}

function deed(step: Deed, stage: Stage): void {
  if (isOnGitHub(step)) actOnGitHub(step, stage);
  else throw new StepFailed(`\`${step.act}\` needs the server.`);
}

const rememberedFiles = 1_000;

async function evaluating(stage: Stage): Promise<Theatre> {
  const tools = { syntax: await loadSyntax(), memo: createMemo(rememberedFiles) };
  const installation = stage.app.install(stage.acme.account);
  const facts = factReader(stage)();
  const published = new Map<number, readonly PublishedReport[]>();
  const appearances: Appearance[] = [];
  const judge = async (pull: SimPullRequest): Promise<readonly ShownRun[]> => {
    const { id, name } = stage.repository.state;
    const repository = { id, owner: "acme", name };
    const subject = { kind: "pull_request", installationId: installation.id, repository, number: pull.number } as const;
    const collected = await facts.collect(subject, AbortSignal.timeout(collectMs));
    if (collected.kind === "gone") return [];
    const publications = published.get(pull.number) ?? [];
    const nowMs = stage.clock.nowMs;
    // Readings of other pull requests are the server's memory: here each approval has its own time.
    const known = {
      publications,
      readings: [],
      appearances: [...appearances],
      signals: [],
      evidence: [],
      plansBefore: [],
      decided: nothingDecided,
    };
    const evaluation = evaluateBy({ ...collected.facts, ...known }, collected.policies, tools, nowMs, program);
    const { verdict } = evaluation;
    const outcome = { shared: verdict, runId: null, wrote: false, publishedAtMs: nowMs, enforced: [] };
    const entry = evaluatedEntry(evaluation, outcome, known);
    const report = publishedReport(entry);
    if (entry.kind === "evaluated") appearances.push(...entry.appeared.map((agent) => ({ agent, sinceMs: nowMs })));
    if (report !== null) published.set(pull.number, [...publications, report]);
    const run = renderCheckRun(evaluation, { verdict, because: [] }, "https://github.com");
    const { conclusion, title, summary, text } = run;
    const status = conclusion === null ? ("in_progress" as const) : ("completed" as const);
    return [{ name: collected.target.checkName, status, conclusion, output: { title, summary, text } }];
  };
  return {
    logged: [],
    settle: async () => {
      await stage.github.deliveries.flush();
      // An approval counts by the report that it was given after: each step has its reports, looked at or not.
      for (const pull of stage.pulls.values()) await judge(pull);
    },
    runs: async (_, pull) => (pull === null ? [] : await judge(pull)),
    ledger: async () => null,
    branchLedger: async () => null,
    aftermathLedger: async () => null,
  };
}

const collectMs = 90_000;
