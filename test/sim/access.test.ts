import { generateKeyPairSync } from "node:crypto";
import { Probot } from "probot";
import { afterEach, expect, test } from "vitest";
import { acme, client, installationClient, jwt } from "./support.ts";

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sim) => sim.stop()));
});
async function world(...input: Parameters<typeof acme>) {
  const made = await acme(...input);
  open.push(made.sim);
  return made;
}
const REPOSITORY = "/repos/acme/infra";

test("Probot's own client authenticates and reads", async () => {
  const { sim, app, installation, pull } = await world();
  const octokit = await new Probot({
    appId: app.id,
    privateKey: app.privateKey,
    baseUrl: sim.url,
    secret: "s",
    logLevel: "fatal",
  }).auth(installation.id);
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    owner: "acme",
    repo: "infra",
    pull_number: 1,
  });
  expect(data.head.sha).toBe(pull.headSha);
  const files = await octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
    owner: "acme",
    repo: "infra",
    pull_number: 1,
  });
  expect(files.map(({ filename }) => filename)).toEqual(["k8s/api.yaml"]);
});

test("an App JWT counts only with the app's own key, a life of ten minutes and its own id", async () => {
  const { sim, app } = await world();
  expect((await client(sim, jwt(app))("GET", "/app")).get("slug")).toBe("sallyport");
  const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
  for (const wrong of [{ key: otherKey }, { lifeSeconds: 3600 }, { iss: 1 }])
    expect((await client(sim, jwt(app, wrong))("GET", "/app")).status).toBe(401);
  expect((await client(sim, "ghs_nobody")("GET", "/app")).status).toBe(401);
});

test("a token can be asked for less than the installation has, never for more", async () => {
  const { sim, app, installation, repository } = await world();
  const narrow = await installationClient(sim, app, installation, {
    permissions: { contents: "read" },
    repositories: ["infra"],
  });
  expect((await narrow("GET", `${REPOSITORY}/git/ref/heads/main`)).status).toBe(200);
  expect((await narrow("POST", `${REPOSITORY}/check-runs`, { name: "x", head_sha: repository.tip() })).status).toBe(
    403,
  );
  const ask = client(sim, jwt(app));
  const path = `/app/installations/${installation.id}/access_tokens`;
  expect((await ask("POST", path, { permissions: { contents: "write" } })).status).toBe(422);
  expect((await ask("POST", path, { repositories: ["unknown"] })).status).toBe(422);
});

test("what the installation lacks is forbidden, with the permission that was needed", async () => {
  const { sim, app, installation } = await world();
  const ask = await installationClient(sim, app, installation);
  const refused = await ask("POST", `${REPOSITORY}/issues/1/comments`, { body: "hello" });
  expect(refused.status).toBe(403);
  expect(refused.get("message")).toBe("Resource not accessible by integration");
  expect(refused.headers.get("x-accepted-github-permissions")).toBe("issues=write; pull_requests=write");
  expect((await ask("PUT", `${REPOSITORY}/pulls/1/merge`, {})).status).toBe(403);
});

test("a permission that the app asks for later counts once an administrator has accepted it", async () => {
  const { sim, app, installation } = await world();
  app.state.permissions = { ...app.state.permissions, issues: "write" };
  const before = await installationClient(sim, app, installation);
  expect((await before("POST", `${REPOSITORY}/issues/1/comments`, { body: "hello" })).status).toBe(403);
  app.accept(installation);
  const after = await installationClient(sim, app, installation);
  expect((await after("POST", `${REPOSITORY}/issues/1/comments`, { body: "hello" })).status).toBe(201);
});

test("what a token cannot see does not exist", async () => {
  const { sim, app, org, installation, repository } = await world();
  const secret = org.repository("secret", { files: { a: "a" } });
  installation.repositories = new Set([repository.state.id]);
  const ask = await installationClient(sim, app, installation);
  expect((await ask("GET", "/repos/acme/secret")).status).toBe(404);
  expect((await ask("GET", "/installation/repositories")).body).toMatchObject({
    total_count: 1,
    repositories: [{ name: "infra" }],
  });
  const stranger = client(sim, sim.userToken(sim.user("stranger")));
  expect((await stranger("GET", "/repos/acme/secret")).status).toBe(404);
  expect((await client(sim)("GET", "/repos/acme/secret")).status).toBe(404);
  app.addRepositories(installation, secret);
  expect((await ask("GET", "/repos/acme/secret")).status).toBe(200);
});

