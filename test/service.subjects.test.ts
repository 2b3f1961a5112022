// Every open pull request gets the right run, whatever it is and whatever happens to it.
import { describe, expect, test } from "vitest";
import { deployment, pods, pool, served } from "./service.ts";

describe("people may ask for another look", () => {
  test("with the button of the run, which writes nothing where nothing changed", async () => {
    const { shop, person, settled, looks, on } = await served();
    shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person });
    await settled();
    const [before, runs] = [await looks(pull), on(pull.headSha)];
    pull.press("re-evaluate", person);
    await settled();
    expect(await looks(pull)).toBe(before + 1);
    expect(on(pull.headSha)).toEqual(runs);
  });

  test("by asking for the run again, or for all of them, and get a new one", async () => {
    const { app, shop, person, settled, on } = await served();
    shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person });
    await settled();
    pull.rerequest(person);
    await settled();
    expect(on(pull.headSha)).toEqual(["sallyport success", "sallyport success"]);
    shop.rerequestSuite(app.state, pull.headSha, person);
    await settled();
    expect(on(pull.headSha)).toHaveLength(3);
  });

  test("and a run that GitHub has archived comes back without being asked for", async () => {
    const { app, shop, person, settled, subjectOf, lookAgain, on } = await served();
    shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person });
    await settled();
    pull.archiveChecks(app.state);
    expect(on(pull.headSha)).toEqual([]);
    await lookAgain(subjectOf(pull));
    expect(on(pull.headSha)).toEqual(["sallyport success"]);
  });
});

describe("a button of the run", () => {
  test("opens every section of the report where it stands, which later looks leave as it is", async () => {
    const { shop, person, settled, subjectOf, lookAgain, on } = await served();
    shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person });
    await settled();
    const output = () => pull.checkRuns()[0]?.output;
    const before = { ...output() };
    pull.press("explain", person);
    await settled();
    const unfolded = { ...output() };
    expect(before?.text).toContain("<details><summary>");
    expect(unfolded?.text).toBe(before?.text?.replaceAll("<details>", "<details open>"));
    expect([unfolded?.title, unfolded?.summary]).toEqual([before?.title, before?.summary]);
    await lookAgain(subjectOf(pull));
    expect([output(), on(pull.headSha)]).toEqual([unfolded, ["sallyport success"]]);
    shop.commit("main", { by: person, files: { "OTHER.md": "1\n" } });
    await settled();
    expect(output()?.text).not.toContain("<details open>");
  });

  test.each(["explain", "re-evaluate", "again", "all again"])(
    "does nothing for somebody who may only read (%s)",
    async (button) => {
      const { github, app, acme, shop, person, settled, looks, on } = await served();
      const reader = github.user("person-r");
      acme.member(reader);
      shop.grant(reader, "read");
      shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
      const pull = shop.openPullRequest({ head: "words", by: person });
      await settled();
      const before = [await looks(pull), on(pull.headSha), pull.checkRuns()[0]?.output];
      if (button === "again") pull.rerequest(reader);
      else if (button === "all again") shop.rerequestSuite(app.state, pull.headSha, reader);
      else pull.press(button, reader);
      await settled();
      expect([await looks(pull), on(pull.headSha), pull.checkRuns()[0]?.output]).toEqual(before);
    },
  );
});

describe("a run comes to", () => {
  test("a fork's head", async () => {
    const { github, shop, settled, on } = await served();
    const outsider = github.user("person-x");
    shop.grant(outsider, "read");
    const fork = shop.fork(outsider);
    fork.commit("words", { by: outsider, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: outsider, from: fork });
    await settled();
    expect(on(pull.headSha)).toEqual(["sallyport success"]);
    fork.commit("words", { by: outsider, files: { "k8s/api.yaml": deployment(40_000) } });
    await settled();
    expect(on(pull.headSha).at(-1)).not.toContain("success");
  });

  test("a draft, which is judged as it will be when it is ready", async () => {
    const { shop, agent, settled, on } = await served();
    shop.commit("copilot/scale", { by: agent, files: { "k8s/api.yaml": deployment(40) } });
    const pull = shop.openPullRequest({ head: "copilot/scale", by: agent, draft: true });
    await settled();
    const runs = on(pull.headSha);
    expect(runs).toHaveLength(1);
    expect(runs[0]).not.toContain("success");
    pull.markReady(agent);
    await settled();
    expect(on(pull.headSha)).toEqual(runs);
  });

  test("a pull request that changes no file, and to what comes into it later", async () => {
    const { shop, person, settled, on } = await served();
    shop.commit("plan", { by: person, files: {}, message: "Initial plan" });
    const pull = shop.openPullRequest({ head: "plan", by: person });
    await settled();
    expect(on(pull.headSha)).toEqual(["sallyport success"]);
    shop.commit("plan", { by: person, files: { "k8s/api.yaml": deployment(40_000) } });
    await settled();
    expect(on(pull.headSha)).toHaveLength(1);
    expect(on(pull.headSha)[0]).not.toContain("success");
  });

  test("an agent's revert, which is judged by what it changes and not by its title", async () => {
    const { shop, agent, person, settled, on } = await served();
    const start = shop.tip();
    shop.commit("main", { by: person, files: { "k8s/api.yaml": deployment(40) } });
    shop.commit("copilot/revert", { by: agent, files: { "k8s/api.yaml": deployment(3) }, from: "main" });
    const pull = shop.openPullRequest({ head: "copilot/revert", by: agent, title: `Revert "Scale the API" ${start}` });
    await settled();
    expect(on(pull.headSha)).toHaveLength(1);
    expect(on(pull.headSha)[0]).not.toContain("success");
  });

  test("a head that says it wants no checks", async () => {
    const { shop, agent, settled, on } = await served();
    const message = "Scale the API [skip ci]\n\nskip-checks: true\n";
    shop.commit("copilot/scale", { by: agent, files: { "k8s/api.yaml": deployment(40) }, message });
    const pull = shop.openPullRequest({ head: "copilot/scale", by: agent });
    await settled();
    expect(on(pull.headSha)).toHaveLength(1);
  });
});

