import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { outcomeOf, perform } from "../src/sim/demo/perform.ts";

// .ci/run plays all of them; these two are those for which the clock is moved on by a day.
test("the demo's clock turns what waits for staging, and nothing else does", { timeout: 120_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), "sallyport-demo-test-"));
  const performance = await perform(home);
  onTestFinished(async () => {
    await performance.end();
    rmSync(home, { recursive: true });
  });
  for (const incident of performance.incidents.filter(({ id }) => id === "I02" || id === "I05")) {
    const outcome = outcomeOf(incident, await performance.play(incident));
    expect(outcome).toMatchObject({ steps: outcome.expectedSteps, right: true });
  }
});
