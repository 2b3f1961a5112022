import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMemo } from "../src/adapters/syntax/memo.ts";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import { budgeted } from "../src/core/evaluate/budgeted.ts";
import type { Evaluation } from "../src/core/evaluate/evaluation.ts";
import type { PublishedReport } from "../src/core/facts.ts";
import { evaluatedEntry, publishedReport } from "../src/core/ledger/entry.ts";
import type { Booking } from "../src/core/requirements/booking.ts";
import { evaluateBy } from "../src/core/evaluate/from-sources.ts";
import { renderMarkdown } from "../src/core/report/markdown.ts";
import { renderVerdictJson } from "../src/core/report/verdict-json.ts";
import { factsOfIncident } from "../src/sim/incident-facts.ts";
import { type Incident, loadIncidents, slicesOf } from "../src/sim/incidents.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(1_000) };
const { base, incidents } = loadIncidents();
const program = { version: "0.0.0-test", zoneData: "2026a" };

/** The last pull request of an incident, judged while the ones before it have what they could get. */
function judged(incident: Incident): Evaluation {
  const nowMs = Date.parse(incident.at);
  const books: Booking[] = [];
  const evaluations = slicesOf(incident).map((slice, index) => {
    const { facts, policies } = factsOfIncident(slice, base, 7 + index);
    const unread = evaluateBy(facts, policies, tools, nowMs, program);
    const publications = reportOf(unread);
    const read = evaluateBy({ ...facts, publications }, policies, tools, nowMs, program);
    const { evaluation, booking } = budgeted(read, books);
    if (booking !== null) books.push(booking);
    return evaluation;
  });
  const last = evaluations.at(-1);
  if (last === undefined) throw new Error(`${incident.id} changes nothing`);
  return last;
}

/** The one report that was published when the pull request was opened: people approved it after they could have read that. */
function reportOf(evaluation: Evaluation): readonly PublishedReport[] {
  const outcome = { shared: evaluation.verdict, runId: null, wrote: true, publishedAtMs: 0, enforced: [] };
  const remembered = { publications: [], readings: [], appearances: [] };
  const report = publishedReport(evaluatedEntry(evaluation, outcome, remembered));
  return report === null ? [] : [report];
}

describe.each(incidents.map((incident) => [incident.id, incident] as const))("%s", (_, incident) => {
  const evaluation = judged(incident);

  test("is decided as it should have been", () => {
    const open = evaluation.findings.filter(({ level }) => level !== "observe").map(({ rule }) => rule);
    expect([evaluation.verdict, [...new Set(open)].toSorted()]).toEqual([
      incident.expected.verdict,
      incident.expected.rules.toSorted(),
    ]);
  });

  test("leaves no gap but those it is told with: everything else that decides it could be read", () => {
    expect(evaluation.gaps.map(({ id }) => id)).toEqual(incident.expected.gaps);
  });

  test("is reported as the golden file says", async () => {
    await expect(renderMarkdown(evaluation, "https://github.com")).toMatchFileSnapshot(
      join(incident.folder, "report.md"),
    );
    await expect(renderVerdictJson(evaluation)).toMatchFileSnapshot(join(incident.folder, "verdict.json"));
  });
});
