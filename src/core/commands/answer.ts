import { paragraph, prose } from "../../lib/markdown.ts";
import { count, shorten } from "../../lib/text.ts";
import type { CommandComment } from "../decisions/command-comment.ts";
import type { Decision, Halt, Override } from "../decisions/decision.ts";
import { administratorsOf } from "../decisions/rights.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { foldedText } from "../report/folded.ts";
import { title } from "../report/words.ts";
import { resumption } from "../requirements/halt.ts";

/** How a command is answered. `words` is Markdown for a comment of its own; null: the reaction says it all. */
export interface Answer {
  readonly reaction: "done" | "refused";
  readonly words: string | null;
}

/** GitHub takes 65,536 characters of a comment; the rest is for what stands around it. */
const explanationBytes = 60_000;

/**
 * The answer to a recorded command. Programs get a reaction alone: one that answers comments by commands could go on for ever.
 *
 * @param evaluation of the head now; null before there is one
 * @returns null where the answer needs an evaluation and there is none yet
 */
export function answerTo(decision: Decision, comment: CommandComment, evaluation: Evaluation | null): Answer | null {
  const answer = wordsFor(decision, evaluation);
  if (answer === null) return null;
  const person = comment.account?.type === "User" && comment.viaApp === null;
  return person ? answer : { ...answer, words: null };
}

function wordsFor(decision: Decision, evaluation: Evaluation | null): Answer | null {
  switch (decision.kind) {
    case "override":
      return evaluation === null ? null : overridden(decision, evaluation);
    case "halt":
      return { reaction: "done", words: halted(decision) };
    case "resume":
      return { reaction: "done", words: `**Lifted:** ${count(decision.halts.length, "halt")}. Verdicts follow.` };
    case "answered": {
      if (decision.refused !== null) return { reaction: "refused", words: `**Not done.** ${prose(decision.refused)}` };
      if (decision.command !== "explain") return { reaction: "done", words: null };
      return evaluation === null ? null : { reaction: "done", words: explanation(evaluation) };
    }
  }
}

const namesShown = 10;
const nameShown = 100;

/** What it lifts the report counts; of a name that nothing has, nobody else would tell. */
function overridden({ names, headSha }: Override, { headSha: judged, overriding, findings }: Evaluation): Answer {
  const done: Answer = { reaction: "done", words: null };
  if (judged !== headSha) return done;
  const ruleOf = new Map(findings.map(({ id, rule }) => [id, rule]));
  const known = new Set(overriding.flatMap(({ id, name }) => [id, name, ruleOf.get(id) ?? id]));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return done;
  const can = overriding.slice(0, namesShown).map(({ name }) => `\`${name}\``);
  const instead =
    can.length === 0 ? "There is nothing that an override lifts." : `What can be lifted: ${can.join(", ")}.`;
  const none = `Nothing that an override lifts is called ${unknown.map(quoted).join(", ")}. ${instead}`;
  return unknown.length === names.length
    ? { reaction: "refused", words: `**Nothing is lifted.** ${prose(none)}` }
    : { reaction: "done", words: prose(none) };
}

function quoted(name: string): string {
  return `\`${shorten(name, nameShown).replaceAll("`", "'")}\``;
}

function halted({ scope, stops }: Halt): string {
  const whom = stops === "everyone" ? "everyone" : "all agents";
  const lift = `It is lifted by ${administratorsOf(scope.kind)}: \`${resumption(scope)}\`.`;
  switch (scope.kind) {
    case "repository":
      return `**Halted:** ${whom} in this repository. ${lift}`;
    case "installation":
      return `**Halted:** ${whom} in all repositories. ${lift}`;
    case "agent":
      return `**Halted:** ${prose(`\`${scope.agent}\``)} in all repositories. ${lift}`;
  }
}

/** What the check run folds, for those who read the conversation: what it shows openly is there already. */
function explanation(evaluation: Evaluation): string {
  const opening = paragraph(
    `${title(evaluation, evaluation.verdict)}, at \`${evaluation.headSha}\`. The check run has the findings.`,
  );
  return `${opening}\n\n${foldedText(evaluation, explanationBytes)}`;
}
