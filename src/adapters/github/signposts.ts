import { z } from "zod";
import type { Clock, SignpostKeeper } from "../../app/ports.ts";
import type { Signposting } from "../../core/evaluate/signposts.ts";
import type { PullRequestSubject } from "../../core/subject.ts";
import { type ApiFor, ask, askOrNull, type Parameters, type Session } from "./api.ts";

const anything = z.unknown();

/** Labels and requests for review. GitHub makes a label that the repository does not have yet. */
export class GitHubSignposts implements SignpostKeeper {
  readonly #apiFor: ApiFor;
  readonly #clock: Clock;

  constructor(apiFor: ApiFor, clock: Clock) {
    this.#apiFor = apiFor;
    this.#clock = clock;
  }

  /** Everybody is asked alone: GitHub refuses a whole request for the sake of one who may not review. Throws an `AggregateError`. */
  async change(
    { installationId, repository, number }: PullRequestSubject,
    { add, remove, people, teams }: Signposting,
    signal: AbortSignal,
  ): Promise<void> {
    const session: Session = { api: await this.#apiFor(installationId), signal, clock: this.#clock };
    const issue = { owner: repository.owner, repo: repository.name, issue_number: number };
    const pull = { owner: repository.owner, repo: repository.name, pull_number: number };
    const ofReview = "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
    const request = (given: Parameters) => ask(session, ofReview, { ...pull, ...given }, anything);
    const steps = [
      ...(add === null
        ? []
        : [
            ask(
              session,
              "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
              { ...issue, labels: [add] },
              anything,
            ),
          ]),
      ...remove.map((name) =>
        askOrNull(
          session,
          "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
          { ...issue, name },
          anything,
        ),
      ),
      ...people.map((login) => request({ reviewers: [login] })),
      ...teams.map((slug) => request({ team_reviewers: [slug] })),
    ];
    const failed = (await Promise.allSettled(steps)).flatMap((step) =>
      step.status === "rejected" ? [step.reason] : [],
    );
    if (failed.length > 0) throw new AggregateError(failed, "Cannot bring labels and requests for review into line.");
  }
}
