import type { Incident } from "../incidents.ts";
import { approve, arm, close, disarm, merge, type Opened, openAsAgent } from "./agent.ts";
import { deployToStaging } from "./deploy.ts";
import { type Played, type Step, stepOf, type Theatre } from "./theatre.ts";
import { type Arrived, awaitCheckRun } from "./watch.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Nobody reads for longer than this. */
const readingMs = 10 * minuteMs;
/** As long as it takes until what was merged is to be deployed. */
const mergedBeforeMs = 5 * minuteMs;

const merger = "person-b";

/** The same change was merged to staging just before: it waits until that has run there for a day, and the clock is moved on by that. */
export async function waitsForStaging(incident: Incident, theatre: Theatre): Promise<Played> {
  const { stage, clock } = theatre;
  const deployedMs = Date.parse(incident.deployed_at ?? incident.at);
  const twin = { ...incident, files: incident.twin, title: incident.title.replace("production", "staging"), body: "" };
  await clock.forwardTo(deployedMs - mergedBeforeMs - readingMs);
  const first = await openAsAgent(twin, stage, "staging");
  const green = await approved(first, theatre, ({ verdict }) => verdict.verdict === "allow");
  const before = [stepOf(`#${first.number} "${twin.title}" by ${incident.agent} is approved.`, green, theatre)];
  await merge(first, merger, stage);

  const opened = await openAsAgent(incident, stage, "production");
  await arm(opened, incident.agent, stage);
  const isArmed = ({ verdict }: Arrived): boolean => verdict.requirements.some(({ kind }) => kind === "auto_merge");
  const undeployed = await awaitCheckRun(opened, stage, isArmed);
  const deed = `${merger} merges it. The agent opens #${opened.number}, the same for production, and sets it to merge by itself.`;
  before.push(stepOf(deed, undeployed, theatre));

  await clock.forwardTo(deployedMs);
  deployToStaging(stage);
  await clock.forwardTo(Date.parse(incident.at));
  for (const login of incident.approved_by) await approve(opened, login, stage);
  const arrived = await awaitCheckRun(opened, stage, runsInStaging);
  const atMs = clock.now();
  const after = await aDayPasses(opened, deployedMs, theatre);
  await disarm(opened, merger, stage);
  const lifted = await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict !== "hold");
  after.push(stepOf(`${merger} switches auto-merge off, and merges.`, lifted, theatre));
  await merge(opened, merger, stage);
  return { number: opened.number, atMs, arrived, before, after };
}

/** What was held because one merge would reach both is split: staging first, and production once that has run there for a day. */
export async function isSplit(incident: Incident, held: Opened, theatre: Theatre): Promise<readonly Step[]> {
  const { stage, clock } = theatre;
  const { split, agent, title } = incident;
  await close(held, agent, stage);
  const toStaging = await openAsAgent({ ...incident, files: split.staging, title: `${title}, in staging` }, stage, "1");
  const green = await approved(toStaging, theatre, ({ verdict }) => verdict.verdict === "allow");
  const splits = `The agent closes it and opens #${toStaging.number}: staging moves to a new version of the module, production stays on the old one. It is approved.`;
  const steps = [stepOf(splits, green, theatre)];
  await merge(toStaging, merger, stage);
  deployToStaging(stage);
  const deployedMs = clock.now();

  const follows = { ...incident, files: split.production, title: `${title}, in production` };
  const toProduction = await openAsAgent(follows, stage, "2");
  const waiting = await approved(toProduction, theatre, runsInStaging);
  const second = `${merger} merges it, and deploy.yml brings it to staging. #${toProduction.number} moves production to the same version, and is approved.`;
  steps.push(stepOf(second, waiting, theatre));
  steps.push(...(await aDayPasses(toProduction, deployedMs, theatre)));
  await merge(toProduction, merger, stage);
  return steps;
}

/** A day after the deployment, on which no webhook is delivered: whatever the check says then, it says by itself. */
async function aDayPasses(opened: Opened, deployedMs: number, theatre: Theatre): Promise<Step[]> {
  const { stage, clock } = theatre;
  const steps: Step[] = [];
  await theatre.settled();
  stage.github.deliveries.hold();
  for (const [hours, wanted] of [
    [23, ({ verdict }: Arrived) => verdict.verdict === "wait"],
    [24, ({ verdict }: Arrived) => verdict.verdict !== "wait"],
  ] as const) {
    await clock.forwardTo(deployedMs + hours * hourMs + minuteMs);
    const seen = await awaitCheckRun(opened, stage, wanted);
    steps.push(stepOf(`The clock moves on to ${hours} h after the deployment. Nobody does anything.`, seen, theatre));
  }
  stage.github.deliveries.release();
  return steps;
}

/** Approves as everybody else, once they have had the time to read the report. */
async function approved(
  opened: Opened,
  { stage, clock }: Theatre,
  wanted: (arrived: Arrived) => boolean,
): Promise<Arrived> {
  await awaitCheckRun(opened, stage);
  await clock.forwardTo(clock.now() + readingMs);
  for (const login of stage.reviewers) await approve(opened, login, stage);
  return await awaitCheckRun(opened, stage, wanted);
}

/** Nothing is missing but the rest of its day. */
function runsInStaging({ verdict }: Arrived): boolean {
  return (
    verdict.verdict === "wait" && verdict.requirements.some(({ kind, until }) => kind === "bake" && until !== null)
  );
}
