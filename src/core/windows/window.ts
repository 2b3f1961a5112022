import { unreachable } from "../../lib/assert.ts";
import { weekdayOf } from "../../lib/calendar.ts";
import { readingsOf, wallClock } from "./wall-clock.ts";

/** A reading of the clock on the wall of a zone, as milliseconds; see wall-clock.ts. */
export interface WallMoment {
  readonly wallMs: number;
  readonly zone: string;
}

/**
 * A time that opens once or again and again, start included, end excluded. Where a clock is put back over an end, the window stays open
 * until it has passed that end for the last time, and it opens at the first passing of its start; what is skipped is passed at the
 * moment of the change. So a window is never shorter than its author can have meant.
 */
export type Window =
  | { readonly kind: "once"; readonly from: WallMoment; readonly to: WallMoment }
  | {
      readonly kind: "weekly";
      /** The days on which it opens: 0 for Sunday to 6 for Saturday. */
      readonly days: readonly number[];
      /** Minutes since midnight. An end that is no later than the start is one of the next day. */
      readonly fromMinute: number;
      readonly toMinute: number;
      readonly zone: string;
    };

export interface WindowState {
  readonly open: boolean;
  /** When it next closes if it is open, or opens if it is closed; null: never. */
  readonly changesAtMs: number | null;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export function stateOf(window: Window, nowMs: number): WindowState {
  switch (window.kind) {
    case "once":
      return within(merged([once(window)]), nowMs);
    case "weekly": {
      const spans = merged(weekly(window, nowMs));
      const state = within(spans, nowMs);
      return state.changesAtMs === spans.at(-1)?.toMs ? { open: true, changesAtMs: null } : state;
    }
    default:
      return unreachable(window);
  }
}

/** Whether there is no moment at which it is open. */
export function neverOpens(window: Window): boolean {
  switch (window.kind) {
    case "once": {
      const { fromMs, toMs } = once(window);
      return fromMs >= toMs;
    }
    case "weekly":
      return window.days.length === 0 || window.fromMinute === window.toMinute;
    default:
      return unreachable(window);
  }
}

function within(spans: readonly Span[], nowMs: number): WindowState {
  const next = spans.find(({ toMs }) => toMs > nowMs);
  if (next === undefined) return { open: false, changesAtMs: null };
  return next.fromMs <= nowMs ? { open: true, changesAtMs: next.toMs } : { open: false, changesAtMs: next.fromMs };
}

/** Spans that touch are one: nothing changes where the one ends and the next begins. */
function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.filter(({ fromMs, toMs }) => fromMs < toMs).toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last === undefined || last.toMs < span.fromMs) result.push(span);
    else result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
  }
  return result;
}

function once({ from, to }: Extract<Window, { kind: "once" }>): Span {
  return {
    fromMs: readingsOf(from.wallMs, wallClock(from.zone)).firstMs,
    toMs: readingsOf(to.wallMs, wallClock(to.zone)).lastMs,
  };
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const daysBehind = 3;
/**
 * A change of the clock can swallow one opening of a window that opens once a week, so two weeks are needed to see the next. What is
 * open for longer than all these days has no end: a week has a gap, or it has none.
 */
const daysAhead = 22;

function weekly({ days, fromMinute, toMinute, zone }: Extract<Window, { kind: "weekly" }>, nowMs: number): Span[] {
  const clock = wallClock(zone);
  const today = Math.floor(clock(nowMs) / dayMs);
  const around = Array.from({ length: daysBehind + daysAhead + 1 }, (_, index) => today - daysBehind + index);
  return around
    .filter((day) => days.includes(weekdayOf(day)))
    .map((day) => ({
      fromMs: readingsOf(day * dayMs + fromMinute * minuteMs, clock).firstMs,
      toMs: readingsOf((toMinute > fromMinute ? day : day + 1) * dayMs + toMinute * minuteMs, clock).lastMs,
    }));
}
