import { afterEach, describe, expect, test } from "vitest";
import { GitHubFailure } from "../../../../src/adapters/github/api.ts";
import { GitHubFacts } from "../../../../src/adapters/github/facts/source.ts";
import { GitHubPosture } from "../../../../src/adapters/github/posture.ts";
import type { BlobCache, Collected, PolicySource } from "../../../../src/app/ports.ts";
import { changed } from "../../../../src/core/change/change-set.ts";
import type { CollectedFacts } from "../../../../src/core/facts.ts";
import { strictDefault } from "../../../../src/core/policy/merge.ts";
import { unusable } from "../../../../src/core/policy/reading.ts";
import type { Policy } from "../../../../src/core/policy/schema.ts";
import { rules } from "../../../../src/core/rules/index.ts";
import type { PullRequestSubject } from "../../../../src/core/subject.ts";
import type { SimPullRequest } from "../../../../src/sim/facade/pull-request.ts";
import type { CommitInput } from "../../../../src/sim/facade/repository.ts";
import type { GitHubOptions } from "../../../../src/sim/github.ts";
import { startMs, startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

async function started(
  files?: Readonly<Record<string, string>>,
  options?: Omit<GitHubOptions, "clock">,
): Promise<World> {
  const world = await startWorld(files, options);
  worlds.push(world);
  return world;
}

function inMemory(): BlobCache {
  const kept = new Map<string, Uint8Array>();
  return {
    get: async (shas) => new Map(shas.flatMap((sha) => (kept.has(sha) ? [[sha, kept.get(sha)!] as const] : []))),
    put: async (blobs) => {
      for (const [sha, bytes] of blobs) kept.set(sha, bytes);
    },
  };
}

function sourceOf(world: World, policyOf: (policies: readonly PolicySource[]) => Policy = strictDefault): GitHubFacts {
  return new GitHubFacts({
    renderer: null,
    apiFor: (installationId) => world.apiFor(installationId),
    blobs: inMemory(),
    clock: world.clock,
    appId: world.app.id,
    policyOf,
    unusable: (policies) => unusable(policies, rules),
    posture: new GitHubPosture({
      apiFor: (installationId) => world.apiFor(installationId),
      clock: world.clock,
      appId: world.app.id,
    }),
  });
}

function subjectOf(world: World, number: number): PullRequestSubject {
  return { kind: "pull_request", installationId: world.installationId, repository: world.at, number };
}

async function collect(world: World, pull: SimPullRequest, source = sourceOf(world)): Promise<Collected> {
  return source.collect(subjectOf(world, pull.number), AbortSignal.timeout(30_000));
}

async function factsOf(world: World, pull: SimPullRequest, source = sourceOf(world)): Promise<CollectedFacts> {
  const collected = await collect(world, pull, source);
  if (collected.kind !== "facts") throw new Error(`Nothing to judge: ${collected.because}`);
  return collected.facts;
}

async function policiesOf(world: World, pull: SimPullRequest): Promise<readonly PolicySource[]> {
  const collected = await collect(world, pull);
  if (collected.kind !== "facts") throw new Error(`Nothing to judge: ${collected.because}`);
  return collected.policies.filter(({ scope }) => scope !== "operations");
}

async function operationsOf(world: World, pull: SimPullRequest): Promise<readonly PolicySource[]> {
  const collected = await collect(world, pull);
  if (collected.kind !== "facts") throw new Error(`Nothing to judge: ${collected.because}`);
  return collected.policies.filter(({ scope }) => scope === "operations");
}

function open(
  world: World,
  input: Omit<CommitInput, "by"> = { files: { "a.txt": "one\n" } },
  base = "main",
): SimPullRequest {
  world.shop.commit("topic", { ...input, by: world.writer, from: base });
  return world.shop.openPullRequest({ head: "topic", base, by: world.writer });
}

describe("the change", () => {
  test("is the difference of the trees at merge base and head", async () => {
    const world = await started({ "a.txt": "one\n", "b.txt": "stays\n", "moves.sh": "x\n", "goes.txt": "gone\n" });
    const start = world.shop.tip();
    const pull = open(world, {
      files: {
        "a.txt": "two\n",
        "goes.txt": null,
        "moves.sh": null,
        "moved.sh": { executable: "x\n" },
        link: { symlink: "b.txt" },
        "vendor/module": { submodule: "1".repeat(40) },
      },
    });
    const tip = world.shop.commit("main", { files: { "b.txt": "changed on main\n" }, by: world.writer });
    const facts = await factsOf(world, pull);
    expect(facts).toMatchObject({
      mergeBaseSha: start,
      base: { ref: "main", sha: tip, isDefault: true },
      head: { sha: pull.headSha, fromFork: false },
    });
    expect(changed(facts.change).map(({ path, status, after }) => [path, status, after?.mode, after?.content])).toEqual(
      [
        ["a.txt", "modified", "100644", { kind: "text", text: "two\n" }],
        ["goes.txt", "removed", undefined, undefined],
        ["link", "added", "120000", { kind: "symlink", target: "b.txt" }],
        ["moved.sh", "added", "100755", { kind: "text", text: "x\n" }],
        ["moves.sh", "removed", undefined, undefined],
        ["vendor/module", "added", "160000", { kind: "submodule" }],
      ],
    );
    expect(changed(facts.change)[0]?.before?.content).toEqual({ kind: "text", text: "one\n" });
    expect(facts.gaps).toEqual([]);
  });

  test("is whole where GitHub cuts a listing short", async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`dir${i % 4}/sub/f${i}.txt`, `${i}\n`]));
    const world = await started(files, { ceilings: { treeEntries: 14 } });
    const pull = open(world, { files: { "dir2/sub/f6.txt": "changed\n", "dir9/new.txt": "new\n" } });
    const facts = await factsOf(world, pull);
    expect(changed(facts.change).map(({ path, status }) => `${status} ${path}`)).toEqual([
      "modified dir2/sub/f6.txt",
      "added dir9/new.txt",
    ]);
    expect(facts.gaps).toEqual([]);
  });

  test("has a Gap for a folder that cannot be listed", async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`wide/f${i}.txt`, `${i}\n`]));
    const world = await started(files, { ceilings: { treeEntries: 14 } });
    const facts = await factsOf(world, open(world, { files: { "a.txt": "one\n" } }));
    expect(facts.gaps).toMatchObject([{ id: "unreadable-folder:wide", level: "hold", path: "wide" }]);
  });

  test("reads binary, cut and broken text from the blobs themselves", async () => {
    const world = await started({ "README.md": "shop\n" }, { ceilings: { blobTextBytes: 100 } });
    const pull = open(world, {
      files: {
        "binary.png": Buffer.from([0x89, 0, 1]),
        "latin.yaml": Buffer.from([0x61, 0xe9, 0x0a]),
        "long.yaml": "x".repeat(500),
        "huge.yaml": "x".repeat(2 * 1024 * 1024),
      },
    });
    const facts = await factsOf(world, pull);
    expect(changed(facts.change).map(({ path, after }) => [path, after?.content])).toEqual([
      ["binary.png", { kind: "binary" }],
      ["huge.yaml", { kind: "unread", reason: "larger than 1 MiB (2097152 bytes)" }],
      ["latin.yaml", { kind: "unread", reason: "not valid UTF-8" }],
      ["long.yaml", { kind: "text", text: "x".repeat(500) }],
    ]);
  });

  test("brings unchanged files that matter for it", async () => {
    const world = await started({
      "modules/db/main.tf": "# module\n",
      "prod/main.tf": 'module "db" { source = "../modules/db" }\n',
    });
    const facts = await factsOf(world, open(world, { files: { "modules/db/main.tf": "# changed\n" } }));
    expect(facts.change.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      "modified modules/db/main.tf",
      "unchanged prod/main.tf",
    ]);
  });
});

