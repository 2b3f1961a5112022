import { afterEach, expect, test } from "vitest";
import { DeployedFiles } from "../../../../src/adapters/github/facts/deployed-files.ts";
import { Carriers } from "../../../../src/adapters/github/facts/deployment-jobs.ts";
import { readDeployments } from "../../../../src/adapters/github/facts/deployments.ts";
import { Trees } from "../../../../src/adapters/github/facts/trees.ts";
import type { BlobCache } from "../../../../src/app/ports.ts";
import type { NewDeployment } from "../../../../src/sim/state/deployments.ts";
import { effective } from "../../../core/policy/read.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const hour = 3_600_000;
const path = "k8s/staging/api.yaml";
const policy = effective({
  own: `
version: 1
environments:
  staging: { deployments: [staging], deployed_by: ["workflow:.github/workflows/deploy.yml@refs/heads/main", "app:argo"] }
`,
});
const noBlobs: BlobCache = { get: async () => new Map(), put: async () => {} };

async function started() {
  const world = await startWorld({ "README.md": "shop\n", [path]: "replicas: 1\n" });
  worlds.push(world);
  const { github, shop, writer, apiFor, installationId, clock, at } = world;
  shop.protect({ requiredChecks: [] });
  const actions = github.app({ slug: "github-actions", id: 15_368, botId: 41_898_282, permissions: {}, events: [] });
  const carriers = new Carriers();
  const files = new DeployedFiles();
  const run = (conclusion: "success" | null = "success", sha = shop.tip()) =>
    shop.runWorkflow(actions.state, {
      path: ".github/workflows/deploy.yml",
      event: "push",
      branch: "main",
      sha,
      actor: writer,
      conclusion,
    });
  /** By Actions, as the job of a run; or as somebody else. */
  const deploy = (more: Partial<NewDeployment> = {}, by: Parameters<typeof shop.deploy>[0] = actions.state) =>
    shop.deploy(by, { ref: shop.tip(), environment: "staging", ...more });
  const read = async (withinMs = 24 * hour, paths: readonly (readonly string[])[] = [[path]]) => {
    const session = { api: await apiFor(installationId), signal: AbortSignal.timeout(30_000), clock };
    const parts = { trees: new Trees(), blobs: noBlobs, policy, carriers, files };
    const wanted = { environments: [{ name: "staging", withinMs }], paths, contentsOf: paths.flat(), tips: [] };
    const record = await readDeployments(session, at, parts, wanted, shop.tip());
    const [staging] = record.environments;
    return { record, staging, known: staging?.kind === "known" ? staging : null };
  };
  return { ...world, actions, run, deploy, read };
}

test("a deployment comes with its statuses, the job that carries it and what its commit has", async () => {
  const { actions, shop, run, deploy, read, pass } = await started();
  const carried = run();
  const made = deploy({ workflowRun: carried });
  pass(1_000);
  shop.deploymentStatus(made, actions.state, { state: "success" });
  const { record, known } = await read();
  expect(known?.deployments).toMatchObject([
    {
      id: made.id,
      environment: "staging",
      sha: shop.tip(),
      creator: { id: 41_898_282, login: "github-actions[bot]", type: "Bot" },
      statuses: [{ state: "success", creator: { login: "github-actions[bot]" } }],
      carriedBy: {
        path: ".github/workflows/deploy.yml",
        branch: "main",
        event: "push",
        own: true,
        conclusion: "success",
      },
    },
  ]);
  expect(record.branches).toMatchObject([{ ref: "refs/heads/main", isProtected: true }]);
  const entry = record.versions.find(({ sha }) => sha === shop.tip())?.files?.[path];
  expect(record.contents[entry?.sha ?? ""]).toEqual({ kind: "text", text: "replicas: 1\n" });
});

test("what Actions made without a job of its own is carried by none, nor is what a person made", async () => {
  const { run, deploy, read, writer } = await started();
  run();
  deploy();
  deploy({}, writer);
  expect((await read()).known?.deployments.map(({ carriedBy }) => carriedBy)).toEqual([null, null]);
});

test("a deployment that a status has moved here is one of nowhere", async () => {
  const { shop, actions, deploy, read } = await started();
  const made = deploy({ environment: "preview" });
  shop.deploymentStatus(made, actions.state, { state: "success", environment: "staging" });
  expect((await read()).known?.deployments).toMatchObject([{ id: made.id, environment: null }]);
});

test("what was deployed to the environment in the usual other cases is read under that name, and under none beside it", async () => {
  const { deploy, read } = await started();
  const others = ["Staging", "STAGING"].map((environment) => deploy({ environment }).id);
  deploy({ environment: "staging-2" });
  const { known } = await read();
  expect(known?.deployments.map(({ id }) => id)).toEqual(others);
  expect(known?.deployments.map(({ environment }) => environment)).toEqual(["Staging", "STAGING"]);
});

test("all pages are read, back to one that is older than what is asked for", async () => {
  const { deploy, read, pass } = await started();
  for (let number = 0; number < 130; number += 1) {
    deploy();
    pass(hour);
  }
  const { known } = await read();
  const made = known?.deployments.map(({ createdAtMs }) => createdAtMs) ?? [];
  expect([made.length < 130, made.length > 24, known?.sinceMs !== null]).toEqual([true, true, true]);
  expect(made).toEqual(made.toSorted((a, b) => a - b));
  expect(await read(1_000 * hour)).toMatchObject({ known: { sinceMs: null, deployments: { length: 130 } } });
});

