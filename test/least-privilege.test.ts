// What the manifest asks for is what the service makes use of, as the fake GitHub saw it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import type { Permissions } from "../src/sim/state/model.ts";
import { EVENT_PERMISSIONS } from "../src/sim/webhooks/payloads.ts";
import { deployment, manifest, scene } from "./service.ts";

/** Permissions whose reason in app.yml begins with `Pinning:`: no request needs them. */
const forPinning = [
  ...readFileSync(new URL("../app.yml", import.meta.url), "utf8").matchAll(/^ {2}(\w+): \w+ # Pinning: /gm),
].map(([, name]) => name ?? "");

/** The others, but for the one that GitHub grants to every App whether it asks or not. */
const forRequests = Object.entries(manifest.default_permissions).filter(
  ([name]) => name !== "metadata" && !forPinning.includes(name),
);

/** Everything that this version does: policies with teams, reviews, rules, stale heads, a command, a job that waits for an environment, a merge past the gate and its alarm. */
async function playAll(permissions: Permissions = manifest.default_permissions) {
  const stage = await scene("sqlite", undefined, permissions);
  const { github, app, acme, shop, agent, person, serve } = stage;
  shop.grant(acme.team("sre", { members: [person] }), "write");
  acme.repository(".github", {
    private: true,
    files: {
      "sallyport.yml":
        'version: 1\napprovals: { from: ["@acme/sre"], request: true }\nalarms: { issues: acme/incidents }\n' +
        'environments: { staging: { deployments: [staging], deployed_by: ["app:acme-argocd"] }, production: { bake: { in: staging, for: 24h } } }\n',
    },
  });
  const incidents = acme.repository("incidents", { private: true, files: { "README.md": "# incidents\n" } });
  const { composed, settled } = await serve();
  const installation = app.install(acme.account);
  await settled();
  shop.commit("copilot/scale", {
    by: agent,
    files: { "k8s/api.yaml": deployment(40), "k8s/production/api.yaml": deployment(4) },
  });
  const { number } = shop.openIssue(person, "Scale the API");
  const body = `Fixes #${number}`;
  const pull = shop.openPullRequest({ head: "copilot/scale", by: agent, title: "Scale the API", body });
  await settled();
  pull.review(person, "approve");
  // With the token of a workflow.
  const actions = github.app({ slug: "github-actions", id: 15_368, botId: 41_898_282, permissions: {}, events: [] });
  shop.commit("copilot/scale", { by: actions.bot, files: { "k8s/api.yaml": deployment(5) } });
  pull.comment(person, "/sallyport explain");
  await settled();
  shop.environment({ name: "production", rules: [app.state] });
  const run = { path: ".github/workflows/deploy.yml", event: "push", branch: "main", actor: person, job: "deploy" };
  const sha = shop.state.refs.get("refs/heads/main") ?? "";
  shop.startDeployment(actions.state, { environment: "production", ends: "success", run: { ...run, sha } });
  pull.merge(person);
  await settled();
  const asked = github.requests.entries.filter(({ sender }) => sender.startsWith("installation "));
  const refused = asked.filter(({ status }) => status === 403).map(({ method, route }) => `${method} ${route}`);
  return { ...stage, composed, settled, installation, incidents, pull, refused };
}

test("nothing is asked of GitHub that the manifest has no permission for", async () => {
  const { github, refused } = await playAll();
  expect(refused).toEqual([]);
  expect(manifest.default_permissions).toMatchObject(github.requests.usedPermissions());
});

/** GraphQL refuses with status 200, and the event that leads there does not come: what is missing is the answer. */
const forQueues = "merge_queues";

test.each([true, false])("a merge group is answered with merge_queues: read alone (%s)", async (granted) => {
  const { [forQueues]: _, ...others } = manifest.default_permissions;
  const { app, shop, person, settled } = await playAll(granted ? manifest.default_permissions : others);
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], mergeQueue: {} });
  shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
  const pull = shop.openPullRequest({ head: "words", by: person });
  app.checkRun(shop, pull.headSha, { name: "sallyport", conclusion: "success" });
  pull.enqueue(person);
  const head = shop.mergeGroups()[0]?.headSha ?? "";
  await settled();
  expect(shop.checkRuns(head).length > 0).toBe(granted);
});

/** The same holds for these: what could not be read is said. */
const forBakes = "deployments";

test.each([true, false])("what was deployed is read with deployments: read alone (%s)", async (granted) => {
  const { [forBakes]: _, ...others } = manifest.default_permissions;
  const { pull } = await playAll(granted ? manifest.default_permissions : others);
  const told = "GitHub does not let this app read its deployments";
  expect(pull.checkRuns().some((run) => run.output?.summary?.includes(told))).toBe(!granted);
});

test.each(forRequests.filter(([name]) => name !== forQueues && name !== forBakes))(
  "without %s: %s, or with less of it, GitHub refuses something that is asked",
  async (name, level) => {
    const { [name]: _, ...others } = manifest.default_permissions;
    const { refused } = await playAll(level === "write" ? { ...others, [name]: "read" } : others);
    expect(refused).not.toEqual([]);
  },
);

test("only the permission that GitHub pins an App by is asked for without being exercised", () => {
  expect(forPinning).toEqual(["statuses"]);
});

test("every event that is subscribed to comes by a permission that is exercised", () => {
  const exercised = new Set(["metadata", ...forRequests.map(([name]) => name)]);
  const needed = new Map<string, readonly [name: string, level: string] | null>(Object.entries(EVENT_PERMISSIONS));
  const missing = manifest.default_events.filter((event) => {
    const [name = "", level = ""] = needed.get(event) ?? [];
    return level !== "read" || !exercised.has(name);
  });
  expect(missing).toEqual([]);
});

test("with these permissions a merge past the gate is recorded and told, and the report has said that this is no gate", async () => {
  const { composed, installation, shop, incidents, pull, person } = await playAll();
  const { id, name } = shop.state;
  const repository = { id, owner: "acme", name };
  const main = { kind: "branch", installationId: installation.id, repository, branch: "main" } as const;
  const looks = (await composed.store.ledger.bySubject(main, 10)).map(({ entry }) => entry);
  expect(looks.find((entry) => entry.kind === "around" && entry.ways.length > 0)).toMatchObject({
    complete: true,
    ways: [{ way: "merge", number: pull.number, headSha: pull.headSha, actorId: person.id, required: false }],
  });
  expect([...incidents.state.issues.values()].map(({ title }) => title)).toContain(
    `acme/shop: pull request ${pull.number} was merged past the gate on main`,
  );
  expect(pull.checkRuns()[0]?.output?.summary).toContain("**This gate does not hold here:**");
});
