import { shorten } from "../../lib/text.ts";
import type { CommandComment } from "../decisions/command-comment.ts";
import type { CommandName } from "../decisions/command-name.ts";
import type { Decider, Decision } from "../decisions/decision.ts";
import type { Account } from "../facts.ts";
import { type PullRequestSubject, subjectId } from "../subject.ts";
import type { Grounds, Permissions } from "./grounds.ts";
import { type Command, parseCommand } from "./parse.ts";
import type { Refusal } from "./refusal.ts";
import { refusalOfCommand, refusalOfComment } from "./refusals.ts";
import { haltScope, knownAgent, standingBefore } from "./scope.ts";

const reasonMax = 500;

/** What is to be recorded of a command. */
export interface Judged {
  readonly decision: Decision;
  readonly name: CommandName;
  /** Null: it is obeyed. */
  readonly refused: Refusal | null;
}

/** Before it is asked what somebody may do: `judged` needs no asking, `asked` does. Programs cause no requests. */
export type Screened =
  | { readonly kind: "judged"; readonly judged: Judged }
  | { readonly kind: "asked"; readonly command: Command; readonly account: Account };

/** The id under which a command is recorded. */
export function commandId({ repository }: PullRequestSubject, comment: Pick<CommandComment, "id">): string {
  return `comment/${repository.id}/${comment.id}`;
}

/** Judges who wrote a comment, whether the words are theirs, and whether they make a command. */
export function screenCommand(comment: CommandComment, grounds: Grounds): Screened {
  const { account } = comment;
  const parsed = parseCommand(comment.firstLine, (name) => knownAgent(name, grounds));
  const ofComment = refusalOfComment(comment, grounds);
  if (parsed.ok && ofComment === null && account !== null) return { kind: "asked", command: parsed.command, account };
  const name = parsed.ok ? parsed.command.name : parsed.name;
  const refused = ofComment ?? (parsed.ok ? null : parsed.refusal);
  if (refused === null) throw new Error(`Cannot judge comment ${comment.id}: it has neither an author nor a refusal.`);
  return { kind: "judged", judged: notObeyed(name, refused, comment, grounds) };
}

/** Judges a person's command by what they may do now. */
export function judgeCommand(
  { command, account }: Extract<Screened, { kind: "asked" }>,
  comment: CommandComment,
  { here, above }: Permissions,
  grounds: Grounds,
): Judged {
  const asker = { account, permission: here, permissionAbove: above, teams: grounds.facts.teams };
  const refused = refusalOfCommand(command, asker, comment, grounds);
  if (refused !== null) return notObeyed(command.name, refused, comment, grounds);
  return { decision: decisionOf(command, comment, grounds), name: command.name, refused: null };
}

/** Whether what somebody may do in the owner's `.github` counts for a command. */
export function reachesFurther(command: Command): boolean {
  return (command.name === "halt" || command.name === "resume") && command.scope.kind !== "repository";
}

function decisionOf(command: Command, comment: CommandComment, grounds: Grounds): Decision {
  const { subject, head, base } = grounds.facts;
  const common = about(comment, grounds);
  switch (command.name) {
    case "explain":
    case "recheck":
      return {
        ...common,
        kind: "answered",
        reason: "",
        subjectId: subjectId(subject),
        command: command.name,
        refused: null,
      };
    case "override":
      return {
        ...common,
        kind: "override",
        reason: shorten(command.reason, reasonMax),
        subjectId: subjectId(subject),
        headSha: head.sha,
        baseRef: base.ref,
        names: [...command.names],
        breakGlass: command.breakGlass,
      };
    case "halt":
      return {
        ...common,
        kind: "halt",
        reason: shorten(command.reason, reasonMax),
        scope: haltScope(command.scope, grounds),
        stops: command.stops,
      };
    case "resume":
      return {
        ...common,
        kind: "resume",
        reason: shorten(command.reason, reasonMax),
        installationId: subject.installationId,
        halts: standingBefore(command.scope, comment.createdAtMs, grounds).map(({ id }) => id),
      };
  }
}

function notObeyed(name: CommandName, refused: Refusal, comment: CommandComment, grounds: Grounds): Judged {
  const decision: Decision = {
    ...about(comment, grounds),
    kind: "answered",
    reason: "",
    subjectId: subjectId(grounds.facts.subject),
    command: name,
    refused: refused.because,
  };
  return { decision, name, refused };
}

/** What GitHub shows for an account that is gone. https://github.com/ghost */
const ghost = { id: 10137, login: "ghost" } as const;

/** Dated by GitHub, as of when it was written: told once more from a thread, commands keep their order. */
function about(
  comment: CommandComment,
  { facts }: Grounds,
): { readonly id: string; readonly by: Decider; readonly atMs: number } {
  const { id, login } = comment.account ?? ghost;
  return { id: commandId(facts.subject, comment), by: { kind: "account", id, login }, atMs: comment.createdAtMs };
}
