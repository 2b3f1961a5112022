import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import { moment } from "../moments.ts";
import { stateOf, type Window } from "../windows/window.ts";

interface Told {
  readonly id: string;
  readonly kind: "freeze" | "operation";
  /** What must be outside its window, as the rest of a sentence. */
  readonly what: string;
  readonly window: Window;
  /** What it is while its window is open, and what it does next while that is closed: `open` and `opens`. */
  readonly open: string;
  readonly opens: string;
  /** Why it is about this change, as a clause. */
  readonly because: string;
}

const outsideOf = "Outside ";

/** What stands open, as a clause: "the freeze `year end` is open until ...". */
export function standsOpen({ what, now }: Pick<Requirement, "what" | "now">): string {
  return `${what.slice(outsideOf.length)} is ${now}`;
}

/** That a window is closed: failed while it is open, met until it opens, and nothing at all once it never opens again. */
export function outside(told: Told, timezone: string, nowMs: number): readonly Requirement[] {
  const { open, changesAtMs } = stateOf(told.window, nowMs);
  if (!open && changesAtMs === null) return [];
  const at = changesAtMs === null ? null : moment(changesAtMs, timezone);
  const until = at === null ? `${told.open} without an end` : `${told.open} until ${at}`;
  return [
    {
      id: told.id,
      kind: told.kind,
      what: `${outsideOf}${told.what}`,
      from: "nobody: approvals and overrides do not lift it",
      now: `${open || at === null ? until : `${told.opens} ${at}`}; ${told.because}`,
      actor: "time",
      state: { kind: open ? "failed" : "met" },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
      laterMs: changesAtMs,
    },
  ];
}
