import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, client, installationClient, jwt, Receiver } from "./support.ts";

let receiver: Receiver;
let world: Awaited<ReturnType<typeof acme>>;
beforeEach(async () => {
  receiver = new Receiver();
  world = await acme({ webhookUrl: await receiver.listen() });
  await world.sim.deliveries.flush();
  receiver.received.length = 0;
});
afterEach(async () => {
  await world.sim.stop();
  await receiver.close();
});
const names = (): string[] =>
  receiver.received.map(({ event, get }) =>
    get("action") === undefined ? event : `${event}.${String(get("action"))}`,
  );

test("a push to the head tells of the push, then of the pull request, then of the suite", async () => {
  const before = world.pull.headSha;
  const head = world.repository.commit("feature", { files: { x: "x" }, by: world.agent });
  await world.sim.deliveries.flush();
  expect(names()).toEqual(["push", "pull_request.synchronize", "check_suite.requested"]);
  const [push, synchronize] = receiver.received;
  expect(push?.body).toMatchObject({
    ref: "refs/heads/feature",
    before,
    after: head,
    forced: false,
    commits: [{ id: head, added: ["x"] }],
    sender: { login: "Copilot" },
  });
  expect(synchronize?.body).toMatchObject({
    number: 1,
    before,
    after: head,
    pull_request: { head: { sha: head } },
    installation: { id: world.installation.id },
    repository: { full_name: "acme/infra", owner: { login: "acme" } },
    sender: { id: 198_982_749 },
  });
});

test("every message is signed over its exact bytes and has a GUID of its own", async () => {
  world.pull.label(world.personA, "ümlaut");
  world.pull.comment(world.personA, "hello");
  await world.sim.deliveries.flush();
  expect(names()).toEqual(["pull_request.labeled", "issue_comment.created"]);
  for (const { raw, signature } of receiver.received)
    expect(signature).toBe(`sha256=${createHmac("sha256", "a secret").update(raw).digest("hex")}`);
  expect(new Set(receiver.received.map(({ guid }) => guid)).size).toBe(2);
});

test("only what an app subscribed to and may read arrives", async () => {
  const deaf = world.sim.app({
    slug: "deaf",
    permissions: { contents: "read" },
    events: ["pull_request", "push"],
    webhookUrl: world.app.state.webhookUrl ?? "",
    privateKey: world.app.privateKey,
  });
  deaf.install(world.org.account);
  await world.sim.deliveries.flush();
  receiver.received.length = 0;
  world.repository.commit("feature", { files: { y: "y" }, by: world.agent });
  await world.sim.deliveries.flush();
  expect(world.sim.deliveries.log.filter(({ app }) => app === deaf.state).map(({ event }) => event)).toEqual([
    "installation",
    "push",
  ]);
});

test("a click on a check run reaches its own app alone", async () => {
  const other = world.sim.app({
    slug: "other",
    permissions: { checks: "write" },
    events: ["check_run"],
    webhookUrl: world.app.state.webhookUrl ?? "",
    privateKey: world.app.privateKey,
  });
  other.install(world.org.account);
  const run = world.app.checkRun(world.repository, world.pull.headSha, {
    name: "sallyport",
    conclusion: "failure",
    actions: [{ label: "Explain", description: "why", identifier: "explain" }],
  });
  world.repository.rerequest(run, world.personA);
  world.repository.press(run, "explain", world.personA);
  expect(() => world.repository.press(run, "unknown", world.personA)).toThrow("Not Found");
  await world.sim.deliveries.flush();
  const clicks = world.sim.deliveries.log.filter(
    ({ action }) => action === "rerequested" || action === "requested_action",
  );
  expect(clicks.map(({ app, action }) => [app.slug, action])).toEqual([
    ["sallyport", "rerequested"],
    ["sallyport", "requested_action"],
  ]);
  expect(receiver.received.at(-1)?.body).toMatchObject({
    requested_action: { identifier: "explain" },
    sender: { login: "person-a" },
  });
});

test("a skip-checks trailer suppresses the suite and nothing else", async () => {
  world.repository.commit("feature", { files: { x: "x" }, by: world.agent, message: "x\n\nskip-checks: true\n" });
  await world.sim.deliveries.flush();
  expect(names()).toEqual(["push", "pull_request.synchronize"]);
});

