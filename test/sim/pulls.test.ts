import { afterEach, expect, test } from "vitest";
import { acme, client, installationClient } from "./support.ts";

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sim) => sim.stop()));
});
async function world(...input: Parameters<typeof acme>) {
  const made = await acme(...input);
  open.push(made.sim);
  return made;
}
const PULL = "/repos/acme/infra/pulls/1";

test("an agent pushes and opens a pull request through the API alone", async () => {
  const { sim, agent, repository } = await world();
  const ask = client(sim, sim.userToken(agent));
  const git = "/repos/acme/infra/git";
  const base = repository.tip();
  const blob = await ask("POST", `${git}/blobs`, {
    content: Buffer.from("two = 2\n").toString("base64"),
    encoding: "base64",
  });
  const tree = await ask("POST", `${git}/trees`, {
    base_tree: base,
    tree: [
      { path: "two.tf", mode: "100644", type: "blob", sha: blob.get("sha") },
      { path: "main.tf", mode: "100644", type: "blob", sha: null },
      { path: "run.sh", mode: "100755", type: "blob", content: "#!/bin/sh\n" },
    ],
  });
  const commit = await ask("POST", `${git}/commits`, { message: "two", tree: tree.get("sha"), parents: [base] });
  expect((await ask("POST", `${git}/refs`, { ref: "refs/heads/two", sha: commit.get("sha") })).status).toBe(201);
  const opened = await ask("POST", "/repos/acme/infra/pulls", { title: "two", head: "two", base: "main", draft: true });
  expect(opened.body).toMatchObject({
    number: 2,
    draft: true,
    changed_files: 3,
    commits: 1,
    user: { id: 198_982_749, type: "Bot" },
    mergeable_state: "draft",
  });
  const files = await ask("GET", "/repos/acme/infra/pulls/2/files");
  expect(files.each("filename")).toEqual(["main.tf", "run.sh", "two.tf"]);
  expect(files.each("status")).toEqual(["removed", "added", "added"]);
  expect((await ask("POST", "/repos/acme/infra/pulls", { title: "two", head: "two", base: "main" })).status).toBe(422);
});

test("the head moves with its branch, a base that only moves leaves base.sha behind", async () => {
  const { sim, app, installation, repository, agent, personB, pull } = await world();
  const ask = await installationClient(sim, app, installation);
  const before = (await ask("GET", PULL)).get("base.sha");
  repository.commit("main", { files: { other: "x" }, by: personB });
  expect((await ask("GET", PULL)).get("base.sha")).toBe(before);
  const head = repository.commit("feature", { files: { more: "y" }, by: agent });
  expect((await ask("GET", PULL)).body).toMatchObject({ head: { sha: head }, base: { sha: repository.tip() } });
  expect((await ask("GET", `${PULL}/commits`)).body).toHaveLength(2);
  expect((await ask("GET", `/repos/acme/infra/compare/main...feature`)).body).toMatchObject({
    status: "diverged",
    ahead_by: 2,
    behind_by: 1,
    merge_base_commit: { sha: before },
  });
  expect(pull.headSha).toBe(head);
});

test("ceilings cut silently, as GitHub's do", async () => {
  const { sim, app, installation, repository, agent } = await world({
    ceilings: { pullFiles: 3, pullCommits: 2, compareFiles: 1, compareCommits: 2, treeEntries: 4, patchLines: 3 },
  });
  const ask = await installationClient(sim, app, installation);
  repository.commit("feature", { files: { a: "1\n", b: "2\n", c: "3\n", d: "1\n2\n3\n4\n" }, by: agent });
  repository.commit("feature", { files: { e: "1\n" }, by: agent });
  expect((await ask("GET", PULL)).body).toMatchObject({ changed_files: 6, commits: 3 });
  expect((await ask("GET", `${PULL}/files`)).body).toHaveLength(3);
  expect((await ask("GET", `${PULL}/commits`)).body).toHaveLength(2);
  const compared = await ask("GET", "/repos/acme/infra/compare/main...feature");
  expect(["files.length", "commits.length", "total_commits"].map(compared.get)).toEqual([1, 2, 3]);
  const pages = await Promise.all(
    [1, 2].map((page) => ask("GET", `/repos/acme/infra/compare/main...feature?per_page=2&page=${page}`)),
  );
  expect(pages.map(({ get }) => [get("commits.length"), get("files.length"), get("total_commits")])).toEqual([
    [2, 1, 3],
    [1, 0, 3],
  ]);
  const tree = await ask("GET", `/repos/acme/infra/git/trees/${repository.tip("feature")}?recursive=1`);
  expect([tree.get("truncated"), tree.get("tree.length")]).toEqual([true, 4]);
  const commit = await ask("GET", `/repos/acme/infra/commits/${repository.tip("feature")}`);
  expect(commit.get("files.0")).toMatchObject({ filename: "e", patch: "@@ -0,0 +1 @@\n+1" });
  const large = (await ask("GET", `/repos/acme/infra/commits/${repository.tip("feature")}~`)).status;
  expect(large).toBe(422);
});

