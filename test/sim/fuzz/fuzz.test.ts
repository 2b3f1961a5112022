// A small part of `npm run fuzz` at every run of the tests, and whether it would find anything at all.
import { describe, expect, test } from "vitest";
import type { Facts, ReviewFacts } from "../../../src/core/facts.ts";
import { shrink, wage } from "../../../src/sim/fuzz/campaign.ts";
import { step } from "../../../src/sim/fuzz/plot.ts";
import type { Screenplay } from "../../../src/sim/fuzz/screenplay.ts";
import { deployment, deploymentPath, shop } from "../../../src/sim/fuzz/shop.ts";
import type { Distortion } from "../../../src/sim/fuzz/theatre.ts";
import { playWatched } from "../../../src/sim/fuzz/watched.ts";
import type { Step } from "../../../src/sim/scenario/acts.ts";

const events = 30;
const seed = String(Date.now());
const watched = Array.from({ length: 12 }, (_, index) => index);

test(`nothing is let through that must not be, and no disorder of webhooks changes how it ends (seed ${seed})`, async () => {
  const { failures, tally } = await wage({ seed, watched, disordered: [0], events });
  const told = failures.map(
    ({ told: text, name }) => `${text}\nAgain: npm run fuzz -- --seed ${seed} --only "${name}"`,
  );
  expect(told.join("\n\n")).toBe("");
  expect(tally.steps).toBeGreaterThanOrEqual(watched.length * events);
});

const on = "b1";
const opened = step("open", { open: on, by: "Copilot", files: { [deploymentPath]: deployment(4, 1) }, commit: "c1" });
const started = step("start_agent", { start_agent: "person-a", on });
const approve = (login: string): Step => step("approve", { approve: login, on });
const agreed = [opened, started, approve("person-b"), approve("person-c")];
const play = (...steps: readonly Step[]): Screenplay => ({ setting: shop("oversight"), steps });

/** What a service would believe that overlooks something, and a play in which that lets something through. */
const oversights: readonly (readonly [string, Distortion, Screenplay])[] = [
  [
    "requests for changes",
    withReviews((reviews) => reviews.filter(({ state }) => state !== "CHANGES_REQUESTED")),
    play(...agreed, step("request_changes", { request_changes: "person-d", on })),
  ],
  [
    "dismissals of approvals",
    withReviews((reviews) => reviews.map((review) => ({ ...review, ...(review.dismissal === null ? {} : approved) }))),
    play(...agreed, step("dismiss", { dismiss: "person-b", by: "person-d", on })),
  ],
  [
    "permissions that were taken away",
    (facts) => ({ ...facts, people: facts.people.map((one) => ({ ...one, permission: "write" })) }),
    play(...agreed, step("permit", { permit: "person-b", role: "read" })),
  ],
  [
    "what was approved, and at which commit",
    (facts) => ({ ...facts, change: { ...facts.change, files: [] }, landing: null }),
    play(
      ...agreed,
      step("push", { push: on, by: "Copilot", refused: undefined, files: { [deploymentPath]: deployment(5, 1) } }),
    ),
  ],
  [
    "who wrote the commits",
    (facts) => ({ ...facts, commits: [], pullRequest: { ...facts.pullRequest, lastPusher: facts.pullRequest.author } }),
    play(
      opened,
      started,
      step("push", { push: on, by: "person-b", refused: undefined, files: { "notes/1.md": "1\n" } }),
      approve("person-b"),
      approve("person-c"),
    ),
  ],
  [
    "that an agent has armed auto-merge",
    (facts) => ({ ...facts, pullRequest: { ...facts.pullRequest, autoMergeArmedBy: null } }),
    play(
      opened,
      started,
      step("arm", { arm: "Copilot", on, refused: undefined }),
      approve("person-b"),
      approve("person-c"),
    ),
  ],
];

describe("the oracle finds a service that overlooks", () => {
  test.each(oversights)("%s", async (_, distort, screenplay) => {
    expect((await playWatched(screenplay, distort)).wrong).not.toBeNull();
    expect((await playWatched(screenplay)).wrong).toBeNull();
  });
});

test("what went wrong is told with the few steps that it takes", async () => {
  const blind: Distortion = (facts) => ({ ...facts, change: { ...facts.change, files: [] }, landing: null });
  const aside = ["1", "2", "3"].map((content) =>
    step("push", { push: "main", by: "acme", refused: undefined, files: { "docs/a.md": content } }),
  );
  const long = play(...aside, ...agreed, ...aside);
  const smallest = await shrink(
    long,
    await playWatched(long, blind),
    async (shorter) => await playWatched(shorter, blind),
  );
  expect(smallest.ending.wrong?.pull).toBe(on);
  expect(smallest.play.steps.map(({ act }) => act)).toEqual(["open", "start_agent", "approve"]);
});

const approved = { state: "APPROVED", dismissal: null } as const;

function withReviews(change: (reviews: readonly ReviewFacts[]) => readonly ReviewFacts[]): (facts: Facts) => Facts {
  return (facts) => ({ ...facts, reviews: change(facts.reviews) });
}
