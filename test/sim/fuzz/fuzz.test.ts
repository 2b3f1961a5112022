// A small part of `npm run fuzz` at every run of the tests, and whether it would find anything at all.
import { describe, expect, test } from "vitest";
import type { Facts } from "../../../src/core/facts.ts";
import { shrink, wage } from "../../../src/sim/fuzz/campaign.ts";
import { screenplay } from "../../../src/sim/fuzz/screenplay.ts";
import type { Distortion } from "../../../src/sim/fuzz/theatre.ts";
import { playWatched } from "../../../src/sim/fuzz/watched.ts";

const events = 30;
const seed = String(Date.now());

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

test(`nothing is let through that must not be, and no disorder of webhooks changes how it ends (seed ${seed})`, async () => {
  const { failures, tally } = await wage({ seed, watched: upTo(15), disordered: upTo(2), events });
  const told = failures.map(
    (failure) => `${failure.told}\nAgain: npm run fuzz -- --seed ${seed} --only "${failure.name}"`,
  );
  expect(told.join("\n\n")).toBe("");
  expect(tally.steps).toBeGreaterThanOrEqual(15 * events);
  expect(tally.greens).toBeGreaterThan(0);
});

/** What a service would believe that overlooks something. */
const oversights: readonly (readonly [string, Distortion])[] = [
  ["requests for changes", (facts) => reviewed(facts, ({ state }) => state !== "CHANGES_REQUESTED")],
  ["dismissals of approvals", forgetDismissals],
  ["lost permissions", (facts) => ({ ...facts, people: facts.people.map((one) => ({ ...one, permission: "write" })) })],
  [
    "on which commit was approved",
    (facts) => ({ ...facts, reviews: facts.reviews.map((review) => ({ ...review, commitSha: facts.head.sha })) }),
  ],
  ["who wrote the commits", (facts) => ({ ...facts, commits: [] })],
];

describe("the oracle finds a service that overlooks", () => {
  test.each(oversights)("%s", async (_, distort) => {
    // How soon it is found is a matter of luck, the same at every run; far fewer plays than `npm run fuzz` has.
    for (const index of upTo(200)) {
      const { wrong } = await playWatched(screenplay(`oversight/${index}`, events), distort);
      if (wrong !== null) return;
    }
    expect.fail("200 plays found nothing");
  });
});

test("what went wrong is told with the few steps that it takes", async () => {
  const blind: Distortion = (facts) => ({ ...facts, change: { ...facts.change, files: [] }, landing: null });
  const play = screenplay("shrink/0", events);
  const ending = await playWatched(play, blind);
  expect(ending.wrong).not.toBeNull();
  const smallest = await shrink(play, ending, async (shorter) => await playWatched(shorter, blind));
  expect(smallest.ending.wrong).not.toBeNull();
  expect(smallest.play.steps.length).toBeLessThan(6);
});

function reviewed(facts: Facts, keep: (review: Facts["reviews"][number]) => boolean): Facts {
  return { ...facts, reviews: facts.reviews.filter(keep) };
}

function forgetDismissals(facts: Facts): Facts {
  const reviews = facts.reviews.map((review) =>
    review.dismissal?.was === "APPROVED" ? { ...review, state: "APPROVED" as const, dismissal: null } : review,
  );
  return { ...facts, reviews };
}
