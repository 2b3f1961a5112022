import { floor } from "../../lib/bound.ts";
import { formatDuration } from "../../lib/duration.ts";
import { compare, formatQuantity, type Rational, add, subtract, whole, zero } from "../../lib/quantity.ts";
import { count as counted } from "../../lib/text.ts";
import type { SumName } from "../amounts/amounts.ts";
import type { Budgets, SumBudget } from "../policy/schema.ts";
import { type Booking, type PoolRoom, type Spending, type Takes } from "./booking.ts";
import { aheadByReadiness, isHere, leavesMs, type Purse, purses, quoted } from "./purse.ts";
import { failsAlone, type Short, type Shortage, waitsFor } from "./shortage.ts";

/** Begins the ids of requirements of node pools. */
export const capacityId = "budget:capacity/";

/** A sum that a policy may bound: where its bound stands, what a change takes of it, and how it is told. */
interface Sum {
  readonly name: SumName;
  readonly budget: (budgets: Budgets) => SumBudget | null;
  readonly taken: (takes: Takes) => number | null;
  /** "8Gi of memory", "3 deletions". */
  readonly words: (amount: Rational) => string;
  readonly verb: string;
}

const things =
  (singular: string, plural: string) =>
  (amount: Rational): string =>
    counted(Number(floor(amount)), singular, plural);

const kinds: readonly Sum[] = [
  {
    name: "added_memory",
    budget: ({ addedMemory }) => addedMemory,
    taken: ({ addedMemory }) => addedMemory,
    words: (amount) => `${formatQuantity(amount)} of memory`,
    verb: "added",
  },
  {
    name: "added_replicas",
    budget: ({ addedReplicas }) => addedReplicas,
    taken: ({ addedReplicas }) => addedReplicas,
    words: things("replica", "replicas"),
    verb: "added",
  },
  {
    name: "deletes",
    budget: ({ deletes }) => deletes,
    taken: ({ deletes }) => deletes,
    words: things("resource or object", "resources and objects"),
    verb: "deleted",
  },
];

/** What each bound on a sum has against a change beside what is green and what was merged within its time. */
export function sumsTogether(
  own: Booking,
  others: readonly Booking[],
  budgets: Budgets,
  nowMs: number,
): readonly Short[] {
  return kinds.flatMap((sum) => {
    const budget = sum.budget(budgets);
    if (budget === null) return [];
    const { per, max, withinMs } = budget;
    return purses(per, own, others, { nowMs, withinMs }).flatMap((purse) => {
      const shortage = weigh(purse, own, max, sum);
      if (shortage === null) return [];
      const what = `At most ${sum.words(max)} ${sum.verb} within ${formatDuration(withinMs)} ${purse.of}`;
      return [waitsFor({ id: `budget:${sum.name}${purse.key}`, what, withinMs }, shortage, own)];
    });
  });
}

/** A change that adds up to more than the bound by itself: where it was sliced before, this is the whole of it. */
export function sumsAlone({ takes, budgets }: Spending): readonly Short[] {
  return kinds.flatMap((sum) => {
    const budget = sum.budget(budgets);
    const amount = sum.taken(takes);
    if (budget === null || amount === null || compare(whole(amount), budget.max) <= 0) return [];
    const what = `At most ${sum.words(budget.max)} ${sum.verb} within ${formatDuration(budget.withinMs)}`;
    const now = `this change alone: ${sum.words(whole(amount))}`;
    const from = "the author, with a smaller change; or people, by overriding it";
    return [failsAlone({ id: `budget:${sum.name}`, what, from, now }, over(whole(amount), budget.max))];
  });
}

/** What the pools of the policy have against a change beside those that are green: each fits by itself, and together they need not. */
export function poolsTogether(
  own: Booking,
  others: readonly Booking[],
  rooms: readonly PoolRoom[],
  nowMs: number,
): readonly Short[] {
  const near = others.filter((one) => isHere(one, own) && sameBase(one, own));
  const open = near.filter(({ mergedAtMs }) => mergedAtMs === null);
  // A merge that was seen only just now need not be in the base that the change was held against.
  const merged = near.filter((one) => leavesMs(one, readingMs) > nowMs);
  return rooms.flatMap(({ name, after, allowed }) => {
    const mine = inPool(own, name);
    if (mine === 0) return [];
    const room = subtract(allowed, after);
    const ahead = aheadByReadiness(open, own).filter((one) => inPool(one, name) !== 0);
    const lately = merged.filter((one) => inPool(one, name) !== 0);
    const [first] = [...ahead, ...lately];
    if (first === undefined) return [];
    const taken = added([...ahead, ...lately], (one) => inPool(one, name), compare(room, zero) > 0 ? room : zero);
    const unknown = mine === null || [...ahead, ...lately].some((one) => inPool(one, name) === null);
    if (!unknown && compare(taken, room) <= 0) return [];
    const untilMs = ahead.length > 0 ? null : Math.max(...lately.map((one) => leavesMs(one, readingMs)));
    const what = `At most ${formatQuantity(allowed)} in node pool ${quoted(name)}`;
    const told = `${formatQuantity(add(after, taken))} with those that are green or wait before it`;
    const excess = over(add(after, taken), allowed);
    const shortage = { taken: told, behind: first, untilMs, excess: excess > 0n ? excess : 0n };
    return [waitsFor({ id: `${capacityId}${name}`, what, withinMs: readingMs }, shortage, own)];
  });
}

/** Longer than a lease: whoever takes a place has read the base since then. */
const readingMs = 300_000;

function sameBase({ takes }: Booking, own: Booking): boolean {
  return takes === null || own.takes === null || takes.baseRef === own.takes.baseRef;
}

/** Null: not known. A pool of which a change was never asked is one that it may fill. */
function inPool({ takes }: Booking, pool: string): number | null {
  return takes !== null && Object.hasOwn(takes.pools, pool) ? (takes.pools[pool] ?? null) : null;
}

function weigh({ open, merged, withinMs }: Purse, own: Booking, max: Rational, sum: Sum): Shortage | null {
  const amount = ({ takes }: Booking): number | null => (takes === null ? null : sum.taken(takes));
  const counts = (one: Booking): boolean => amount(one) !== 0;
  if (!counts(own)) return null;
  const ahead = aheadByReadiness(open, own).filter(counts);
  const gone = merged.filter(counts);
  const together = (left: readonly Booking[]): Rational => added([...ahead, ...left, own], amount, max);
  const all = together(gone);
  for (let leaving = 0; leaving <= gone.length; leaving++) {
    const left = gone.slice(leaving);
    if (left.length + ahead.length > 0 && compare(together(left), max) > 0) continue;
    const last = gone[leaving - 1];
    return last === undefined
      ? null
      : { taken: told(all, sum), behind: last, untilMs: leavesMs(last, withinMs), excess: over(all, max) };
  }
  return { taken: told(all, sum), behind: ahead[0] ?? null, untilMs: null, excess: over(all, max) };
}

function told(amount: Rational, { words }: Sum): string {
  return `${words(amount)} with those that are green, wait before it, or were merged in that time`;
}

/** What is not known takes all that there is. */
function added(bookings: readonly Booking[], amount: (one: Booking) => number | null, all: Rational): Rational {
  return bookings.reduce((sum, one) => {
    const taken = amount(one);
    return add(sum, taken === null ? all : whole(taken));
  }, zero);
}

/** How much more it is, as a whole number that is never too small. */
function over(amount: Rational, max: Rational): bigint {
  return -floor(subtract(max, amount));
}
