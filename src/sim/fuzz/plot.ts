import type { Act, Particulars, Step } from "../scenario/acts.ts";
import type { Random } from "./random.ts";

/** What has been written so far: enough that most steps make sense, not what GitHub makes of them. */
export interface Plot {
  readonly random: Random;
  readonly pulls: {
    readonly name: string;
    readonly branch: string;
    readonly byAgent: boolean;
    /** Whose fork the branch lives in; without it, the repository. */
    readonly fork?: string;
  }[];
  readonly commits: string[];
  names: number;
}

export function step<A extends Act>(act: A, given: Particulars<A>): Step {
  // One act with its own particulars is a step, which TypeScript cannot see of a generic one.
  return { act, given, line: 0 } as unknown as Step;
}

export function fresh(plot: Plot, prefix: string): string {
  plot.names += 1;
  return `${prefix}${plot.names}`;
}