describe("the pull request", () => {
  test("comes with its opener, marks and arming, as GitHub recorded them", async () => {
    const world = await started();
    world.shop.protect({ requiredApprovals: 1 });
    const pull = open(world);
    const invoker = world.github.user("person-c");
    pull.label(world.writer, "ai");
    pull.unlabel(world.writer, "ai");
    pull.assign(world.writer, world.reviewer);
    pull.attestAgentWork(invoker);
    world.shop.protect({ requiredApprovals: 1 });
    pull.armAutoMerge(world.writer);
    const { pullRequest } = await factsOf(world, pull);
    expect(pullRequest).toMatchObject({
      author: { id: world.writer.id, login: "person-a", type: "User" },
      open: true,
      headRef: "topic",
      assigneesAtOpening: [{ id: world.reviewer.id }, { id: invoker.id }],
      workStartedBy: [{ id: invoker.id }],
      autoMergeArmedBy: { id: world.writer.id },
      lastPusher: { id: world.writer.id },
      openedAtMs: startMs,
    });
    expect(pullRequest.labels).toContain("ai");
  });

  test("that edits the policy comes with the administrators, who are not asked for otherwise", async () => {
    const world = await started();
    world.shop.grant(world.reviewer, "admin");
    world.shop.commit("policy", { files: { ".github/sallyport.yml": "version: 1\n" }, by: world.writer });
    const edits = await factsOf(world, world.shop.openPullRequest({ head: "policy", by: world.writer }));
    expect(edits.administrators?.map(({ id }) => id)).toContain(world.reviewer.id);
    expect(edits.administrators?.map(({ id }) => id)).not.toContain(world.writer.id);
    expect((await factsOf(world, open(world))).administrators).toBeNull();
  });

  test("that comes from a fork says so, and nobody is said to have pushed it", async () => {
    const world = await started();
    const outsider = world.github.user("person-x");
    world.shop.grant(outsider, "read");
    const fork = world.shop.fork(outsider);
    fork.commit("topic", { files: { "a.txt": "one\n" }, by: outsider });
    const pull = world.shop.openPullRequest({ head: "topic", by: outsider, from: fork });
    world.shop.push("topic", pull.headSha, world.writer);
    const facts = await factsOf(world, pull);
    expect(facts.head).toEqual({ sha: pull.headSha, fromFork: true });
    expect(facts.pullRequest.lastPusher).toBeNull();
    expect(changed(facts.change).map(({ path }) => path)).toEqual(["a.txt"]);
  });

  test("has assignees at its opening only from the minute in which it was opened", async () => {
    const world = await started();
    const pull = open(world);
    world.pass(60_000);
    pull.assign(world.writer, world.reviewer);
    world.pass(1_000);
    pull.assign(world.writer, world.writer);
    const { pullRequest } = await factsOf(world, pull);
    expect(pullRequest.assigneesAtOpening.map(({ id }) => id)).toEqual([world.reviewer.id]);
  });

  test("that is closed or merged is gone, and names where its verdict stands", async () => {
    const world = await started();
    const pull = open(world);
    pull.edit(world.writer, { state: "closed" });
    const target = { repository: world.at, headSha: pull.headSha, checkName: "sallyport" };
    expect(await collect(world, pull)).toEqual({ kind: "gone", because: "closed", target });
    pull.edit(world.writer, { state: "open" });
    pull.merge(world.reviewer);
    expect(await collect(world, pull)).toEqual({ kind: "gone", because: "merged", target });
  });

  test("that does not exist is gone, unless its repository cannot be read either", async () => {
    const world = await started();
    const source = sourceOf(world);
    const signal = AbortSignal.timeout(30_000);
    expect(await source.collect(subjectOf(world, 99), signal)).toMatchObject({ kind: "gone", because: "deleted" });
    const elsewhere = { ...subjectOf(world, 1), repository: { ...world.at, name: "nowhere" } };
    await expect(source.collect(elsewhere, signal)).rejects.toThrow("Cannot ask GitHub GET /repos/acme/nowhere");
  });

  test("of another repository that took the name is not read", async () => {
    const world = await started();
    const pull = open(world);
    const taken = { ...subjectOf(world, pull.number), repository: { ...world.at, id: 4711 } };
    await expect(sourceOf(world).collect(taken, AbortSignal.timeout(30_000))).rejects.toThrow(
      "another repository has this name now",
    );
  });

  test("that moves while it is read is read again, and given up when it keeps moving", async () => {
    const world = await started();
    const pull = open(world);
    const moving = (times: number): World => ({
      ...world,
      apiFor: async (id) => {
        const api = await world.apiFor(id);
        let left = times;
        api.hook.before("request", ({ url }) => {
          if (!url.includes("/compare/") || left === 0) return;
          left -= 1;
          world.shop.commit("topic", { files: { "a.txt": `${left}\n` }, by: world.writer });
        });
        return api;
      },
    });
    const facts = await factsOf(world, pull, sourceOf(moving(2)));
    expect(facts.head.sha).toBe(pull.headSha);
    expect(facts.change.files[0]?.after?.content).toEqual({ kind: "text", text: "0\n" });
    await expect(collect(world, pull, sourceOf(moving(3)))).rejects.toThrow("it moved 3 times while it was read");
  });
});

