import { code, prose } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import { type Answer, answerOf } from "../deployment-gate/answer.ts";
import { ofRequirement } from "../evaluate/conclude.ts";
import type { DeploymentEvaluation } from "../evaluate/deployment.ts";
import { type Verdict, verdicts } from "../evaluate/verdict.ts";
import { capitalised } from "./words.ts";

/** GitHub's limit. https://docs.github.com/en/rest/actions/workflow-runs#review-custom-deployment-protection-rules-for-a-workflow-run */
export const commentMax = 1_024;
/** So that what decides is never crowded out by one long reason. */
const reasonMax = 300;
const shownDigits = 7;
const numbersShown = 10;

/** The comment on a deployment, as Markdown of at most 1,024 characters: whole sentences, the decisive ones first. */
export function deploymentComment(evaluation: DeploymentEvaluation): string {
  const answer = answerOf(evaluation);
  const [worst, ...open] = openReasons(evaluation);
  const [first = "", ...said] = opening(answer, evaluation, worst === undefined);
  // What can be done comes before further reasons: it must not be what is cut.
  return fitted(first, [...said, ...(worst === undefined ? [] : [worst]), ...wayOut(evaluation, answer), ...open]);
}

function opening(answer: Answer, evaluation: DeploymentEvaluation, nothingOpen: boolean): readonly string[] {
  const observes = evaluation.policy.mode === "observe";
  switch (answer) {
    case "approved":
      if (observes && !nothingOpen) {
        return [
          `**Approved: the policy observes.** Enforced, it would be ${wordOf(evaluation.verdict)}.`,
          compared(evaluation),
        ];
      }
      return ["**Approved.**", compared(evaluation), mergedBetween(evaluation.merged), ...standing(evaluation)];
    case "rejected":
      return ["**Rejected.**"];
    case "waits":
      return [evaluation.verdict === "wait" ? "**Waits; it goes on by itself.**" : "**Held: people are missing.**"];
  }
}

function wordOf(verdict: Verdict): string {
  switch (verdict) {
    case "allow":
      return "approved";
    case "wait":
    case "hold":
      return "held";
    case "block":
      return "rejected";
  }
}

function compared({ headSha, live }: DeploymentEvaluation): string {
  const head = code(headSha.slice(0, shownDigits));
  return live === null ? `To deploy: ${head}.` : `To deploy: ${head}; live: ${code(live.sha.slice(0, shownDigits))}.`;
}

function mergedBetween(numbers: readonly number[]): string {
  if (numbers.length === 0) return "No pull request was merged between.";
  const shown = numbers.slice(0, numbersShown).map((number) => `#${number}`);
  const more = numbers.length > numbersShown ? ` and ${numbers.length - numbersShown} more` : "";
  return `${count(numbers.length, "pull request")} between, each allowed at its merged head: ${shown.join(", ")}${more}.`;
}

/** What was asked for and is met, where that says more than that nothing is wrong. */
function standing({ requirements }: DeploymentEvaluation): readonly string[] {
  return requirements.filter(({ kind }) => kind === "bake").map(({ now }) => sentence(now));
}

/** The worst first; each with what its reader can do, where that is not the same for all. */
function openReasons({ requirements, gaps }: DeploymentEvaluation): readonly string[] {
  const reasons = [
    ...requirements.map((each) => ({ verdict: ofRequirement(each), text: sentence(each.now) })),
    ...gaps.map(({ level, reason, remedy }) => ({
      verdict: level,
      text: `${sentence(`Cannot decide: ${reason}`)} ${prose(remedy, reasonMax)}`,
    })),
  ];
  return reasons
    .filter(({ verdict }) => verdict !== "allow")
    .toSorted((a, b) => verdicts.indexOf(b.verdict) - verdicts.indexOf(a.verdict))
    .map(({ text }) => text);
}

/** Each once. */
function wayOut({ requirements }: DeploymentEvaluation, answer: Answer): readonly string[] {
  if (answer === "approved") return [];
  const remedies = requirements.filter((each) => ofRequirement(each) !== "allow").map(({ remedy }) => remedy);
  const known = [...new Set(remedies.filter((remedy) => remedy !== null))];
  return known.length === 0 ? [] : [`**What to do.** ${known.map(sentence).join(" ")}`];
}

function sentence(text: string): string {
  return `${prose(capitalised(text), reasonMax)}.`;
}

/** As many as fit, with a count of those that do not. */
function fitted(first: string, others: readonly string[]): string {
  let text = first;
  for (const [index, next] of others.entries()) {
    const rest = others.length - index;
    const cut = ` ${count(rest, "more sentence")} not shown.`;
    const room = commentMax - (index === others.length - 1 ? 0 : cut.length);
    if (text.length + 1 + next.length > room) return `${text}${cut}`;
    text = `${text} ${next}`;
  }
  return text;
}
