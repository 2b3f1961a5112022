import { type Booking } from "../requirements/booking.ts";
import { budgetRequirements } from "../requirements/budget.ts";
import { shownFor } from "../requirements/restored.ts";
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
  const { budgets, ...taken } = spending;
  const id = subjectId(subject);
  const page = books.find((one) => subjectId(one.subject) === id);
  const others = books.filter((one) => subjectId(one.subject) !== id);
  const isReady = evaluation.verdict === "allow";
  const own: Booking = {
    ...taken,
    subject,
    readySinceMs: page?.readySinceMs ?? (isReady ? evaluatedAtMs : null),
    holds: page?.holds ?? false,
    mergedAtMs: null,
  };
  if (!isReady) return { evaluation, booking: own };
  const short = budgetRequirements(own, others, budgets, evaluatedAtMs);
  const skips = evaluation.restore !== null && evaluation.restore.skips.includes("budgets");
  if (short.length > 0 && skips && evaluation.restore?.approved === true) {
    const requirements = withNew(evaluation.requirements, evaluation.restore.asks);
    return { evaluation: { ...evaluation, requirements }, booking: { ...own, holds: true } };
  }
  if (short.length === 0) return { evaluation, booking: { ...own, holds: true } };
  const asks = skips && evaluation.restore !== null ? shownFor(evaluation.restore, short) : [];
  const requirements = [...withNew(evaluation.requirements, asks), ...short];
  const verdict = "wait";
  const ends = short.map(({ state }) => (state.kind === "waiting" ? state.untilMs : null));
  const moments = [evaluation.nextLookMs, ...ends].filter((moment) => moment !== null);
  return {
    evaluation: {
      ...evaluation,
      verdict,
      requirements,
      next: nextOf(verdict, evaluation.findings, evaluation.gaps, requirements, "full"),
      nextLookMs: moments.length === 0 ? null : Math.min(...moments),
    },
    booking: own,
  };
}

/** Those that it does not hold yet come last. */
function withNew(all: readonly Requirement[], more: readonly Requirement[]): readonly Requirement[] {
  return [...all, ...more.filter(({ id }) => all.every((one) => one.id !== id))];
}
