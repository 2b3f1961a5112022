import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, type Client, client, installationClient, Receiver } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
let ask: Client;
beforeEach(async () => {
  world = await acme();
  ask = await installationClient(world.sim, world.app, world.installation);
});
afterEach(async () => {
  await world.sim.stop();
});
const CHECK = [{ context: "sallyport" }];
const REPOSITORY = "/repos/acme/infra";

test("classic protection lets administrators around it until it says that it binds them too", () => {
  const { repository, pull, personA, personB } = world;
  const protection = repository.protect({ kind: "classic", requiredChecks: CHECK, pullRequestOnly: true });
  expect(() => repository.commit("main", { files: { x: "x" }, by: personA })).toThrow("through a pull request");
  expect(repository.commit("main", { files: { x: "x" }, by: personB })).toBe(repository.tip());
  repository.changeProtection(protection, { requiredChecks: CHECK, enforceAdmins: true });
  expect(() => pull.merge(personB)).toThrow("is expected");
  repository.changeProtection(protection, { requiredChecks: CHECK });
  expect(() => pull.merge(personA)).toThrow("is expected");
  expect(pull.merge(personB)).toBe(repository.tip());
});

test("a merge around the rules looks like every other merge", async () => {
  const { repository, pull, personB } = world;
  repository.protect({ requiredChecks: CHECK, bypass: [{ role: "admin" }] });
  pull.merge(personB);
  expect((await ask("GET", `${REPOSITORY}/pulls/1`)).body).toMatchObject({
    merged: true,
    merged_by: { login: "person-b" },
  });
  expect((await ask("GET", `${REPOSITORY}/activity?ref=main`)).get("0")).toMatchObject({
    activity_type: "pr_merge",
    actor: { login: "person-b" },
  });
});

test("a team, an app, a role or an account walks around a ruleset in the mode its line gives", () => {
  const { sim, app, org, repository, pull, personA, personB } = world;
  org.member(personA);
  const oncall = org.team("oncall", { members: [personA] });
  const ruleset = repository.protect({
    requiredChecks: CHECK,
    pullRequestOnly: true,
    bypass: [{ who: oncall, mode: "pull_request" }],
  });
  expect(() => repository.commit("main", { files: { x: "x" }, by: personA })).toThrow("through a pull request");
  expect(() => pull.merge(personB)).toThrow("is expected");
  repository.changeProtection(ruleset, { requiredChecks: CHECK, bypass: [app.state, "organization admins"] });
  expect(() => pull.merge(personA)).toThrow("is expected");
  const boss = sim.user("boss");
  org.member(boss, "admin");
  repository.commit("main", { files: { x: "x" }, by: boss });
  repository.changeProtection(ruleset, { requiredChecks: CHECK, bypass: [{ who: oncall, mode: "pull_request" }] });
  expect(pull.merge(personA)).toBe(repository.tip());
});

test("a required check binds direct pushes: only a commit on which it is green may be pushed", () => {
  const { app, repository, pull, personB } = world;
  repository.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  expect(() => repository.push("main", pull.headSha, personB)).toThrow("is expected");
  app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  repository.push("main", pull.headSha, personB);
  expect(pull.state.merged).not.toBeNull();
});