test("a withheld patch, a rename, a binary, a symbolic link and a submodule look as GitHub shows them", async () => {
  const { sim, app, installation, repository, agent } = await world({ ceilings: { patchLines: 3 } });
  const ask = await installationClient(sim, app, installation);
  repository.commit("feature", {
    files: {
      "main.tf": null,
      "moved.tf": "one = 1\n",
      bin: Uint8Array.of(0, 1),
      large: "1\n2\n3\n4\n",
      link: { symlink: "moved.tf" },
      module: { submodule: "a".repeat(40) },
    },
    by: agent,
  });
  const files = await ask("GET", `${PULL}/files`);
  expect(files.each("filename")).toEqual(["bin", "k8s/api.yaml", "large", "link", "module", "moved.tf"]);
  expect(files.get("5")).toMatchObject({ status: "renamed", previous_filename: "main.tf" });
  expect(files.each("patch").map((patch) => patch === undefined)).toEqual([true, false, true, false, false, true]);
  const tree = (await ask("GET", `/repos/acme/infra/git/trees/feature?recursive=true`)).get("tree");
  expect(tree).toContainEqual(expect.objectContaining({ path: "link", mode: "120000", type: "blob" }));
  expect(tree).toContainEqual({ path: "module", mode: "160000", type: "commit", sha: "a".repeat(40) });
  expect((await ask("GET", "/repos/acme/infra/contents/link?ref=feature")).get("path")).toBe("moved.tf");
});

test("a required check that is missing, failing, in progress or of another app stops the merge", async () => {
  const { sim, app, repository, pull, personA } = await world();
  repository.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  const ask = client(sim, sim.userToken(personA));
  const merge = () => ask("PUT", `${PULL}/merge`, { sha: pull.headSha });
  expect(await merge()).toMatchObject({
    status: 405,
    body: { message: 'Required status check "sallyport" is expected.' },
  });
  const other = sim.app({ slug: "other", permissions: { checks: "write" }, events: [], privateKey: app.privateKey });
  other.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  repository.status(pull.headSha, personA, "sallyport", "success");
  expect((await merge()).get("message")).toContain("was not set by the expected GitHub App");
  const green = app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  app.checkRun(repository, pull.headSha, { name: "sallyport", status: "in_progress" });
  expect(await merge()).toMatchObject({
    status: 405,
    body: { message: 'Required status check "sallyport" is in progress.' },
  });
  app.updateCheckRun(repository, green, { conclusion: "success" });
  expect((await merge()).status).toBe(405);
  app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "action_required" });
  expect((await merge()).get("message")).toContain("is failing");
  app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  expect((await ask("GET", PULL)).get("mergeable_state")).toBe("clean");
  expect((await ask("PUT", `${PULL}/merge`, { sha: repository.tip() })).status).toBe(409);
  const merged = await merge();
  expect(merged.body).toMatchObject({ merged: true, sha: repository.tip() });
  expect((await ask("GET", PULL)).body).toMatchObject({
    state: "closed",
    merged: true,
    merged_by: { login: "person-a" },
  });
});

test("an unpinned check is satisfied by anybody, and a bypass by nothing", async () => {
  const { repository, pull, personA, personB } = await world();
  repository.protect({ requiredChecks: [{ context: "sallyport" }], bypass: [personB] });
  expect(() => pull.merge(personA)).toThrow("is expected");
  repository.status(pull.headSha, personA, "SallyPort", "success");
  expect(pull.merge(personA)).toBe(repository.tip());
  repository.commit("again", { files: { x: "x" } });
  const second = repository.openPullRequest({ head: "again", by: personA });
  expect(() => second.merge(personA)).toThrow("is expected");
  expect(second.merge(personB, { method: "squash" })).toBe(repository.tip());
});

test("conflicts and drafts do not merge; squash and rebase keep the change", async () => {
  const { repository, pull, personA, agent } = await world();
  pull.markDraft(agent);
  expect(() => pull.merge(personA)).toThrow("still a draft");
  pull.markReady(agent);
  repository.commit("main", { files: { "k8s/api.yaml": "replicas: 3\n" } });
  expect(() => pull.merge(personA)).toThrow("not mergeable");
  repository.commit("feature", {
    files: { "k8s/api.yaml": "replicas: 30\n" },
    by: agent,
    alsoParents: [repository.tip()],
  });
  pull.merge(personA, { method: "merge" });
  expect(
    repository.state.objects.entryAt(repository.state.objects.commit(repository.tip())?.tree ?? "", "k8s/api.yaml")
      ?.sha,
  ).toBe(repository.state.objects.writeBlob("replicas: 30\n"));
});

