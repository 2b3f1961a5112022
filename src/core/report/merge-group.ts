import { count, shorten } from "../../lib/text.ts";
import { prose, table } from "../../lib/markdown.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { groupPasses, mayLand } from "../evaluate/merge-group.ts";
import type { CheckRun } from "./check-run.ts";
import { title } from "./words.ts";

const titleMax = 80;
/** GitHub's queues put at most 100 pull requests into a group. */
const rowsMax = 100;

/** The check run of a merge group: `success` or `failure`, never anything that would stall the queue. Null: it could not be evaluated. */
export function renderMergeGroup(members: readonly Evaluation[] | null): CheckRun {
  const passes = groupPasses(members ?? []);
  const heading = headingOf(members ?? []);
  return {
    conclusion: passes ? "success" : "failure",
    title: heading,
    summary: [`## ${prose(heading)}`, members === null ? unread : tableOf(members)].join("\n\n"),
    text: "",
    annotations: [],
    omittedAnnotations: 0,
    buttons: [],
  };
}

const unread =
  "Sallyport could not evaluate this merge group, so it may not land. **What to do.** Add its pull requests to the queue again; if it happens again, tell whoever runs Sallyport.";

function headingOf(members: readonly Evaluation[]): string {
  const refused = members.find((member) => !mayLand(member));
  if (refused !== undefined) return shorten(`#${refused.subject.number}: ${title(refused)}`, titleMax);
  if (members.length === 0) return "Block: this merge group could not be evaluated";
  return `Allow: ${count(members.length, "pull request")} may land`;
}

function tableOf(members: readonly Evaluation[]): string {
  const rows = members
    .slice(0, rowsMax)
    .map((member) => [`#${member.subject.number}`, mayLand(member) ? "yes" : "**no**", prose(title(member))]);
  const more = members.length - rows.length;
  const judged = table(["Pull request", "May land", "As it would land"], rows);
  return more > 0 ? `${judged}\n\n${count(more, "pull request")} more.` : judged;
}
