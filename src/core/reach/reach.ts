import type { Gap } from "../change/change-set.ts";

/** One step of a chain, as `terraform/production/main.tf:14`, with what stands there. */
export interface Step {
  readonly path: string;
  /** Null where the path itself is the evidence. */
  readonly line: number | null;
  readonly note: string;
}

/** An environment (and a service, where one can be told) that a file reaches, with the chain that proves it. */
export interface Target {
  readonly environment: string;
  readonly service: string | null;
  /** From the changed file to what is deployed. One step when the path alone says it. */
  readonly chain: readonly Step[];
}

/** What one changed file reaches. No targets and not `deployable`: documentation, code that nothing deploys. */
export interface FileReach {
  readonly path: string;
  readonly targets: readonly Target[];
  /** Services that the path names, also where no environment does. */
  readonly services: readonly string[];
  /**
   * A module with no caller found, a manifest or chart that no environment is told of, an edge that cannot be resolved: it reaches
   * production until the policy names its consumers.
   */
  readonly unresolved: boolean;
}

export interface ReachMap {
  /** One entry for each changed file, sorted by path. */
  readonly files: readonly FileReach[];
  readonly gaps: readonly Gap[];
}