describe("the base", () => {
  test("gives the check its name unless it is the default branch", async () => {
    const world = await started();
    world.shop.commit("release/1", { files: { "b.txt": "1\n" }, by: world.writer });
    const pull = open(world, { files: { "a.txt": "one\n" } }, "release/1");
    expect(await collect(world, pull)).toMatchObject({
      facts: { base: { ref: "release/1", isDefault: false } },
      target: { headSha: pull.headSha, checkName: "sallyport: release/1" },
    });
  });

  test("of a stack is the branch below the stack", async () => {
    const world = await started();
    world.shop.commit("lower", { files: { "b.txt": "1\n" }, by: world.writer });
    const pull = open(world, { files: { "a.txt": "one\n" } }, "lower");
    const stacked: World = {
      ...world,
      apiFor: async (id) => {
        const api = await world.apiFor(id);
        api.hook.after("request", ({ url, data }) => {
          if (url.endsWith(`/pulls/${pull.number}`)) Object.assign(data, { stack: { base: { ref: "main" } } });
        });
        return api;
      },
    };
    const collected = await collect(stacked, pull);
    expect(collected).toMatchObject({
      facts: { base: { ref: "main", sha: world.shop.tip(), isDefault: true } },
      target: { checkName: "sallyport" },
    });
    const paths = collected.kind === "facts" ? changed(collected.facts.change).map(({ path }) => path) : [];
    expect(paths).toEqual(["a.txt", "b.txt"]);
  });

  test("gives the policy at its tip, beside those of the organisation and the default branch; the head gives none", async () => {
    const world = await started({ ".github/sallyport.yml": "version: 1 # default\n" });
    const org = world.acme.repository(".github", { files: { "sallyport.yml": "version: 1 # organisation\n" } });
    world.shop.commit("release", { files: { ".github/sallyport.yml": "version: 1 # old\n" }, by: world.writer });
    const pull = open(world, { files: { ".github/sallyport.yml": "version: 1 # head\n" } }, "release");
    const tip = world.shop.commit("release", {
      files: { ".github/sallyport.yml": "version: 1 # tip\n" },
      by: world.writer,
    });
    const text = (name: string): PolicySource["content"] => ({ kind: "text", text: `version: 1 # ${name}\n` });
    expect(await policiesOf(world, pull)).toEqual([
      {
        scope: "organisation",
        at: `acme/.github@${org.tip()}:sallyport.yml`,
        content: text("organisation"),
        former: null,
      },
      {
        scope: "repository",
        at: `acme/shop@${world.shop.tip()}:.github/sallyport.yml`,
        content: text("default"),
        former: null,
      },
      { scope: "repository", at: `acme/shop@${tip}:.github/sallyport.yml`, content: text("tip"), former: null },
    ]);
  });

  test("gives the planned operations at its tip and the default branch's; the head gives none", async () => {
    const path = ".github/sallyport/operations.yml";
    const world = await started({ [path]: "operations: [] # default\n" });
    world.shop.commit("release", { files: { [path]: "operations: [] # old\n" }, by: world.writer });
    const pull = open(world, { files: { [path]: "operations: [] # head\n" } }, "release");
    const tip = world.shop.commit("release", { files: { [path]: "[] # tip\n" }, by: world.writer });
    expect(await operationsOf(world, pull)).toEqual(
      [
        { at: `acme/shop@${world.shop.tip()}:${path}`, text: "operations: [] # default\n" },
        { at: `acme/shop@${tip}:${path}`, text: "[] # tip\n" },
      ].map(({ at, text }) => ({ scope: "operations", at, content: { kind: "text", text }, former: null })),
    );
  });

  test("without a policy says so; an organisation repository without a file or a commit as well", async () => {
    const world = await started();
    const pull = open(world);
    const contents = async (): Promise<string[]> => (await policiesOf(world, pull)).map(({ content }) => content.kind);
    expect(await contents()).toEqual(["absent", "absent"]);
    const org = world.acme.repository(".github");
    expect(await contents()).toEqual(["absent", "absent"]);
    world.github.fail(({ path }) => path.startsWith("/repos/acme/.github/git/ref"), 409);
    expect(await contents()).toEqual(["absent", "absent"]);
    org.commit("main", { files: { "README.md": "x\n" } });
    expect(await contents()).toEqual(["absent", "absent"]);
  });

  test("with a policy that is no text is unread, never absent", async () => {
    const world = await started({ ".github/sallyport.yml/folder.yml": "x\n" });
    expect((await policiesOf(world, open(world)))[1]?.content).toEqual({ kind: "unread", reason: "it is a folder" });
    const other = await started();
    other.shop.commit("main", { files: { ".github/sallyport.yml": Buffer.from([0xff, 0xfe]) }, by: other.writer });
    expect((await policiesOf(other, open(other)))[1]?.content).toMatchObject({ kind: "unread" });
  });
});

