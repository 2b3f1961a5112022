import { type Booking, takesNoMore } from "../requirements/booking.ts";
import { budgetShortages } from "../requirements/budget.ts";
import { joinedGlass, overrides } from "../requirements/overrides.ts";
import { asked, type Short } from "../requirements/shortage.ts";
import { isSkippable, shownFor } from "../requirements/restored.ts";
import { subjectId } from "../subject.ts";
import { nextOf } from "./conclude.ts";
import type { Evaluation, Requirement } from "./evaluation.ts";

/**
 * What an evaluation comes to once the books are opened, and how its own page of them reads then; null: it spends nothing. It is a step of
 * its own because places are given one at a time: the books must not change between being read and being written.
 *
 * Place and turn that it may no longer have are still its own: they are given up once GitHub shows that it is not green any more.
 */
export function budgeted(
  evaluation: Evaluation,
  books: readonly Booking[],
): { readonly evaluation: Evaluation; readonly booking: Booking | null } {
  const { spending, subject, evaluatedAtMs } = evaluation;
  if (spending === null) return { evaluation, booking: null };
  const { agents, services, reachesUnknown, openedAtMs, takes } = spending;
  const taken = { agents, services, reachesUnknown, openedAtMs, takes };
  const id = subjectId(subject);
  const page = books.find((one) => subjectId(one.subject) === id);
  const others = books.filter((one) => subjectId(one.subject) !== id);
  const isReady = evaluation.verdict === "allow";
  // Who asks for more than there was room for takes its turn again, after all others.
  const known = page !== undefined && takesNoMore(taken, page) ? page : null;
  const own: Booking = {
    ...taken,
    subject,
    readySinceMs: known?.readySinceMs ?? (isReady ? evaluatedAtMs : null),
    holds: page?.holds ?? false,
    mergedAtMs: null,
  };
  if (!isReady) return { evaluation, booking: own };
  const short = budgetShortages({ ...own, holds: known?.holds ?? false }, others, spending, evaluatedAtMs);
  const { standing, asks } = exceptRestored(short, evaluation.restore);
  const liftable = standing.map(({ requirement, excess }) => ({ id: requirement.id, rule: null, excess }));
  const { answers, lifted, brokenGlass } = overrides(liftable, spending.words, evaluatedAtMs);
  const judged = {
    ...evaluation,
    requirements: [
      ...withNew(evaluation.requirements, asks),
      ...standing.map((one) => asked(one, lifted.get(one.requirement.id) ?? null)),
    ],
    shortages: [
      ...evaluation.shortages,
      ...liftable.map(({ id: of, excess }) => ({ id: of, excess, overridden: lifted.get(of) ?? null })),
    ],
    overriding: [...evaluation.overriding, ...answers],
    brokenGlass: joinedGlass(evaluation.brokenGlass, brokenGlass),
  };
  const waiting = standing.filter(({ requirement }) => !lifted.has(requirement.id));
  if (waiting.length === 0) return { evaluation: judged, booking: { ...own, holds: true } };
  const verdict = "wait";
  const ends = waiting.map(({ requirement: { state } }) => (state.kind === "waiting" ? state.untilMs : null));
  const moments = [evaluation.nextLookMs, ...ends].filter((moment) => moment !== null);
  return {
    evaluation: {
      ...judged,
      verdict,
      next: nextOf(verdict, evaluation.findings, evaluation.gaps, judged.requirements, "full"),
      nextLookMs: moments.length === 0 ? null : Math.min(...moments),
    },
    booking: own,
  };
}

/** What is left of shortages where the change is a restore that skips budgets: all until it is approved, and it asks for that. */
function exceptRestored(
  short: readonly Short[],
  restore: Evaluation["restore"],
): { readonly standing: readonly Short[]; readonly asks: readonly Requirement[] } {
  const skips =
    restore?.skips.includes("budgets") === true && short.some(({ requirement }) => isSkippable(requirement));
  if (restore === null || !skips) return { standing: short, asks: [] };
  const asks = restore.approved ? restore.asks : shownFor(restore, requirementsOf(short));
  return { standing: restore.approved ? short.filter(({ requirement }) => !isSkippable(requirement)) : short, asks };
}

function requirementsOf(short: readonly Short[]): readonly Requirement[] {
  return short.map(({ requirement }) => requirement);
}

/** Those that it does not hold yet come last. */
function withNew(all: readonly Requirement[], more: readonly Requirement[]): readonly Requirement[] {
  return [...all, ...more.filter(({ id }) => all.every((one) => one.id !== id))];
}
