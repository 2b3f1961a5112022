import type { CommandComment } from "../decisions/command-comment.ts";
import { type Asker, refusedHalt, refusedResume } from "../decisions/rights.ts";
import { neverApproves } from "../provenance/invokers.ts";
import { isOverrider, overriderNames } from "../requirements/overriders.ts";
import type { Grounds } from "./grounds.ts";
import type { Command } from "./parse.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { haltScope, resumptions, standingBefore } from "./scope.ts";

/**
 * A command that is read this long after it was written is not obeyed: a halt or an override from before the App was installed would
 * come as a surprise to everybody. Longer than an outage lasts, so that what was written in one is not lost.
 */
export const obeyedForMs = 24 * 3_600_000;
const shaShown = 12;

/** Why a comment is nobody's command, whatever it asks for; null: it is one of the person who wrote it. */
export function refusalOfComment(comment: CommandComment, grounds: Grounds): Refusal | null {
  const { account, viaApp } = comment;
  // Answered, and yet not recorded: the store is another one. What was decided is gone with it, and nobody has asked again.
  if (comment.reacted || comment.replied) {
    return refuse("answered_before", "It was answered before, and what was recorded then is lost. Write it again.");
  }
  if (account === null) return refuse("not_a_person", "The account that wrote it is gone.");
  if (viaApp !== null) {
    return refuse("through_an_app", `It was written through the app \`${viaApp}\`. Write it on GitHub itself.`);
  }
  if ([grounds.policy, grounds.organisation].some((policy) => neverApproves(account, policy))) {
    return refuse("not_a_person", "Only people give commands: this account is an agent's, an app's or a machine's.");
  }
  if (!comment.unedited) {
    return refuse("edited", "It was edited, and others than its author can edit a comment. Write a new one.");
  }
  if (grounds.nowMs - comment.createdAtMs > obeyedForMs) {
    return refuse("too_old", "It was written more than 24 hours before it could be read. Write it again if it holds.");
  }
  return null;
}

/** Why a person is not obeyed; null: they are. */
export function refusalOfCommand(
  command: Command,
  asker: Asker,
  comment: CommandComment,
  grounds: Grounds,
): Refusal | null {
  const policies = { repository: grounds.policy, organisation: grounds.organisation };
  switch (command.name) {
    case "explain":
    case "recheck":
      return writes(asker) ? null : needsWrite;
    case "override":
      return refusalOfOverride(command, asker, comment, grounds);
    case "halt": {
      const why = refusedHalt(asker, haltScope(command.scope, grounds).kind, policies);
      return why === null ? null : refuse("no_right", `Whoever wrote it ${why}.`);
    }
    case "resume": {
      const why = refusedResume(asker, haltScope(command.scope, grounds).kind, policies);
      if (why !== null) return refuse("no_right", `Whoever wrote it ${why}.`);
      if (standingBefore(command.scope, comment.createdAtMs, grounds).length > 0) return null;
      const others = resumptions(grounds);
      const instead = others.length === 0 ? "" : ` What stands now is lifted with ${others.join(" or ")}.`;
      return refuse("nothing_to_lift", `No such halt stood when it was written.${instead}`);
    }
  }
}

const needsWrite = refuse("no_right", "It needs write permission in this repository.");

/**
 * Only on the head that this look has collected, and only after a report about it: an override lifts what was reported, and whoever
 * pushes after the command was written can make another commit whose SHA begins with the same digits.
 */
function refusalOfOverride(
  { sha, breakGlass }: Extract<Command, { name: "override" }>,
  asker: Asker,
  comment: CommandComment,
  { facts, policy, publications }: Grounds,
): Refusal | null {
  const { by, breakGlass: glass } = policy.override;
  if (breakGlass && glass === null) {
    return refuse(
      "no_right",
      "The policy lets nobody break the glass. `override.break_glass` names who may: in the organisation's file where there is one, else in the repository's.",
    );
  }
  if (!writes(asker)) return needsWrite;
  const lists = breakGlass ? (glass?.by ?? []) : by;
  const people = [{ account: asker.account, permission: asker.permission }];
  if (!isOverrider(asker.account, lists, { people, teams: asker.teams })) {
    const key = breakGlass ? "override.break_glass.by" : "override.by";
    const named = overriderNames(lists);
    return refuse("no_right", `Whoever wrote it is not among those whom \`${key}\` names: ${named}.`);
  }
  const head = facts.head.sha;
  if (!head.startsWith(sha)) {
    const given = sha.slice(0, shaShown);
    return refuse("not_the_head", `\`${given}\` is not the head: that is \`${head}\`. Read its report first.`);
  }
  const reported = publications.some(
    ({ headSha, publishedAtMs }) => headSha === head && publishedAtMs < comment.createdAtMs,
  );
  if (reported) return null;
  return refuse(
    "not_reported",
    `It was written before there was a report about \`${head}\`. Read that, and write again.`,
  );
}

function writes({ permission }: Asker): boolean {
  return permission === "admin" || permission === "write";
}
