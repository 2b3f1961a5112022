import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, type Client, client, installationClient, Receiver } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
beforeEach(async () => {
  world = await acme();
});
afterEach(async () => {
  await world.sim.stop();
});
const ISSUES = "/repos/acme/infra/issues";

/** A client of another app with these permissions. */
async function appWith(permissions: Readonly<Record<string, "read" | "write">>): Promise<Client> {
  const { sim, app, org } = world;
  const other = sim.app({ slug: "other", permissions, events: [], privateKey: app.privateKey });
  return installationClient(sim, other, other.install(org.account));
}

test("an alarm is an issue: opened, commented on, found by its label and closed", async () => {
  const ask = await appWith({ issues: "write" });
  const opened = await ask("POST", ISSUES, { title: "Merged around the gate", labels: ["sallyport"] });
  expect(opened.body).toMatchObject({
    number: 2,
    state: "open",
    user: { login: "other[bot]" },
    performed_via_github_app: { slug: "other" },
    labels: [{ name: "sallyport" }],
  });
  expect(opened.get("pull_request")).toBeUndefined();
  expect((await ask("POST", `${ISSUES}/2/comments`, { body: "again" })).status).toBe(201);
  expect((await ask("GET", `${ISSUES}/2/comments`)).each("body")).toEqual(["again"]);
  expect((await ask("GET", ISSUES)).each("number")).toEqual([2, 1]);
  expect((await ask("GET", `${ISSUES}?labels=sallyport`)).each("number")).toEqual([2]);
  expect((await ask("PATCH", `${ISSUES}/2`, { state: "closed" })).get("state")).toBe("closed");
  expect((await ask("GET", `${ISSUES}?labels=sallyport`)).body).toEqual([]);
  world.repository.commit("next", { files: { n: "n" } });
  expect(world.repository.openPullRequest({ head: "next", by: world.personA }).number).toBe(3);
});

test("permission for pull requests reaches their conversations and no issue", async () => {
  const { repository, personA } = world;
  const issue = repository.openIssue(personA, "An issue");
  const ask = await appWith({ pull_requests: "write" });
  expect((await ask("POST", `${ISSUES}/1/comments`, { body: "here" })).status).toBe(201);
  expect((await ask("POST", `${ISSUES}/${issue.number}/comments`, { body: "here" })).status).toBe(403);
  expect((await ask("GET", `${ISSUES}/${issue.number}`)).status).toBe(403);
  expect((await ask("POST", ISSUES, { title: "x" })).status).toBe(403);
});

test("a reaction is given once, and no webhook tells of it", async () => {
  const { pull, personA, sim } = world;
  const comment = pull.comment(personA, "/sallyport explain");
  const ask = await appWith({ pull_requests: "write" });
  const path = `${ISSUES}/comments/${comment.id}/reactions`;
  const told = sim.deliveries.log.length;
  expect((await ask("POST", path, { content: "eyes" })).status).toBe(201);
  expect((await ask("POST", path, { content: "eyes" })).status).toBe(200);
  expect((await ask("POST", path, { content: "shrug" })).status).toBe(422);
  expect((await ask("GET", path)).body).toMatchObject([{ content: "eyes", user: { login: "other[bot]" } }]);
  expect(sim.deliveries.log).toHaveLength(told);
});

test("comments are changed and deleted by their author and by writers", async () => {
  const { sim, pull, personA, reader } = world;
  const { id } = pull.comment(personA, "first");
  const asReader = client(sim, sim.userToken(reader));
  expect((await asReader("PATCH", `${ISSUES}/comments/${id}`, { body: "mine" })).status).toBe(403);
  const asWriter = client(sim, sim.userToken(personA));
  expect((await asWriter("PATCH", `${ISSUES}/comments/${id}`, { body: "second" })).get("body")).toBe("second");
  expect((await asWriter("DELETE", `${ISSUES}/comments/${id}`)).status).toBe(204);
  expect((await asWriter("GET", `${ISSUES}/comments/${id}`)).status).toBe(404);
});

test("reviews are asked of people and teams with access, and a review answers both", async () => {
  const { sim, org, repository, pull, personA, personB } = world;
  org.member(personA);
  const owners = org.team("owners", { members: [personA] });
  const ask = await appWith({ pull_requests: "write" });
  const path = "/repos/acme/infra/pulls/1/requested_reviewers";
  expect((await ask("POST", path, { team_reviewers: ["owners"] })).get("message")).toContain("collaborators");
  repository.grant(owners, "write");
  expect((await ask("POST", path, { reviewers: [sim.user("stranger").login] })).status).toBe(422);
  const wanted = { reviewers: ["person-a", "person-b"], team_reviewers: ["owners"] };
  expect((await ask("POST", path, wanted)).status).toBe(201);
  pull.review(personA, "approve");
  expect((await ask("GET", path)).body).toMatchObject({ users: [{ login: personB.login }], teams: [] });
  expect((await ask("DELETE", path, { reviewers: ["person-b"] })).get("requested_reviewers")).toEqual([]);
});

test("a revert takes back what was merged and leaves what came after", async () => {
  const { app, sim, org, repository, pull, personA } = world;
  expect(() => pull.revert(personA)).toThrow("cannot be reverted");
  pull.merge(personA, { method: "rebase" });
  repository.commit("main", { files: { later: "x" } });
  const permissions = { contents: "write", pull_requests: "write" } as const;
  const enforcer = sim.app({ slug: "enforcer", permissions, events: [], privateKey: app.privateKey });
  const ask = await installationClient(sim, enforcer, enforcer.install(org.account));
  const query = `mutation { revertPullRequest(input: { pullRequestId: "PR_${pull.state.id}" }) { revertPullRequest { number title body author { login } } } }`;
  expect((await ask("POST", "/graphql", { query })).get("data.revertPullRequest.revertPullRequest")).toMatchObject({
    number: 2,
    title: 'Revert "More replicas"',
    body: "Reverts acme/infra#1",
    author: { login: "enforcer" },
  });
  const files = await client(sim, sim.userToken(personA))("GET", "/repos/acme/infra/pulls/2/files");
  expect(files.body).toMatchObject([
    { filename: "k8s/api.yaml", patch: expect.stringContaining("+replicas: 2") as string },
  ]);
});

test("issues and comments on them reach apps that may read issues", async () => {
  const { sim, app, org, repository, personA } = world;
  const receiver = new Receiver();
  const watcher = sim.app({
    slug: "watcher",
    permissions: { issues: "read" },
    events: ["issues", "issue_comment"],
    privateKey: app.privateKey,
    webhookUrl: await receiver.listen(),
  });
  watcher.install(org.account);
  const issue = repository.openIssue(personA, "An issue");
  repository.commentOnIssue(issue, personA, "a word");
  await sim.deliveries.flush();
  await receiver.close();
  const [, opened, commented] = receiver.received;
  expect(opened).toMatchObject({ event: "issues", body: { action: "opened", issue: { number: issue.number } } });
  expect(commented?.get("issue.pull_request")).toBeUndefined();
  expect(commented?.get("comment.body")).toBe("a word");
});