test("reviews follow GitHub's rules", async () => {
  const { sim, app, installation, pull, agent, personA, personB, clock } = await world();
  const ask = await installationClient(sim, app, installation);
  expect(() => pull.review(agent, "approve")).toThrow("your own pull request");
  const approval = pull.review(personA, "approve");
  clock.advance(60_000);
  pull.review(personB, "request changes", { body: "no" });
  pull.dismiss(approval, personB, "stale");
  const reviews = await ask("GET", `${PULL}/reviews`);
  expect(reviews.body).toMatchObject([
    { state: "DISMISSED", commit_id: pull.headSha },
    { state: "CHANGES_REQUESTED", commit_id: pull.headSha, submitted_at: "2026-01-05T09:01:00Z" },
  ]);
  const timeline = await ask("GET", "/repos/acme/infra/issues/1/timeline");
  expect(timeline.each("event")).toEqual(["committed", "reviewed", "reviewed", "review_dismissed"]);
  expect(timeline.get("3")).toMatchObject({
    event: "review_dismissed",
    actor: { login: "person-b" },
    dismissed_review: { review_id: approval.id },
  });
});

test("closing, reopening, retargeting and a force-push are remembered", async () => {
  const { sim, app, installation, repository, pull, agent, personA } = await world();
  const ask = await installationClient(sim, app, installation);
  repository.push("release", repository.tip(), personA);
  pull.edit(agent, { base: "release" });
  expect((await ask("GET", PULL)).get("base.ref")).toBe("release");
  pull.edit(agent, { state: "closed" });
  pull.edit(agent, { state: "open" });
  repository.commit("feature", { files: { z: "z" }, onto: repository.tip(), by: agent });
  pull.label(personA, "urgent");
  pull.unlabel(personA, "urgent");
  pull.attestAgentWork(personA);
  const events = (await ask("GET", "/repos/acme/infra/issues/1/events")).each("event");
  expect(events).toEqual([
    "base_ref_changed",
    "closed",
    "reopened",
    "head_ref_force_pushed",
    "labeled",
    "unlabeled",
    "copilot_work_started",
    "assigned",
  ]);
  const activity = await ask("GET", "/repos/acme/infra/activity?ref=feature");
  expect(activity.get("0")).toMatchObject({ activity_type: "force_push", actor: { login: "Copilot" } });
});

test("a fork's pull request shows its commits through the base repository and nothing in the run's pull requests", async () => {
  const { sim, app, installation, repository, reader } = await world();
  const ask = await installationClient(sim, app, installation);
  const fork = repository.fork(reader);
  const head = fork.commit("patch", { files: { q: "q" }, by: reader });
  const pull = repository.openPullRequest({ head: "patch", from: fork, by: reader });
  expect((await ask("GET", `/repos/acme/infra/git/commits/${head}`)).status).toBe(200);
  expect((await ask("GET", `/repos/acme/infra/pulls/${pull.number}`)).get("head")).toMatchObject({
    label: "reader:patch",
    repo: { fork: true },
  });
  const run = await ask("POST", "/repos/acme/infra/check-runs", { name: "sallyport", head_sha: head });
  expect(run.get("pull_requests")).toEqual([]);
  expect((await ask("GET", `/repos/acme/infra/commits/${head}/pulls`)).each("number")).toEqual([pull.number]);
});

test("protected branches refuse what their rules forbid, and say which rules they have", async () => {
  const { sim, app, installation, repository, personA } = await world();
  repository.protect({
    pullRequestOnly: true,
    noForcePush: true,
    noDeletion: true,
    requiredChecks: [{ context: "sallyport", app: app.state }],
  });
  expect(() => repository.commit("main", { files: { x: "x" }, by: personA })).toThrow("through a pull request");
  expect(() => repository.deleteBranch("main", personA)).toThrow("Cannot delete");
  const ask = await installationClient(sim, app, installation);
  const rules = await ask("GET", "/repos/acme/infra/rules/branches/main");
  expect(rules.each("type")).toEqual(["deletion", "non_fast_forward", "pull_request", "required_status_checks"]);
  expect(rules.get("3.parameters.required_status_checks")).toEqual([{ context: "sallyport", integration_id: app.id }]);
  repository.protect({ kind: "classic", requiredChecks: [{ context: "build" }] });
  expect((await ask("GET", "/repos/acme/infra/branches/main")).body).toMatchObject({
    protected: true,
    protection: { required_status_checks: { checks: [{ context: "build", app_id: null }] } },
  });
});

