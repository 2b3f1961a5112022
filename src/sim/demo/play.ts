import { haltsAnswer, haltsPath, liftPath } from "../../server/halts.ts";
import { type Incident, slicesOf } from "../incidents.ts";
import { approve, type Opened, openAsAgent, openHeads } from "./agent.ts";
import type { DemoClock } from "./clock.ts";
import type { Stage } from "./stage.ts";
import { type Arrived, awaitCheckRun } from "./watch.ts";

/** What an incident is played with. */
export interface Theatre {
  readonly stage: Stage;
  readonly clock: DemoClock;
  /** Where the service listens, and the token of whoever runs it. */
  readonly service: string;
  readonly adminToken: string;
}

/** What came of an incident: the check run, and what was seen on the way to it and after it, as sentences. */
export interface Played {
  readonly number: number;
  readonly arrived: Arrived;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Nobody reads for longer than this. */
const readingMs = 10 * 60_000;

/** Plays an incident to its check run. Throws where something on the way to it does not come. */
export async function play(incident: Incident, theatre: Theatre): Promise<Played> {
  const before = incident.earlier.size === 0 ? [] : await turnsRed(incident, theatre);
  theatre.clock.forwardTo(Date.parse(incident.at));
  const told: string[] = [];
  let last: { readonly opened: Opened; readonly arrived: Arrived } | null = null;
  for (const [index, slice] of slicesOf(incident).entries()) {
    const opened = await openAsAgent(slice, theatre.stage, incident.slices ? `${index + 1}` : "");
    const arrived = await settled(slice, opened, theatre);
    if (incident.slices)
      told.push(`#${opened.number} is approved by ${incident.approved_by.join(" and ")}: ${arrived.verdict.verdict}.`);
    last = { opened, arrived };
  }
  if (last === null) throw new Error(`${incident.id} changes nothing.`);
  if (incident.halted !== null) return await halted(incident.halted, last.opened, theatre);
  return { number: last.opened.number, arrived: last.arrived, before: [...before, ...told], after: [] };
}

/** The check run once it says all that it can: where people approve it, after they have. */
async function settled(incident: Incident, opened: Opened, { stage }: Theatre): Promise<Arrived> {
  const first = await awaitCheckRun(opened, stage);
  if (incident.approved_by.length === 0) return first;
  for (const login of incident.approved_by) await approve(opened, login, stage);
  return await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict !== "hold");
}

/** Another change, which people approved: green until the freeze begins, and red from then on, without anybody doing anything. */
async function turnsRed(incident: Incident, { stage, clock }: Theatre): Promise<readonly string[]> {
  const change = { ...incident, files: incident.earlier, removed: [], title: "Roll out notifications 1.4.3", body: "" };
  const opened = await openAsAgent(change, stage, "earlier");
  await awaitCheckRun(opened, stage);
  clock.forwardTo(clock.now() + readingMs);
  for (const login of stage.reviewers) await approve(opened, login, stage);
  const green = await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict === "allow");
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  clock.forwardTo(Date.parse(incident.at));
  const red = await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict === "block");
  return [
    `#${opened.number} "${change.title}" was approved and green on ${day}: ${green.title}.`,
    `The clock passes the beginning of the freeze, and nobody does anything: ${red.title}.`,
  ];
}

/** One order over HTTP stops all of them, until another lifts it. */
async function halted(reason: string, opened: Opened, theatre: Theatre): Promise<Played> {
  const { stage } = theatre;
  const isStopped = ({ verdict }: Arrived): boolean => verdict.requirements.some(({ kind }) => kind === "halt");
  const ids = await order(
    haltsPath,
    { where: { kind: "everywhere" }, stops: "agents", reason, by: "person-d" },
    theatre,
  );
  const arrived = await awaitCheckRun(opened, stage, isStopped);
  const heads = await openHeads(stage);
  for (const head of heads) await awaitCheckRun(head, stage, ({ conclusion }) => conclusion !== "success");
  const [reviewer = ""] = stage.reviewers;
  await approve(opened, reviewer, stage);
  const still = await awaitCheckRun(opened, stage, isStopped);
  await order(liftPath, { halts: ids, reason: "the agent is repaired", by: "person-d" }, theatre);
  const lifted = await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict === "allow");
  return {
    number: opened.number,
    arrived,
    before: [`#${opened.number} was approved and green, until person-d halted all agents with one request.`],
    after: [
      `Of ${heads.length} open pull requests of agents none is green. One more approval changes nothing: ${still.verdict.verdict}.`,
      `person-d lifts the halt and says why: ${lifted.verdict.verdict}.`,
    ],
  };
}

async function order(path: string, body: object, { service, adminToken }: Theatre): Promise<readonly string[]> {
  const answer = await fetch(new URL(path, service), {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Cannot order ${path}: ${answer.status} ${await answer.text()}`);
  return haltsAnswer.parse(await answer.json()).halts.map(({ id }) => id);
}
