import examples from "@octokit/webhooks-examples/api.github.com/index.json" with { type: "json" };
import { describe, expect, test } from "vitest";
import { readDelivery, readers } from "../../../../src/adapters/github/webhooks/read.ts";

const app = { id: 4711, apiUrl: "https://api.github.com" };
/** GitHub's collection of examples is older than these events. */
const withoutExample = ["deployment_protection_rule"];
const installation = { id: 7 };
const repository = { id: 5, name: "shop", owner: { login: "acme" }, default_branch: "main" };
const at = { id: 5, owner: "acme", name: "shop" };
const pull = (number: number) => ({
  kind: "changed",
  subject: { kind: "pull_request", installationId: 7, repository: at, number },
});
const aftermath = { kind: "changed", subject: { kind: "aftermath", installationId: 7, repository: at } };
const sweepRepository = { kind: "changed", subject: { kind: "sweep_repository", installationId: 7, repository: at } };
const branch = (name: string) => ({
  kind: "changed",
  subject: { kind: "branch", installationId: 7, repository: at, branch: name },
});
const sweepInstallation = { kind: "changed", subject: { kind: "sweep_installation", installationId: 7 } };

const sender = { id: 9, login: "person-a" };
const wish = (number: number | null, what = "look") => ({
  kind: "changed",
  subject: { kind: "wish", installationId: 7, repository: at, number, what, by: sender },
});

const marks = (event: string, payload: object) => {
  const reading = readDelivery(event, { installation, repository, sender, ...payload }, app);
  expect(reading.kind).toBe("read");
  return reading.marks;
};

describe("GitHub's own example payloads", () => {
  const known = examples.filter(({ name }) => readers.has(name));

  test("exist for every event that is read", () => {
    expect([...known.map(({ name }) => name), ...withoutExample].toSorted()).toEqual([...readers.keys()].toSorted());
  });

  test.each(known.flatMap(({ name, examples }) => examples.map((payload, index) => ({ name, index, payload }))))(
    "$name $index is read as an App receives it, with its installation",
    ({ name, payload }) => {
      expect(readDelivery(name, { ...payload, installation: { id: 7 } }, app).kind).toBe("read");
    },
  );

  test("of every event, known or not, are no error as they are", () => {
    for (const { name, examples: payloads } of examples) {
      for (const payload of payloads) expect(() => readDelivery(name, payload, app)).not.toThrow();
    }
  });
});

