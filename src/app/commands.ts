import { type Answer, answerTo } from "../core/commands/answer.ts";
import type { Grounds, Permissions } from "../core/commands/grounds.ts";
import { commandId, judgeCommand, type Judged, reachesFurther, screenCommand } from "../core/commands/judge.ts";
import type { CommandComment } from "../core/decisions/command-comment.ts";
import type { Decision } from "../core/decisions/decision.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { readPolicies } from "../core/policy/reading.ts";
import { rules } from "../core/rules/index.ts";
import { type PullRequestSubject, subjectId } from "../core/subject.ts";
import { aside, bounded, during, type Held, type LoopLimits, type LoopPorts } from "./held.ts";
import type { Collected } from "./ports.ts";

type CollectedPull = Extract<Collected, { kind: "facts" }>;

/** A command that is recorded, and of which its author has not heard yet. */
export interface Unanswered {
  readonly comment: CommandComment;
  readonly decision: Decision;
}

/** The longest that all answers of one look may take: the verdict must not wait for them. */
const answersMs = 10_000;
/** As many as are read for the facts. */
const publicationsRead = 500;

/**
 * Judges and records the commands that were not recorded yet, the oldest first, so that the evaluation that follows knows of them. Rejects
 * where it cannot be read what somebody may do: then nobody knows whether this pull request is halted.
 *
 * @returns what is to be answered: these, and those whose answer failed or was cut off before
 */
export async function recordCommands(
  held: Held,
  subject: PullRequestSubject,
  collected: CollectedPull,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<readonly Unanswered[]> {
  const { commands } = collected;
  if (commands.length === 0) return [];
  const recorded = await ports.decisions.recorded(commands.map((comment) => commandId(subject, comment)));
  const unanswered: Unanswered[] = [];
  for (const comment of commands) {
    const known = recorded.get(commandId(subject, comment));
    const decision = known ?? (await recordCommand(held, subject, { comment, collected }, ports, limits));
    if (decision !== null && !comment.reacted) unanswered.push({ comment, decision });
  }
  return unanswered;
}

/**
 * Tells people what became of their commands. Never rejects: what is recorded holds, and the next look tries again, for the reaction
 * that ends an answer is missing.
 *
 * @param evaluation null: before there is one; what cannot be answered without it is left
 * @returns what is left to be answered
 */
export async function answerCommands(
  held: Held,
  subject: PullRequestSubject,
  unanswered: readonly Unanswered[],
  evaluation: Evaluation | null,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<readonly Unanswered[]> {
  const left: Unanswered[] = [];
  const untilMs = ports.clock.monotonicMs() + answersMs;
  for (const one of unanswered) {
    const answer = answerTo(one.decision, one.comment, evaluation);
    if (answer === null) {
      left.push(one);
      continue;
    }
    try {
      const leftMs = untilMs - ports.clock.monotonicMs();
      await aside(held, ports, limits, (signal) => give(answer, one.comment, subject, ports, signal), leftMs);
    } catch (error) {
      const particulars = { error, subject: subjectId(subject), comment: one.comment.id };
      ports.log.warn(particulars, "a command is recorded and could not be answered; the next look tries again");
    }
  }
  return left;
}

async function recordCommand(
  held: Held,
  subject: PullRequestSubject,
  { comment, collected }: { readonly comment: CommandComment; readonly collected: CollectedPull },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Decision | null> {
  const judged = await judge(held, subject, { comment, collected }, ports, limits);
  const { decision, name, refused } = judged;
  const entry = {
    kind: "command" as const,
    atMs: ports.clock.now(),
    commentId: comment.id,
    accountId: comment.account?.id ?? null,
    command: name,
    refused: refused?.code ?? null,
  };
  const isNew = await ports.decisions.record(decision, { subject, lease: held.claim.lease, entry });
  return isNew ? decision : null;
}

async function judge(
  held: Held,
  subject: PullRequestSubject,
  { comment, collected }: { readonly comment: CommandComment; readonly collected: CollectedPull },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Judged> {
  const grounds = await groundsOf(subject, collected, ports);
  const screened = screenCommand(comment, grounds);
  if (screened.kind === "judged") return screened.judged;
  const permissions = await during("collect", () =>
    bounded([held.stopping], limits.collectMs, async (signal) => {
      const may = (where: keyof Permissions) => ports.rights.permissionOf(subject, screened.account, where, signal);
      return {
        here: await may("here"),
        above: reachesFurther(screened.command) ? await may("above") : "none",
      } as const;
    }),
  );
  return judgeCommand(screened, comment, permissions, grounds);
}

/** Halts are read for each command afresh: the one before it may have been another halt, or lifted one. */
async function groundsOf(
  subject: PullRequestSubject,
  { facts, policies }: CollectedPull,
  { decisions, ledger, clock }: LoopPorts,
): Promise<Grounds> {
  const ofOrganisation = policies.filter(({ scope }) => scope === "organisation");
  const [publications, { halts }] = await Promise.all([
    ledger.publications(subject, publicationsRead),
    decisions.holding(subject),
  ]);
  return {
    facts,
    policy: readPolicies(policies, rules).policy,
    organisation: readPolicies(ofOrganisation, rules).policy,
    publications,
    halts,
    nowMs: clock.now(),
  };
}

/** The reaction comes last: as long as it is missing, the answer is given again, and words that stand are not repeated. */
async function give(
  { words, reaction }: Answer,
  comment: CommandComment,
  subject: PullRequestSubject,
  { actions }: LoopPorts,
  signal: AbortSignal,
): Promise<void> {
  if (words !== null && !comment.replied) await actions.reply(subject, comment.id, words, signal);
  await actions.react(subject, comment.id, reaction, signal);
}
