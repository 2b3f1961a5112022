import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Service, start } from "../../main.ts";
import { realParts } from "../../parts.ts";
import { webhookPath } from "../../server/http.ts";
import { isDeepStrictEqual } from "node:util";
import { type Incident, loadIncidents } from "../incidents.ts";
import { type DemoClock, demoClock } from "./clock.ts";
import { deployToStaging } from "./deploy.ts";
import { play } from "./play.ts";
import { setStage, type Stage } from "./stage.ts";
import type { Played, Theatre } from "./theatre.ts";

const secret = "a secret of the demo";
const adminToken = "the token of whoever runs the demo".replaceAll(" ", "-");
const dayMs = 86_400_000;

/** What came of one incident, and what should have come of it: the verdicts on the way to its check run, that of it, and those after it. */
export interface Outcome {
  readonly incident: string;
  readonly expected: string;
  readonly verdict: string;
  readonly rules: readonly string[];
  readonly expectedSteps: readonly string[];
  readonly steps: readonly string[];
  /** Whether all of that, and every rule that should have reported, is as it should be. */
  readonly right: boolean;
}

/** The incidents on a stage of their own. */
export interface Performance {
  readonly incidents: readonly Incident[];
  readonly stage: Stage;
  /** Where the service listens. */
  readonly service: string;
  /** Plays one of them, in the order of `incidents`. Throws where something on the way does not come. */
  play(incident: Incident): Promise<Played>;
  end(): Promise<void>;
}

/**
 * Sets the stage: the fake GitHub, and the real service, which judges in processes of its own.
 * @param home a folder for the service's store
 */
export async function perform(home: string): Promise<Performance> {
  const { base, incidents: all } = loadIncidents();
  // Nobody on the stage runs workflows, which is how a plan proves where it comes from.
  const incidents = all.filter(({ plan }) => plan === null);
  // What staging runs when the first of them comes has run there for a day.
  const clock = demoClock(Date.parse(incidents[0]?.at ?? "") - dayMs);
  const stage = await setStage(base, secret, clock);
  deployToStaging(stage);
  const service = await serve(stage, clock, join(home, "demo.db"));
  const settled = async (): Promise<void> => {
    do await stage.github.deliveries.flush();
    while ((await service.composed.loop.runDue()) > 0);
  };
  const forwardTo = async (ms: number): Promise<void> => {
    await settled();
    clock.forwardTo(ms);
    await settled();
  };
  await introduced(service);
  const theatre: Theatre = {
    stage,
    clock: { now: () => clock.now(), forwardTo },
    service: service.url,
    adminToken,
    settled,
  };
  return {
    incidents,
    stage,
    service: service.url,
    play: async (incident) => await play(incident, theatre),
    end: async () => {
      await service.stop();
      await stage.github.stop();
    },
  };
}

const introductionMs = 10_000;

/** Resolves once GitHub has shown the service its clock, and the service has asked for what it may have missed. */
async function introduced({ composed }: Service): Promise<void> {
  while (composed.app.skewMs() === null) await pause(10);
  await composed.redeliver(AbortSignal.timeout(introductionMs));
}

/** Compares what was seen of an incident with what it expects. */
export function outcomeOf({ id, expected }: Incident, { arrived, before, after }: Played): Outcome {
  const { verdict, findings } = arrived.verdict;
  const rules = [...new Set(findings.map(({ rule }) => rule))].toSorted();
  const steps = [...before.map((step) => step.verdict), verdict, ...after.map((step) => step.verdict)];
  const expectedSteps = [...expected.before, expected.verdict, ...expected.after];
  const right = isDeepStrictEqual(steps, expectedSteps) && expected.rules.every((rule) => rules.includes(rule));
  return { incident: id, expected: expected.verdict, verdict, rules, expectedSteps, steps, right };
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
    helm: null,
  } as const;
  const parts = realParts(config);
  const service = await start(config, { ...parts, clock: { ...parts.clock, now: () => clock.now() } });
  app.deliverTo(service.url + webhookPath);
  app.install(acme);
  return service;
}