test("messages can be held, reordered, lost, doubled and forged", async () => {
  const { deliveries } = world.sim;
  deliveries.hold();
  world.pull.label(world.personA, "first");
  world.pull.label(world.personA, "second");
  await deliveries.flush();
  expect(receiver.received).toEqual([]);
  expect(deliveries.waiting).toHaveLength(2);
  deliveries.release("last to first");
  await deliveries.flush();
  expect(receiver.received.map(({ get }) => get("label.name"))).toEqual(["second", "first"]);

  receiver.received.length = 0;
  deliveries.next("drop", "pull_request");
  deliveries.next("double", "pull_request");
  deliveries.next("forge", "pull_request");
  for (const label of ["lost", "twice", "forged", "plain"]) world.pull.label(world.personA, label);
  await deliveries.flush();
  expect(receiver.received.map(({ get }) => get("label.name"))).toEqual(["twice", "twice", "forged", "plain"]);
  expect(receiver.received[0]?.guid).toBe(receiver.received[1]?.guid);
  const forged = receiver.received[2];
  expect(forged?.signature).not.toBe(
    `sha256=${createHmac("sha256", "a secret")
      .update(forged?.raw ?? "")
      .digest("hex")}`,
  );
});

test("a failed delivery is listed and comes again under its GUID when asked for", async () => {
  receiver.status = 500;
  world.pull.label(world.personA, "late");
  await world.sim.deliveries.flush();
  receiver.status = 200;
  const ask = client(world.sim, jwt(world.app));
  const failed = await ask("GET", "/app/hook/deliveries?status=failure");
  expect(failed.body).toMatchObject([
    { event: "pull_request", action: "labeled", status_code: 500, redelivery: false },
  ]);
  expect((await ask("POST", `/app/hook/deliveries/${failed.text("0.id")}/attempts`)).status).toBe(202);
  await world.sim.deliveries.flush();
  expect(receiver.received.map(({ guid }) => guid)).toEqual([failed.get("0.guid"), failed.get("0.guid")]);
  expect((await ask("GET", "/app/hook/deliveries?per_page=1")).get("0")).toMatchObject({
    status_code: 200,
    redelivery: true,
  });
});

test("what comes in over HTTP is told like what is done by hand", async () => {
  const ask = await installationClient(world.sim, world.app, world.installation);
  await ask("POST", "/repos/acme/infra/check-runs", {
    name: "sallyport",
    head_sha: world.pull.headSha,
    conclusion: "success",
  });
  await world.sim.deliveries.flush();
  expect(names()).toEqual(["check_run.created", "check_run.completed"]);
  expect(receiver.received[0]?.get("sender.login")).toBe("sallyport[bot]");
});

test("an app is always told of its own installation", async () => {
  const { app, installation, repository } = world;
  app.accept(installation);
  app.suspend(installation);
  repository.commit("feature", { files: { x: "x" } });
  app.unsuspend(installation);
  installation.repositories = new Set([repository.state.id]);
  app.removeRepositories(installation, repository);
  repository.commit("feature", { files: { y: "y" } });
  app.uninstall(installation);
  await world.sim.deliveries.flush();
  expect(names()).toEqual([
    "installation.new_permissions_accepted",
    "installation.suspend",
    "installation.unsuspend",
    "installation_repositories.removed",
    "installation.deleted",
  ]);
});

test("people who come, go or change their role are told of", async () => {
  world.app.state.events = ["member", "membership", "organization", "team", "repository"];
  world.org.member(world.personA);
  const team = world.org.team("leads", { members: [world.personA] });
  world.repository.grant(world.personB, "read");
  world.repository.grant(team, "write");
  world.org.remove(world.personA);
  world.repository.change({ name: "platform" });
  await world.sim.deliveries.flush();
  expect(names()).toEqual([
    "organization.member_added",
    "membership.added",
    "member.edited",
    "team.added_to_repository",
    "membership.removed",
    "organization.member_removed",
    "repository.renamed",
  ]);
});
