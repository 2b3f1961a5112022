import { describe, expect, onTestFinished, test } from "vitest";
import { startGitHub } from "../../src/sim/github.ts";
import { installationClient } from "./support.ts";
import type { App } from "../../src/sim/state/model.ts";

async function scene() {
  const clock = { nowMs: Date.UTC(2026, 2, 2) };
  const github = await startGitHub({ clock: { now: () => clock.nowMs } });
  onTestFinished(() => github.stop());
  const permissions = { deployments: "write", actions: "read" } as const;
  const events = ["deployment_protection_rule"];
  const app = github.app({ slug: "gate", permissions, events });
  const other = github.app({ slug: "other", permissions, events });
  const actions = github.app({ slug: "github-actions", id: 15_368, botId: 41_898_282, permissions: {}, events: [] });
  const acme = github.organization("acme");
  const admin = github.user("person-a");
  const shop = acme.repository("shop", { files: { "README.md": "# shop\n" }, people: [[admin, "admin"]] });
  const installation = app.install(acme.account);
  other.install(acme.account);
  const begin = (environment = "production") =>
    shop.startDeployment(actions.state, {
      environment,
      ends: "success",
      run: {
        path: ".github/workflows/deploy.yml",
        event: "push",
        branch: "main",
        sha: shop.state.refs.get("refs/heads/main") ?? "",
        actor: admin,
        job: "deploy",
      },
    });
  const asInstallation = await installationClient(github, app, installation);
  const ask = (method: string, path: string, body?: object) => asInstallation(method, `/repos/acme/shop${path}`, body);
  const guard = (...rules: readonly App[]) => shop.environment({ name: "production", rules });
  const review = (runId: number, body: object) =>
    ask("POST", `/actions/runs/${runId}/deployment_protection_rule`, { environment_name: "production", ...body });
  return { clock, github, app, other, shop, admin, begin, ask, guard, review };
}

describe("a job that deploys to an environment", () => {
  test("waits for the rules of apps, is shown as waiting, and goes on when all have approved", async () => {
    const { guard, app, other, begin, ask, review, shop } = await scene();
    guard(app.state);
    const { run } = begin("PRODUCTION");
    expect(await ask("GET", `/actions/runs/${run.id}`)).toMatchObject({ body: { status: "waiting" } });
    expect(await ask("GET", "/actions/runs?status=waiting")).toMatchObject({ body: { total_count: 1 } });
    const pending = `/actions/runs/${run.id}/pending_deployments`;
    expect(await ask("GET", pending)).toMatchObject({ body: [{ environment: { name: "production" } }] });
    expect((await review(run.id, { state: "approved", comment: "So." })).status).toBe(204);
    expect(await ask("GET", pending)).toMatchObject({ body: [] });
    expect(shop.state.deployments.at(-1)).toMatchObject({ sha: run.headSha, statuses: [{ state: "success" }] });
    guard(app.state, other.state);
    const second = begin();
    await review(second.run.id, { state: "approved" });
    expect(second.state).toBe("waiting");
    await review(second.run.id, { state: "approved" });
    expect(second.state).toBe("waiting");
  });

  test("does not wait where nobody is asked", async () => {
    const { begin } = await scene();
    expect(begin().state).toBe("approved");
  });

  test("takes ten reports and no more, and comments of 1,024 characters", async () => {
    const { guard, app, begin, review } = await scene();
    guard(app.state);
    const waiting = begin();
    const statuses = [];
    for (let times = 0; times < 11; times += 1) statuses.push((await review(waiting.run.id, { comment: "a" })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 204), 422]);
    expect((await review(waiting.run.id, { state: "rejected", comment: "a".repeat(1_025) })).status).toBe(422);
    expect((await review(waiting.run.id, { state: "rejected", comment: "a".repeat(1_024) })).status).toBe(204);
    expect(waiting.state).toBe("rejected");
    expect((await review(waiting.run.id, { state: "approved" })).status).toBe(404);
  });

  test("takes the word of the apps whose rule it is, and of nobody else", async () => {
    const { guard, other, begin, review, github, admin } = await scene();
    guard(other.state);
    const { run } = begin();
    expect((await review(run.id, { state: "approved" })).status).toBe(422);
    const asPerson = await fetch(`${github.url}/repos/acme/shop/actions/runs/${run.id}/deployment_protection_rule`, {
      method: "POST",
      headers: { authorization: `Bearer ${github.userToken(admin)}` },
      body: JSON.stringify({ environment_name: "production", state: "approved" }),
    });
    expect(asPerson.status).toBe(403);
  });

  test("fails after thirty days, and can be started by an administrator where the environment lets them", async () => {
    const { guard, app, begin, clock, github, shop, admin } = await scene();
    guard(app.state);
    const [late, bypassed] = [begin(), begin()];
    shop.bypassGate(bypassed, admin);
    clock.nowMs += 30 * 86_400_000;
    github.tick();
    expect([late.state, bypassed.state]).toEqual(["expired", "bypassed"]);
    shop.environment({ name: "production", rules: [app.state], adminsMayBypass: false });
    expect(() => shop.bypassGate(begin(), admin)).toThrow(/bypassed by administrators only/u);
  });
});
