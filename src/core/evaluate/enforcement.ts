import { paragraph } from "../../lib/markdown.ts";
import type { Account, Facts } from "../facts.ts";
import { whoMayArm } from "../requirements/auto-merge.ts";
import type { Evaluation } from "./evaluation.ts";

/** What is to be done about a pull request beside its check run, by an App that may do more than this gate. */
export interface Enforcement {
  readonly headSha: string;
  /** Switch auto-merge off while this account's arming stands, and say who may arm it again. Null: leave it. */
  readonly disarm: { readonly armedBy: Account | "unknown"; readonly comment: string } | null;
  /** Take it out of the merge queue, should it wait in one. */
  readonly dequeue: boolean;
}

/** Null where nothing is to be done: it may merge, or the policy only observes. */
export function enforcementOf(evaluation: Evaluation, { pullRequest }: Facts): Enforcement | null {
  const { policy, verdict, headSha, requirements } = evaluation;
  if (policy.mode === "observe" || verdict === "allow") return null;
  const open = requirements.find(({ kind, state }) => kind === "auto_merge" && state.kind !== "met");
  const armedBy = pullRequest.autoMergeArmedBy;
  return {
    headSha,
    disarm: open === undefined || armedBy === null ? null : { armedBy, comment: commentOn(open) },
    dequeue: true,
  };
}

function commentOn(requirement: Evaluation["requirements"][number]): string {
  return [
    paragraph(
      `Auto-merge is switched off. It was ${requirement.now}: this pull request carries marks of an agent, and would have merged by itself as soon as its last check turned green.`,
    ),
    paragraph(`Who may switch it on again: ${whoMayArm(requirement)}.`),
  ].join("\n\n");
}
