import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { startGitHub } from "../../src/sim/github.ts";
import { type Ended, sallyport } from "./run.ts";

async function scene() {
  const github = await startGitHub({ clock: { now: () => Date.now() } });
  onTestFinished(() => github.stop());
  const permissions = { metadata: "read", checks: "write", contents: "read", pull_requests: "read" } as const;
  const app = github.app({ slug: "sallyport", permissions, events: [] });
  const acme = github.organization("acme");
  const person = github.user("person-a");
  acme.member(person);
  const shop = acme.repository("shop", {
    files: { "README.md": "# shop\n" },
    people: [[person, "write"]],
    private: true,
  });
  const env = {
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: "a secret of the tests",
    GITHUB_API_URL: github.url,
  };
  const doctor = async (...args: readonly string[]): Promise<Ended> => sallyport(tmpdir(), ["doctor", ...args], env);
  return { github, app, acme, person, shop, doctor };
}

const rowOf = ({ out }: Ended, branch: string): string | undefined =>
  out
    .split("\n")
    .find((line) => line.startsWith("acme/shop") && line.includes(` ${branch} `))
    ?.replaceAll(/ {2,}/g, " | ");

test("a check that nothing requires is no gate, and a head without a run says when to require it", async () => {
  const { app, acme, person, shop, doctor } = await scene();
  app.install(acme.account);
  shop.commit("topic", { by: person, files: { "README.md": "# The shop\n" } });
  const pull = shop.openPullRequest({ head: "topic", by: person });
  const before = await doctor("acme/shop");
  expect([before.code, before.err]).toEqual([1, ""]);
  expect(rowOf(before, "main")).toBe(
    "acme/shop | main | does not hold | no | - | - | strict default | 1, 1 without a run",
  );
  expect(before.out).toContain("1 open head without a run. Require the check only when no open head lacks one.");

  app.checkRun(shop, pull.headSha, { name: "sallyport", status: "in_progress" });
  const after = await doctor("acme/shop");
  expect(rowOf(after, "main")).toContain("1, all with a run");
  expect(after.out).toContain("no open head lacks a run, so the check can be required");
});

test("a gate that is pinned and of whose bypasses nothing is known is not said to hold", async () => {
  const { app, acme, shop, doctor } = await scene();
  app.install(acme.account);
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], noForcePush: true });
  const told = await doctor("acme");
  expect(told.code).toBe(2);
  expect(rowOf(told, "main")).toBe("acme/shop | main | unknown | yes | yes | unknown | strict default | none");
  expect(told.out).toContain("who may bypass it: GitHub tells that only to those who may change the rules");
  expect(told.out).toContain("`main` may be deleted");
});

test("with the right to see it, a gate that nobody may bypass holds, and one that administrators may does not", async () => {
  const { app, acme, shop, doctor } = await scene();
  const installation = app.install(acme.account);
  app.accept(installation, { ...app.state.permissions, administration: "write" });
  const requiredChecks = [{ context: "sallyport", app: app.state }];
  const rules = shop.protect({ requiredChecks });
  const holds = await doctor("ACME/Shop");
  expect([holds.code, rowOf(holds, "main")]).toEqual([
    0,
    "acme/shop | main | holds | yes | yes | nobody | strict default | none",
  ]);
  shop.changeProtection(rules, { requiredChecks, bypass: [{ role: "admin" }] });
  const open = await doctor("acme/shop");
  expect(open.code).toBe(1);
  expect(open.out).toContain("it can be bypassed by role admin (always)");
});

test("protected branches beside the default one have a check of their own name", async () => {
  const { app, acme, person, shop, doctor } = await scene();
  app.install(acme.account);
  shop.commit("release/1", { by: person, files: { "a.txt": "1\n" } });
  shop.protect({ branches: ["~ALL"], requiredChecks: [{ context: "sallyport", app: app.state }] });
  const told = await doctor("acme/shop");
  expect(rowOf(told, "main")).toContain("unknown | yes | yes");
  expect(rowOf(told, "release/1")).toContain("does not hold | no");
  expect(told.out).toContain("the check `sallyport: release/1` is not required on `release/1`");
});