describe("people", () => {
  test("are the commits' own, with the accounts that GitHub knows", async () => {
    const world = await started();
    const first = world.shop.commit("topic", { files: { "a.txt": "1\n" }, by: world.writer });
    const second = world.shop.commit("topic", {
      files: { "a.txt": "2\n" },
      by: world.writer,
      author: { name: "Nobody", email: "nobody@example.invalid" },
      message: "second",
    });
    const pull = world.shop.openPullRequest({ head: "topic", by: world.writer });
    const { commits } = await factsOf(world, pull);
    expect(commits).toMatchObject([
      { sha: first, author: { account: { id: world.writer.id } }, verified: false, signatureKey: null },
      {
        sha: second,
        parents: [first],
        author: { name: "Nobody", email: "nobody@example.invalid", account: null },
        message: "second",
      },
    ]);
  });

  test("who reviewed come with what they may do now, bots and commenters apart", async () => {
    const world = await started();
    const pull = open(world);
    const reader = world.github.user("person-r");
    const commenter = world.github.user("person-q");
    const bot = world.github.user("robot[bot]", { type: "Bot" });
    for (const each of [reader, commenter]) world.shop.grant(each, "read");
    world.shop.grant(bot, "write");
    pull.review(world.reviewer, "approve");
    pull.review(reader, "request changes");
    pull.review(commenter, "comment");
    pull.review(bot, "approve");
    const facts = await factsOf(world, pull);
    expect(facts.reviews).toMatchObject([
      { account: { id: world.reviewer.id }, state: "APPROVED", commitSha: pull.headSha, submittedAtMs: startMs },
      { account: { id: reader.id }, state: "CHANGES_REQUESTED" },
      { account: { id: commenter.id }, state: "COMMENTED" },
      { account: { id: bot.id, type: "Bot" }, state: "APPROVED" },
    ]);
    expect(facts.people.map(({ account, permission }) => [account.login, permission])).toEqual([
      ["person-b", "write"],
      ["person-r", "read"],
    ]);
  });

  test("who lost their place in the repository may do nothing", async () => {
    const world = await started();
    const pull = open(world);
    pull.review(world.reviewer, "approve");
    world.github.fail("GET /repos/{owner}/{repo}/collaborators/{username}/permission", 404);
    expect((await factsOf(world, pull)).people).toMatchObject([{ permission: "none" }]);
  });

  test("whose login went over to another account have not the rights of that account", async () => {
    const world = await started();
    const pull = open(world);
    pull.review(world.reviewer, "approve");
    const renamed: World = {
      ...world,
      apiFor: async (id) => {
        const api = await world.apiFor(id);
        api.hook.after("request", ({ url, data }) => {
          if (url.endsWith("/permission")) Object.assign(data, { user: { id: 4711 } });
        });
        return api;
      },
    };
    expect((await factsOf(renamed, pull)).people).toMatchObject([{ permission: "none" }]);
  });

  test("of teams that the policy names are listed with child teams; a team that cannot be read has none that are known", async () => {
    const world = await started();
    const parent = world.acme.team("sre", { members: [world.writer] });
    world.acme.team("oncall", { members: [world.reviewer], parent });
    const policy: Policy = {
      ...strictDefault(),
      approvals: { ...strictDefault().approvals, from: [["@acme/sre", "@acme/nobody"], ["@other/team"]] },
    };
    const facts = await factsOf(
      world,
      open(world),
      sourceOf(world, () => policy),
    );
    expect(facts.teams).toEqual([
      { team: "@acme/nobody", members: null },
      { team: "@acme/sre", members: [world.writer.id, world.reviewer.id].toSorted((a, b) => a - b) },
      { team: "@other/team", members: null },
    ]);
  });
});

