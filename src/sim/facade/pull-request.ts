import { armAutoMerge } from "../state/auto-merge.ts";
import { archiveCheckRuns, requestAction, rerequestRun } from "../state/checks.ts";
import {
  deleteComment,
  addComment,
  addLabels,
  assign,
  editComment,
  removeLabel,
  requestReviews,
} from "../state/issues.ts";
import { dequeue, enqueue } from "../state/merge-queue.ts";
import { mergePullRequest, updateBranch } from "../state/merging.ts";
import type { Account, Actor, App, CheckRun, Comment, MergeMethod, PullRequest, Review, Team } from "../state/model.ts";
import { latestRuns } from "../state/protection.ts";
import { disarmAutoMerge, editPullRequest, type PullRequestEdit, setDraft, startAgentWork } from "../state/pulls.ts";
import { revertPullRequest } from "../state/reverts.ts";
import { dismissReview, editReview, submitReview } from "../state/reviews.ts";
import type { World } from "../state/world.ts";

/** One pull request, and what people and agents do to it. Whatever GitHub refuses throws {@link Refused}. */
export class SimPullRequest {
  /** The record itself, for reading. */
  readonly state: PullRequest;
  readonly #world: World;

  constructor(world: World, state: PullRequest) {
    this.#world = world;
    this.state = state;
  }

  get number(): number {
    return this.state.number;
  }
  get headSha(): string {
    return this.state.head.sha;
  }

  /** @param commitSha the commit that was looked at; the head by default */
  review(
    by: Account,
    verdict: "approve" | "request changes" | "comment",
    options: { body?: string; commitSha?: string } = {},
  ): Review {
    const state = ({ approve: "APPROVED", "request changes": "CHANGES_REQUESTED", comment: "COMMENTED" } as const)[
      verdict
    ];
    return submitReview(
      this.#world,
      this.state,
      { state, body: options.body ?? verdict, commitSha: options.commitSha },
      person(by),
    );
  }

  dismiss(review: Review, by: Account, message = "dismissed"): void {
    dismissReview(this.#world, this.state, review, message, person(by));
  }

  requestReviews(by: Account, reviewers: readonly Account[], teams: readonly Team[] = []): void {
    requestReviews(this.#world, this.state, reviewers, teams, person(by));
  }

  /** @param app through which the person writes; null: on GitHub itself */
  comment(by: Account, body: string, app: App | null = null): Comment {
    return addComment(this.#world, this.state, body, { ...person(by), app });
  }

  deleteComment(comment: Comment, by: Account): void {
    deleteComment(this.#world, this.state, comment, person(by));
  }

  /** The button "Revert". @returns the pull request that takes this one back */
  revert(by: Account): SimPullRequest {
    const request = { title: null, body: null, draft: false };
    return new SimPullRequest(this.#world, revertPullRequest(this.#world, this.state, request, person(by)));
  }

  editComment(comment: Comment, by: Account, body: string): void {
    editComment(this.#world, this.state, comment, body, person(by));
  }

  editReview(review: Review, by: Account, body: string): void {
    editReview(this.#world, this.state, review, body, person(by));
  }

  /** "Update branch": a merge of the base into the head. @returns the new head */
  updateBranch(by: Account): string {
    return updateBranch(this.#world, this.state, person(by));
  }

  label(by: Account, ...names: readonly string[]): void {
    addLabels(this.#world, this.state, names, person(by));
  }

  unlabel(by: Account, name: string): void {
    removeLabel(this.#world, this.state, name, person(by));
  }

  assign(by: Account, assignee: Account): void {
    assign(this.#world, this.state, assignee, person(by));
  }

  /** What GitHub attests when a person hands its cloud agent a task. */
  attestAgentWork(invoker: Account, ...labels: readonly string[]): void {
    startAgentWork(this.#world, this.state, person(invoker), labels);
  }

  /** Title, body, base branch, and closing or reopening. */
  edit(by: Account, edit: PullRequestEdit): void {
    editPullRequest(this.#world, this.state, edit, person(by));
  }

  markReady(by: Account): void {
    setDraft(this.#world, this.state, false, person(by));
  }
  markDraft(by: Account): void {
    setDraft(this.#world, this.state, true, person(by));
  }

  armAutoMerge(by: Account, method: MergeMethod = "merge"): void {
    armAutoMerge(this.#world, this.state, method, person(by));
  }
  disarmAutoMerge(by: Account): void {
    disarmAutoMerge(this.#world, this.state, person(by));
  }

  /** Into the base branch's merge queue; `jump` puts it in front. */
  enqueue(by: Account, options: { readonly jump?: boolean } = {}): void {
    enqueue(this.#world, this.state, { jump: options.jump ?? false, headSha: undefined }, person(by));
  }
  dequeue(by: Account): void {
    dequeue(this.#world, this.state, "MANUAL", person(by));
  }

  /** @returns the SHA that the base branch then has */
  merge(by: Account, options: { method?: MergeMethod; sha?: string } = {}): string {
    return mergePullRequest(
      this.#world,
      this.state,
      { method: options.method ?? "merge", sha: options.sha, title: undefined },
      person(by),
    );
  }

  /** "Re-run" of the newest run of this name on the head. @throws Error when there is none */
  rerequest(by: Account, name = "sallyport"): void {
    rerequestRun(this.#world, this.state.repository, this.#run(name), person(by));
  }

  /** Presses a button of the newest run of this name on the head. @param identifier the button's, not its label */
  press(identifier: string, by: Account, name = "sallyport"): void {
    requestAction(this.#world, this.state.repository, this.#run(name), identifier, person(by));
  }

  /** GitHub archives an app's runs on the head: nobody finds them any more. */
  archiveChecks(app: App): void {
    archiveCheckRuns(this.state.repository, app, this.headSha);
  }

  #run(name: string): CheckRun {
    const run = this.checkRuns().find((each) => each.name === name);
    if (run === undefined)
      throw new Error(`Cannot find a check run ${name} on the head of pull request ${this.number}: nobody made one.`);
    return run;
  }

  /** The newest check run of each app and name on the head, newest first. */
  checkRuns(): CheckRun[] {
    return latestRuns(this.state.repository.checkRuns.filter(({ headSha }) => headSha === this.headSha));
  }
}

/** An account that acts by itself and not through an app. */
export function person(account: Account): Actor {
  return { account, app: null };
}
