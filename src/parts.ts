import { setTimeout as wait } from "node:timers/promises";
import { GitHubAlarms } from "./adapters/github/alarms.ts";
import { GitHubAftermath } from "./adapters/github/aftermath.ts";
import { GitHubActions } from "./adapters/github/actions.ts";
import { siteOf } from "./adapters/github/app.ts";
import { GitHubBranches } from "./adapters/github/branches.ts";
import { GitHubDeploymentGate } from "./adapters/github/deployment-gate.ts";
import { GitHubEnforcer } from "./adapters/github/enforcer.ts";
import { GitHubRights } from "./adapters/github/facts/people.ts";
import { rendererOf } from "./rendering.ts";
import { GitHubFacts } from "./adapters/github/facts/source.ts";
import { GitHubLists } from "./adapters/github/lists.ts";
import { GitHubPosture } from "./adapters/github/posture.ts";
import { GitHubRemains } from "./adapters/github/remains.ts";
import { GitHubRuns } from "./adapters/github/runs.ts";
import { GitHubPublisher } from "./adapters/github/publisher.ts";
import { GitHubSignposts } from "./adapters/github/signposts.ts";
import { openStore } from "./adapters/store/open.ts";
import type { Request } from "./adapters/workers/message.ts";
import { createPool } from "./adapters/workers/pool.ts";
import { createReader } from "./adapters/workers/reader.ts";
import { defaultServiceLimits, type Parts } from "./compose.ts";
import type { Config } from "./config.ts";
import type { Evaluation } from "./core/evaluate/evaluation.ts";
import { unevaluated } from "./core/evaluate/unevaluated.ts";
import { type PolicySource, readPolicies, unusable } from "./core/policy/reading.ts";
import { rules } from "./core/rules/index.ts";
import { createLog } from "./log.ts";
import { program } from "./version.ts";

/** The real clock, the real network, the real GitHub. The simulator replaces some of them. */
export function realParts(config: Config): Parts {
  return {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    log: createLog(config.logLevel),
    fetch: globalThis.fetch,
    rest: async (ms) => await wait(ms),
    openStore,
    github: (access) => {
      const { appId } = config;
      const policyOf = (policies: readonly PolicySource[]) => readPolicies(policies, rules).policy;
      const posture = new GitHubPosture({ ...access, appId });
      const site = siteOf(config.githubApiUrl);
      const unusableOf = (policies: readonly PolicySource[]) => unusable(policies, rules);
      const branches = new GitHubBranches({ ...access, appId, policyOf, posture });
      const readingOf = (policies: readonly PolicySource[]) => readPolicies(policies, rules);
      const gate = new GitHubDeploymentGate({ ...access, appId, posture, branches, readingOf, unusable: unusableOf });
      const renderer = rendererOf(config.helm);
      const facts = new GitHubFacts({ ...access, appId, policyOf, unusable: unusableOf, posture, renderer });
      return {
        facts,
        groups: facts,
        deployments: gate,
        gate,
        effects: facts,
        publisher: new GitHubPublisher({ ...access, appId, site }),
        enforcer: new GitHubEnforcer(access.enforcerFor, access.clock),
        signposts: new GitHubSignposts(access.apiFor, access.clock),
        rights: new GitHubRights(access),
        actions: new GitHubActions(access.apiFor, access.clock),
        lister: new GitHubLists(access.apiFor, access.clock),
        aftermath: new GitHubAftermath({ ...access, policyOf }),
        remains: new GitHubRemains({ ...access, appId }),
        runs: new GitHubRuns(access),
        branches,
        alarms: new GitHubAlarms({ ...access, appId, site }),
      };
    },
    pool: (ports, limits) =>
      createPool({ ...ports, worker: moduleBeside("worker"), unevaluated: unevaluatedBy }, limits),
    reader: createReader(moduleBeside("reading"), defaultServiceLimits.reader),
    limits: defaultServiceLimits,
  };
}

function unevaluatedBy({ facts, policies, nowMs }: Request, reason: string): Evaluation {
  const { policy, digest, sources, standIns } = readPolicies(policies, rules);
  return unevaluated(facts, { sources, digest, mode: policy.mode, standIns }, reason, nowMs, program);
}

/** Beside this file, and written in the same language: TypeScript in a checkout, JavaScript in a package. */
function moduleBeside(name: "worker" | "reading"): URL {
  return new URL(import.meta.url.endsWith(".ts") ? `./${name}.ts` : `./${name}.js`, import.meta.url);
}
