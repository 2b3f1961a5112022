import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, type Client, client, installationClient, Receiver, START_MS } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
let ask: Client;
beforeEach(async () => {
  world = await acme();
  ask = await installationClient(world.sim, world.app, world.installation);
});
afterEach(async () => {
  await world.sim.stop();
});
const FILES = "/repos/acme/infra/pulls/1/files";

test("lists are paged with links, 30 a page unless asked, never more than 100", async () => {
  world.repository.commit("feature", {
    files: Object.fromEntries(Array.from({ length: 149 }, (_, index) => [`f${index}`, "x\n"])),
    by: world.agent,
  });
  expect((await ask("GET", FILES)).body).toHaveLength(30);
  const first = await ask("GET", `${FILES}?per_page=500`);
  expect(first.body).toHaveLength(100);
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  const second = await ask("GET", next);
  expect(second.body).toHaveLength(50);
  expect(second.headers.get("link")).not.toContain('rel="next"');
  expect((await ask("GET", `${FILES}?per_page=100&page=3`)).body).toEqual([]);
});

test("the hour's requests are counted, and over the limit refused until the hour is over", async () => {
  world.sim.limitRequests(3);
  const other = client(world.sim, world.sim.userToken(world.personA));
  expect((await other("GET", FILES)).headers.get("x-ratelimit-remaining")).toBe("2");
  await other("GET", FILES);
  await other("GET", FILES);
  const refused = await other("GET", FILES);
  expect(refused.status).toBe(403);
  expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
  expect(refused.headers.get("x-ratelimit-reset")).toBe(String(START_MS / 1000 + 3600));
  expect((await ask("GET", FILES)).status).toBe(200);
  world.clock.advance(3_600_000);
  expect((await other("GET", FILES)).status).toBe(200);
});

test("GraphQL over the limit answers 200 with an error", async () => {
  world.sim.limitRequests(0);
  const { status, get } = await ask("POST", "/graphql", { query: "query { viewer { login } }" });
  expect([status, get("errors.0.type")]).toEqual([200, "RATE_LIMITED"]);
});

test("requests fail as ordered, as often as ordered", async () => {
  world.sim.fail("GET /repos/{owner}/{repo}/pulls", 502, 2);
  world.sim.fail((request) => request.method === "POST", {
    kind: "status",
    status: 429,
    headers: { "retry-after": "60" },
  });
  expect((await ask("GET", FILES)).status).toBe(502);
  expect((await ask("GET", FILES)).status).toBe(502);
  expect((await ask("GET", FILES)).status).toBe(200);
  const limited = await ask("POST", "/repos/acme/infra/check-runs", { name: "x", head_sha: world.pull.headSha });
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(world.repository.checkRuns(world.pull.headSha)).toEqual([]);
  world.sim.fail("pulls", "cut");
  await expect(ask("GET", FILES)).rejects.toThrow("terminated");
  world.sim.fail("pulls", 500);
  world.sim.heal();
  expect((await ask("GET", FILES)).status).toBe(200);
});

test("the date of an answer is the clock's", async () => {
  world.clock.advance(90_000);
  expect((await ask("GET", FILES)).headers.get("date")).toBe(new Date(START_MS + 90_000).toUTCString());
});

test("a route that the fake does not know is an error of its own and never a plain 404", async () => {
  expect((await ask("GET", "/repos/acme/infra/nothing")).status).toBe(501);
});

test("SHAs that name nothing are refused", async () => {
  expect((await ask("GET", "/repos/acme/infra/git/blobs/nothing")).status).toBe(404);
  expect((await ask("GET", "/repos/acme/infra/commits/nothing/check-runs")).status).toBe(422);
});

test("an archived repository is read-only", async () => {
  world.repository.change({ archived: true });
  expect((await ask("GET", FILES)).status).toBe(200);
  expect((await ask("POST", "/repos/acme/infra/check-runs", { name: "x", head_sha: world.pull.headSha })).status).toBe(
    403,
  );
});

test("the same script gives the same bytes", async () => {
  const script = async (): Promise<string> => {
    const receiver = new Receiver();
    const made = await acme({ webhookUrl: await receiver.listen() });
    const request = await installationClient(made.sim, made.app, made.installation);
    const answers: unknown[] = [];
    for (const [method, path, body] of [
      ["GET", "/repos/acme/infra", undefined],
      [
        "POST",
        "/repos/acme/infra/check-runs",
        { name: "sallyport", head_sha: made.pull.headSha, conclusion: "success" },
      ],
      ["GET", "/repos/acme/infra/pulls/1", undefined],
      ["GET", `/repos/acme/infra/git/trees/${made.pull.headSha}?recursive=1`, undefined],
      ["POST", "/graphql", { query: "query { viewer { login } rateLimit { remaining resetAt } }" }],
    ] as const)
      answers.push((await request(method, path, body)).body);
    made.pull.merge(made.personA);
    await made.sim.deliveries.flush();
    await made.sim.stop();
    await receiver.close();
    return JSON.stringify([answers, receiver.received, made.sim.requests.entries]);
  };
  expect(await script()).toBe(await script());
});

test("a body that is no JSON is refused", async () => {
  const response = await fetch(`${world.sim.url}/repos/acme/infra/pulls`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.sim.userToken(world.personA)}` },
    body: "{",
  });
  expect(response.status).toBe(400);
});
