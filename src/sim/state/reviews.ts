import { atLeast, roleOn } from "./accounts.ts";
import { answerRequests, record } from "./issues.ts";
import type { Actor, PullRequest, Review, ReviewState } from "./model.ts";
import { notFound, Refused } from "./refused.ts";
import type { World } from "./world.ts";

export interface NewReview {
  readonly state: Extract<ReviewState, "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED">;
  readonly body: string;
  /** The commit that was looked at; the head where it is left out. */
  readonly commitSha: string | undefined;
}

/** @throws Refused 422 for a verdict on one's own pull request or a commit that is not part of it. */
export function submitReview(world: World, pull: PullRequest, input: NewReview, actor: Actor): Review {
  if (actor.account.id === pull.author.id && input.state !== "COMMENTED") {
    const verdict = input.state === "APPROVED" ? "approve" : "request changes on";
    throw new Refused(422, `Unprocessable Entity: Can not ${verdict} your own pull request`);
  }
  if (input.state !== "APPROVED" && input.body.trim() === "")
    throw new Refused(422, "Unprocessable Entity: Body can't be blank");
  const commitSha = input.commitSha ?? pull.head.sha;
  if (pull.repository.objects.commit(commitSha) === undefined)
    throw new Refused(422, "Unprocessable Entity: The commit is not part of the pull request");
  const review: Review = {
    id: world.nextId(),
    author: actor.account,
    state: input.state,
    body: input.body,
    commitSha,
    submittedMs: world.now(),
  };
  pull.reviews.push(review);
  pull.updatedMs = world.now();
  answerRequests(world, pull, actor.account);
  world.emit({ name: "pull_request_review", action: "submitted", pull, review, actor });
  return review;
}

export function reviewOf(pull: PullRequest, id: number): Review {
  const review = pull.reviews.find((each) => each.id === id);
  if (review === undefined) throw notFound();
  return review;
}

/** @throws Refused 422 for a review that holds no verdict. */
export function dismissReview(world: World, pull: PullRequest, review: Review, message: string, actor: Actor): void {
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED")
    throw new Refused(422, "Can not dismiss a commented pull request review");
  const state = review.state.toLowerCase();
  review.state = "DISMISSED";
  record(world, pull, "review_dismissed", actor, {
    dismissed_review: { state, review_id: review.id, dismissal_message: message, dismissal_commit_id: null },
  });
  world.emit({ name: "pull_request_review", action: "dismissed", pull, review, actor });
}

export function editReview(world: World, pull: PullRequest, review: Review, body: string, actor: Actor): void {
  review.body = body;
  world.emit({ name: "pull_request_review", action: "edited", pull, review, actor });
}

/**
 * Approvals as GitHub counts them for its own rule: the last verdict of each person with write permission. Less than
 * any requirement while one of them asks for changes.
 */
export function countingApprovals(world: World, pull: PullRequest): number {
  const last = new Map<number, Review>();
  for (const review of pull.reviews)
    if (review.state !== "COMMENTED" && review.state !== "PENDING") last.set(review.author.id, review);
  const verdicts = [...last.values()].filter(
    ({ author }) => author.type === "User" && atLeast(roleOn(world, pull.repository, author), "write"),
  );
  if (verdicts.some(({ state }) => state === "CHANGES_REQUESTED")) return -1;
  return verdicts.filter(({ state }) => state === "APPROVED").length;
}
