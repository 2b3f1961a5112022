// A small part of `npm run fuzz` at every run of the tests, and whether it would find anything at all.
import { nothingWritten } from "../../../src/core/facts-written.ts";
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
const watched = Array.from({ length: 8 }, (_, index) => index);

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
const lifts = step("comment", {
  comment: "/sallyport override {head} k8s-replicas-over-limit agreed",
  by: "person-d",
  on,
});
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
  [
    "which head an override named",
    (facts) => ({
      ...facts,
      decided: {
        ...facts.decided,
        overrides: facts.decided.overrides.map((override) => ({ ...override, headSha: facts.head.sha })),
      },
      publications: facts.publications.map((report) => ({ ...report, headSha: facts.head.sha })),
    }),
    play(
      step("open", { open: on, by: "Copilot", files: { [deploymentPath]: deployment(40, 1) }, commit: "c1" }),
      started,
      lifts,
      step("push", { push: on, by: "Copilot", refused: undefined, files: { "notes/1.md": "1\n" } }),
      approve("person-b"),
      approve("person-c"),
    ),
  ],
];

const together = {
  ...shop("together", { grouping: "ALLGREEN", at_least: 2 }),
  policy: {
    version: 1,
    layout: ["k8s/{environment}/{service}/**"],
    environments: { staging: { tier: "staging" } },
    capacity: [{ name: "general", environments: ["staging"], memory: "9Gi" }],
  },
  files: { "README.md": "# Shop\n", ...pools(3, 3) },
};
const queue = (name: string, files: Readonly<Record<string, string>>): readonly Step[] => [
  step("open", { open: name, by: "person-a", files }),
  step("enqueue", { enqueue: "person-a", on: name, refused: undefined }),
];

test.each(["ALLGREEN", "HEADGREEN"] as const)(
  "the oracle finds a service that overlooks what a merge group comes to together (%s)",
  async (grouping) => {
    const setting = { ...together, gates: shop("together", { grouping, at_least: 2 }).gates };
    const more = [...queue("b1", pools(5, 3)), ...queue("b2", pools(3, 5))];
    const screenplay = { setting, steps: more };
    const apart: Distortion = (facts) => ({ ...facts, landing: null });
    expect((await playWatched(screenplay, apart)).wrong?.because).toContain("it merged by itself");
    expect((await playWatched(screenplay)).wrong).toBeNull();
  },
);

describe("the oracle finds a service that overlooks", () => {
  test.each(oversights)("%s", async (_, distort, screenplay) => {
    expect((await playWatched(screenplay, distort)).wrong).not.toBeNull();
    expect((await playWatched(screenplay)).wrong).toBeNull();
  });
});

test("what went wrong is told with the few steps that it takes", async () => {
  const blind: Distortion = (facts) => ({
    ...facts,
    change: { ...facts.change, files: [] },
    landing: null,
    written: nothingWritten,
  });
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

/** Two services whose pods share one capacity; each pod takes one gibibyte. */
function pools(...replicas: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    replicas.map((count, index) => [
      `k8s/staging/pool-${index}/deployment.yaml`,
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: pool-${index} }
spec:
  replicas: ${count}
  template: { spec: { containers: [{ name: pool, resources: { limits: { memory: 1Gi } } }] } }
`,
    ]),
  );
}

const approved = { state: "APPROVED", dismissal: null } as const;

function withReviews(change: (reviews: readonly ReviewFacts[]) => readonly ReviewFacts[]): (facts: Facts) => Facts {
  return (facts) => ({ ...facts, reviews: change(facts.reviews) });
}