describe("a green run does not travel", () => {
  test("past a new head, and a force-push back to the old one is judged again", async () => {
    const { shop, person, settled, on } = await served();
    const first = shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person });
    await settled();
    const second = shop.commit("words", { by: person, files: { "README.md": "# Our shop\n" } });
    await settled();
    expect(on(first)).toEqual(["sallyport success", "sallyport failure"]);
    expect(on(second)).toEqual(["sallyport success"]);
    shop.push("words", first, person, { force: true });
    await settled();
    expect(pull.headSha).toBe(first);
    expect(on(first)).toEqual(["sallyport success", "sallyport failure", "sallyport success"]);
    expect(on(second)).toEqual(["sallyport success", "sallyport failure"]);
  });

  test("past closing, and reopening is judged again", async () => {
    const { shop, person, settled, on } = await served();
    shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person });
    await settled();
    pull.edit(person, { state: "closed" });
    await settled();
    expect(on(pull.headSha)).toEqual(["sallyport success", "sallyport failure"]);
    pull.edit(person, { state: "open" });
    await settled();
    expect(on(pull.headSha).at(-1)).toBe("sallyport success");
  });

  test("to another base: what is green onto one says nothing for the other, and is taken back", async () => {
    const { shop, person, settled, on } = await served();
    shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person, base: "release" });
    await settled();
    expect(on(pull.headSha)).toEqual(["sallyport: release success"]);
    pull.edit(person, { base: "main" });
    await settled();
    expect(on(pull.headSha)).toEqual(["sallyport: release success", "sallyport: release failure", "sallyport success"]);
  });

  test("to a sibling on the same commit: both show the worse of the two", async () => {
    const { shop, agent, person, settled, on } = await served();
    shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const own = shop.openPullRequest({ head: "words", by: person });
    await settled();
    expect(on(own.headSha)).toEqual(["sallyport success"]);
    shop.push("copilot/words", own.headSha, agent);
    const sibling = shop.openPullRequest({ head: "copilot/words", by: agent, body: "x" });
    await settled();
    const shown = on(own.headSha).at(-1);
    sibling.edit(agent, { state: "closed" });
    await settled();
    expect([shown, on(own.headSha).at(-1)]).toEqual(["sallyport action_required", "sallyport success"]);
  });

  test("when the webhook that told of the new head is lost: the next look finds it", async () => {
    const { github, shop, person, settled, subjectOf, lookAgain, on } = await served();
    const first = shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
    const pull = shop.openPullRequest({ head: "words", by: person });
    await settled();
    github.deliveries.next("drop", () => true, 10);
    shop.commit("words", { by: person, files: { "README.md": "# Our shop\n" } });
    await settled();
    expect(on(pull.headSha)).toEqual([]);
    await lookAgain(subjectOf(pull));
    expect(on(first).at(-1)).toBe("sallyport failure");
    expect(on(pull.headSha)).toEqual(["sallyport success"]);
  });
});

describe("a base that moves after green", () => {
  test.each(["main", "release"])("%s is read again: sums are those of what would land", async (base) => {
    const { shop, person, settled, on } = await served(pool);
    shop.commit("more", { by: person, files: { "k8s/staging/search/deployment.yaml": pods("search", 8) } });
    const pull = shop.openPullRequest({ head: "more", by: person, base });
    await settled();
    const name = base === "main" ? "sallyport" : "sallyport: release";
    expect(on(pull.headSha)).toEqual([`${name} success`]);
    shop.commit(base, { by: person, files: { "k8s/staging/payment/deployment.yaml": pods("payment", 28) } });
    await settled();
    expect(on(pull.headSha)).toEqual([`${name} success`, `${name} action_required`]);
  });

  test("also for what lands on it through a stack", async () => {
    const { shop, person, settled, on } = await served(pool);
    shop.commit("low", { by: person, files: { "README.md": "# The shop\n" }, from: "release" });
    const low = shop.openPullRequest({ head: "low", by: person, base: "release" });
    shop.commit("more", {
      by: person,
      files: { "k8s/staging/search/deployment.yaml": pods("search", 8) },
      from: "low",
    });
    const pull = shop.openPullRequest({ head: "more", by: person, base: "low" });
    shop.stack(person, low, pull);
    await settled();
    expect(on(pull.headSha).at(-1)).toBe("sallyport: release success");
    shop.commit("release", { by: person, files: { "k8s/staging/payment/deployment.yaml": pods("payment", 28) } });
    await settled();
    expect(on(pull.headSha).at(-1)).toBe("sallyport: release action_required");
  });
});
