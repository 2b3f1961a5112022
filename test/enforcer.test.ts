// The second App: what it does where the gate says no, with exactly the permissions of its manifest.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createApp } from "../src/adapters/github/app.ts";
import { GitHubEnforcer } from "../src/adapters/github/enforcer.ts";
import { realParts } from "../src/parts.ts";
import type { Permissions } from "../src/sim/state/model.ts";
import { deployment, manifest as gate, scene } from "./service.ts";

const text = readFileSync(new URL("../app.enforcer.yml", import.meta.url), "utf8");
const manifest = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    url: z.url(),
    public: z.literal(false),
    hook_attributes: z.strictObject({ url: z.url(), active: z.literal(false) }),
    default_permissions: z.record(z.string(), z.enum(["read", "write"])),
    default_events: z.tuple([]),
  })
  .parse(parse(text, { version: "1.2" }));

/** A pull request of an agent that reaches production, and its two halves of the gate at work. */
async function held(hands: Permissions | null = manifest.default_permissions) {
  const stage = await scene("sqlite", undefined, undefined, hands);
  const { app, acme, shop, agent, person, serve } = stage;
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  const { composed, settled } = await serve();
  const installation = app.install(acme.account);
  await settled();
  shop.commit("copilot/scale", { by: agent, files: { "k8s/api.yaml": deployment(4) } });
  const pull = shop.openPullRequest({ head: "copilot/scale", by: agent, title: "Scale the API" });
  await settled();
  const subject = {
    kind: "pull_request",
    installationId: installation.id,
    repository: { id: shop.state.id, owner: "acme", name: "shop" },
    number: pull.number,
  } as const;
  const enforced = async () =>
    (await composed.store.ledger.bySubject(subject, 50)).flatMap(({ entry }) =>
      entry.kind === "evaluated" ? [entry.enforced] : [],
    );
  const comments = () => pull.state.comments.map(({ author, body }) => `${author?.login}: ${body}`);
  return { ...stage, composed, settled, pull, person, agent, enforced, comments, subject };
}

describe("auto-merge that an agent armed", () => {
  test("is switched off, and a comment says who may switch it on again", async () => {
    const { pull, agent, settled, enforced, comments } = await held();
    pull.armAutoMerge(agent);
    await settled();
    expect(pull.state.autoMerge).toBeNull();
    expect(comments()).toEqual([
      expect.stringMatching(
        /^sallyport-enforcer\[bot\]: .*armed by `Copilot`[^]*switch it on again: anyone with write access\./,
      ),
    ]);
    expect((await enforced()).filter((done) => done?.includes("disarmed") === true)).toHaveLength(1);
  });

  test("stays off when everything is looked at again, and is commented on once", async () => {
    const { pull, agent, settled, composed, subject, comments } = await held();
    pull.armAutoMerge(agent);
    await settled();
    await composed.store.queue.mark([subject], 0);
    await settled();
    expect(comments()).toHaveLength(1);
  });

  test("without the enforcer it stays armed, and is held", async () => {
    const { pull, agent, settled, comments } = await held(null);
    pull.armAutoMerge(agent);
    await settled();
    expect(pull.state.autoMerge).not.toBeNull();
    expect(comments()).toEqual([]);
    expect(pull.checkRuns()[0]?.conclusion).toBe("action_required");
  });

  test("a person's is left alone", async () => {
    const { pull, github, acme, shop, settled } = await held();
    const other = github.user("person-b");
    acme.member(other);
    shop.grant(other, "write");
    pull.armAutoMerge(other);
    await settled();
    expect(pull.state.autoMerge).not.toBeNull();
  });
});

describe("a merge queue", () => {
  test("loses a pull request that may not merge", async () => {
    const { pull, github, shop, app, settled, enforced } = await held();
    const admin = github.user("person-b");
    shop.grant(admin, "admin");
    // In the queue by a run that another program posted with the App's key; no group has been made yet.
    shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], mergeQueue: { maxEntriesToBuild: 0 } });
    app.checkRun(shop, pull.headSha, { name: "sallyport", conclusion: "success" });
    pull.enqueue(admin);
    await settled();
    expect([...shop.state.queues.values()].flatMap(({ entries }) => entries.map((entry) => entry.pull.number))).toEqual(
      [],
    );
    expect((await enforced()).flat()).toContain("dequeued");
  });
});

