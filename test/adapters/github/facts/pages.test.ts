// Every page of every list: a list that ends at GitHub's first page hides whoever stands on the second.
import { expect, test } from "vitest";
import type { Session } from "../../../../src/adapters/github/api.ts";
import { readHappenings } from "../../../../src/adapters/github/facts/happenings.ts";
import { listReviews, readAdministrators, readTeams } from "../../../../src/adapters/github/facts/people.ts";
import { listQueued } from "../../../../src/adapters/github/facts/queue.ts";
import { listSiblings } from "../../../../src/adapters/github/facts/siblings.ts";
import { GitHubPublisher } from "../../../../src/adapters/github/publisher.ts";
import { type Pull, pullShape } from "../../../../src/adapters/github/shapes.ts";

const repository = { id: 1, owner: "acme", name: "shop" };
const at = "2026-02-17T09:00:00Z";
const sha = (n: number): string => n.toString(16).padStart(40, "0");
const who = (id: number) => ({ id, login: `person-${id}`, type: "User" });
const pullOf = (number: number) => ({
  number,
  state: "open",
  title: "t",
  user: who(1),
  created_at: at,
  labels: [],
  head: { ref: `topic-${number}`, sha: sha(1), repo: null },
  base: { ref: "main", repo: { id: 1, name: "shop", owner: { login: "acme" }, default_branch: "main" } },
});
const pull: Pull = pullShape.parse(pullOf(1));

/** How many more than two full pages: the last item is on the third. */
const count = 201;

/** A GitHub whose every list has so many items, a hundred to a page, with the header that names the next page or without it. */
function session(item: (index: number) => unknown, key: string | null, linked: boolean): Session {
  const all = Array.from({ length: count }, (_, index) => item(index + 1));
  const request = async (_: string, given: { page?: number; per_page?: number }) => {
    const { page = 1, per_page = 30 } = given;
    const items = all.slice((page - 1) * per_page, page * per_page);
    const more = page * per_page < all.length;
    const data = key === null ? items : { total_count: all.length, [key]: items };
    return { data, headers: linked && more ? { link: `<https://api>; rel="next"` } : {} };
  };
  const api = { request } as unknown as Session["api"];
  return { api, signal: AbortSignal.timeout(5_000), clock: { now: () => 0, monotonicMs: () => 0 } };
}

const subject = { kind: "pull_request", installationId: 1, repository, number: 1 } as const;
const lists: readonly (readonly [string, (linked: boolean) => Promise<unknown>])[] = [
  [
    "reviews",
    async (linked) => {
      const review = (id: number) => ({ id, user: who(id), state: "APPROVED", submitted_at: at });
      return (await listReviews(session(review, null, linked), repository, 1)).reviews.at(-1)?.id;
    },
  ],
  [
    "the timeline, with its comments",
    async (linked) => {
      const comment = (id: number) => ({
        event: "commented",
        id,
        node_id: `IC_${id}`,
        created_at: "2026-03-02T09:00:00Z",
        user: who(id),
        body: id === count ? "@claude go" : "x",
      });
      return (await readHappenings(session(comment, null, linked), repository, pull)).prompts[0]?.by.id;
    },
  ],
  [
    "members of a team",
    async (linked) => (await readTeams(session(who, null, linked), ["@acme/sre"]))[0]?.members?.at(-1),
  ],
  ["administrators", async (linked) => (await readAdministrators(session(who, null, linked), repository))?.at(-1)?.id],
  [
    "siblings",
    async (linked) => (await listSiblings(session(pullOf, null, linked), subject, pull)).siblings.at(-1)?.number,
  ],
  [
    "check runs",
    async (linked) => {
      const output = { title: "t", summary: "s", text: null, annotations_count: 0 };
      const run = (n: number) => ({
        id: n,
        name: "sallyport",
        external_id: null,
        status: "completed",
        conclusion: "success",
        check_suite: null,
        app: { id: 7 },
        output,
      });
      const { api, clock } = session(run, "check_runs", linked);
      const publisher = new GitHubPublisher({ apiFor: async () => api, clock, appId: 7, site: "https://github.com" });
      const target = { repository, headSha: sha(1), checkName: "sallyport" };
      return (await publisher.standing(1, target, AbortSignal.timeout(5_000)))?.runId;
    },
  ],
];

test.each(lists.flatMap(([name, read]) => [true, false].map((linked) => [name, linked, read] as const)))(
  "%s are read to their end (the next page is named: %s)",
  async (_, linked, read) => {
    expect(await read(linked)).toBe(count);
  },
);

test("entries of a merge queue are read to their end", async () => {
  const all = Array.from({ length: count }, (_, index) => ({
    baseCommit: { oid: sha(index + 1) },
    headCommit: { oid: sha(index + 2) },
    pullRequest: { number: index + 1, headRefOid: sha(9_000 + index) },
  }));
  const graphql = async (_: string, { after }: { after: string | null }) => {
    const from = Number(after ?? "0");
    const pageInfo = { hasNextPage: from + 100 < count, endCursor: String(from + 100) };
    return { repository: { mergeQueue: { entries: { nodes: all.slice(from, from + 100), pageInfo } } } };
  };
  const { signal, clock } = session(who, null, true);
  const members = await listQueued(
    { api: { graphql } as unknown as Session["api"], signal, clock },
    {
      kind: "merge_group",
      installationId: 1,
      repository,
      headRef: "gh-readonly-queue/main/pr-201",
      headSha: sha(count + 1),
      baseRef: "main",
      baseSha: sha(count - 1),
      baseIsDefault: true,
    },
  );
  expect(members.map(({ number }) => number)).toEqual([count - 1, count]);
});
