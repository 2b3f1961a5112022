import { afterEach, expect, test } from "vitest";
import { Trees } from "../../../src/adapters/github/facts/trees.ts";
import { isTakenBack } from "../../../src/adapters/github/taken-back.ts";
import { startWorld, type World } from "./world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

/** A pull request of two commits, one for each file, merged by this method. */
async function merged(method: "merge" | "squash" | "rebase") {
  const world = await startWorld({ "a.txt": "a\n", "b.txt": "b\n" });
  worlds.push(world);
  const { shop, writer: by, at, apiFor, installationId, clock } = world;
  shop.commit("topic", { by, files: { "a.txt": "other\n" } });
  shop.commit("topic", { by, files: { "b.txt": "other\n" } });
  const pull = shop.openPullRequest({ head: "topic", by });
  const mergeSha = pull.merge(by, { method });
  const write = (files: Readonly<Record<string, string>>, message = "later"): void =>
    void shop.commit("main", { by, files, message });
  const taken = async (sha = mergeSha): Promise<boolean> => {
    const session = { api: await apiFor(installationId), signal: AbortSignal.timeout(30_000), clock };
    return await isTakenBack(session, at, new Trees(), { number: pull.number, mergeSha: sha });
  };
  return { write, taken };
}

test.each(["merge", "squash"] as const)(
  "a %s is taken back when all that it changed stands as before",
  async (method) => {
    const { write, taken } = await merged(method);
    expect(await taken()).toBe(false);
    write({ "c.txt": "c\n" }, 'Revert "topic"\n\nThis reverts pull request 1.');
    expect(await taken()).toBe(false);
    write({ "a.txt": "a\n" });
    expect(await taken()).toBe(false);
    write({ "b.txt": "b\n" });
    expect(await taken()).toBe(true);
  },
);

test("of a rebase merge nothing is said, whose last commit alone was undone", async () => {
  const { write, taken } = await merged("rebase");
  write({ "b.txt": "b\n" });
  expect(await taken()).toBe(false);
});

test("of a commit that is gone nothing is said", async () => {
  const { taken } = await merged("merge");
  expect(await taken("0123456789012345678901234567890123456789")).toBe(false);
});
