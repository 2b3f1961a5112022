import { expect, test } from "vitest";
import type { Api, Session } from "../../../../src/adapters/github/api.ts";
import { type Comparison, compare } from "../../../../src/adapters/github/facts/commits.ts";

const mergeBase = "f".repeat(40);

function id(number: number): string {
  return number.toString(16).padStart(40, "0");
}

/** Compares with a GitHub that has `total` commits, the last of which is the head, and hands out those of `given`. */
async function compared(total: number, given: number, perPage = 100): Promise<Comparison> {
  const commit = (number: number): object => ({
    sha: id(number),
    parents: [{ sha: id(number - 1) }],
    author: {},
    committer: { id: 7, login: "person-a", type: "User" },
    commit: {
      author: { name: "Person A", email: "person-a@example.invalid" },
      committer: null,
      message: `${number}`,
      verification: { verified: true, signature: null },
    },
  });
  const all = Array.from({ length: given }, (_, index) => commit(index + 1));
  const request = async (_: string, { page }: { readonly page: number }): Promise<unknown> => ({
    data: {
      total_commits: total,
      merge_base_commit: { sha: mergeBase },
      commits: all.slice((page - 1) * perPage, page * perPage),
    },
    headers: {},
  });
  const session: Session = {
    api: { request } as unknown as Api,
    signal: new AbortController().signal,
    clock: { now: () => 0, monotonicMs: () => 0 },
  };
  return compare(session, { id: 1, owner: "acme", name: "shop" }, mergeBase, id(total));
}

test("more than 250 commits are read page by page, to the head", async () => {
  const { mergeBaseSha, commits, gaps } = await compared(420, 420);
  expect([mergeBaseSha, commits.length, commits.at(-1)?.sha, gaps]).toEqual([mergeBase, 420, id(420), []]);
});

test("commits carry what GitHub maps and attests, and null where it maps nothing", async () => {
  const { commits } = await compared(1, 1);
  expect(commits).toEqual([
    {
      sha: id(1),
      parents: [id(0)],
      author: { name: "Person A", email: "person-a@example.invalid", account: null },
      committer: { name: "", email: "", account: { id: 7, login: "person-a", type: "User" } },
      message: "1",
      verified: true,
      signatureKey: null,
    },
  ]);
});

test("fewer commits than GitHub counts are a Gap", async () => {
  expect((await compared(420, 250)).gaps).toMatchObject([{ id: "unreadable-commits", level: "hold" }]);
});

test("no commits at all, where a head is contained in its base, are complete", async () => {
  expect(await compared(0, 0)).toEqual({ mergeBaseSha: mergeBase, commits: [], gaps: [] });
});
