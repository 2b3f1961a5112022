import { expect, it } from "vitest";
import type { Bake } from "../../../src/core/bake/bake.ts";
import { bakeSection, clockSection } from "../../../src/core/report/bake.ts";
import { evaluation } from "./evaluations.ts";

const startMs = Date.UTC(2026, 1, 9, 9, 14, 7);
const since = { atMs: startMs, sha: "77ab310".padEnd(40, "0"), id: 190042, by: "run 8812 of `deploy.yml` on `main`" };
const running: Bake = {
  id: "bake:production:staging:payment",
  environment: "production",
  where: "staging",
  service: "payment",
  forMs: 86_400_000,
  paths: ["k8s/production/payment/values.yaml"],
  twins: ["k8s/staging/payment/values.yaml"],
  baked: { kind: "running", since, readyMs: startMs + 86_400_000 },
  because: null,
  merged: true,
  ticks: [{ ...since, effect: "starts" }],
  broughtBy: null,
  unproved: { id: 190041, because: "no job of a workflow carries it" },
};
const timezone = "Europe/Berlin";

it("what was matched is told with the deployment that proves it, since when, and what does not count", () => {
  expect(bakeSection(evaluation({ bakes: [running], timezone }))).toMatchInlineSnapshot(`
    "### What was matched

    | This change | Where it bakes | Found |
    |---|---|---|
    | \`k8s/production/payment/values.yaml\` → \`production\` | \`staging\`: \`k8s/staging/payment/values.yaml\` | the same values, live since Mon 9 Feb 2026, 09:14 UTC (10:14 Europe/Berlin) with deployment 190042 of 77ab310, run 8812 of \`deploy.yml\` on \`main\`; deployment 190041 does not count: no job of a workflow carries it |

    **Why it matters.** What a day elsewhere shows is what tests do not: leaks, slow queries, the nightly jobs. A push that brings other values starts over; a rebase does not."
  `);
});

it("the pull request that brought it there is named where it is known", () => {
  const section = bakeSection(evaluation({ bakes: [{ ...running, broughtBy: 412 }], timezone }));
  expect(section).toContain("the same values, brought by pull request 412, live since Mon 9 Feb 2026, 09:14 UTC");
  const undeployed: Bake = { ...running, broughtBy: 412, baked: { kind: "never" }, unproved: null };
  expect(bakeSection(evaluation({ bakes: [undeployed], timezone }))).toContain(
    "the same values, brought by pull request 412, are merged and have never been live",
  );
});

it("the clock is told by the moments that moved it, and the one at which it is over", () => {
  expect(clockSection(evaluation({ bakes: [running], timezone }))).toMatchInlineSnapshot(`
    "<details><summary>Clock</summary>

    | When | What | Effect |
    |---|---|---|
    | Mon 9 Feb 2026, 09:14 UTC (10:14 Europe/Berlin) | \`staging\`: deployment 190042 of \`77ab310\`, run 8812 of \`deploy.yml\` on \`main\` | the clock starts |
    | Tue 10 Feb 2026, 09:14 UTC (10:14 Europe/Berlin) | long enough | the verdict is looked at again, without an event |
    </details>"
  `);
});

it("what cannot be known is said, and nothing is said where nothing bakes", () => {
  const unknown: Bake = {
    ...running,
    baked: null,
    because: "GitHub does not let this app read its deployments",
    ticks: [],
  };
  expect(bakeSection(evaluation({ bakes: [unknown] }))).toContain(
    "not known: GitHub does not let this app read its deployments",
  );
  expect([bakeSection(evaluation({})), clockSection(evaluation({ bakes: [unknown] }))]).toEqual(["", ""]);
});
