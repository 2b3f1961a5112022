import { expect, test } from "vitest";
import type { Api, Session } from "../../../../src/adapters/github/api.ts";
import { readAdministrators, readTeams } from "../../../../src/adapters/github/facts/people.ts";
import { accountOrNull, accountShape, autoMergeArmedBy } from "../../../../src/adapters/github/shapes.ts";

/** A session in which every request for members is answered by `answer`. */
function session(answer: () => unknown): Session {
  const api = { request: async () => answer() } as unknown as Api;
  return { api, signal: new AbortController().signal, clock: { now: () => 0, monotonicMs: () => 0 } };
}

test.each([403, 404])("a team that GitHub answers with %s has no members that are known", async (status) => {
  const refusing = session(() => {
    throw Object.assign(new Error("refused"), { status });
  });
  expect(await readTeams(refusing, ["@acme/sre"])).toEqual([{ team: "@acme/sre", members: null }]);
});

test("a team that could not be asked for is no team without members", async () => {
  const failing = session(() => {
    throw Object.assign(new Error("failed"), { status: 502 });
  });
  await expect(readTeams(failing, ["@acme/sre"])).rejects.toMatchObject({ status: 502 });
});

test("a team with more members than are read has none that are known", async () => {
  const page = Array.from({ length: 100 }, (_, id) => ({ id, login: `person-${id}`, type: "User" }));
  const endless = session(() => ({ data: page, headers: {} }));
  expect(await readTeams(endless, ["@acme/all"])).toEqual([{ team: "@acme/all", members: null }]);
});

test("a name that is no team is not asked for", async () => {
  expect(
    await readTeams(
      session(() => expect.unreachable()),
      ["@acme"],
    ),
  ).toEqual([{ team: "@acme", members: null }]);
});

test("an account of a kind that is new is taken for a bot, and one that is gone for none", () => {
  const account = { id: 1, login: "new", type: "Robot" };
  expect(accountShape.parse(account)).toEqual({ id: 1, login: "new", type: "Bot" });
  expect([null, {}, undefined].map((value) => accountOrNull.parse(value))).toEqual([null, null, null]);
});

test("auto-merge that was armed by an account that is gone is still on", () => {
  expect([undefined, null].map((armed) => autoMergeArmedBy({ auto_merge: armed }))).toEqual([null, null]);
  expect(autoMergeArmedBy({ auto_merge: { enabled_by: null } })).toBe("unknown");
});

const repository = { id: 1, owner: "acme", name: "shop" };

test.each([403, 404])("administrators that GitHub answers with %s are not known, which is not none", async (status) => {
  const refusing = session(() => {
    throw Object.assign(new Error("refused"), { status });
  });
  expect(await readAdministrators(refusing, repository)).toBeNull();
});

test("administrators are listed by id", async () => {
  const [a, b] = [1, 2].map((id) => ({ id, login: `person-${id}`, type: "User" }));
  expect(
    await readAdministrators(
      session(() => ({ data: [b, a], headers: {} })),
      repository,
    ),
  ).toEqual([a, b]);
});
