// The demo: the incidents that Sallyport exists for, end to end. A fake GitHub, the real service, pull requests opened through the
// API as agents open them, and the check runs as their readers get them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Service, start } from "./main.ts";
import { realParts } from "./parts.ts";
import { webhookPath } from "./server/http.ts";
import { type DemoClock, demoClock } from "./sim/demo/clock.ts";
import { play } from "./sim/demo/play.ts";
import { setStage, type Stage } from "./sim/demo/stage.ts";
import { closing, opening, outcomeLine, scene } from "./sim/demo/show.ts";
import { loadIncidents } from "./sim/incidents.ts";
import { terminalEnvironment } from "./config.ts";

const secret = "a secret of the demo";
const adminToken = "the token of whoever runs the demo".replaceAll(" ", "-");

/** The outcome of one incident, as `--json` prints it. */
interface Outcome {
  readonly incident: string;
  readonly expected: string;
  readonly verdict: string;
  readonly rules: readonly string[];
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: "boolean" }, json: { type: "boolean" } } });
  const json = values.json === true;
  const say = (text: string): void => {
    if (!json) process.stdout.write(text);
  };
  const colour = terminalEnvironment().colour && process.stdout.isTTY;
  const { base, incidents: all } = loadIncidents();
  // Nobody on the stage runs workflows, which is how a plan proves where it comes from.
  const incidents = all.filter(({ plan }) => plan === null);
  const home = mkdtempSync(join(tmpdir(), "sallyport-demo-"));
  const clock = demoClock(Date.parse(incidents[0]?.at ?? ""));
  const stage = await setStage(base, secret, clock);
  const service = await serve(stage, clock, join(home, "demo.db"));
  const theatre = { stage, clock, service: service.url, adminToken };
  try {
    say(opening(incidents.length, colour));
    const outcomes: Outcome[] = [];
    let right = true;
    for (const incident of incidents) {
      const played = await play(incident, theatre);
      const { arrived } = played;
      const rules = [...new Set(arrived.verdict.findings.map(({ rule }) => rule))].toSorted();
      const { verdict } = arrived.verdict;
      const { expected } = incident;
      const missed = expected.rules.filter((rule) => !rules.includes(rule));
      right &&= verdict === expected.verdict && missed.length === 0;
      outcomes.push({ incident: incident.id, expected: expected.verdict, verdict, rules });
      if (json) process.stdout.write(`${JSON.stringify(outcomes.at(-1))}\n`);
      const report = join(home, `${incident.id}.md`);
      writeFileSync(report, arrived.report);
      say(scene(incident, played, values.once === true ? null : report, colour));
    }
    say(outcomes.map((outcome) => outcomeLine(outcome, colour)).join(""));
    if (values.once !== true && right) {
      say(closing({ service: service.url, github: stage.github.url, token: stage.agents.codex.token, reports: home }));
      await interrupted();
    }
    return right ? 0 : 1;
  } finally {
    await service.stop();
    await stage.github.stop();
    rmSync(home, { recursive: true });
  }
}

async function serve({ github, app, acme }: Stage, clock: DemoClock, path: string): Promise<Service> {
  const config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: secret,
    enforcer: null,
    store: { kind: "sqlite", path },
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl: null,
    adminToken,
    signalsSecret: null,
    logLevel: "silent",
  } as const;
  const parts = realParts(config);
  const service = await start(config, { ...parts, clock: { ...parts.clock, now: () => clock.now() } });
  app.deliverTo(service.url + webhookPath);
  app.install(acme);
  return service;
}

function interrupted(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("SIGINT", () => resolve());
  process.once("SIGTERM", () => resolve());
  return promise;
}

process.exitCode = await main();
