import { expect, test } from "vitest";
import { z } from "zod";
import {
  type Api,
  ask,
  askAll,
  askGraphql,
  askOrNull,
  GitHubFailure,
  type Session,
} from "../../../src/adapters/github/api.ts";
import { RetryLater } from "../../../src/app/ports.ts";

const nowMs = 1_700_000_000_000;

/** A session whose requests are answered by `answer`. */
function session(answer: (given: { readonly page: number }) => unknown): Session {
  const request = async (_route: string, given: { readonly page: number }): Promise<unknown> => answer(given);
  const api = { request, graphql: async () => answer({ page: 1 }) } as unknown as Api;
  return { api, signal: new AbortController().signal, clock: { now: () => nowMs, monotonicMs: () => 0 } };
}

function refused(fields: object): never {
  throw Object.assign(new Error("refused"), fields);
}

const numbers = z.array(z.int());
const full = Array.from({ length: 100 }, (_, index) => index);

test("a full page is followed even where nothing says that there is another", async () => {
  const pages = [full, full, [7]];
  const asked = session(({ page }) => ({ data: pages[page - 1], headers: {} }));
  const { items, complete } = await askAll(asked, "GET /x", {}, numbers, 10);
  expect([items.length, complete]).toEqual([201, true]);
});

test("a short page is followed where GitHub says that there is another", async () => {
  const asked = session(({ page }) => ({ data: [page], headers: page < 3 ? { link: '<https://x>; rel="next"' } : {} }));
  expect(await askAll(asked, "GET /x", {}, numbers, 10)).toEqual({ items: [1, 2, 3], complete: true });
});

test("a list that goes on behind the last page that is read is not complete", async () => {
  const asked = session(() => ({ data: full, headers: {} }));
  expect(await askAll(asked, "GET /x", {}, numbers, 2)).toMatchObject({ complete: false });
});

test("an answer of another shape is a failure that names fields and quotes nothing", async () => {
  const asked = session(() => ({ data: { id: "secret-value" }, headers: {} }));
  const failed = await ask(asked, "GET /repos/{owner}", { owner: "acme" }, z.looseObject({ id: z.int() })).catch(
    String,
  );
  expect(failed).toContain("GET /repos/acme");
  expect(failed).toContain("id (invalid_type)");
  expect(failed).not.toContain("secret-value");
});

test("half an answer, which octokit hands on as text, is a failure", async () => {
  const asked = session(() => ({ data: '[{"id": 1}, {"i', headers: {} }));
  await expect(askAll(asked, "GET /x", {}, numbers, 2)).rejects.toBeInstanceOf(GitHubFailure);
});

test("only what is named as absence is absent", async () => {
  const status = (code: number): Session => session(() => refused({ status: code }));
  expect(await askOrNull(status(404), "GET /x", {}, numbers)).toBeNull();
  expect(await askOrNull(status(409), "GET /x", {}, numbers, [404, 409])).toBeNull();
  for (const code of [401, 403, 409, 410, 422, 500, 503])
    await expect(askOrNull(status(code), "GET /x", {}, numbers)).rejects.toMatchObject({ status: code });
});

test("a used up limit of GraphQL says when to come back", async () => {
  const errors = [{ type: "RATE_LIMITED", message: "slow down" }];
  const graphql = async (fields: object): Promise<unknown> =>
    askGraphql(
      session(() => refused(fields)),
      "query",
      {},
      z.unknown(),
    ).catch((failed: unknown) => failed);
  const retryAtMs = (failed: unknown): number | null => (failed instanceof RetryLater ? failed.retryAtMs : null);
  expect(retryAtMs(await graphql({ errors, headers: { "x-ratelimit-reset": "1700000300" } }))).toBe(1_700_000_300_000);
  expect(retryAtMs(await graphql({ errors }))).toBe(nowMs + 60_000);
});

test("GraphQL's answer with an error beside it is a failure", async () => {
  const failing = session(() =>
    refused({ errors: [{ type: "NOT_FOUND", message: "gone" }], data: { repository: {} } }),
  );
  await expect(askGraphql(failing, "query", {}, z.unknown())).rejects.toThrow("NOT_FOUND: gone");
});

test("the moment to come back that the transport knows is kept", async () => {
  const later = new RetryLater("pause", nowMs + 5);
  const asked = session(() => {
    throw later;
  });
  await expect(ask(asked, "GET /x", {}, z.unknown())).rejects.toBe(later);
});