test("nothing is known of an environment of which a deployment has more statuses than are read, or that is hidden", async () => {
  const { github, shop, actions, deploy, read } = await started();
  const made = deploy();
  for (let number = 0; number < 101; number += 1) shop.deploymentStatus(made, actions.state, { state: "in_progress" });
  expect((await read()).staging).toMatchObject({ kind: "unknown", because: "a deployment has more than 100 statuses" });
  github.fail("POST /graphql", 403);
  expect((await read()).staging).toMatchObject({ kind: "unknown" });
});

test("a failure of GitHub is none of its answers", async () => {
  const { github, deploy, read } = await started();
  deploy();
  github.fail("POST /graphql", 502);
  await expect(read()).rejects.toThrow("Cannot ask GitHub POST /graphql");
});

test("of a run without a deployment the success counts, unless a job on its commit carries one", async () => {
  const { run, deploy, read, shop, writer } = await started();
  const first = run();
  expect((await read()).known?.runs).toMatchObject([{ id: first.id, conclusion: "success" }]);
  shop.commit("main", { by: writer, files: { "README.md": "the shop\n" } });
  const second = run();
  deploy({ environment: "elsewhere", workflowRun: second });
  expect((await read()).known?.runs.map(({ id }) => id)).toEqual([first.id]);
});

test("what does not change is asked for once", async () => {
  const { github, run, deploy, read, actions, shop } = await started();
  shop.deploymentStatus(deploy({ workflowRun: run() }), actions.state, { state: "success" });
  await read();
  const before = github.requests.entries.length;
  await read();
  const asked = github.requests.entries.slice(before).map(({ route }) => route);
  expect(asked.filter((route) => route.includes("/actions/") || route.includes("check-runs"))).toEqual([]);
  expect(asked.length).toBeLessThanOrEqual(7);
});

test("of a commit that is gone nothing is known, and what stands nowhere is missing", async () => {
  const { run, deploy, read, shop, writer } = await started();
  shop.commit("main", { by: writer, files: { [path]: null } });
  deploy();
  const { record } = await read();
  expect(record.versions.find(({ sha }) => sha === shop.tip())?.files).toEqual({});
  const trial = shop.commit("trial", { by: writer, files: { "trial.md": "trial\n" } });
  const made = [deploy({ ref: trial }), deploy({ ref: trial, workflowRun: run("success", trial) })];
  shop.deleteBranch("trial", writer);
  shop.loseCommit(trial);
  const after = await read();
  expect(after.record.versions.find(({ sha }) => sha === trial)?.files).toBeNull();
  const gone = after.known?.deployments.filter(({ sha }) => sha === trial) ?? [];
  expect(gone.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
  expect(gone.map(({ carriedBy }) => carriedBy)).toEqual([null, null]);
});

test("what a merged pull request alone changed is told with its number, and what was pushed or landed with others is not", async () => {
  const { shop, writer, read } = await started();
  const text = (replicas: number) => ({ [path]: `replicas: ${replicas}\n` });
  const numbers = async () => (await read()).record.arrivals.map(({ pullRequest, after }) => [pullRequest, after.sha]);
  shop.commit("main", { by: writer, files: text(2) });
  expect(await numbers()).toEqual([]);

  shop.commit("twin", { by: writer, files: text(3), from: "main" });
  const twin = shop.openPullRequest({ head: "twin", by: writer });
  const merged = twin.merge(writer, { method: "squash" });
  expect(await numbers()).toEqual([[twin.number, merged]]);
  const [arrival] = (await read()).record.arrivals;
  expect(arrival?.before.files).not.toEqual(arrival?.after.files);

  // One step of the branch lands a push and the merge of a pull request on top of it.
  shop.commit("both", { by: writer, files: text(4), from: "main" });
  shop.commit("both", { by: writer, files: text(5) });
  const both = shop.openPullRequest({ head: "both", by: writer });
  both.merge(writer, { method: "rebase" });
  shop.commit("main", { by: writer, files: { "README.md": "the shop\n" } });
  expect(await numbers()).toEqual([[twin.number, merged]]);
});

test("a pull request that was merged later, and contains what was pushed before, has not brought it", async () => {
  const { shop, writer, read } = await started();
  const pushed = shop.commit("work", { by: writer, files: { [path]: "replicas: 2\n" }, from: "main" });
  shop.commit("work", { by: writer, files: { "README.md": "the shop\n" } });
  const later = shop.openPullRequest({ head: "work", by: writer });
  shop.push("main", pushed, writer);
  later.merge(writer);
  expect((await read()).record.arrivals).toEqual([]);
});

test("where GitHub tells of no pull requests, nothing else is missing", async () => {
  const { github, shop, writer, read } = await started();
  shop.commit("twin", { by: writer, files: { [path]: "replicas: 2\n" }, from: "main" });
  shop.openPullRequest({ head: "twin", by: writer }).merge(writer);
  github.fail("GET /repos/{owner}/{repo}/commits/{sha}/pulls", 403);
  const { record, known } = await read();
  expect([record.arrivals, known?.kind]).toEqual([[], "known"]);
});
