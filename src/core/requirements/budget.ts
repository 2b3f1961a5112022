import { byCodeUnits } from "../../lib/order.ts";
import { count as counted } from "../../lib/text.ts";
import type { Requirement } from "../evaluate/evaluation.ts";
import type { Budget } from "../policy/schema.ts";
import { subjectId } from "../subject.ts";
import { type Booking, type Spending, windowMs } from "./booking.ts";
import { aheadByAge, aheadByReadiness, isHere, leavesMs, type Purse, purses, quoted } from "./purse.ts";
import { failsAlone, type Short, type Shortage, waitsFor } from "./shortage.ts";
import { poolsTogether, sumsAlone, sumsTogether } from "./sums.ts";

/** Requirements of budgets wait only where nothing else is missing. */
export function waitsForBudget(requirements: readonly Requirement[]): boolean {
  return requirements.some(({ kind, state }) => kind === "budget" && state.kind === "waiting");
}

type Weigh = (purse: Purse, own: Booking, max: number) => Shortage | null;

/**
 * What budgets have against a change that is ready: nothing where it has a place, or may take one now. Who holds a place keeps it
 * before all who wait, and of those the one that was ready first comes first. `own` is not among `others`.
 */
export function budgetShortages(
  own: Booking,
  others: readonly Booking[],
  { budgets, rooms }: Pick<Spending, "budgets" | "rooms">,
  nowMs: number,
): readonly Short[] {
  const { changesPerHour, openPullRequests, servicesAtATime, openPerSharedModule } = budgets;
  const kinds: readonly (readonly [id: string, what: string, when: string, budget: Budget | null, weigh: Weigh])[] = [
    ["changes_per_hour", "change", " an hour", changesPerHour, changes],
    ["open_pull_requests", "open pull request", "", openPullRequests, openOnes],
    ["services_at_a_time", "service", " at a time", servicesAtATime, services],
  ];
  const counts = kinds.flatMap(([id, what, when, budget, weigh]) => {
    if (budget === null) return [];
    return purses(budget.per, own, others, { nowMs, withinMs: windowMs }).flatMap((purse) => {
      const shortage = weigh(purse, own, budget.max);
      if (shortage === null) return [];
      const bound = `At most ${counted(budget.max, what)}${when} ${purse.of}`;
      return [waitsFor({ id: `budget:${id}${purse.key}`, what: bound, withinMs: windowMs }, shortage, own)];
    });
  });
  return [
    ...counts,
    ...modules(own, others, openPerSharedModule),
    ...sumsTogether(own, others, budgets, nowMs),
    ...poolsTogether(own, others, rooms, nowMs),
  ];
}

/** What no time helps with: a change that takes more by itself than agents may. */
export function tooMuchAtOnce(spending: Spending | null): readonly Short[] {
  if (spending === null) return [];
  return [...servicesAlone(spending), ...sumsAlone(spending)];
}

function servicesAlone({ budgets, services: reaches }: Spending): readonly Short[] {
  const bound = budgets.servicesAtATime;
  if (bound === null || reaches.length <= bound.max) return [];
  const requirement = {
    id: "budget:services_at_a_time",
    what: `At most ${counted(bound.max, "service")} at a time`,
    from: "the author, with one pull request for each service",
    now: `this change alone reaches ${reaches.length}`,
  };
  return [failsAlone(requirement, BigInt(reaches.length - bound.max))];
}

const changes: Weigh = ({ open, merged, withinMs }, own, max) => {
  const ahead = aheadByReadiness(open, own);
  const excess = merged.length + ahead.length - max;
  if (excess < 0) return null;
  const last = merged[excess];
  const behind = last ?? ahead[excess - merged.length] ?? null;
  const green = ahead.filter(({ holds }) => holds).length;
  return {
    taken: `${merged.length} merged within the hour, ${green} green, ${ahead.length - green} that wait before it`,
    behind,
    untilMs: last === undefined ? null : leavesMs(last, withinMs),
    excess: BigInt(excess + 1),
  };
};

const openOnes: Weigh = ({ open }, own, max) => {
  const ahead = aheadByAge(open, own);
  if (ahead.length < max) return null;
  return {
    taken: `${ahead.length} are open before it`,
    behind: ahead[0] ?? null,
    untilMs: null,
    excess: BigInt(ahead.length + 1 - max),
  };
};

/** What reaches nobody knows where is a service of its own beside every other change. */
const services: Weigh = ({ open, merged, withinMs }, own, max) => {
  if (reached([own]).size === 0) return null;
  const ahead = aheadByReadiness(open, own).filter((one) => addsTo(own, one));
  const lately = merged.filter((one) => addsTo(own, one));
  const all = reached([...ahead, ...lately, own]).size;
  const taken = `${all} with those that are green, wait before it, or were merged within the hour`;
  const excess = BigInt(Math.max(0, all - max));
  for (let gone = 0; gone <= merged.length; gone++) {
    const left = merged.slice(gone).filter((one) => addsTo(own, one));
    const together = reached([...ahead, ...left, own]).size;
    if (left.length + ahead.length > 0 && together > max) continue;
    const last = merged[gone - 1];
    return last === undefined ? null : { taken, behind: last, untilMs: leavesMs(last, withinMs), excess };
  }
  return { taken, behind: ahead[0] ?? null, untilMs: null, excess };
};

/** One requirement for each shared module that has no room. What was booked before modules were counted may change any. */
function modules(own: Booking, others: readonly Booking[], max: number | null): readonly Short[] {
  if (max === null) return [];
  return (own.takes?.modules ?? []).flatMap((module) => {
    const open = others.filter(
      (one) =>
        one.mergedAtMs === null && isHere(one, own) && (one.takes === null || one.takes.modules.includes(module)),
    );
    const ahead = aheadByReadiness(open, own);
    if (ahead.length < max) return [];
    const shortage = {
      taken: `${ahead.length} are green or wait before it`,
      behind: ahead[ahead.length - max] ?? null,
      untilMs: null,
      excess: BigInt(ahead.length + 1 - max),
    };
    const what = `At most ${counted(max, "pull request")} that may be green and change ${quoted(`${module}/`.replace(/^\/$/u, "./"))}, which others share`;
    return [waitsFor({ id: `budget:open_per_shared_module/${module}`, what, withinMs: 0 }, shortage, own)];
  });
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

export function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted(byCodeUnits);
}