test("what it cannot do is told, delays no verdict, and is tried again", async () => {
  const { pull, agent, settled, enforced, composed, subject } = await held({ pull_requests: "read" });
  pull.armAutoMerge(agent);
  await settled();
  expect(pull.checkRuns()[0]?.conclusion).toBe("action_required");
  expect((await enforced())[0]).toBeNull();
  expect((await composed.store.queue.depth(Date.now() + 16 * 60_000)).due).toBeGreaterThan(0);
  expect(subject.number).toBe(pull.number);
});

/** Arms and enqueues a pull request that may do neither. */
async function playAll(hands: Permissions) {
  const stage = await held(hands);
  const { pull, agent, settled, shop, app, github } = stage;
  pull.armAutoMerge(agent);
  await settled();
  const admin = github.user("person-z");
  shop.grant(admin, "admin");
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], mergeQueue: { maxEntriesToBuild: 0 } });
  app.checkRun(shop, pull.headSha, { name: "sallyport", conclusion: "success" });
  const queued = () => [...shop.state.queues.values()].some(({ entries }) => entries.length > 0);
  if (!queued()) pull.enqueue(admin);
  await settled();
  return { ...stage, queued };
}

test("the manifest's permissions are enough", async () => {
  const { enforced, queued } = await playAll(manifest.default_permissions);
  expect(await enforced()).not.toContain(null);
  expect(queued()).toBe(false);
});

test.each(Object.entries(manifest.default_permissions).filter(([name]) => name !== "metadata"))(
  "without %s: %s it cannot do its work",
  async (name) => {
    const { [name]: _, ...others } = manifest.default_permissions;
    expect(await (await playAll(others)).enforced()).toContain(null);
  },
);

/** Merged, and gone wrong after. */
async function merged(hands: Permissions) {
  const stage = await held(hands);
  const { pull, github, shop, settled } = stage;
  const admin = github.user("person-z");
  shop.grant(admin, "admin");
  for (const protection of shop.state.protections.toReversed()) shop.unprotect(protection);
  pull.merge(admin);
  await settled();
  const parts = realParts(stage.config);
  const { githubApiUrl: apiUrl, enforcer: keys } = stage.config;
  if (keys === null) throw new Error("There is no enforcer here.");
  const app = createApp({ ...parts, ...keys, apiUrl, version: "0.0.0", limits: parts.limits.github });
  const apiFor = async (owner: string, signal: AbortSignal) => {
    const installation = await app.installationOf(owner, signal);
    return installation === null ? null : await app.octokitFor(installation.id);
  };
  return { ...stage, enforcer: new GitHubEnforcer(apiFor, parts.clock) };
}

describe("a revert", () => {
  const words = (marker: string) => ({ title: "Revert", body: `Takes it back. ${marker}`, marker });

  test("is opened as the enforcer, and found again by its marker alone", async () => {
    const { subject, shop, github, enforcer } = await merged(manifest.default_permissions);
    const signal = AbortSignal.timeout(10_000);
    const first = await enforcer.revert(subject, words("<!-- one -->"), signal);
    expect(await enforcer.revert(subject, words("<!-- one -->"), signal)).toEqual(first);
    const opened = [...shop.state.pulls.values()].filter(({ number }) => number !== subject.number);
    expect(opened.map(({ author, draft, state }) => [author.login, draft, state])).toEqual([
      ["sallyport-enforcer[bot]", false, "open"],
    ]);
    expect(github.requests.entries.some(({ status }) => status === 403)).toBe(false);
  });

  test.each(["contents", "pull_requests"])("without %s: write it is refused, and that is an answer", async (name) => {
    const { subject, enforcer } = await merged({ ...manifest.default_permissions, [name]: "read" });
    const reverted = await enforcer.revert(subject, words("<!-- one -->"), AbortSignal.timeout(10_000));
    expect(reverted).toMatchObject({ kind: "refused", because: expect.stringContaining("permission") as unknown });
  });
});

test("the gate itself may do none of it", () => {
  expect(
    Object.keys(gate.default_permissions).filter((name) => gate.default_permissions[name] === "write"),
  ).not.toEqual(expect.arrayContaining(["contents"]));
});

test("every permission has its reason beside it", () => {
  const asked = text.split("\n").filter((line) => /^ {2}[a-z_]+: (read|write)/.test(line));
  expect(asked).toHaveLength(Object.keys(manifest.default_permissions).length);
  for (const line of asked) expect(line).toMatch(/ # \S.+\.$/);
});
