import type { SimPullRequest } from "../facade/pull-request.ts";
import type { Comment, PullRequest } from "../state/model.ts";
import type { Stage } from "./stage.ts";

/** Comments of a pull request that are not Sallyport's, oldest first. */
export function commentsOfOthers({ comments }: PullRequest, { app }: Stage): readonly Comment[] {
  return comments.filter((comment) => comment.app !== app.state);
}

/** Comments of Sallyport, oldest first. */
export function ownComments({ comments }: PullRequest, { app }: Stage): readonly Comment[] {
  return comments.filter((comment) => comment.app === app.state);
}

/** A text with SHAs in the place of names: `{head}` and `{v1}` in full, `{head:7}` the first digits. */
export function withShas(text: string, pull: SimPullRequest, { commits }: Stage): string {
  return text.replaceAll(/\{(?<name>[\w-]+)(?::(?<digits>\d+))?\}/gu, (whole, name: string, digits?: string) => {
    const sha = name === "head" ? pull.headSha : commits.get(name);
    return sha?.slice(0, digits === undefined ? sha.length : Number(digits)) ?? whole;
  });
}
