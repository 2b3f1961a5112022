// The module of an evaluator's process: what it may use is loaded once, and what it judges is sent to it.
import { loadSyntax } from "./adapters/syntax/load.ts";
import { createMemo } from "./adapters/syntax/memo.ts";
import { serveEvaluations } from "./adapters/workers/serve.ts";
import { evaluateBy } from "./core/evaluate/from-sources.ts";
import { program } from "./version.ts";

/** Parsed files that one process keeps: the few hundred of a pull request and of those beside it. */
const memoEntries = 2_000;

serveEvaluations(async () => {
  const tools = { syntax: await loadSyntax(), memo: createMemo(memoEntries) };
  return ({ facts, policies, nowMs }) => evaluateBy(facts, policies, tools, nowMs, program);
});
