// The demo: the incidents that Sallyport exists for, end to end. A fake GitHub, the real service, pull requests opened through the
// API as agents open them, and the check runs as their readers get them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { terminalEnvironment } from "./config.ts";
import { type Outcome, outcomeOf, perform } from "./sim/demo/perform.ts";
import { closing, opening, outcomeLine, scene } from "./sim/demo/show.ts";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: "boolean" }, json: { type: "boolean" } } });
  const json = values.json === true;
  const say = (text: string): void => {
    if (!json) process.stdout.write(text);
  };
  const colour = terminalEnvironment().colour && process.stdout.isTTY;
  const home = mkdtempSync(join(tmpdir(), "sallyport-demo-"));
  const performance = await perform(home);
  const { incidents, stage, service } = performance;
  try {
    say(opening(incidents.length, colour));
    const outcomes: Outcome[] = [];
    for (const incident of incidents) {
      const played = await performance.play(incident);
      const outcome = outcomeOf(incident, played);
      outcomes.push(outcome);
      if (json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
      const report = join(home, `${incident.id}.md`);
      writeFileSync(report, played.arrived.report);
      say(scene(incident, played, values.once === true ? null : report, colour));
    }
    say(outcomes.map((outcome) => outcomeLine(outcome, colour)).join(""));
    const right = outcomes.every((outcome) => outcome.right);
    if (values.once !== true && right) {
      say(closing({ service, github: stage.github.url, token: stage.agents.codex.token, reports: home }));
      await interrupted();
    }
    return right ? 0 : 1;
  } finally {
    await performance.end();
    rmSync(home, { recursive: true });
  }
}

function interrupted(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("SIGINT", () => resolve());
  process.once("SIGTERM", () => resolve());
  return promise;
}

process.exitCode = await main();
