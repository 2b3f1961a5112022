import type { Override } from "../decisions/decision.ts";
import type { PublishedReport } from "../facts.ts";

/** An override with its judgement. `because` says why it does not count; null: it does, for what was reported. */
export interface Word {
  readonly override: Override;
  readonly login: string;
  readonly accountId: number | null;
  readonly because: string | null;
  /** When it ends by itself; null: it does not. */
  readonly untilMs: number | null;
  /** What the report showed that stood when it was given; null: none did. */
  readonly shown: Pick<PublishedReport, "findings" | "gaps" | "budgets" | "bakes"> | null;
}

/** The overrides on record, judged as they are at this moment, and what the policy asks of them. Plain data: budgets are lifted later. */
export interface Words {
  readonly given: readonly Word[];
  readonly from: string;
  readonly need: number;
  /** Null: the policy lets nobody break the glass. */
  readonly glass: { readonly from: string; readonly need: number; readonly forMs: number } | null;
  /** Where a broken glass is reported. */
  readonly reportTo: readonly string[];
}