test("a required check that a head never got locks people out, which is no gate in order", async () => {
  const { app, acme, person, shop, doctor } = await scene();
  app.install(acme.account);
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  shop.commit("topic", { by: person, files: { "README.md": "# The shop\n" } });
  shop.openPullRequest({ head: "topic", by: person });
  const told = await doctor("acme/shop");
  expect(told.code).toBe(1);
  expect(told.out).toContain("1 open head without a run cannot merge. Is the service running?");
});

test("a policy that cannot be used is told with its place", async () => {
  const { app, acme, shop, doctor } = await scene();
  app.install(acme.account);
  shop.commit("main", { files: { ".github/sallyport.yml": "version: 1\nmood: strict\n" } });
  const told = await doctor("acme/shop");
  expect(told.code).toBe(1);
  expect(rowOf(told, "main")).toContain("unusable");
  expect(told.out).toMatch(/sallyport\.yml:2:1/);
});

test("an organisation's policy that the installation does not cover looks absent, and that is said", async () => {
  const { app, acme, shop, doctor } = await scene();
  const policies = acme.repository(".github", { private: true, files: { "sallyport.yml": "version: 1\n" } });
  const installation = app.install(acme.account, [shop]);
  expect((await doctor("acme/shop")).out).toContain(
    "private and not covered by the installation, which looks the same",
  );
  app.addRepositories(installation, policies);
  expect((await doctor("acme/shop")).out).not.toContain("acme/.github");
});

test("of one repository it tells what went around the gate, and of an owner it asks no such thing", async () => {
  const { github, app, acme, person, shop, doctor } = await scene();
  app.install(acme.account);
  expect((await doctor("acme/shop")).out).toContain("nothing was found that went around the gate in the last 7 days.");
  shop.commit("topic", { by: person, files: { "README.md": "# The shop\n" } });
  const pull = shop.openPullRequest({ head: "topic", by: person });
  pull.merge(person);
  const told = await doctor("acme/shop");
  const merge = `merge of #${pull.number} at ${pull.headSha.slice(0, 7)} by account ${person.id}`;
  expect(told.out).toContain(`1 went around the gate in the last 7 days: ${merge}.`);
  github.requests.clear();
  await doctor("acme");
  expect(github.requests.entries.filter(({ route }) => route.endsWith("/activity"))).toEqual([]);
});

test("what GitHub refuses to show is unknown, not in order", async () => {
  const { github, app, acme, doctor } = await scene();
  app.install(acme.account);
  github.fail("GET /repos/{owner}/{repo}/pulls", 403);
  const told = await doctor("acme/shop");
  expect(told.code).toBe(2);
  expect(told.out).toContain("acme/shop: not read to the end");
});

test("where the App is not installed it says so, and what to do", async () => {
  const { app, acme, shop, doctor } = await scene();
  expect(await doctor("acme")).toMatchObject({
    code: 64,
    out: "",
    err: expect.stringContaining("not installed on acme") as string,
  });
  const other = acme.repository("other", { private: true });
  const installation = app.install(acme.account, [other]);
  expect((await doctor(`acme/${shop.state.name}`)).err).toContain("does not cover shop");
  app.suspend(installation);
  expect((await doctor("acme")).err).toContain("suspended");
});

test("without the App's key nothing is asked, and what is missing is named", async () => {
  const ended = await sallyport(tmpdir(), ["doctor", "acme"]);
  expect(ended.code).toBe(64);
  expect(ended.err).toContain("APP_ID is missing");
  expect((await sallyport(tmpdir(), ["doctor", "acme/shop/main"])).code).toBe(64);
});

