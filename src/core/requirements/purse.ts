import { byCodeUnits } from "../../lib/order.ts";
import type { Budget } from "../policy/schema.ts";
import { subjectId } from "../subject.ts";
import type { Booking } from "./booking.ts";

/** Those with whom a change shares one budget. */
export interface Purse {
  /** `agent/claude`, `agent/claude/repository`, ...; of one that all share: empty. */
  readonly key: string;
  /** "of `claude` in this repository". */
  readonly of: string;
  readonly open: readonly Booking[];
  /** Merged within the window, the one first that leaves it first. */
  readonly merged: readonly Booking[];
  readonly withinMs: number;
}

/** The moment at hand, and how far back merges count. */
export interface Window {
  readonly nowMs: number;
  readonly withinMs: number;
}

/** One for each agent where agents are counted apart; a change of two agents takes from both. */
export function purses(
  per: Budget["per"],
  own: Booking,
  others: readonly Booking[],
  { nowMs, withinMs }: Window,
): readonly Purse[] {
  const here = per.includes("repository");
  const nearby = others.filter((one) => !here || isHere(one, own));
  const where = here ? "in this repository" : "everywhere";
  const purse = (key: string, whose: string, mine: readonly Booking[]): Purse => ({
    key: `${key}${here ? "/repository" : ""}`,
    of: `of ${whose} ${where}`,
    open: mine.filter(({ mergedAtMs }) => mergedAtMs === null),
    merged: mine
      .filter((one) => leavesMs(one, withinMs) > nowMs)
      .toSorted((a, b) => leavesMs(a, withinMs) - leavesMs(b, withinMs) || byId(a, b)),
    withinMs,
  });
  if (!per.includes("agent") || own.agents.length === 0) return [purse("", "all agents together", nearby)];
  return own.agents.map((agent) =>
    purse(
      `/agent/${agent}`,
      quoted(agent),
      nearby.filter(({ agents }) => agents.includes(agent)),
    ),
  );
}

/** What an author may have chosen, so that it takes no effect in a report. */
export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "'")}\``;
}

export function isHere({ subject }: Booking, own: Booking): boolean {
  return subject.repository.id === own.subject.repository.id;
}

/** When a merge no longer counts; of what is open it is never. */
export function leavesMs({ mergedAtMs }: Booking, withinMs: number): number {
  return mergedAtMs === null ? Number.NEGATIVE_INFINITY : mergedAtMs + withinMs;
}

/** Those of the open ones that are ready and come before it. */
export function aheadByReadiness(open: readonly Booking[], own: Booking): readonly Booking[] {
  const place = ({ holds, readySinceMs }: Booking): number =>
    holds ? Number.NEGATIVE_INFINITY : (readySinceMs ?? Number.POSITIVE_INFINITY);
  const order = (a: Booking, b: Booking): number =>
    compare(place(a), place(b)) || compare(a.readySinceMs ?? 0, b.readySinceMs ?? 0) || byId(a, b);
  return open
    .filter(({ holds, readySinceMs }) => holds || readySinceMs !== null)
    .filter((one) => order(one, own) < 0)
    .toSorted(order);
}

/** Those of the open ones that come before it where it does not matter which are ready: the older ones. */
export function aheadByAge(open: readonly Booking[], own: Booking): readonly Booking[] {
  const order = (a: Booking, b: Booking): number => compare(a.openedAtMs, b.openedAtMs) || byId(a, b);
  return open.filter((one) => (one.holds === own.holds ? order(one, own) < 0 : one.holds)).toSorted(order);
}

function byId(a: Booking, b: Booking): number {
  return byCodeUnits(subjectId(a.subject), subjectId(b.subject));
}

/** A difference would be no number between two infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
