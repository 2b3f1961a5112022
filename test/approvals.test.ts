// Approvals with everything real except GitHub and the clock: people review, dismiss and push, and the check run follows.
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { start } from "../src/main.ts";
import { realParts } from "../src/parts.ts";
import { webhookPath } from "../src/server/http.ts";
import { startGitHub } from "../src/sim/github.ts";

const manifest = z
  .object({ default_permissions: z.record(z.string(), z.enum(["read", "write"])), default_events: z.array(z.string()) })
  .parse(parse(readFileSync(new URL("../app.yml", import.meta.url), "utf8"), { version: "1.2" }));
const secret = "a secret of the tests";
const minuteMs = 60_000;
const path = "k8s/production/api.yaml";

/** An agent's pull request that reaches production, started by `invoker`, and two people who had no part in it. */
async function scene() {
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const github = await startGitHub({ clock: { now } });
  onTestFinished(() => github.stop());
  const app = github.app({
    slug: "sallyport",
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    secret,
  });
  const acme = github.organization("acme");
  const [invoker, one, two] = ["person-a", "person-b", "person-c"].map((login) => github.user(login));
  if (invoker === undefined || one === undefined || two === undefined) throw new Error("three people");
  for (const person of [invoker, one, two]) acme.member(person);
  const agent = github.user("Copilot", { id: 198_982_749, type: "Bot", appSlug: "copilot-swe-agent" });
  const shop = acme.repository("shop", {
    files: { [path]: "replicas: 2\n\n\n\n\nname: api\n", "README.md": "# shop\n" },
    people: [invoker, one, two, agent].map((account) => [account, "write"] as const),
  });
  const config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: secret,
    enforcer: null,
    store: { kind: "sqlite", path: ":memory:" },
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl: null,
    adminToken: null,
    signalsSecret: null,
    logLevel: "silent",
    helm: null,
  } as const;
  const service = await start(config, { ...realParts(config), clock: { now, monotonicMs: () => performance.now() } });
  onTestFinished(() => service.stop());
  app.deliverTo(service.url + webhookPath);
  await vi.waitFor(() => expect(service.composed.app.skewMs()).not.toBeNull());
  app.install(acme.account);
  shop.commit("copilot/scale", { by: agent, files: { [path]: "replicas: 3\n\n\n\n\nname: api\n" } });
  const pull = shop.openPullRequest({ head: "copilot/scale", by: agent, title: "Scale the API" });
  pull.attestAgentWork(invoker);
  const settled = async () => {
    do await github.deliveries.flush();
    while ((await service.composed.loop.runDue()) > 0);
    const newest = pull.checkRuns().toSorted((a, b) => b.id - a.id)[0];
    return { conclusion: newest?.conclusion, report: newest?.output?.summary ?? "" };
  };
  const pass = (ms: number) => {
    passedMs += ms;
  };
  return { shop, pull, agent, invoker, one, two, settled, pass };
}

test("approvals count once the report could be read, follow an update of the branch, and end with a changed line", async () => {
  const { shop, pull, agent, one, two, settled, pass } = await scene();
  expect((await settled()).conclusion).toBe("action_required");
  pass(minuteMs);
  pull.review(one, "approve");
  pull.review(two, "approve");
  const hasty = await settled();
  expect(hasty.conclusion).toBe("action_required");
  expect(hasty.report).toContain("approved faster than it can be read; another one counts from");
  pass(2 * minuteMs);
  pull.review(one, "approve");
  pull.review(two, "approve");
  expect((await settled()).conclusion).toBe("success");

  const { headSha } = pull;
  shop.commit("main", { by: two, files: { "README.md": "# The shop\n" } });
  pull.updateBranch(one);
  expect(pull.headSha).not.toBe(headSha);
  pass(minuteMs);
  expect((await settled()).conclusion).toBe("success");

  shop.commit("copilot/scale", { by: agent, files: { [path]: "replicas: 4\n\n\n\n\nname: api\n" } });
  const changed = await settled();
  expect(changed.conclusion).toBe("action_required");
  expect(changed.report).toContain("approved another change");
});

test("a request for changes that whoever started the agent dismisses stands, until who made it says otherwise", async () => {
  const { pull, invoker, one, two, settled, pass } = await scene();
  await settled();
  pass(3 * minuteMs);
  pull.review(one, "approve");
  const objection = pull.review(two, "request changes");
  pull.dismiss(objection, invoker);
  const held = await settled();
  expect(held.conclusion).toBe("action_required");
  expect(held.report).toContain("stands: person-a dismissed it and started the agent");
  pull.review(two, "approve");
  expect((await settled()).conclusion).toBe("success");
});
