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
  for (const id of ["I02", "I05"]) {
    const incident = performance.incidents.find((one) => one.id === id);
    if (incident === undefined) throw new Error(`There is no incident ${id}.`);
    const played = await performance.play(incident);
    const outcome = outcomeOf(incident, played);
    expect(outcome).toMatchObject({ steps: outcome.expectedSteps, right: true });
    if (id === "I02") expect(played.arrived.report).toContain("the same values, brought by pull request 1, live since");
  }
});
