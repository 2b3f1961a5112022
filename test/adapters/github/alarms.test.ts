import { afterEach, expect, test } from "vitest";
import { GitHubAlarms } from "../../../src/adapters/github/alarms.ts";
import { AlarmRefused } from "../../../src/app/alarms.ts";
import type { Alarm, AlarmPlace } from "../../../src/core/alarms/alarm.ts";
import { markerOf } from "../../../src/core/alarms/text.ts";
import type { SimRepository } from "../../../src/sim/facade/repository.ts";
import { merge } from "../../core/alarms/ways.ts";
import { startMs, startWorld, type World } from "./world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const asIssue: AlarmPlace = { kind: "issue", repository: "acme/incidents" };

async function started() {
  const world = await startWorld();
  worlds.push(world);
  const { app, apiFor, clock, at: repository, installationId, writer, acme, shop } = world;
  const incidents = acme.repository("incidents", { private: true, files: { "README.md": "incidents\n" } });
  shop.commit("topic", { by: writer, files: { "a.txt": "1\n" } });
  const pull = shop.openPullRequest({ head: "topic", by: writer });
  const way = { ...merge, atMs: startMs, actorId: writer.id, number: pull.number };
  const alarm: Alarm = { kind: "bypass_merge", repository, branch: "main", way };
  const lapse: Alarm = { kind: "gate_not_required", repository, branch: "main", because: "it is not required" };
  const alarms = new GitHubAlarms({
    apiFor: async (id) => apiFor(id),
    clock,
    appId: app.id,
    site: "https://github.com",
  });
  const raise = (one: Alarm, place: AlarmPlace) =>
    alarms.raise(installationId, one, place, AbortSignal.timeout(30_000));
  const lift = (number: number) =>
    alarms.lift(installationId, { repository: "acme/incidents", number }, AbortSignal.timeout(30_000));
  return { ...world, incidents, pull, alarm, lapse, raise, lift };
}

const issuesOf = ({ state }: SimRepository) => [...state.issues.values()];

test("an alarm becomes an issue, with the login of who did it", async () => {
  const { raise, alarm, incidents, app } = await started();
  const number = await raise(alarm, asIssue);
  expect(issuesOf(incidents)).toMatchObject([{ number, app: app.state, state: "open" }]);
  expect(issuesOf(incidents)[0]?.body).toContain("- Merged by: `person-a` (id ");
});

test("it is raised once, also where somebody has closed it since", async () => {
  const { raise, lift, alarm, incidents, pass } = await started();
  const number = await raise(alarm, asIssue);
  pass(86_400_000);
  await lift(number);
  expect(await raise(alarm, asIssue)).toBe(number);
  expect(issuesOf(incidents)).toHaveLength(1);
});

test("it becomes a comment on its pull request, once", async () => {
  const { raise, alarm, pull } = await started();
  const place = { kind: "comment", number: pull.number } as const;
  const id = await raise(alarm, place);
  expect(await raise(alarm, place)).toBe(id);
  expect(pull.state.comments.map((comment) => comment.id)).toEqual([id]);
});

test("a marker that somebody else wrote keeps no alarm back", async () => {
  const { raise, alarm, lapse, incidents, pull, writer, github, acme } = await started();
  incidents.grant(writer, "write");
  for (const one of [alarm, lapse]) incidents.openIssue(writer, "all is well", markerOf(one));
  pull.comment(writer, markerOf(alarm));
  const other = github.app({ slug: "other", permissions: { issues: "write" }, events: [] });
  other.install(acme.account);
  await raise(alarm, asIssue);
  await raise(lapse, asIssue);
  await raise(alarm, { kind: "comment", number: pull.number });
  expect(issuesOf(incidents)).toHaveLength(4);
  expect(pull.state.comments).toHaveLength(2);
});

test("a state is found while its issue is open, lifted, and raised anew when it comes back", async () => {
  const { raise, lift, lapse, incidents } = await started();
  const first = await raise(lapse, asIssue);
  expect(await raise(lapse, asIssue)).toBe(first);
  await lift(first);
  await lift(first);
  expect(issuesOf(incidents)[0]).toMatchObject({ number: first, state: "closed" });
  expect(await raise(lapse, asIssue)).not.toBe(first);
});

test("an issue that is gone needs no lifting", async () => {
  const { lift, incidents } = await started();
  await expect(lift(99)).resolves.toBeUndefined();
  expect(issuesOf(incidents)).toEqual([]);
});

test.each([
  [403, "issues: write"],
  [404, "Install the App on it"],
  [410, "its issues are disabled"],
])("an answer of %i is a refusal that says what to do", async (status, remedy) => {
  const { raise, alarm, github } = await started();
  github.fail("POST /repos/{owner}/{repo}/issues", status, 1);
  const refused = await raise(alarm, asIssue).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(AlarmRefused);
  expect(String(refused)).toContain(remedy);
});

test("any other failure is none: the next try may succeed", async () => {
  const { raise, alarm, github } = await started();
  github.fail("POST /repos/{owner}/{repo}/issues", 502, 1);
  const failed = await raise(alarm, asIssue).catch((error: unknown) => error);
  expect(failed).not.toBeInstanceOf(AlarmRefused);
  expect(String(failed)).toContain("Cannot ask GitHub POST /repos/acme/incidents/issues");
});

test("nothing is sent to a repository of another owner, or to one that the App is not installed on", async () => {
  const { raise, alarm, github } = await started();
  const elsewhere = github.organization("other").repository("incidents", { files: { "README.md": "\n" } });
  const place: AlarmPlace = { kind: "issue", repository: "other/incidents" };
  await expect(raise(alarm, place)).rejects.toThrow("it belongs to another owner");
  await expect(raise(alarm, { kind: "issue", repository: "acme/nowhere" })).rejects.toBeInstanceOf(AlarmRefused);
  expect(issuesOf(elsewhere)).toEqual([]);
});
