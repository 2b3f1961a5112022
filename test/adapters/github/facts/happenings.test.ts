import { expect, test } from "vitest";
import { readHappenings } from "../../../../src/adapters/github/facts/happenings.ts";
import type { Session } from "../../../../src/adapters/github/api.ts";
import { type Pull, pullShape } from "../../../../src/adapters/github/shapes.ts";

const at = { id: 1, owner: "acme", name: "shop" };
const opened = "2026-02-17T09:00:00Z";
const later = "2026-02-17T10:00:00Z";
const who = (id: number, login: string, type = "User") => ({ id, login, type });
const [personA, personB, personC] = [who(1001, "person-a"), who(1002, "person-b"), who(1003, "person-c")];
const copilot = who(198982749, "Copilot", "Bot");

const pull: Pull = pullShape.parse({
  number: 7,
  state: "open",
  title: "t",
  user: copilot,
  created_at: opened,
  labels: [],
  head: { ref: "copilot/x", sha: "1".repeat(40), repo: null },
  base: { ref: "main", repo: { id: 1, name: "shop", owner: { login: "acme" }, default_branch: "main" } },
});

/** A GitHub that has nothing but this timeline. */
async function read(...events: readonly object[]) {
  const api = { request: async () => ({ data: events, headers: {} }) } as unknown as Session["api"];
  const session = { api, signal: AbortSignal.timeout(5_000), clock: { now: () => 0, monotonicMs: () => 0 } };
  return await readHappenings(session, at, pull);
}

test("everybody who ever started Copilot is told, once each, and that somebody was who is gone", async () => {
  const started = (actor: object | null) => ({ event: "copilot_work_started", actor });
  const { workStartedBy } = await read(started(personB), started(personA), started(personB), started(null));
  expect(workStartedBy.map((account) => account?.login ?? null)).toEqual([null, "person-a", "person-b"]);
});

test("who calls an agent in a comment, in a review or on a line, and who assigns one, is told", async () => {
  const comment = (user: object, body: string, updated_at = later) => ({ user, body, created_at: later, updated_at });
  const { prompts } = await read(
    { event: "commented", id: 1, node_id: "IC_1", ...comment(personA, "@claude fix it") },
    { event: "commented", id: 1, node_id: "IC_1", ...comment(personA, "@claude fix it again") },
    { event: "reviewed", user: personB, body: "@codex review" },
    { event: "line-commented", comments: [comment(personC, "@copilot rename this")] },
    { event: "assigned", actor: copilot, assigner: personB, assignee: copilot, created_at: later },
  );
  expect(prompts.map(({ by, how }) => `${by.login} ${how}`)).toEqual([
    "person-a called",
    "person-b assigned",
    "person-b called",
    "person-c called",
    "Copilot assigned",
  ]);
});

test("who asks an agent for a review has called nobody to work, unless the comment was edited", async () => {
  const comment = (user: object, updated_at: string) => ({
    event: "commented",
    id: 1,
    node_id: "IC_1",
    user,
    body: "@codex review",
    created_at: opened,
    updated_at,
  });
  const { prompts } = await read(comment(personA, opened), comment(personB, later));
  expect(prompts.map(({ by }) => by.login)).toEqual(["person-b"]);
});

test("a comment by an account that is gone, or without a text, is none", async () => {
  const { prompts } = await read(
    {
      event: "commented",
      id: 1,
      node_id: "IC_1",
      user: null,
      body: "@claude fix it",
      created_at: later,
      updated_at: later,
    },
    { event: "commented", id: 1, node_id: "IC_1", user: personA, body: null, created_at: later, updated_at: later },
  );
  expect(prompts).toEqual([]);
});
