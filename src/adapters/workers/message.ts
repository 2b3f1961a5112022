import type { PolicySource } from "../../app/ports.ts";
import type { Evaluation } from "../../core/evaluate/evaluation.ts";
import type { Facts } from "../../core/facts.ts";

/** What one evaluation is given: plain data, so that it can be cloned into the worker. */
export interface Request {
  readonly facts: Facts;
  readonly policies: readonly PolicySource[];
  readonly nowMs: number;
}

export type Answer =
  | { readonly kind: "evaluated"; readonly evaluation: Evaluation }
  /** The evaluation threw. The message is left out: it may quote what it choked on. */
  | { readonly kind: "threw"; readonly name: string; readonly at: readonly string[] };