describe("what an event marks", () => {
  test("every action on a pull request marks it, one that GitHub has not invented yet included", () => {
    for (const action of ["opened", "synchronize", "closed", "of_tomorrow"]) {
      expect(marks("pull_request", { action, number: 3 })).toEqual([pull(3)]);
    }
  });

  test("what is deployed, and a workflow that ended, mark the repository; runs of pull requests do not", () => {
    expect(marks("deployment", { action: "created" })).toEqual([sweepRepository, aftermath]);
    expect(marks("deployment_status", { action: "created" })).toEqual([sweepRepository, aftermath]);
    const run = (action: string, event: string) => marks("workflow_run", { action, workflow_run: { event } });
    expect(run("completed", "push")).toEqual([sweepRepository, aftermath]);
    expect(run("requested", "push")).toEqual([]);
    for (const event of ["pull_request", "pull_request_target", "merge_group"])
      expect(run("completed", event)).toEqual([]);
  });

  test("a merge marks the branch that it moved as well, and no other action does", () => {
    const pull_request = { merged: true, base: { ref: "release" } };
    expect(marks("pull_request", { action: "closed", number: 3, pull_request })).toEqual([
      pull(3),
      branch("release"),
      aftermath,
    ]);
    expect(marks("pull_request", { action: "labeled", number: 3, pull_request })).toEqual([pull(3)]);
    const unmerged = { ...pull_request, merged: false };
    expect(marks("pull_request", { action: "closed", number: 3, pull_request: unmerged })).toEqual([pull(3)]);
  });

  test("a review marks its pull request", () => {
    expect(marks("pull_request_review", { action: "dismissed", pull_request: { number: 3 } })).toEqual([pull(3)]);
  });

  describe("a comment", () => {
    const issue = { number: 3, pull_request: {} };
    const comment = { body: "/sallyport halt it loops\r\nand more" };

    test("that addresses Sallyport on a pull request marks it once it is created", () => {
      expect(marks("issue_comment", { action: "created", issue, comment })).toEqual([pull(3)]);
    });

    test("by somebody of the house is looked at first, and a stranger's is not", () => {
      const by = (author_association: string) =>
        marks("issue_comment", { action: "created", issue, comment: { ...comment, author_association } });
      for (const word of ["OWNER", "MEMBER", "COLLABORATOR"])
        expect(by(word)).toEqual([{ ...pull(3), kind: "urgent" }]);
      for (const word of ["CONTRIBUTOR", "FIRST_TIMER", "NONE", "x"]) expect(by(word)).toEqual([pull(3)]);
    });

    test("that was edited or deleted, on an issue, or about something else marks nothing", () => {
      for (const action of ["edited", "deleted"])
        expect(marks("issue_comment", { action, issue, comment })).toEqual([]);
      const onIssue = { action: "created", issue: { number: 3 }, comment };
      expect(marks("issue_comment", onIssue)).toEqual([]);
      for (const body of ["Fine.", "> /sallyport halt", "Fine.\n/sallyport halt", "", null]) {
        expect(marks("issue_comment", { action: "created", issue, comment: { body } })).toEqual([]);
      }
    });
  });

  test("a check run of another app marks nothing", () => {
    const check_run = { external_id: "pull/5/3@2", app: { id: 4712 } };
    expect(marks("check_run", { action: "completed", check_run })).toEqual([]);
    expect(marks("check_run", { action: "completed", check_run: { ...check_run, app: null } })).toEqual([]);
  });

  test("a check run of ours carries the lease that it was published under", () => {
    const check_run = { external_id: "pull/5/3@2", app };
    expect(marks("check_run", { action: "completed", check_run })).toEqual([
      { kind: "own_run", subject: pull(3).subject, lease: 2 },
    ]);
  });

  test("a check run of ours without a readable reference sweeps the repository", () => {
    for (const external_id of [null, undefined, "", "pull/6/3@2", "pull/5/3"]) {
      expect(marks("check_run", { action: "created", check_run: { external_id, app } })).toEqual([sweepRepository]);
    }
  });

  test("a button that somebody presses is their wish, whatever the lease: what they may do is not in the payload", () => {
    const check_run = { external_id: "pull/5/3@2", app };
    const press = (identifier: string) =>
      marks("check_run", { action: "requested_action", check_run, requested_action: { identifier } });
    expect(marks("check_run", { action: "rerequested", check_run })).toEqual([wish(3)]);
    expect(press("re-evaluate")).toEqual([wish(3)]);
    expect(press("of-an-older-version")).toEqual([wish(3)]);
    expect(press("explain")).toEqual([wish(3, "explanation")]);
    expect(marks("check_run", { action: "rerequested", check_run: { external_id: null, app } })).toEqual([wish(null)]);
  });

  test("a suite that is asked for again marks its pull requests of this repository only", () => {
    const pull_requests = [
      { number: 3, base: { repo: { id: 5 } } },
      { number: 4, base: { repo: { id: 6 } } },
    ];
    expect(marks("check_suite", { action: "rerequested", check_suite: { app, pull_requests } })).toEqual([wish(3)]);
    expect(marks("check_suite", { action: "requested", check_suite: { app, pull_requests } })).toEqual([]);
    expect(marks("check_suite", { action: "rerequested", check_suite: { app: { id: 1 }, pull_requests } })).toEqual([]);
  });

  test("a suite of a fork's head, which lists no pull requests, is asked for in all of the repository", () => {
    expect(marks("check_suite", { action: "rerequested", check_suite: { app, pull_requests: [] } })).toEqual([
      wish(null),
    ]);
  });

  test("a push to the default branch sweeps the repository: its policy binds every base", () => {
    expect(marks("push", { ref: "refs/heads/main" })).toEqual([sweepRepository, branch("main")]);
  });

  test("a push to another branch sweeps what would land on it, and no more than that", () => {
    expect(marks("push", { ref: "refs/heads/release/1.x" })).toEqual([
      {
        kind: "changed",
        subject: { kind: "sweep_base", installationId: 7, repository: at, baseRef: "release/1.x" },
      },
      branch("release/1.x"),
    ]);
  });

  test("a push to a branch of a merge queue marks the group that waits there, and its end nothing", () => {
    const [head, base] = ["a".repeat(40), "b".repeat(40)];
    const headRef = `gh-readonly-queue/release/1.x/pr-3-${base}`;
    const group = { kind: "merge_group", installationId: 7, repository: at, headRef, headSha: head, baseSha: base };
    expect(marks("push", { ref: `refs/heads/${headRef}`, after: head })).toEqual([
      { kind: "changed", subject: { ...group, baseRef: "release/1.x", baseIsDefault: false } },
    ]);
    expect(marks("push", { ref: `refs/heads/${headRef}`, after: "0".repeat(40), deleted: true })).toEqual([]);
  });

  test("a push to the organisation's policy sweeps the installation", () => {
    for (const name of [".github", ".GitHub"]) {
      expect(marks("push", { ref: "refs/heads/main", repository: { ...repository, name } })[0]).toEqual(
        sweepInstallation,
      );
    }
  });

  test("a push to any branch marks it, since only GitHub can tell whether the gate stands there", () => {
    for (const name of ["main", "topic"]) {
      expect(marks("push", { ref: `refs/heads/${name}` })).toContainEqual(branch(name));
    }
  });

  test("a merge queue that asks for checks, or gives a group up, marks the group", () => {
    const merge_group = {
      head_sha: "a".repeat(40),
      head_ref: `refs/heads/gh-readonly-queue/main/pr-3-${"b".repeat(40)}`,
      base_sha: "b".repeat(40),
      base_ref: "refs/heads/main",
    };
    const subject = {
      kind: "merge_group",
      installationId: 7,
      repository: at,
      headRef: `gh-readonly-queue/main/pr-3-${"b".repeat(40)}`,
      headSha: "a".repeat(40),
      baseRef: "main",
      baseSha: "b".repeat(40),
      baseIsDefault: true,
    };
    for (const action of ["checks_requested", "destroyed"]) {
      expect(marks("merge_group", { action, merge_group })).toEqual([{ kind: "changed", subject }]);
    }
    const release = { ...merge_group, base_ref: "refs/heads/release/1" };
    expect(marks("merge_group", { action: "checks_requested", merge_group: release })).toEqual([
      { kind: "changed", subject: { ...subject, baseRef: "release/1", baseIsDefault: false } },
    ]);
  });

  test("a check run of a merge group marks nothing: the group is looked at again as long as it lives", () => {
    const check_run = { external_id: `group/5/${"a".repeat(40)}@2`, app };
    for (const action of ["created", "rerequested"]) expect(marks("check_run", { action, check_run })).toEqual([]);
  });

  test("a tag marks nothing", () => {
    expect(marks("push", { ref: "refs/tags/heads/main" })).toEqual([]);
  });

  test("an installation is swept when it begins, not when it ends", () => {
    for (const action of ["created", "unsuspend", "new_permissions_accepted"]) {
      expect(marks("installation", { action })).toEqual([sweepInstallation]);
    }
    for (const action of ["deleted", "suspend"]) expect(marks("installation", { action })).toEqual([]);
  });

  test("repositories that come or go sweep the installation", () => {
    expect(marks("installation_repositories", { action: "added" })).toEqual([sweepInstallation]);
  });

  test("a repository that changes is swept, one that ended is not", () => {
    for (const action of ["renamed", "transferred", "edited", "unarchived"]) {
      expect(marks("repository", { action })).toEqual([sweepRepository]);
    }
    for (const action of ["deleted", "archived"]) expect(marks("repository", { action })).toEqual([]);
  });

  test("people who come and go sweep where their approvals count", () => {
    expect(marks("member", { action: "removed" })).toEqual([sweepRepository]);
    expect(marks("membership", { action: "removed" })).toEqual([sweepInstallation]);
    expect(marks("team", { action: "edited" })).toEqual([sweepInstallation]);
    expect(marks("organization", { action: "member_removed" })).toEqual([sweepInstallation]);
    expect(marks("organization", { action: "member_invited" })).toEqual([]);
  });
});

