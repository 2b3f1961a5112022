import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { outcomeOf, perform } from "../src/sim/demo/perform.ts";

// .ci/run plays all of them; these two are those for which the clock is moved on by a day.
test("the demo's clock turns what waits for staging, and its report names the pull request that went there first", {
  timeout: 120_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), "sallyport-demo-test-"));
  const performance = await perform(home);
  onTestFinished(async () => {
    await performance.end();
    rmSync(home, { recursive: true });
  });
  const reports: string[] = [];
  for (const incident of performance.incidents.filter(({ id }) => id === "I02" || id === "I05")) {
    const played = await performance.play(incident);
    const outcome = outcomeOf(incident, played);
    expect(outcome).toMatchObject({ steps: outcome.expectedSteps, right: true });
    reports.push(played.arrived.report);
  }
  expect(reports[0]).toContain("the same values, brought by pull request 1, live since");
  expect(reports[1]).toContain("one merge reaches `production` and `staging`");
});
