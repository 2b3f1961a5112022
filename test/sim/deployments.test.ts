import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, client, installationClient, Receiver } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
beforeEach(async () => {
  world = await acme();
});
afterEach(async () => {
  await world.sim.stop();
});
const DEPLOYMENTS = "/repos/acme/infra/deployments";
const PATH = ".github/workflows/deploy.yml@refs/heads/main";
const actions = () =>
  world.sim.app({
    slug: "github-actions",
    id: 15_368,
    botId: 41_898_282,
    permissions: {},
    events: [],
    privateKey: world.app.privateKey,
  });

test("whoever may write can deploy any commit and call it a success, readers cannot", async () => {
  const { sim, personA, reader, pull } = world;
  const asReader = client(sim, sim.userToken(reader));
  const input = { ref: pull.headSha, environment: "staging" };
  expect((await asReader("POST", DEPLOYMENTS, input)).status).toBe(403);
  const ask = client(sim, sim.userToken(personA));
  const made = await ask("POST", DEPLOYMENTS, input);
  expect(made.body).toMatchObject({ sha: pull.headSha, creator: { login: "person-a" }, production_environment: false });
  const statuses = `${DEPLOYMENTS}/${made.text("id")}/statuses`;
  expect((await ask("POST", statuses, { state: "success" })).status).toBe(201);
  expect((await ask("POST", statuses, { state: "done" })).status).toBe(422);
  expect((await ask("POST", statuses, { state: "failure", description: "x".repeat(141) })).status).toBe(422);
  expect((await ask("GET", statuses)).body).toMatchObject([{ state: "success", performed_via_github_app: null }]);
  expect((await ask("GET", `${DEPLOYMENTS}?environment=production`)).body).toEqual([]);
  expect((await ask("GET", `${DEPLOYMENTS}?sha=${pull.headSha}`)).each("id")).toEqual([made.get("id")]);
  expect((await ask("POST", DEPLOYMENTS, { ref: "nowhere" })).status).toBe(422);
});

test("a success ends the deployments of its environment before it, but never those of production", () => {
  const { repository, personA } = world;
  const live = (environment: string) => {
    const deployment = repository.deploy(personA, { ref: "main", environment });
    repository.deploymentStatus(deployment, personA, { state: "success" });
    return deployment;
  };
  const states = [live("staging"), live("production"), live("staging"), live("production")].map(({ statuses }) =>
    statuses.map(({ state }) => state),
  );
  expect(states).toEqual([["success", "inactive"], ["success"], ["success"], ["success"]]);
});

test("webhooks tell which run of Actions made a status, and nothing of statuses that end a deployment", async () => {
  const { sim, app, org, repository, personA } = world;
  const receiver = new Receiver();
  const watcher = sim.app({
    slug: "watcher",
    permissions: { deployments: "read", actions: "read" },
    events: ["deployment", "deployment_status", "workflow_run"],
    privateKey: app.privateKey,
    webhookUrl: await receiver.listen(),
  });
  const installation = watcher.install(org.account);
  const github = actions().state;
  const sha = repository.tip();
  const workflowRun = repository.runWorkflow(github, {
    path: PATH,
    event: "push",
    branch: "main",
    sha,
    actor: personA,
  });
  const byActions = repository.deploy(github, { ref: "main", environment: "staging", workflowRun });
  repository.deploymentStatus(byActions, github, { state: "success", workflowRun });
  const byHand = repository.deploy(personA, { ref: "main", environment: "staging" });
  repository.deploymentStatus(byHand, personA, { state: "success" });
  await sim.deliveries.flush();
  await receiver.close();
  const [, ...told] = receiver.received;
  expect(told.map(({ event, get }) => `${event}.${String(get("action"))}`)).toEqual([
    "workflow_run.requested",
    "workflow_run.completed",
    "deployment.created",
    "deployment_status.created",
    "deployment.created",
    "deployment_status.created",
  ]);
  expect(told[3]?.body).toMatchObject({
    deployment_status: { state: "success", creator: { login: "github-actions[bot]" } },
    deployment: { id: byActions.id, sha, performed_via_github_app: { id: 15_368 } },
    workflow_run: { id: workflowRun.id, path: PATH, head_branch: "main", actor: { login: "person-a" } },
    check_run: { name: "deploy", app: { id: 15_368 } },
  });
  expect(told[5]?.get("workflow_run")).toBeUndefined();
  const ask = await installationClient(sim, watcher, installation);
  expect((await ask("GET", `/repos/acme/infra/actions/runs/${workflowRun.id}`)).body).toMatchObject({
    path: PATH,
    conclusion: "success",
    head_sha: sha,
    check_suite_id: workflowRun.job.suite.id,
  });
  expect((await ask("GET", "/repos/acme/infra/actions/runs?event=pull_request")).get("total_count")).toBe(0);
});
