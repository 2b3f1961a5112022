import type { Baked, Tick } from "./clock.ts";

/** One bake of one change: what was looked for where, and what its clock has come to. */
export interface Bake {
  readonly id: string;
  /** Where the change is to go, and where it must have run. */
  readonly environment: string;
  readonly where: string;
  readonly service: string | null;
  readonly forMs: number;
  readonly paths: readonly string[];
  /** What stands for these paths where it bakes, at the base's tip. */
  readonly twins: readonly string[];
  /** Null: it is not known, and `because` says why. */
  readonly baked: Baked | null;
  readonly because: string | null;
  /** Whether the base has the change where it bakes, or the branch that serves it does. */
  readonly merged: boolean;
  /** The pull request that brought the change to where it bakes from; null: that is not known. */
  readonly broughtBy: number | null;
  /** The latest ones. */
  readonly ticks: readonly Tick[];
  /** The newest deployment of the change that proves nothing, with the reason; null: there is none. */
  readonly unproved: { readonly id: number; readonly because: string } | null;
}
