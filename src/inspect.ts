import { setTimeout as wait } from "node:timers/promises";
import { createApp } from "./adapters/github/app.ts";
import { GitHubBranches } from "./adapters/github/branches.ts";
import { GitHubInspector } from "./adapters/github/inspector.ts";
import { GitHubPosture } from "./adapters/github/posture.ts";
import type { Inspector } from "./app/inspection.ts";
import { defaultServiceLimits } from "./compose.ts";
import type { Config } from "./config.ts";
import { type PolicySource, readPolicies } from "./core/policy/reading.ts";
import { rules } from "./core/rules/index.ts";
import { createLog } from "./log.ts";
import { version } from "./version.ts";

/** Longer than the minute by which GitHub counts. */
const patienceMs = 90_000;

/** Wires GitHub to what people ask about it, without a store and without a server. */
export function openInspector({ appId, privateKey, githubApiUrl: apiUrl }: Config): Inspector {
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
  const { budget, transport } = defaultServiceLimits.github;
  // Nobody else asks meanwhile, and whoever waits for an answer about many repositories wants it whole.
  const pace = budget.pace === null ? null : { ...budget.pace, waitMs: patienceMs };
  const limits = { transport, budget: { ...budget, pace } };
  const log = createLog("silent");
  const app = createApp({
    appId,
    privateKey,
    apiUrl,
    version,
    log,
    clock,
    limits,
    fetch: globalThis.fetch,
    rest: async (ms) => await wait(ms),
  });
  const apiFor: typeof app.octokitFor = (installationId) => app.octokitFor(installationId);
  const posture = new GitHubPosture({ apiFor, clock, appId });
  const policyOf = (sources: readonly PolicySource[]) => readPolicies(sources, rules).policy;
  return new GitHubInspector({
    app,
    appId,
    clock,
    posture,
    branches: new GitHubBranches({ apiFor, clock, appId, posture, policyOf }),
    policiesOf: (sources) => readPolicies(sources, rules),
  });
}
