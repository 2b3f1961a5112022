import { z } from "zod";
import type { Prompt } from "../../../core/facts.ts";
import { isListed } from "../../../core/provenance/catalogue.ts";
import type { Repository } from "../../../core/subject.ts";
import { ask, askAll, GitHubFailure, type Session } from "../api.ts";
import type { Pull } from "../shapes.ts";
import { calls, onceEach, promptsOf, said, timelineShape } from "./happenings.ts";

/** Two requests each, and a description can name any number. */
const issuesLimit = 3;
const pagesLimit = 5;

const issueShape = said.extend({ pull_request: z.unknown().optional() });
const inBranch = /\bissue-(\d{1,9})\b/giu;
const inText = /(?<![\w/])#(\d{1,9})\b/gu;

/**
 * Who called or assigned an agent on the issues that a pull request of an app names: agents start from there, and their pull requests
 * say for what. That they do is the author's word, so it only ever excludes; what is not shown to this app adds nobody. Nothing is
 * asked for people's own pull requests, nor where GitHub attests who started the agent.
 */
export async function readIssuePrompts(
  session: Session,
  { owner, name: repo }: Repository,
  pull: Pull,
  startAttested: boolean,
): Promise<readonly Prompt[]> {
  const byPerson = pull.user?.type === "User" && !isListed(pull.user);
  if (startAttested || byPerson) return [];
  const named = [...pull.head.ref.matchAll(inBranch), ...(pull.body ?? "").matchAll(inText)];
  const numbers = [...new Set(named.map(([, number]) => Number(number)))].filter((number) => number !== pull.number);
  const prompts = numbers.slice(0, issuesLimit).map(async (issue_number): Promise<readonly Prompt[]> => {
    const given = { owner, repo, issue_number };
    try {
      const issue = await ask(session, "GET /repos/{owner}/{repo}/issues/{issue_number}", given, issueShape);
      if (issue.pull_request !== undefined) return [];
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline";
      const { items } = await askAll(session, route, given, timelineShape, pagesLimit);
      const opener: readonly Prompt[] = issue.user !== null && calls(issue) ? [{ by: issue.user, how: "called" }] : [];
      return [...opener, ...items.flatMap(promptsOf)];
    } catch (failed) {
      if (failed instanceof GitHubFailure && [403, 404, 410].includes(failed.status ?? 0)) return [];
      throw failed;
    }
  });
  return onceEach((await Promise.all(prompts)).flat());
}
