import { afterEach, describe, expect, test } from "vitest";
import { GitHubFacts } from "../../../../src/adapters/github/facts/source.ts";
import { GitHubPosture } from "../../../../src/adapters/github/posture.ts";
import type { BlobCache } from "../../../../src/app/ports.ts";
import type { CollectedFacts } from "../../../../src/core/facts.ts";
import { strictDefault } from "../../../../src/core/policy/merge.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

/** Facts about pull requests of one world, with the blobs that each collection had to fetch. */
async function collecting(files: Readonly<Record<string, string>>) {
  const world = await startWorld(files);
  worlds.push(world);
  const kept = new Map<string, Uint8Array>();
  const fetched: string[] = [];
  const blobs: BlobCache = {
    get: async (shas) =>
      new Map(
        shas.flatMap((sha) => {
          const bytes = kept.get(sha);
          return bytes === undefined ? [] : [[sha, bytes] as const];
        }),
      ),
    put: async (fresh) => {
      for (const [sha, bytes] of fresh) {
        kept.set(sha, bytes);
        fetched.push(Buffer.from(bytes).toString("utf8"));
      }
    },
  };
  const common = {
    apiFor: (installationId: number) => world.apiFor(installationId),
    clock: world.clock,
    appId: world.app.id,
  };
  const source = new GitHubFacts({
    renderer: null,
    ...common,
    blobs,
    policyOf: strictDefault,
    unusable: () => [],
    posture: new GitHubPosture(common),
  });
  const collect = async (
    number: number,
  ): Promise<{ readonly facts: CollectedFacts; readonly fetched: readonly string[] }> => {
    fetched.length = 0;
    const subject = {
      kind: "pull_request",
      installationId: world.installationId,
      repository: world.at,
      number,
    } as const;
    const collected = await source.collect(subject, AbortSignal.timeout(30_000));
    if (collected.kind !== "facts") throw new Error(`Nothing to judge: ${collected.because}`);
    return { facts: collected.facts, fetched: fetched.toSorted() };
  };
  return { world, collect };
}

describe("what deploys a change", () => {
  const application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { path: base } }\n";
  const files = {
    "base/d.yaml": "kind: Service\n",
    "base/kustomization.yaml": "resources: [d.yaml]\n",
    "prod/kustomization.yaml": "resources: [../base]\n",
    "argo/base.yaml": application,
    "other/notes.yaml": "notes: []\n",
    ".github/workflows/deploy.yml": "on: push\n",
    "src/app.ts": "export {};\n",
  };

  test("is read beside it; of files that might deploy only those that do are part of the facts", async () => {
    const { world, collect } = await collecting(files);
    world.shop.commit("topic", { files: { "base/d.yaml": "kind: Service\nx: 1\n" }, by: world.writer, from: "main" });
    const pull = world.shop.openPullRequest({ head: "topic", by: world.writer });
    const { facts } = await collect(pull.number);
    expect(facts.change.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      "unchanged .github/workflows/deploy.yml",
      "unchanged argo/base.yaml",
      "modified base/d.yaml",
      "unchanged base/kustomization.yaml",
      "unchanged prod/kustomization.yaml",
    ]);
  });

  test("is fetched once: a push costs the blobs that it changes, a look that finds nothing new costs none", async () => {
    const { world, collect } = await collecting(files);
    world.shop.commit("topic", { files: { "base/d.yaml": "kind: Service\nx: 1\n" }, by: world.writer, from: "main" });
    const pull = world.shop.openPullRequest({ head: "topic", by: world.writer });
    // Both sides of the file, and all that may say who deploys it, whichever of it does.
    expect((await collect(pull.number)).fetched).toHaveLength(7);
    expect((await collect(pull.number)).fetched).toEqual([]);
    world.shop.commit("topic", { files: { "base/d.yaml": "kind: Service\nx: 2\n" }, by: world.writer });
    expect((await collect(pull.number)).fetched).toEqual(["kind: Service\nx: 2\n"]);
    world.shop.commit("other", {
      files: { "prod/kustomization.yaml": "namePrefix: p-\n" },
      by: world.writer,
      from: "main",
    });
    const other = world.shop.openPullRequest({ head: "other", by: world.writer });
    expect((await collect(other.number)).fetched).toEqual(["namePrefix: p-\n"]);
  });

  test("is not asked for where the change is documentation", async () => {
    const { world, collect } = await collecting(files);
    world.shop.commit("topic", { files: { "README.md": "# More\n" }, by: world.writer, from: "main" });
    const pull = world.shop.openPullRequest({ head: "topic", by: world.writer });
    expect((await collect(pull.number)).fetched).toEqual(["# More\n"]);
  });
});
