import { z } from "zod";
import type { Clock, PullRequestActions } from "../../app/ports.ts";
import type { PullRequestSubject } from "../../core/subject.ts";
import { type ApiFor, ask, type Session } from "./api.ts";
import { answerMark } from "./facts/comments.ts";

const madeShape = z.looseObject({ id: z.int() });

/**
 * Answers where people wrote, by GitHub's API for issues: with `issues: write` it takes reactions and comments on pull requests, so that
 * this app needs no permission to approve. https://docs.github.com/en/rest/reactions/reactions#create-reaction-for-an-issue-comment
 */
export class GitHubActions implements PullRequestActions {
  readonly #apiFor: ApiFor;
  readonly #clock: Clock;

  constructor(apiFor: ApiFor, clock: Clock) {
    this.#apiFor = apiFor;
    this.#clock = clock;
  }

  /** Throws `GitHubFailure` or `RetryLater`, also where the comment is gone. */
  async react(
    { installationId, repository }: PullRequestSubject,
    commentId: number,
    reaction: "done" | "refused",
    signal: AbortSignal,
  ): Promise<void> {
    const session = await this.#session(installationId, signal);
    const { owner, name: repo } = repository;
    const given = { owner, repo, comment_id: commentId, content: reaction === "done" ? "+1" : "-1" };
    await ask(session, "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", given, madeShape);
  }

  /** Throws `GitHubFailure` or `RetryLater`, also where the conversation is locked. */
  async reply(
    { installationId, repository, number }: PullRequestSubject,
    commentId: number,
    markdown: string,
    signal: AbortSignal,
  ): Promise<void> {
    const session = await this.#session(installationId, signal);
    const { owner, name: repo } = repository;
    const given = { owner, repo, issue_number: number, body: `${answerMark(commentId)}\n${markdown}` };
    await ask(session, "POST /repos/{owner}/{repo}/issues/{issue_number}/comments", given, madeShape);
  }

  async #session(installationId: number, signal: AbortSignal): Promise<Session> {
    return { api: await this.#apiFor(installationId), signal, clock: this.#clock };
  }
}