test("an armed pull request merges by itself the moment the last obstacle is gone", async () => {
  const { app, repository, pull, personA, reader } = await world();
  repository.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], requiredApprovals: 1 });
  pull.armAutoMerge(personA, "squash");
  app.checkRun(repository, pull.headSha, { name: "sallyport", conclusion: "success" });
  pull.review(reader, "approve");
  expect(pull.state.merged).toBeNull();
  pull.review(personA, "approve");
  expect(pull.state.merged).toMatchObject({ by: personA, sha: repository.tip() });
});

test("a new base disarms auto-merge, and so does a push by somebody without write permission", async () => {
  const { repository, pull, personA, agent } = await world();
  repository.protect({ branches: ["main", "release"], requiredApprovals: 1 });
  repository.push("release", repository.tip(), personA);
  pull.armAutoMerge(personA);
  pull.edit(agent, { base: "release" });
  expect(pull.state.autoMerge).toBeNull();
  pull.armAutoMerge(personA);
  repository.commit("feature", { files: { a: "a" }, by: agent });
  expect(pull.state.autoMerge).not.toBeNull();
  repository.grant(agent, "read");
  repository.commit("feature", { files: { b: "b" }, by: agent });
  expect(pull.state.autoMerge).toBeNull();
});

test("updating the branch merges the base into the head, verified, and nothing else", async () => {
  const { sim, app, installation, repository, pull, personA } = await world();
  const ask = await installationClient(sim, app, installation);
  repository.commit("main", { files: { other: "x" } });
  const before = pull.headSha;
  pull.updateBranch(personA);
  const commits = await ask("GET", `${PULL}/commits`);
  expect(commits.get("1")).toMatchObject({
    parents: [{ sha: before }, { sha: repository.tip() }],
    author: { login: "person-a" },
    commit: { committer: { name: "GitHub" }, verification: { verified: true, reason: "valid" } },
  });
  expect(commits.get("0.commit.verification")).toMatchObject({ verified: false, reason: "unsigned" });
  expect((await ask("GET", `${PULL}/files`)).each("filename")).toEqual(["k8s/api.yaml"]);
  expect(() => pull.updateBranch(personA)).toThrow("no new commits");
});

test("only the issue tells through which app a person's pull request was opened", async () => {
  const { sim, app, installation, repository, personA } = await world();
  const ask = await installationClient(sim, app, installation);
  const vendor = sim.app({ slug: "vendor", permissions: {}, events: [], privateKey: app.privateKey });
  repository.commit("patch", { files: { p: "p" }, by: personA });
  repository.openPullRequest({ head: "patch", by: personA, through: vendor.state });
  const issue = await ask("GET", "/repos/acme/infra/issues/2");
  expect(issue.body).toMatchObject({ user: { login: "person-a" }, performed_via_github_app: { slug: "vendor" } });
  expect((await ask("GET", "/repos/acme/infra/pulls/2")).get("performed_via_github_app")).toBeUndefined();
});

test("a commit whose mailbox belongs to nobody has no account", async () => {
  const { sim, app, installation, repository, agent } = await world();
  const ask = await installationClient(sim, app, installation);
  const stranger = { name: "Nobody", email: "nobody@example.invalid" };
  const sha = repository.commit("feature", { files: { n: "n" }, by: agent, author: stranger, committer: agent });
  expect((await ask("GET", `/repos/acme/infra/commits/${sha}`)).body).toMatchObject({
    author: null,
    committer: { login: "Copilot" },
    commit: { author: { email: "nobody@example.invalid" } },
  });
});

test("commits that land in the base by a push count as merged", async () => {
  const { repository, pull, personB } = await world();
  repository.push("main", pull.headSha, personB);
  expect(pull.state).toMatchObject({ state: "closed", merged: { by: personB, sha: pull.headSha } });
});

test("a push that leaves nothing to merge closes a pull request for good", async () => {
  const { repository, pull, agent, personA } = await world();
  const head = pull.headSha;
  repository.push("feature", repository.tip(), agent, { force: true });
  expect(pull.state).toMatchObject({ state: "closed", merged: null, head: { sha: head } });
  expect(() => pull.edit(personA, { state: "open" })).toThrow("Validation Failed");
});

test("an empty repository has no objects to read", async () => {
  const { sim, app, org, installation } = await world();
  org.repository("empty");
  const ask = await installationClient(sim, app, installation);
  expect((await ask("GET", "/repos/acme/empty/git/ref/heads/main")).status).toBe(409);
  expect((await ask("GET", "/repos/acme/empty/git/trees/main")).status).toBe(409);
});
