import { byCodeUnits } from "../../lib/order.ts";
import { count as counted } from "../../lib/text.ts";
import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import type { Budget, Budgets, Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { FileReach } from "../reach/reach.ts";
import { subjectId } from "../subject.ts";
import { type Booking, type Spending, windowMs } from "./booking.ts";

/** Requirements of budgets wait only where nothing else is missing. */
export function waitsForBudget(requirements: readonly Requirement[]): boolean {
  return requirements.some(({ kind, state }) => kind === "budget" && state.kind === "waiting");
}

/** What a change takes; null: it is no agent's. */
export function spendingOf(
  provenance: Provenance,
  reach: readonly FileReach[],
  openedAtMs: number,
  policy: Policy,
): Spending | null {
  if (provenance.author !== "agent") return null;
  const services = reach.flatMap(({ targets, services: named }) => [
    ...targets.flatMap(({ service }) => service ?? []),
    ...named,
  ]);
  return {
    agents: distinct(provenance.agents),
    services: distinct(services),
    reachesUnknown: reach.some(({ unresolved }) => unresolved),
    openedAtMs,
    budgets: policy.budgets,
  };
}

/** Those with whom a change shares one budget. */
interface Purse {
  /** `agent/claude`, `agent/claude/repository`, ...; of one that all share: empty. */
  readonly key: string;
  /** "of `claude` in this repository". */
  readonly of: string;
  readonly open: readonly Booking[];
  /** Merged within the window, the one first that leaves it first. */
  readonly merged: readonly Booking[];
}

/** What is taken, for which pull request it waits (null: for none, there are no places), and until when, where time alone is enough. */
interface Shortage {
  readonly taken: string;
  readonly behind: Booking | null;
  readonly untilMs: number | null;
}

type Weigh = (purse: Purse, own: Booking, max: number) => Shortage | null;

/**
 * What budgets have against a change that is ready: nothing where it has a place, or may take one now. Who holds a place keeps it
 * before all who wait, and of those the one that was ready first comes first. `own` is not among `others`.
 */
export function budgetRequirements(
  own: Booking,
  others: readonly Booking[],
  { changesPerHour, openPullRequests, servicesAtATime }: Budgets,
  nowMs: number,
): readonly Requirement[] {
  const kinds: readonly (readonly [id: string, what: string, when: string, budget: Budget | null, weigh: Weigh])[] = [
    ["changes_per_hour", "change", " an hour", changesPerHour, changes],
    ["open_pull_requests", "open pull request", "", openPullRequests, openOnes],
    ["services_at_a_time", "service", " at a time", servicesAtATime, services],
  ];
  return kinds.flatMap(([id, what, when, budget, weigh]) => {
    if (budget === null) return [];
    return purses(budget, own, others, nowMs).flatMap((purse) => {
      const shortage = weigh(purse, own, budget.max);
      if (shortage === null) return [];
      const bound = `At most ${counted(budget.max, what)}${when} ${purse.of}`;
      return [requirement(`budget:${id}${purse.key}`, bound, shortage, own)];
    });
  });
}

/** What no time helps with: a change that reaches more services by itself than agents may change at a time. */
export function tooMuchAtOnce(spending: Spending | null): readonly Requirement[] {
  const bound = spending?.budgets.servicesAtATime ?? null;
  if (spending === null || bound === null || spending.services.length <= bound.max) return [];
  return [
    {
      id: "budget:services_at_a_time",
      kind: "budget",
      what: `At most ${counted(bound.max, "service")} at a time`,
      from: "the author, with one pull request for each service",
      now: `this change alone reaches ${spending.services.length}`,
      actor: "agent",
      state: { kind: "failed" },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
    },
  ];
}

/** One for each agent where agents are counted apart; a change of two agents takes from both. */
function purses({ per }: Budget, own: Booking, others: readonly Booking[], nowMs: number): readonly Purse[] {
  const here = per.includes("repository");
  const nearby = others.filter(({ subject }) => !here || subject.repository.id === own.subject.repository.id);
  const where = here ? "in this repository" : "everywhere";
  const purse = (key: string, whose: string, mine: readonly Booking[]): Purse => ({
    key: `${key}${here ? "/repository" : ""}`,
    of: `of ${whose} ${where}`,
    open: mine.filter(({ mergedAtMs }) => mergedAtMs === null),
    merged: mine.filter((one) => leavesMs(one) > nowMs).toSorted((a, b) => leavesMs(a) - leavesMs(b) || byId(a, b)),
  });
  if (!per.includes("agent") || own.agents.length === 0) return [purse("", "all agents together", nearby)];
  return own.agents.map((agent) =>
    purse(
      `/agent/${agent}`,
      `\`${agent.replaceAll("`", "'")}\``,
      nearby.filter(({ agents }) => agents.includes(agent)),
    ),
  );
}

/** When a merge no longer counts; of what is open it is never. */
function leavesMs({ mergedAtMs }: Booking): number {
  return mergedAtMs === null ? Number.NEGATIVE_INFINITY : mergedAtMs + windowMs;
}

const changes: Weigh = ({ open, merged }, own, max) => {
  const ahead = aheadByReadiness(open, own);
  const excess = merged.length + ahead.length - max;
  if (excess < 0) return null;
  const last = merged[excess];
  const behind = last ?? ahead[excess - merged.length] ?? null;
  const green = ahead.filter(({ holds }) => holds).length;
  return {
    taken: `${merged.length} merged within the hour, ${green} green, ${ahead.length - green} that wait before it`,
    behind,
    untilMs: last === undefined ? null : leavesMs(last),
  };
};

const openOnes: Weigh = ({ open }, own, max) => {
  const ahead = open.filter((one) => (one.holds === own.holds ? byAge(one, own) < 0 : one.holds)).toSorted(byAge);
  if (ahead.length < max) return null;
  return { taken: `${ahead.length} are open before it`, behind: ahead[0] ?? null, untilMs: null };
};

/** What reaches nobody knows where is a service of its own beside every other change. */
const services: Weigh = ({ open, merged }, own, max) => {
  if (reached([own]).size === 0) return null;
  const ahead = aheadByReadiness(open, own).filter((one) => addsTo(own, one));
  for (let gone = 0; gone <= merged.length; gone++) {
    const left = merged.slice(gone).filter((one) => addsTo(own, one));
    const together = reached([...ahead, ...left, own]).size;
    if (left.length + ahead.length > 0 && together > max) continue;
    const last = merged[gone - 1];
    return last === undefined ? null : { taken: takenBy(ahead, merged, own), behind: last, untilMs: leavesMs(last) };
  }
  return { taken: takenBy(ahead, merged, own), behind: ahead[0] ?? null, untilMs: null };
};

function takenBy(ahead: readonly Booking[], merged: readonly Booking[], own: Booking): string {
  const others = merged.filter((one) => addsTo(own, one));
  return `${reached([...ahead, ...others, own]).size} with those that are green, wait before it, or were merged within the hour`;
}

/** Whether another change reaches a service that this one does not. */
function addsTo(own: Booking, other: Booking): boolean {
  return reached([own, other]).size > reached([own]).size;
}

function reached(bookings: readonly Booking[]): ReadonlySet<string> {
  return new Set(
    bookings.flatMap(({ services: named, reachesUnknown, subject }) => [
      ...named.map((name) => `service ${name}`),
      ...(reachesUnknown ? [`unknown ${subjectId(subject)}`] : []),
    ]),
  );
}

/** Those of the open ones that are ready and come before it. */
function aheadByReadiness(open: readonly Booking[], own: Booking): readonly Booking[] {
  const place = ({ holds, readySinceMs }: Booking): number =>
    holds ? Number.NEGATIVE_INFINITY : (readySinceMs ?? Number.POSITIVE_INFINITY);
  const order = (a: Booking, b: Booking): number =>
    compare(place(a), place(b)) || compare(a.readySinceMs ?? 0, b.readySinceMs ?? 0) || byId(a, b);
  return open
    .filter(({ holds, readySinceMs }) => holds || readySinceMs !== null)
    .filter((one) => order(one, own) < 0)
    .toSorted(order);
}

function byAge(a: Booking, b: Booking): number {
  return compare(a.openedAtMs, b.openedAtMs) || byId(a, b);
}

function byId(a: Booking, b: Booking): number {
  return byCodeUnits(subjectId(a.subject), subjectId(b.subject));
}

/** A difference would be no number between two infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted(byCodeUnits);
}

function requirement(id: string, what: string, shortage: Shortage, own: Booking): Requirement {
  const { taken, untilMs } = shortage;
  return {
    id,
    kind: "budget",
    what,
    from: "time",
    now: `${behindWhom(shortage, own)}: ${taken}`,
    actor: "time",
    state: { kind: "waiting", untilMs },
    need: null,
    have: null,
    counted: [],
    excluded: [],
    ...notAsked,
  };
}

/** Of a pull request elsewhere the number alone is told: who reads this may not read that repository. */
function behindWhom({ behind, untilMs }: Shortage, own: Booking): string {
  if (behind === null) return "no place";
  const elsewhere = behind.subject.repository.id === own.subject.repository.id ? "" : " of another repository";
  const end = untilMs === null ? "until that makes room" : "until that merge is an hour old";
  return `behind pull request ${behind.subject.number}${elsewhere} ${end}`;
}
