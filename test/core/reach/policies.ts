import type { ReachPolicy } from "../../../src/core/reach/names.ts";
import type { Environment, Tier } from "../../../src/core/policy/schema.ts";

const unbounded = { reviewAbove: null, max: null };

export function environment(name: string, tier: Tier, more: Partial<Environment> = {}): Environment {
  return {
    name,
    tier,
    staging: tier === "staging",
    aliases: [],
    branches: [],
    approvals: { low: 0, elevated: 0, high: 0, critical: 0 },
    limits: {
      replicas: unbounded,
      memoryPerPod: unbounded,
      files: unbounded,
      services: unbounded,
      canary: { required: false, firstWeight: null },
    },
    togetherWithStaging: "review",
    forbids: [],
    deployments: [],
    deployedBy: [],
    bakes: [],
    ...more,
  };
}

/** Three environments with the usual names, and nothing else. */
export function reachPolicy(more: Partial<ReachPolicy> = {}): ReachPolicy {
  return {
    layout: [],
    environments: {
      development: environment("development", "development", { aliases: ["dev", "test"] }),
      staging: environment("staging", "staging", { aliases: ["stage", "stg"], branches: ["staging"] }),
      production: environment("production", "production", { aliases: ["prod", "live"], branches: ["production"] }),
    },
    services: {},
    capacity: [],
    libraries: [],
    modules: [],
    ...more,
  };
}
