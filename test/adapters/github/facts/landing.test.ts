import { afterEach, describe, expect, test } from "vitest";
import { GitHubPosture } from "../../../../src/adapters/github/posture.ts";
import { GitHubFacts } from "../../../../src/adapters/github/facts/source.ts";
import type { Collected } from "../../../../src/app/ports.ts";
import { changed } from "../../../../src/core/change/change-set.ts";
import type { CollectedFacts } from "../../../../src/core/facts.ts";
import { strictDefault } from "../../../../src/core/policy/merge.ts";
import type { SimPullRequest } from "../../../../src/sim/facade/pull-request.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const files = { "a.txt": "one\n", "b.txt": "one\n" };

/** A pull request that changes `a.txt`. */
async function opened(): Promise<{ readonly world: World; readonly pull: SimPullRequest }> {
  const world = await startWorld(files);
  worlds.push(world);
  world.shop.commit("topic", { files: { "a.txt": "mine\n" }, by: world.writer });
  return { world, pull: world.shop.openPullRequest({ head: "topic", by: world.writer }) };
}

type Found = Extract<Collected, { kind: "facts" }>;

/** `said` replaces what GitHub says of how the pull request merges. */
async function collect(
  world: World,
  pull: SimPullRequest,
  said: Readonly<Record<string, unknown>> = {},
): Promise<Found> {
  const source = new GitHubFacts({
    renderer: null,
    apiFor: async (installationId) => {
      const api = await world.apiFor(installationId);
      api.hook.after("request", (response) => {
        if (/\/pulls\/\d+$/.test(response.url)) Object.assign(response.data, said);
      });
      return api;
    },
    blobs: { get: async () => new Map(), put: async () => undefined },
    clock: world.clock,
    appId: world.app.id,
    policyOf: strictDefault,
    unusable: () => [],
    posture: new GitHubPosture({
      apiFor: (installationId) => world.apiFor(installationId),
      clock: world.clock,
      appId: world.app.id,
    }),
  });
  const { installationId, at: repository } = world;
  const subject = { kind: "pull_request", installationId, repository, number: pull.number } as const;
  const collected = await source.collect(subject, AbortSignal.timeout(30_000));
  if (collected.kind !== "facts") throw new Error(`Nothing to judge: ${collected.because}`);
  return collected;
}

function outline(change: CollectedFacts["change"] | null): readonly string[] | null {
  const text = (version: CollectedFacts["change"]["files"][number]["after"]): string =>
    version?.content.kind === "text" ? version.content.text.trim() : "-";
  return change === null
    ? null
    : changed(change).map(({ path, before, after }) => `${path}: ${text(before)} > ${text(after)}`);
}

/** A commit with these parents that is on no branch of anybody. */
function merge(world: World, parents: readonly [string, string], written: Readonly<Record<string, string>>): string {
  const [onto, other] = parents;
  return world.shop.commit("scratch", { files: written, by: world.writer, onto, alsoParents: [other] });
}

describe("what would land", () => {
  test("is the change itself while the base has not moved", async () => {
    const { world, pull } = await opened();
    const { facts } = await collect(world, pull);
    expect([outline(facts.change), facts.landing]).toEqual([["a.txt: one > mine"], null]);
  });

  test("is from the base's tip to GitHub's test merge of it with the head", async () => {
    const { world, pull } = await opened();
    const tip = world.shop.commit("main", { files: { "b.txt": "base\n" }, by: world.reviewer });
    const plain = await collect(world, pull);
    expect([outline(plain.facts.landing), plain.facts.gaps, plain.lookAgainMs]).toEqual([
      ["a.txt: one > mine"],
      [],
      null,
    ]);
    const written = { "a.txt": "one\n", "moved/a.txt": "mine\n" };
    const sha = merge(world, [tip, pull.headSha], written);
    const { facts } = await collect(world, pull, { merge_commit_sha: sha, mergeable: true });
    expect(outline(facts.landing)).toEqual(["moved/a.txt: - > mine"]);
    expect(outline(facts.change)).toEqual(["a.txt: one > mine"]);
    expect(facts.gaps).toEqual([]);
  });

  test("takes no merge of another tip, of another head, of more, or of fewer for GitHub's of these", async () => {
    const { world, pull } = await opened();
    const start = world.shop.tip();
    const tip = world.shop.commit("main", { files: { "b.txt": "base\n" }, by: world.reviewer });
    const other = world.shop.commit("other", { files: { "c.txt": "1\n" }, by: world.reviewer });
    const harmless = { "a.txt": "one\n" };
    const wrong = [
      merge(world, [start, pull.headSha], harmless),
      merge(world, [tip, other], harmless),
      merge(world, [pull.headSha, tip], harmless),
      world.shop.commit("scratch", {
        files: harmless,
        by: world.writer,
        onto: tip,
        alsoParents: [pull.headSha, other],
      }),
      world.shop.commit("scratch", { files: harmless, by: world.writer, onto: tip }),
      "0".repeat(40),
    ];
    for (const sha of wrong) {
      const { facts } = await collect(world, pull, { merge_commit_sha: sha, mergeable: true });
      expect(outline(facts.landing)).toEqual(["a.txt: one > mine"]);
    }
  });

  test("has a Gap for a path that both sides changed, and the head's version of it", async () => {
    const { world, pull } = await opened();
    world.shop.commit("main", { files: { "a.txt": "base\n", "b.txt": "base\n" }, by: world.reviewer });
    const { facts, lookAgainMs } = await collect(world, pull);
    expect(outline(facts.landing)).toEqual(["a.txt: base > mine"]);
    expect(facts.gaps).toMatchObject([{ id: "merge-not-known:a.txt", level: "hold", path: "a.txt" }]);
    expect(lookAgainMs).toBeNull();
  });

  test("is looked at again soon while GitHub has not made its test merge yet", async () => {
    const { world, pull } = await opened();
    world.shop.commit("main", { files: { "a.txt": "base\n" }, by: world.reviewer });
    const { facts, lookAgainMs } = await collect(world, pull, { merge_commit_sha: null, mergeable: null });
    expect(facts.gaps).toMatchObject([{ id: "merge-not-known:a.txt" }]);
    expect(lookAgainMs).toBe(world.clock.now() + 60_000);
  });

  test("shows a conflict that an update merge resolved wrongly: the base's line is gone, and so it is part of the change", async () => {
    const { world, pull } = await opened();
    const tip = world.shop.commit("main", { files: { "b.txt": "base\n" }, by: world.reviewer });
    world.shop.commit("topic", {
      files: { "b.txt": "neither\n" },
      by: world.writer,
      alsoParents: [tip],
      message: "Merge branch 'main' into topic",
    });
    const { facts } = await collect(world, pull);
    expect(outline(facts.change)).toEqual(["a.txt: one > mine", "b.txt: base > neither"]);
    expect(facts.commits.map(({ parents }) => parents.length)).toContain(2);
  });
});