describe("CODEOWNERS", () => {
  const asking: Policy = { ...strictDefault(), approvals: { ...strictDefault().approvals, from: [["owners"]] } };

  test("is that of the base, from the first of GitHub's places, with the teams that own what changes", async () => {
    const world = await started();
    world.acme.team("sre", { members: [world.reviewer] });
    const text = "* @acme/sre\n";
    world.shop.commit("main", {
      files: { "docs/CODEOWNERS": "* @acme/x\n", ".github/CODEOWNERS": text },
      by: world.writer,
    });
    world.shop.commit("own", { files: { ".github/CODEOWNERS": "* @person-x\n" }, by: world.writer });
    const pull = world.shop.openPullRequest({ head: "own", by: world.writer });
    const facts = await factsOf(
      world,
      pull,
      sourceOf(world, () => asking),
    );
    expect(facts.codeOwners).toEqual({ kind: "text", text });
    expect(facts.teams).toEqual([{ team: "@acme/sre", members: [world.reviewer.id] }]);
    expect((await factsOf(world, pull)).codeOwners.kind).toBe("unread");
  });

  test("may be absent", async () => {
    const world = await started();
    const facts = await factsOf(
      world,
      open(world),
      sourceOf(world, () => asking),
    );
    expect(facts.codeOwners).toEqual({ kind: "absent" });
  });
});