describe("what cannot be read", () => {
  test("an event that nothing is read from is known as such, by whatever name", () => {
    for (const event of ["star", "ping", "constructor", "__proto__", ""]) {
      expect(readDelivery(event, {}, app)).toEqual({ kind: "unknown", marks: [] });
    }
  });

  test("a payload without its number sweeps the repository that it names, and says where it is wrong without its values", () => {
    const reading = readDelivery("pull_request", { installation, repository, number: "hostile" }, app);
    expect(reading).toEqual({ kind: "unreadable", marks: [sweepRepository], at: ["number: invalid_type"] });
  });

  test("a payload whose repository is unreadable sweeps the installation", () => {
    const reading = readDelivery("pull_request", { installation, repository: { id: "5" }, number: 3 }, app);
    expect(reading).toMatchObject({ kind: "unreadable", marks: [sweepInstallation] });
  });

  test("a payload that names nothing marks nothing", () => {
    for (const payload of [null, [], "text", 1, {}, { installation: null }]) {
      expect(readDelivery("pull_request", payload, app)).toMatchObject({ kind: "unreadable", marks: [] });
    }
  });
});

describe("deployment_protection_rule", () => {
  const path = "/repos/acme/shop/actions/runs/88/deployment_protection_rule";
  const asked = (callback: unknown, environment: unknown = "production") =>
    readDelivery(
      "deployment_protection_rule",
      { installation, repository, action: "requested", environment, deployment_callback_url: callback },
      app,
    );
  const of = (runId: number) => ({
    kind: "changed",
    subject: { kind: "deployment", installationId: 7, repository: at, runId, environment: "production", asks: "rule" },
  });

  test("marks what waits, by the run in the address that GitHub gives", () => {
    expect(asked(`https://api.github.com${path}`)).toEqual({ kind: "read", marks: [of(88)] });
  });

  test.each([
    ["of another host", `https://evil.example${path}`],
    ["of a host that only begins like it", `https://api.github.com.evil.example${path}`],
    ["with a name in front of the host", `https://api.github.com@evil.example${path}`],
    ["with a user", `https://user@api.github.com${path}`],
    ["of another port", `https://api.github.com:8443${path}`],
    ["of another scheme", `http://api.github.com${path}`],
    ["of another path", "https://api.github.com/repos/acme/shop/actions/runs/88"],
    ["below another path", `https://api.github.com/proxy${path}`],
    ["with more behind it", `https://api.github.com${path}/x`],
    [
      "with a run that is no number",
      "https://api.github.com/repos/acme/shop/actions/runs/8e8/deployment_protection_rule",
    ],
    ["that is none", "none"],
  ])("takes nothing from an address %s, and has what waits looked for", (_, callback) => {
    expect(asked(callback)).toEqual({ kind: "read", marks: [sweepRepository] });
  });

  test("knows the address of a server of one's own", () => {
    const own = { id: 4711, apiUrl: "https://github.acme.example/api/v3" };
    const payload = (callback: string) => ({
      installation,
      repository,
      environment: "production",
      deployment_callback_url: callback,
    });
    const read = (callback: string) => readDelivery("deployment_protection_rule", payload(callback), own).marks;
    expect(read(`https://github.acme.example/api/v3${path}`)).toEqual([of(88)]);
    expect(read(`https://github.acme.example${path}`)).toEqual([sweepRepository]);
  });

  test("without an environment sweeps the repository", () => {
    expect(asked(`https://api.github.com${path}`, "")).toMatchObject({ kind: "unreadable", marks: [sweepRepository] });
  });
});
