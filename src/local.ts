import { readFile } from "node:fs/promises";
import { collectLocal } from "./adapters/git/local.ts";
import type { GitEnvironment } from "./adapters/git/git.ts";
import { openHistory } from "./adapters/git/history.ts";
import type { LocalFacts } from "./adapters/git/sides.ts";
import { loadSyntax } from "./adapters/syntax/load.ts";
import { createMemo } from "./adapters/syntax/memo.ts";
import type { LocalPort } from "./cli/ports.ts";
import type { Evaluation } from "./core/evaluate/evaluation.ts";
import { evaluateBy } from "./core/evaluate/from-sources.ts";
import { type PolicySource, readPolicies } from "./core/policy/reading.ts";
import { rules } from "./core/rules/index.ts";
import { version } from "./version.ts";

/** How many parsed files are remembered between the commits of a backtest. */
const rememberedFiles = 20_000;

/** Wires the local repository to the evaluator, for the command line. */
export function openLocal(environment: GitEnvironment): LocalPort {
  const tools = loadSyntax().then((syntax) => ({ syntax, memo: createMemo(rememberedFiles) }));
  const policyOf = (policies: readonly PolicySource[]) => readPolicies(policies, rules).policy;
  const judge = async ({ facts, policies }: LocalFacts): Promise<Evaluation> =>
    evaluateBy(facts, policies, await tools, Date.now(), version);
  return {
    judge: async (change) => judge(await collectLocal({ ...change, policyOf }, environment)),
    openHistory: async (repository, policyPath, as) => {
      const history = await openHistory({ repository, policyPath, policyOf }, environment);
      return {
        list: (range) => history.list(range),
        judge: async (commit) => judge(await history.collect(commit, as)),
        close: () => history.close(),
      };
    },
    readText: async (path) => {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        const because = error instanceof Error ? error.message : String(error);
        throw new Error(`Cannot read ${path}: ${because}. Name a file that exists.`, { cause: error });
      }
    },
    elapsedMs: () => performance.now(),
  };
}