test("who may bypass a ruleset is told only to those who may change it", async () => {
  const { sim, app, org, repository, personB } = world;
  const ruleset = repository.protect({
    name: "gate",
    branches: ["~DEFAULT_BRANCH", "release"],
    requiredChecks: [{ context: "sallyport", app: app.state }],
    bypass: [{ who: { role: "admin" }, mode: "exempt" }],
  });
  const path = `${REPOSITORY}/rulesets/${ruleset.id}`;
  expect((await ask("GET", `${REPOSITORY}/rulesets`)).body).toMatchObject([{ id: ruleset.id, enforcement: "active" }]);
  const seen = await ask("GET", path);
  expect(seen.body).toMatchObject({
    name: "gate",
    current_user_can_bypass: "never",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH", "refs/heads/release"] } },
    rules: [{ parameters: { required_status_checks: [{ context: "sallyport", integration_id: app.id }] } }],
  });
  expect(seen.get("bypass_actors")).toBeUndefined();
  const permissions = { administration: "write" } as const;
  const governor = sim.app({ slug: "governor", permissions, events: [], privateKey: app.privateKey });
  const asGovernor = await installationClient(sim, governor, governor.install(org.account));
  const actors = [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "exempt" }];
  expect((await asGovernor("GET", path)).get("bypass_actors")).toEqual(actors);
  const asAdmin = await client(sim, sim.userToken(personB))("GET", path);
  expect(asAdmin.body).toMatchObject({ bypass_actors: actors, current_user_can_bypass: "exempt" });
});

test("classic protection is read with permission to read the administration", async () => {
  const { sim, app, org, repository } = world;
  repository.protect({ kind: "classic", requiredChecks: [{ context: "sallyport", app: app.state }], strict: true });
  const path = `${REPOSITORY}/branches/main/protection`;
  expect((await ask("GET", path)).status).toBe(403);
  const auditor = sim.app({
    slug: "auditor",
    permissions: { administration: "read" },
    events: [],
    privateKey: app.privateKey,
  });
  const asAuditor = await installationClient(sim, auditor, auditor.install(org.account));
  expect((await asAuditor("GET", path)).body).toMatchObject({
    enforce_admins: { enabled: false },
    required_status_checks: { strict: true, checks: [{ context: "sallyport", app_id: app.id }] },
  });
  expect((await asAuditor("GET", `${REPOSITORY}/branches/feature/protection`)).get("message")).toBe(
    "Branch not protected",
  );
});

test("a run tells whether the base branch requires it", async () => {
  const { app, repository, pull } = world;
  const run = app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  const required = async (): Promise<unknown> => {
    const query = `query { node(id: "CR_${run.id}") { ... on CheckRun { name isRequired(pullRequestNumber: 1) } } }`;
    return (await ask("POST", "/graphql", { query })).get("data.node.isRequired");
  };
  expect(await required()).toBe(false);
  const ruleset = repository.protect({ requiredChecks: CHECK });
  expect(await required()).toBe(true);
  repository.changeProtection(ruleset, { requiredChecks: [{ context: "sallyport", app: app.state }] });
  expect(await required()).toBe(true);
  repository.changeProtection(ruleset, { requiredChecks: [{ context: "other" }] });
  expect(await required()).toBe(false);
});

test("changes of rulesets and protection reach apps that may read the administration", async () => {
  const { sim, app, org, repository, personB } = world;
  const receiver = new Receiver();
  const auditor = sim.app({
    slug: "auditor",
    permissions: { administration: "read" },
    events: ["repository_ruleset", "branch_protection_rule"],
    privateKey: app.privateKey,
    webhookUrl: await receiver.listen(),
  });
  auditor.install(org.account);
  const ruleset = repository.protect({ requiredChecks: CHECK }, personB);
  repository.changeProtection(ruleset, { requiredChecks: [] }, personB);
  repository.unprotect(ruleset, personB);
  repository.protect({ kind: "classic", requiredChecks: CHECK, branches: ["main"] }, personB);
  await sim.deliveries.flush();
  await receiver.close();
  expect(receiver.received.map(({ event, get }) => `${event}.${String(get("action"))}`)).toEqual([
    "installation.created",
    "repository_ruleset.created",
    "repository_ruleset.edited",
    "repository_ruleset.deleted",
    "branch_protection_rule.created",
  ]);
  expect(receiver.received.at(-1)?.body).toMatchObject({
    rule: { name: "main", admin_enforced: false, required_status_checks: ["sallyport"] },
    sender: { login: "person-b" },
  });
  expect(receiver.received[2]?.get("repository_ruleset.rules")).toEqual([]);
});
