import { expect, test } from "vitest";
import { engines } from "./contracts/stores.ts";
import { deployment, manifest, scene } from "./service.ts";

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
    const beyond = Object.entries(github.requests.usedPermissions()).filter(([permission, level]) => {
      const asked = manifest.default_permissions[permission];
      return asked !== level && asked !== "write";
    });
    expect(beyond).toEqual([]);
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