describe("an update of the branch", () => {
  test("by the button is nobody's commit and no push; a merge that adds something is both", async () => {
    const world = await started();
    const pull = open(world);
    const written = pull.headSha;
    const before = (await factsOf(world, pull)).pullRequest.lastPusher?.id;
    world.shop.commit("main", { files: { "other.txt": "1\n" }, by: world.writer });
    const merge = pull.updateBranch(world.reviewer);
    const facts = await factsOf(world, pull);
    expect([facts.updateMerges, facts.pullRequest.lastPusher?.id]).toEqual([[merge], before]);
    expect(facts.commits.map(({ sha }) => sha)).toContain(written);
  });
});

describe("an update of the branch that both sides changed a file in", () => {
  const lines = (...changed: readonly (readonly [number, string])[]): string => {
    const all = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    for (const [at, words] of changed) all[at] = words;
    return `${all.join("\n")}\n`;
  };
  const updated = async (result: string, theirs = lines([18, "base"])) => {
    const world = await started({ "a.txt": lines() });
    const pull = open(world, { files: { "a.txt": lines([1, "mine"]) } });
    const tip = world.shop.commit("main", { files: { "a.txt": theirs }, by: world.writer });
    const merge = world.shop.commit("topic", {
      files: { "a.txt": result },
      alsoParents: [tip],
      by: world.reviewer,
      message: "Merge branch 'main' into topic",
    });
    return { merge, facts: await factsOf(world, pull), by: world.reviewer.id };
  };

  test("is nobody's where the lines are merged and no more than that", async () => {
    const { merge, facts, by } = await updated(lines([1, "mine"], [18, "base"]));
    expect(facts.updateMerges).toEqual([merge]);
    expect(facts.pullRequest.lastPusher?.id).not.toBe(by);
  });

  test.each([
    ["leaves out what the base did", lines([1, "mine"]), undefined],
    ["adds a line of its own", lines([1, "mine"], [10, "more"], [18, "base"]), undefined],
    ["settles a conflict", lines([1, "mine"]), lines([1, "base"])],
  ])("is its author's where it %s", async (_, result, theirs) => {
    const { facts, by } = await updated(result, theirs);
    expect(facts.updateMerges).toEqual([]);
    expect(facts.pullRequest.lastPusher?.id).toBe(by);
  });
});

