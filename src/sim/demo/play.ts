import { haltsAnswer, haltsPath, liftPath } from "../../server/halts.ts";
import { type Incident, slicesOf } from "../incidents.ts";
import { approve, type Opened, openAsAgent, openHeads } from "./agent.ts";
import { isSplit, waitsForStaging } from "./bake.ts";
import { plainly, type Played, type Step, stepOf, type Theatre } from "./theatre.ts";
import { type Arrived, awaitCheckRun } from "./watch.ts";

/** Nobody reads for longer than this. */
const readingMs = 10 * 60_000;

/** Between two incidents, and before whatever makes the service look at everything: GitHub allows so many requests within a minute. */
const breathMs = 60_000;

/** Plays an incident to its check run, and on from there. Throws where something on the way does not come. */
export async function play(incident: Incident, theatre: Theatre): Promise<Played> {
  await breathe(theatre);
  if (incident.twin.size > 0) return await waitsForStaging(incident, theatre);
  const before = incident.earlier.size === 0 ? [] : await turnsRed(incident, theatre);
  await theatre.clock.forwardTo(Date.parse(incident.at));
  const { opened, arrived, others } = await openSlices(incident, theatre);
  const played = { ...plainly(opened, arrived, theatre), before: [...before, ...others] };
  if (incident.halted !== null) return await halted(incident.halted, opened, played, theatre);
  if (incident.split.staging.size > 0) return { ...played, after: await isSplit(incident, opened, theatre) };
  return played;
}

/** The last of an incident's pull requests, and what was seen of those before it. */
async function openSlices(
  incident: Incident,
  theatre: Theatre,
): Promise<{ readonly opened: Opened; readonly arrived: Arrived; readonly others: readonly Step[] }> {
  const others: Step[] = [];
  let last: { readonly opened: Opened; readonly arrived: Arrived } | null = null;
  for (const [index, slice] of slicesOf(incident).entries()) {
    if (last !== null) others.push(stepOf(approvedBy(incident, last.opened), last.arrived, theatre));
    const opened = await openAsAgent(slice, theatre.stage, incident.slices ? `${index + 1}` : "");
    last = { opened, arrived: await settled(slice, opened, theatre) };
  }
  if (last === null) throw new Error(`${incident.id} changes nothing.`);
  return { ...last, others };
}

function approvedBy({ approved_by }: Incident, { number }: Opened): string {
  return `#${number} is approved by ${approved_by.join(" and ")}.`;
}

async function breathe({ clock }: Theatre): Promise<void> {
  await clock.forwardTo(clock.now() + breathMs);
}

/** The check run once it says all that it can: where people approve it, after they have. */
async function settled(incident: Incident, opened: Opened, { stage }: Theatre): Promise<Arrived> {
  const first = await awaitCheckRun(opened, stage);
  if (incident.approved_by.length === 0) return first;
  for (const login of incident.approved_by) await approve(opened, login, stage);
  return await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict !== "hold");
}

/** Another change, which people approved: green until the freeze begins, and red from then on, without anybody doing anything. */
async function turnsRed(incident: Incident, theatre: Theatre): Promise<readonly Step[]> {
  const { stage, clock } = theatre;
  const change = { ...incident, files: incident.earlier, removed: [], title: "Roll out notifications 1.4.3", body: "" };
  const opened = await openAsAgent(change, stage, "earlier");
  await awaitCheckRun(opened, stage);
  await clock.forwardTo(clock.now() + readingMs);
  for (const login of stage.reviewers) await approve(opened, login, stage);
  const green = await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict === "allow");
  const approved = stepOf(`#${opened.number} "${change.title}" is approved.`, green, theatre);
  await clock.forwardTo(Date.parse(incident.at));
  const red = await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict === "block");
  return [approved, stepOf("The clock passes the beginning of the freeze. Nobody does anything.", red, theatre)];
}

/** One order over HTTP stops all of them, until another lifts it. */
async function halted(reason: string, opened: Opened, green: Played, theatre: Theatre): Promise<Played> {
  const { stage } = theatre;
  const isStopped = ({ verdict }: Arrived): boolean => verdict.requirements.some(({ kind }) => kind === "halt");
  const before = [stepOf(`#${opened.number} is approved.`, green.arrived, theatre)];
  await breathe(theatre);
  const ids = await order(
    haltsPath,
    { where: { kind: "everywhere" }, stops: "agents", reason, by: "person-d" },
    theatre,
  );
  const played = plainly(opened, await awaitCheckRun(opened, stage, isStopped), theatre);
  const heads = await openHeads(stage);
  for (const head of heads) await awaitCheckRun(head, stage, ({ conclusion }) => conclusion !== "success");
  await breathe(theatre);
  const [reviewer = ""] = stage.reviewers;
  await approve(opened, reviewer, stage);
  await theatre.settled();
  const still = await awaitCheckRun(opened, stage, isStopped);
  const none = `Of ${heads.length} open pull requests of agents none is green. One more approval changes nothing.`;
  const stays = stepOf(none, still, theatre);
  await breathe(theatre);
  await order(liftPath, { halts: ids, reason: "the agent is repaired", by: "person-d" }, theatre);
  const lifted = await awaitCheckRun(opened, stage, ({ verdict }) => verdict.verdict === "allow");
  return { ...played, before, after: [stays, stepOf("person-d lifts the halt and says why.", lifted, theatre)] };
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
