import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { collectLocal } from "./adapters/git/local.ts";
import { type GitEnvironment, UnanswerableRequest } from "./adapters/git/git.ts";
import { openHistory } from "./adapters/git/history.ts";
import { givenPolicy } from "./adapters/git/policies.ts";
import { supposeChange, type Supposed } from "./adapters/git/reach.ts";
import type { LocalFacts } from "./adapters/git/sides.ts";
import { loadSyntax } from "./adapters/syntax/load.ts";
import { createMemo } from "./adapters/syntax/memo.ts";
import type { ChartRenderer } from "./app/chart-rendering.ts";
import { type LocalPlan, type LocalPort, WrongRequest } from "./cli/ports.ts";
import { nothingDecided } from "./core/decisions/decision.ts";
import type { Evaluation } from "./core/evaluate/evaluation.ts";
import type { ReceivedEvidence } from "./core/evidence/evidence.ts";
import { readEvidence } from "./core/evidence/read.ts";
import { evaluateBy } from "./core/evaluate/from-sources.ts";
import { type PolicySource, readPolicies, unusable } from "./core/policy/reading.ts";
import { computeReach } from "./core/reach/compute.ts";
import type { ReachShown } from "./core/report/reach-text.ts";
import { rules } from "./core/rules/index.ts";
import type { Tools } from "./core/syntax.ts";
import { buildViews } from "./core/views/views.ts";
import { sha256 } from "./lib/digest.ts";
import { program } from "./version.ts";

/** How many parsed files are remembered between the commits of a backtest. */
const rememberedFiles = 20_000;

/** Wires the local repository to the evaluator, for the command line. */
export function openLocal(environment: GitEnvironment, renderer: ChartRenderer | null): LocalPort {
  const tools = loadSyntax().then((syntax) => ({ syntax, memo: createMemo(rememberedFiles) }));
  const reading = {
    policyOf: (policies: readonly PolicySource[]) => readPolicies(policies, rules).policy,
    unusable: (policies: readonly PolicySource[]) => unusable(policies, rules),
    renderer,
  };
  const judge = async (
    { facts, policies }: LocalFacts,
    evidence: readonly ReceivedEvidence[] = [],
  ): Promise<Evaluation> =>
    evaluateBy(
      {
        ...facts,
        publications: [],
        readings: [],
        appearances: [],
        signals: [],
        evidence,
        plansBefore: [],
        decided: nothingDecided,
      },
      policies,
      await tools,
      Date.now(),
      program,
    );
  return {
    judge: async (change) => {
      const local = await asked(collectLocal({ ...change, ...reading }, environment));
      if (change.plans.length === 0) return await judge(local);
      const { facts } = local;
      const evidence = await Promise.all(change.plans.map((plan) => evidenceFrom(plan, facts.head.sha)));
      return await judge({ ...local, facts: { ...facts, unknowable: [...facts.unknowable, plansGiven] } }, evidence);
    },
    reach: async (paths) => reachOf(await asked(supposeChange({ ...paths, ...reading }, environment)), await tools),
    openHistory: async (repository, policyPath, as) => {
      const history = await asked(openHistory({ repository, policyPath, ...reading }, environment));
      return {
        list: (range) => asked(history.list(range)),
        judge: async (commit) => judge(await asked(history.collect(commit, as))),
        close: () => history.close(),
      };
    },
    readPolicy: async (scope, path, missing) => {
      if (missing === "absent" && !existsSync(path))
        return { scope, at: path, content: { kind: "absent" }, former: null };
      return { ...(await asked(givenPolicy(path))), scope };
    },
    readText,
    elapsedMs: () => performance.now(),
  };
}

const plansGiven =
  "The plans were given on the command line: on GitHub only those count that workflows send which the policy names.";

async function evidenceFrom({ file, root }: LocalPlan, headSha: string): Promise<ReceivedEvidence> {
  const text = await readText(file);
  const read = readEvidence("plan", text);
  if (read.kind === "unreadable")
    throw new WrongRequest(`Cannot read the plan ${file}: ${read.because}. ${read.remedy}`);
  const state = { lineage: null, serial: null, backend: null };
  const digest = sha256(text);
  const about = { headSha, receivedAtMs: Date.now(), root, workspace: "", state, sha256: digest };
  return { id: sha256(`${root}\n${digest}`).slice(0, 32), ...about, source: { kind: "local" }, brought: read.brought };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new WrongRequest(`Cannot read ${path}: ${messageOf(error)}. Name a file that can be read.`);
  }
}

function reachOf({ change, gaps, policies, repository, baseRef }: Supposed, tools: Tools): ReachShown {
  const { policy, errors } = readPolicies(policies, rules);
  if (errors.length > 0) throw new WrongRequest(errors.join("\n"));
  const destination = { owner: repository.owner, name: repository.name, baseRef };
  const reach = computeReach(change, buildViews(change, tools).views, policy, destination, tools.memo);
  const tiers = Object.fromEntries(Object.values(policy.environments).map(({ name, tier }) => [name, tier]));
  return { files: reach.files, gaps: [...gaps, ...reach.gaps], tiers };
}

/** What the adapter calls a request that it cannot answer, in the words of the command line. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof UnanswerableRequest ? new WrongRequest(error.message) : error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
