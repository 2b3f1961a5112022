import { budgeted } from "../core/evaluate/budgeted.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { isWaiting, reachesBackMs } from "../core/requirements/booking.ts";
import { waitsForBudget } from "../core/requirements/budget.ts";
import { type PullRequestSubject, subjectId } from "../core/subject.ts";
import type { Held, LoopPorts } from "./held.ts";
import { LeaseShort } from "./publish.ts";

type Ports = Pick<LoopPorts, "books" | "queue" | "clock">;

/**
 * Opens the books for an evaluation: it takes its place, or waits. Whoever is judged at the same moment finds it there, so no two take
 * the last place. It comes before anything is published: what is green holds a place, and some that hold one are not green yet.
 */
export async function takePlace(held: Held, evaluation: Evaluation, ports: Ports): Promise<Evaluation> {
  const { spending, subject, evaluatedAtMs } = evaluation;
  if (spending === null) return evaluation;
  const sinceMs = evaluatedAtMs - reachesBackMs(spending);
  const entered = await ports.books.enter(held.claim, subject, sinceMs, (books) => budgeted(evaluation, books));
  if (entered === null) {
    throw new LeaseShort("The lease was lost before a place in the budgets could be taken: another look has the word.");
  }
  return entered.evaluation;
}

/** Gives up what an evaluation no longer has. It comes after publishing: until GitHub shows otherwise, what was green still is. */
export async function leavePlace(held: Held, evaluation: Evaluation, ports: Ports): Promise<void> {
  if (evaluation.verdict === "allow") return;
  await release(held, evaluation.subject, waitsForBudget(evaluation.requirements), ports);
}

/** Gives up place and turn of what could not be evaluated, once it is withdrawn. */
export async function losePlace(held: Held, subject: PullRequestSubject, ports: Ports): Promise<void> {
  await release(held, subject, false, ports);
}

/** Strikes out what is no longer open. A merge still counts, from now on: we saw it no earlier. */
export async function closePlace(
  held: Held,
  subject: PullRequestSubject,
  because: "closed" | "merged" | "deleted",
  ports: Ports,
): Promise<void> {
  const { books, clock } = ports;
  const known =
    because === "merged"
      ? await books.merged(held.claim, subject, clock.now())
      : await books.strike(held.claim, subject);
  if (known) await wakeWaiting(subject, ports);
}

async function release(held: Held, subject: PullRequestSubject, isReady: boolean, ports: Ports): Promise<void> {
  if (await ports.books.release(held.claim, subject, isReady)) await wakeWaiting(subject, ports);
}

/** All of them: which one may go now is decided by its own policy. */
async function wakeWaiting(after: PullRequestSubject, { books, queue, clock }: Ports): Promise<void> {
  const waiting = (await books.of(after.installationId, clock.now())).filter(isWaiting).map(({ subject }) => subject);
  await queue.mark(
    waiting.filter((subject) => subjectId(subject) !== subjectId(after)),
    clock.now(),
  );
}