test("--ruleset prints what an administrator can import, without asking GitHub", async () => {
  const { github, app, doctor } = await scene();
  github.requests.clear();
  const ended = await doctor("acme", "--ruleset");
  expect(ended.code).toBe(0);
  expect(JSON.stringify(JSON.parse(ended.out))).toContain(`"integration_id":${app.id}`);
  expect(github.requests.entries).toEqual([]);
});

test("--ruleset needs the id of the App, and no key of it", async () => {
  const held = await sallyport(tmpdir(), ["doctor", "acme", "--ruleset"], { APP_ID: "7" });
  expect([held.code, held.err]).toEqual([0, ""]);
  expect(held.out).toContain('"integration_id": 7');
  const none = await sallyport(tmpdir(), ["doctor", "acme", "--ruleset"]);
  expect([none.code, none.out]).toEqual([64, ""]);
  expect(none.err).toContain("APP_ID is missing");
});

test("every production that no gate stands before is named, with the reason", async () => {
  const { app, acme, shop, doctor } = await scene();
  const installation = app.install(acme.account);
  const policy = "version: 1\nenvironments: { production: { deployments: [prod-eu, prod-us] } }\n";
  shop.commit("main", { files: { ".github/sallyport.yml": policy } });
  const blind = await doctor("acme/shop");
  const unlisted = "it is not known that a deployment gate stands before it: GitHub does not list the environments.";
  expect(blind.out).toContain(`acme/shop environment prod-eu: ${unlisted}`);

  app.accept(installation, { ...app.state.permissions, actions: "read" });
  shop.environment({ name: "Production", rules: [] });
  shop.environment({ name: "Prod-EU", rules: [app.state] });
  shop.environment({ name: "staging", rules: [] });
  const { out } = await doctor("acme/shop");
  const step =
    "GitHub has such rules in private repositories with Enterprise alone; without it the job asks itself, with action/gate as its first step";
  expect(out).toContain(step);
  const none = "no deployment gate stands before it";
  expect(out).toContain(`acme/shop environment Production: ${none}: the rule of this app is not enabled there.`);
  expect(out).toContain(`acme/shop environment Prod-EU: ${none}: administrators may start jobs past its rules.`);
  expect(out).toContain(`acme/shop environment prod-us: ${none}: GitHub has no environment of that name`);
  expect(out).not.toContain("environment staging");

  for (const name of ["Production", "Prod-EU", "prod-us"])
    shop.environment({ name, rules: [app.state], adminsMayBypass: false });
  const guarded = (await doctor("acme/shop")).out;
  expect(guarded).not.toContain("deployment gate stands");
  expect(guarded).not.toContain("action/gate");
});

test("in a public repository a production without the rule is told to enable it, and one with it is not named", async () => {
  const { app, acme, doctor } = await scene();
  const open = acme.repository("open", { files: { "README.md": "# open\n" }, private: false });
  const installation = app.install(acme.account);
  app.accept(installation, { ...app.state.permissions, actions: "read" });
  open.environment({ name: "production", rules: [] });
  const { out } = await doctor("acme/open");
  expect(out).toContain(
    "acme/open environment production: no deployment gate stands before it: the rule of this app is not enabled there.",
  );
  expect(out).toContain("acme/open: enable this app's rule in the settings, under Environments");
  expect(out).not.toContain("Enterprise");
  open.environment({ name: "production", rules: [app.state], adminsMayBypass: false });
  expect((await doctor("acme/open")).out).not.toMatch(/environment production|under Environments/u);
});

test("a production of the policy that GitHub knows by no name is named, for nothing could wait there", async () => {
  const { app, acme, shop, doctor } = await scene();
  const installation = app.install(acme.account);
  app.accept(installation, { ...app.state.permissions, actions: "read" });
  shop.commit("main", {
    files: { ".github/sallyport.yml": "version: 1\nenvironments: { production: { forbids: [] } }\n" },
  });
  expect((await doctor("acme/shop")).out).toContain(
    "acme/shop environment production: no deployment gate stands before it: the policy names no deployments of it, and GitHub has no environment of its name.",
  );
});
