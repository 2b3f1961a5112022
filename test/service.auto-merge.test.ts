// Auto-merge on an agent's pull request never lets it merge by itself, however early it was armed.
import { expect, test } from "vitest";
import { scene } from "./service.ts";

/** An agent's pull request that merges as soon as the check is green, with two people who may approve it. */
async function armable() {
  const given = await scene("sqlite");
  const { github, app, acme, shop, agent, serve } = given;
  const reviewers = ["person-b", "person-c"].map((login) => {
    const reviewer = github.user(login);
    acme.member(reviewer);
    shop.grant(reviewer, "write");
    return reviewer;
  });
  const { settled } = await serve();
  app.install(acme.account);
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  shop.commit("copilot/words", { by: agent, files: { "README.md": "# The shop\n" } });
  const pull = shop.openPullRequest({ head: "copilot/words", by: agent, title: "Words" });
  const approve = async () => {
    await settled();
    for (const reviewer of reviewers) pull.review(reviewer, "approve");
    await settled();
  };
  return { ...given, settled, pull, approve, reviewers };
}

test("what an agent armed before the gate has spoken does not merge, and a person takes it back", async () => {
  const { agent, person, pull, approve, settled } = await armable();
  pull.armAutoMerge(agent);
  await approve();
  expect(pull.checkRuns().at(-1)).toMatchObject({ conclusion: "action_required" });
  expect(pull.checkRuns().at(-1)?.output?.summary).toContain("on, armed by `Copilot`");
  expect(pull.state.state).toBe("open");
  pull.disarmAutoMerge(person);
  await settled();
  expect(pull.checkRuns().at(-1)).toMatchObject({ conclusion: "success" });
  expect(pull.state).toMatchObject({ state: "open", merged: null });
});

test("what a person armed merges once it is green", async () => {
  const { person, pull, approve } = await armable();
  pull.armAutoMerge(person);
  await approve();
  expect(pull.state.state).toBe("closed");
  expect(pull.checkRuns().at(-1)).toMatchObject({ conclusion: "success" });
});
