import { z } from "zod";
import type { Gap } from "../../../core/change/change-set.ts";
import type { PullRequestSubject } from "../../../core/subject.ts";
import { askAll, type Session } from "../api.ts";
import { effectiveBase, type Pull, pullShape } from "../shapes.ts";
import { missing } from "./gap.ts";

const pagesLimit = 10;

/** The other open pull requests with the same head and base: they share the check run. Sorted by number. */
export async function listSiblings(
  session: Session,
  subject: PullRequestSubject,
  pull: Pull,
): Promise<{ readonly siblings: readonly PullRequestSubject[]; readonly gaps: readonly Gap[] }> {
  const { owner, name: repo, id } = subject.repository;
  const route = "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls";
  const given = { owner, repo, commit_sha: pull.head.sha };
  const { items, complete } = await askAll(session, route, given, z.array(pullShape), pagesLimit);
  const numbers = items
    .filter(
      (other) =>
        other.number !== pull.number &&
        other.state === "open" &&
        other.head.sha === pull.head.sha &&
        other.base.repo.id === id &&
        effectiveBase(other) === effectiveBase(pull),
    )
    .map(({ number }) => number);
  const gap = missing(
    "unreadable-siblings",
    `which pull requests share this head: more than ${items.length} contain it`,
    "Push a commit of its own to this branch.",
  );
  return {
    siblings: numbers.toSorted((a, b) => a - b).map((number) => ({ ...subject, number })),
    gaps: complete ? [] : [gap],
  };
}
