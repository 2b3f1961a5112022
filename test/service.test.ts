// The service with everything real except GitHub: what a webhook leads to, over HTTP both ways.
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { start } from "../src/main.ts";
import { realParts } from "../src/parts.ts";
import { webhookPath } from "../src/server/http.ts";
import { startGitHub } from "../src/sim/github.ts";
import { type EngineName, engines, testDatabase } from "./contracts/stores.ts";

const manifest = z
  .object({ default_permissions: z.record(z.string(), z.enum(["read", "write"])), default_events: z.array(z.string()) })
  .parse(parse(readFileSync(new URL("../app.yml", import.meta.url), "utf8"), { version: "1.2" }));
const secret = "a secret of the tests";

async function scene(engine: EngineName) {
  const database = await testDatabase(engine);
  onTestFinished(() => database.destroy());
  const { location } = database;
  const github = await startGitHub({ clock: { now: () => Date.now() } });
  onTestFinished(() => github.stop());
  const app = github.app({
    slug: "sallyport",
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    secret,
  });
  const acme = github.organization("acme");
  const person = github.user("person-a");
  acme.member(person);
  const agent = github.user("Copilot", { id: 198_982_749, type: "Bot", appSlug: "copilot-swe-agent" });
  const shop = acme.repository("shop", {
    files: { "k8s/api.yaml": deployment(3), "README.md": "# shop\n" },
    people: [
      [person, "write"],
      [agent, "write"],
    ],
  });
  const config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: secret,
    store: location,
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl: null,
    logLevel: "silent",
  } as const;
  const serve = async () => {
    const service = await start(config, realParts(config));
    onTestFinished(() => service.stop());
    app.deliverTo(service.url + webhookPath);
    // Nothing is claimed before GitHub has shown its clock.
    await vi.waitFor(() => expect(service.composed.app.skewMs()).not.toBeNull());
    // What a look publishes comes back as a webhook, and what that marks is looked at.
    const settled = async () => {
      do await github.deliveries.flush();
      while ((await service.composed.loop.runDue()) > 0);
    };
    return { ...service, settled };
  };
  return { github, app, acme, shop, agent, person, serve };
}

function deployment(replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: api }
  template:
    metadata:
      labels: { app: api }
    spec:
      containers:
        - name: api
          image: registry.example/api:1
`;
}

test.each(engines)(
  "on %s an agent's pull request gets one check run, and a second look writes nothing",
  async (engine) => {
    const { github, app, acme, shop, agent, serve } = await scene(engine);
    const { composed, settled } = await serve();
    const installation = app.install(acme.account);
    shop.commit("copilot/scale", { by: agent, files: { "k8s/api.yaml": deployment(40) } });
    const pull = shop.openPullRequest({ head: "copilot/scale", by: agent, title: "Scale the API" });
    await settled();
    expect(pull.checkRuns()).toMatchObject([{ name: "sallyport", status: "completed" }]);
    expect(pull.checkRuns()[0]?.conclusion).not.toBe("success");

    await settled();
    // Nothing was asked of GitHub that the manifest does not ask for.
    expect(manifest.default_permissions).toMatchObject(github.requests.usedPermissions());
    const writes = () =>
      github.requests.entries.filter(({ method, path }) => method !== "GET" && path.includes("check-runs"));
    const before = writes().length;
    const { id, name } = shop.state;
    const repository = { id, owner: "acme", name };
    const { number } = pull.state;
    await composed.store.queue.mark([{ kind: "pull_request", installationId: installation.id, repository, number }], 0);
    expect(await composed.loop.runDue()).toBe(1);
    expect(writes()).toHaveLength(before);
  },
);

test.each(engines)("on %s a pull request that was open before the App came gets its run too", async (engine) => {
  const { app, acme, shop, person, serve } = await scene(engine);
  shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
  const pull = shop.openPullRequest({ head: "words", by: person });
  const { settled } = await serve();
  app.install(acme.account);
  await settled();
  expect(pull.checkRuns()).toMatchObject([{ name: "sallyport", conclusion: "success" }]);
});
