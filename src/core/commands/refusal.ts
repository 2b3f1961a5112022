/** Why a command was not obeyed, as the ledger keeps it. */
export const refusalCodes = [
  "unknown_command",
  "incomplete",
  "edited",
  "through_an_app",
  "not_a_person",
  "too_old",
  "answered_before",
  "no_right",
  "not_the_head",
  "not_reported",
  "unknown_agent",
  "nothing_to_lift",
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export interface Refusal {
  readonly code: RefusalCode;
  /** A sentence or two for who asked: why, and what to do instead. Text of others stands between backticks. */
  readonly because: string;
}

export function refuse(code: RefusalCode, because: string): Refusal {
  return { code, because };
}