test("a dismissed review comes with who dismissed it, and what that person may do", async () => {
  const world = await started();
  const pull = open(world);
  const objection = pull.review(world.reviewer, "request changes");
  pull.dismiss(objection, world.writer);
  const { reviews, people } = await factsOf(world, pull);
  expect(reviews).toMatchObject([
    { state: "DISMISSED", dismissal: { by: { id: world.writer.id }, was: "CHANGES_REQUESTED" } },
  ]);
  expect(people.map(({ account }) => account.id)).toContain(world.writer.id);
});

test("a change of the base branch is told with its moment", async () => {
  const world = await started();
  const pull = open(world);
  expect((await factsOf(world, pull)).pullRequest.retargetedAtMs).toBeNull();
  world.shop.commit("release", { files: { "b.txt": "1\n" }, by: world.writer });
  pull.edit(world.writer, { base: "release" });
  expect((await factsOf(world, pull)).pullRequest.retargetedAtMs).not.toBeNull();
});

test("siblings are the open pull requests with the same head and base", async () => {
  const world = await started();
  world.shop.commit("release", { files: { "b.txt": "1\n" }, by: world.writer });
  const pull = open(world);
  const at = (branch: string): string => (world.shop.push(branch, pull.headSha, world.writer), branch);
  const same = world.shop.openPullRequest({ head: at("same"), by: world.writer });
  world.shop.openPullRequest({ head: at("other-base"), base: "release", by: world.writer });
  world.shop.openPullRequest({ head: at("closed"), by: world.writer }).edit(world.writer, { state: "closed" });
  world.shop.commit("ahead", { files: { "c.txt": "1\n" }, by: world.writer, from: "topic" });
  world.shop.openPullRequest({ head: "ahead", by: world.writer });
  const collected = await collect(world, pull);
  expect(collected).toMatchObject({ siblings: [subjectOf(world, same.number)] });
});

