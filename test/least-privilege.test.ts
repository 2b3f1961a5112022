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

/** Everything that this version does: policies with teams, reviews, rules, stale heads, a merge past the gate. */
async function playAll() {
  const stage = await scene("sqlite");
  const { app, acme, shop, agent, person, serve } = stage;
  acme.team("sre", { members: [person] });
  acme.repository(".github", {
    private: true,
    files: { "sallyport.yml": 'version: 1\napprovals: { from: ["@acme/sre"] }\n' },
  });
  const { composed, settled } = await serve();
  const installation = app.install(acme.account);
  await settled();
  shop.commit("copilot/scale", { by: agent, files: { "k8s/api.yaml": deployment(40) } });
  const pull = shop.openPullRequest({ head: "copilot/scale", by: agent, title: "Scale the API" });
  await settled();
  pull.review(person, "approve");
  shop.commit("copilot/scale", { by: agent, files: { "k8s/api.yaml": deployment(5) } });
  await settled();
  pull.merge(person);
  await settled();
  return { ...stage, composed, installation, pull };
}

test("the manifest asks for every permission that is exercised, at that level, and for no other", async () => {
  const { github } = await playAll();
  const granted = Object.fromEntries(
    Object.entries(manifest.default_permissions).filter(([name]) => !forPinning.includes(name)),
  );
  expect(github.requests.usedPermissions()).toEqual(granted);
  const refused = github.requests.entries.filter(
    ({ status, sender }) => status === 403 && sender.startsWith("installation "),
  );
  expect(refused).toEqual([]);
});

test("only the permission that GitHub pins an App by is asked for without being exercised", () => {
  expect(forPinning).toEqual(["statuses"]);
});

test("every event that is subscribed to is covered by a permission that is exercised", () => {
  const needed: ReadonlyMap<string, readonly [name: string, level: string] | null> = new Map(
    Object.entries(EVENT_PERMISSIONS),
  );
  for (const event of manifest.default_events) {
    const [name = "", level = ""] = needed.get(event) ?? [];
    const levels: readonly (string | undefined)[] = level === "read" ? ["read", "write"] : [level];
    expect(levels, event).toContain((manifest.default_permissions as Permissions)[name]);
    expect(forPinning, event).not.toContain(name);
  }
});

test("with these permissions a merge past the gate is recorded, and who may bypass it stays unknown", async () => {
  const { composed, installation, shop, pull, person } = await playAll();
  const { id, name } = shop.state;
  const repository = { id, owner: "acme", name };
  const main = { kind: "branch", installationId: installation.id, repository, branch: "main" } as const;
  const [latest] = await composed.store.ledger.bySubject(main, 1);
  expect(latest?.entry).toMatchObject({
    kind: "around",
    complete: true,
    ways: [{ way: "merge", number: pull.number, headSha: pull.headSha, actorId: person.id, required: false }],
  });
  expect(pull.checkRuns()[0]?.output?.summary).toContain("**This gate does not hold here:**");
});
