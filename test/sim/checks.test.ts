import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, type Client, client, installationClient } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
let ask: Client;
const RUNS = "/repos/acme/infra/check-runs";
beforeEach(async () => {
  world = await acme();
  ask = await installationClient(world.sim, world.app, world.installation);
});
afterEach(async () => {
  await world.sim.stop();
});

const output = (more: object = {}): object => ({ title: "t", summary: "s", ...more });
const annotations = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    path: "main.tf",
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: "warning",
    message: "m",
  }));
const create = (more: object = {}) => ask("POST", RUNS, { name: "sallyport", head_sha: world.pull.headSha, ...more });

test("a run is created, changed and listed as GitHub describes it", async () => {
  const made = await create({
    status: "in_progress",
    external_id: "x",
    output: output({ annotations: annotations(50) }),
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    status: "in_progress",
    conclusion: null,
    completed_at: null,
    pull_requests: [{ number: 1 }],
  });
  const changed = await ask("PATCH", `${RUNS}/${made.text("id")}`, {
    conclusion: "failure",
    output: output({ annotations: annotations(7) }),
  });
  expect(changed.body).toMatchObject({
    status: "completed",
    conclusion: "failure",
    external_id: "x",
    output: { annotations_count: 57 },
  });
  const listed = await ask("GET", `${RUNS}/${made.text("id")}/annotations?per_page=50&page=2`);
  expect(listed.body).toHaveLength(7);
});

test("what passes GitHub's limits is refused and leaves nothing behind", async () => {
  const refused: object[] = [
    { output: output({ annotations: annotations(51) }) },
    { output: output({ summary: "x".repeat(65_536) }) },
    { output: output({ text: "x".repeat(65_536) }) },
    { output: { title: "t" } },
    { output: { summary: "s" } },
    { output: output({ annotations: [{ ...annotations(1)[0], title: "x".repeat(256) }] }) },
    { output: output({ annotations: [{ ...annotations(1)[0], message: "x".repeat(65_537) }] }) },
    { output: output({ annotations: [{ ...annotations(1)[0], end_line: 2, start_column: 1 }] }) },
    { actions: Array.from({ length: 4 }, () => ({ label: "l", description: "d", identifier: "i" })) },
    { actions: [{ label: "x".repeat(21), description: "d", identifier: "i" }] },
    { status: "completed" },
    { conclusion: "stale" },
    { status: "waiting" },
    { head_sha: "0".repeat(40) },
    { head_sha: "main" },
  ];
  const accepted = [];
  for (const more of refused) if ((await create(more)).status !== 422) accepted.push(more);
  expect(accepted).toEqual([]);
  expect(world.repository.checkRuns(world.pull.headSha)).toEqual([]);
  expect((await create({ output: output({ summary: "x".repeat(65_535) }) })).status).toBe(201);
});

test("only an app may write runs, and only its own", async () => {
  const asPerson = client(world.sim, world.sim.userToken(world.personB));
  expect((await asPerson("POST", RUNS, { name: "sallyport", head_sha: world.pull.headSha })).status).toBe(403);
  const other = world.sim.app({
    slug: "other",
    permissions: { checks: "write" },
    events: [],
    privateKey: world.app.privateKey,
  });
  const foreign = await installationClient(world.sim, other, other.install(world.org.account));
  const own = await create();
  expect((await foreign("PATCH", `${RUNS}/${own.text("id")}`, { conclusion: "success" })).status).toBe(403);
});

test("a completed run is never moved back", async () => {
  const made = await create({ conclusion: "success" });
  expect((await ask("PATCH", `${RUNS}/${made.text("id")}`, { status: "in_progress" })).status).toBe(422);
  expect((await ask("PATCH", `${RUNS}/${made.text("id")}`, { conclusion: "failure" })).get("conclusion")).toBe(
    "failure",
  );
});

test("the newest run of a name and app counts, whatever its times say", async () => {
  await create({ conclusion: "success", completed_at: "2030-01-01T00:00:00Z" });
  const newest = await create({ status: "in_progress" });
  const other = world.sim.app({
    slug: "other",
    permissions: { checks: "write" },
    events: [],
    privateKey: world.app.privateKey,
  });
  other.checkRun(world.repository, world.pull.headSha, { name: "sallyport", conclusion: "success" });
  const path = `/repos/acme/infra/commits/${world.pull.headSha}/check-runs`;
  const own = await ask("GET", `${path}?app_id=${world.app.id}&check_name=sallyport`);
  expect(own.body).toMatchObject({ total_count: 1, check_runs: [{ id: newest.get("id") }] });
  expect((await ask("GET", path)).get("total_count")).toBe(2);
  expect((await ask("GET", `${path}?filter=all`)).get("total_count")).toBe(3);
});

test("a re-run asks the run's own app again and takes the conclusion from the suite, not from the run", async () => {
  const { app, pull, personA, repository, sim } = world;
  const run = app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  pull.rerequest(personA);
  const suite = `/repos/acme/infra/check-suites/${run.suite.id}`;
  expect((await ask("GET", suite)).body).toMatchObject({ status: "queued", conclusion: null });
  expect((await ask("GET", `${RUNS}/${run.id}`)).get("conclusion")).toBe("success");
  app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "failure" });
  expect((await ask("GET", suite)).get("status")).toBe("completed");
  expect((await ask("POST", `${suite}/rerequest`)).status).toBe(201);
  expect((await ask("GET", suite)).get("status")).toBe("queued");
  const stranger = sim.user("stranger");
  expect(() => pull.rerequest(stranger)).toThrow("Not Found");
});

test("a button is there once the run is completed", () => {
  const { app, pull, personA, repository } = world;
  const actions = [{ label: "Explain", description: "Says why", identifier: "explain" }];
  const run = app.checkRun(repository, pull.headSha, { name: "sallyport", status: "in_progress", actions });
  expect(() => pull.press("explain", personA)).toThrow("Not Found");
  app.updateCheckRun(repository, run, { conclusion: "failure" });
  expect(() => pull.press("override", personA)).toThrow("Not Found");
  expect(() => pull.press("explain", personA)).not.toThrow();
});

test("an archived run is found by no list and by no required check", async () => {
  const { app, pull, personA, repository } = world;
  repository.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  pull.archiveChecks(app.state);
  expect((await ask("GET", `/repos/acme/infra/commits/${pull.headSha}/check-runs`)).get("total_count")).toBe(0);
  expect(() => pull.merge(personA)).toThrow("is expected");
});