describe("a list longer than a page", () => {
  test("is read to its end", async () => {
    const world = await started();
    for (let i = 0; i < 130; i += 1) world.shop.commit("topic", { files: { "a.txt": `${i}\n` }, by: world.writer });
    const pull = world.shop.openPullRequest({ head: "topic", by: world.writer });
    for (let i = 0; i < 105; i += 1) pull.review(world.reviewer, "comment");
    pull.review(world.reviewer, "approve");
    for (let i = 0; i < 120; i += 1) pull.label(world.writer, `l${String(i).padStart(3, "0")}`);
    const facts = await factsOf(world, pull);
    expect(facts.commits.length).toBe(130);
    expect(facts.reviews.at(-1)?.state).toBe("APPROVED");
    expect(facts.pullRequest.labels.at(-1)).toBe("l119");
    expect(facts.gaps).toEqual([]);
  });

  test("and longer than GitHub gives is a Gap", async () => {
    const world = await started({ "README.md": "x\n" }, { ceilings: { compareCommitsPaged: 3 } });
    for (let i = 0; i < 5; i += 1) world.shop.commit("topic", { files: { "a.txt": `${i}\n` }, by: world.writer });
    const facts = await factsOf(world, world.shop.openPullRequest({ head: "topic", by: world.writer }));
    expect(facts.gaps).toMatchObject([{ id: "unreadable-commits", level: "hold" }]);
    expect(facts.gaps[0]?.reason).toContain("of its 5 commits");
  });
});

describe("where GitHub refuses", () => {
  test("what was sent beside the refused request is given up", async () => {
    const world = await started();
    const pull = open(world);
    const signals = new Set<AbortSignal | undefined>();
    const watched: World = {
      ...world,
      apiFor: async (id) => {
        const api = await world.apiFor(id);
        api.hook.before("request", ({ url, request }) => {
          if (!url.includes("access_tokens")) signals.add(request?.signal);
        });
        return api;
      },
    };
    world.github.fail("GET /repos/{owner}/{repo}/activity", 500);
    await expect(collect(watched, pull)).rejects.toBeInstanceOf(GitHubFailure);
    expect([...signals].map((signal) => signal?.aborted)).toEqual([true]);
  });

  const routes = [
    "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    "GET /repos/{owner}/{repo}/git/ref/{ref+}",
    "GET /repos/{owner}/{repo}/compare/{basehead+}",
    "GET /repos/{owner}/{repo}/git/trees/{sha}",
    "POST /graphql",
    "GET /repos/{owner}/{repo}/contents/{path+}",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline",
    "GET /repos/{owner}/{repo}/activity",
    "GET /repos/{owner}/{repo}/commits/{sha}/pulls",
    (request: { readonly path: string }) => request.path.startsWith("/repos/acme/.github"),
  ];

  test.each([403, 500, 502, "cut"] as const)("with %s there are no facts, whatever was asked", async (fault) => {
    const outcomes = [];
    for (const route of routes) {
      const world = await started({ ".github/sallyport.yml": "version: 1\n" });
      world.acme.repository(".github", { files: { "sallyport.yml": "version: 1\n" } });
      const pull = open(world);
      pull.review(world.reviewer, "approve");
      world.github.fail(route, fault);
      const refused = await collect(world, pull).catch((failed: unknown) => failed);
      outcomes.push([refused instanceof GitHubFailure, (await collect(world, pull)).kind]);
    }
    expect(outcomes).toEqual(routes.map(() => [true, "facts"]));
  });
});

test("a pull request of 20 files takes 20 requests at first and 12 after that", async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}.yaml`, `${i}\n`]));
  const world = await started(files);
  world.acme.repository(".github", { files: { "sallyport.yml": "version: 1\n" } });
  const pull = open(world, { files: Object.fromEntries(Object.keys(files).map((path) => [path, "changed\n"])) });
  pull.review(world.reviewer, "approve");
  const source = sourceOf(world);
  const asked = async (): Promise<number> => {
    world.github.requests.clear();
    await factsOf(world, pull, source);
    return world.github.requests.entries.filter(({ route }) => !route.includes("access_tokens")).length;
  };
  expect([await asked(), await asked()]).toEqual([20, 12]);
});
