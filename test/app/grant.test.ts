import { expect, test } from "vitest";
import type { Permission } from "../../src/core/facts.ts";
import type { WishSubject } from "../../src/core/subject.ts";
import { pullRequest, repository } from "../contracts/subjects.ts";
import { freshLoop, loopOn, open, START_MS } from "./world.ts";

const by = { id: 9, login: "person-a" };
const wish = (what: WishSubject["what"], number: number | null = 1): WishSubject => ({
  kind: "wish",
  installationId: 1,
  repository,
  number,
  what,
  by,
});

/** A pull request that was looked at, and somebody with this permission who then presses a button. */
async function pressed(permission: Permission | Error, subject: WishSubject) {
  const { store, world, clock, log } = await freshLoop();
  const permissionOf = async (): Promise<Permission> => {
    if (permission instanceof Error) throw permission;
    return permission;
  };
  const loop = loopOn(store, { ...world, ports: { ...world.ports, rights: { permissionOf } } }, clock, { log });
  world.pulls.set(1, open("1".repeat(40), "allow"));
  await store.queue.mark([pullRequest(1)], clock.now());
  await loop.runDue();
  const writes = world.writes.length;
  await store.queue.mark([subject], clock.now());
  await loop.runDue();
  const entriesOf = async (of: Parameters<typeof store.ledger.bySubject>[0]) =>
    (await store.ledger.bySubject(of, 10)).map(({ entry }) => entry);
  return {
    entry: (await entriesOf(subject))[0],
    looks: (await entriesOf(pullRequest(1))).length,
    written: world.writes.slice(writes),
  };
}

const told = { kind: "wished", atMs: START_MS, byId: 9 };

test.each(["write", "admin"] as const)("who may %s gets a look", async (permission) => {
  const { entry, looks } = await pressed(permission, wish("look"));
  expect(entry).toEqual({ ...told, what: "look", granted: true });
  expect(looks).toBe(2);
});

test("who may write gets the report unfolded where it stands, without another look", async () => {
  const { entry, looks, written } = await pressed("write", wish("explanation"));
  expect(entry).toEqual({ ...told, what: "explanation", granted: true });
  expect([looks, written]).toEqual([1, ["1 unfolded"]]);
});

test("a wish for all of a repository looks at every open pull request", async () => {
  expect((await pressed("write", wish("look", null))).looks).toBe(2);
});

test.each(["read", "none"] as const)("for who may %s nothing changes, and that is recorded", async (permission) => {
  for (const what of ["look", "explanation"] as const) {
    const { entry, looks, written } = await pressed(permission, wish(what));
    expect(entry).toEqual({ ...told, what, granted: false });
    expect([looks, written]).toEqual([1, []]);
  }
});

test("while it cannot be read what somebody may do, nothing changes, and it is tried again", async () => {
  const { entry, looks } = await pressed(new Error("GitHub is down"), wish("look"));
  expect(entry).toMatchObject({ kind: "failed", step: "collect" });
  expect(looks).toBe(1);
});