test("a suspended or removed installation and expired tokens are refused", async () => {
  const { sim, app, installation } = await world();
  const ask = await installationClient(sim, app, installation);
  sim.expireInstallationTokens();
  expect((await ask("GET", REPOSITORY)).status).toBe(401);
  const again = await installationClient(sim, app, installation);
  app.suspend(installation);
  expect((await again("GET", REPOSITORY)).status).toBe(403);
  app.unsuspend(installation);
  expect((await again("GET", REPOSITORY)).status).toBe(200);
  app.uninstall(installation);
  expect((await again("GET", REPOSITORY)).status).toBe(401);
});

test("people act within their role", async () => {
  const { sim, reader, personA, repository } = await world();
  const asReader = client(sim, sim.userToken(reader));
  expect((await asReader("GET", `${REPOSITORY}/pulls/1`)).status).toBe(200);
  expect(
    (await asReader("POST", `${REPOSITORY}/git/refs`, { ref: "refs/heads/x", sha: repository.tip() })).status,
  ).toBe(403);
  expect((await asReader("PATCH", `${REPOSITORY}/pulls/1`, { state: "closed" })).status).toBe(403);
  const asPerson = client(sim, sim.userToken(personA));
  expect((await asPerson("PATCH", `${REPOSITORY}/pulls/1`, { state: "closed" })).status).toBe(200);
});

test("a person's permission is the highest of their roles, in GitHub's words", async () => {
  const { sim, app, org, installation, repository, reader } = await world();
  const ask = await installationClient(sim, app, installation);
  const permission = async (login: string) =>
    (await ask("GET", `${REPOSITORY}/collaborators/${login}/permission`)).body;
  expect(await permission("reader")).toMatchObject({ permission: "read", role_name: "read" });
  org.member(reader);
  const parent = org.team("owners");
  org.team("leads", { parent, members: [reader] });
  repository.grant(parent, "maintain");
  expect(await permission("reader")).toMatchObject({ permission: "write", role_name: "maintain" });
  sim.user("stranger");
  expect(await permission("stranger")).toMatchObject({ permission: "none" });
  expect((await ask("GET", `${REPOSITORY}/collaborators/Copilot/permission`)).status).toBe(404);
});

test("members of a child team are members of its parents", async () => {
  const { sim, app, org, installation, personA } = await world();
  org.member(personA);
  const parent = org.team("platform");
  org.team("databases", { parent, members: [personA] });
  const ask = await installationClient(sim, app, installation);
  expect((await ask("GET", "/orgs/acme/teams/platform/memberships/person-a")).body).toMatchObject({ state: "active" });
  expect((await ask("GET", "/orgs/acme/teams/platform/memberships/person-b")).status).toBe(404);
  expect((await ask("GET", "/orgs/acme/teams/platform/members")).each("login")).toEqual(["person-a"]);
  const narrow = await installationClient(sim, app, installation, { permissions: { contents: "read" } });
  expect((await narrow("GET", "/orgs/acme/teams/platform")).status).toBe(403);
});

test("the permissions that were made use of are known", async () => {
  const { sim, app, installation, repository } = await world();
  const ask = await installationClient(sim, app, installation);
  await ask("GET", `${REPOSITORY}/git/ref/heads/main`);
  await ask("POST", `${REPOSITORY}/check-runs`, { name: "x", head_sha: repository.tip() });
  await ask("GET", `${REPOSITORY}/commits/${repository.tip()}/check-runs`);
  expect(sim.requests.usedPermissions()).toEqual({ contents: "read", checks: "write" });
  expect(sim.requests.count("POST /repos/{owner}/{repo}/check-runs")).toBe(1);
});
