import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMemo } from "../src/adapters/syntax/memo.ts";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import { evaluateBy } from "../src/core/evaluate/from-sources.ts";
import { renderMarkdown } from "../src/core/report/markdown.ts";
import { renderVerdictJson } from "../src/core/report/verdict-json.ts";
import { factsOfIncident } from "../src/sim/incident-facts.ts";
import { loadIncidents } from "../src/sim/incidents.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(1_000) };
const { base, incidents } = loadIncidents();
const nowMs = Date.UTC(2026, 1, 11, 10, 42, 7);

describe.each(incidents.map((incident) => [incident.id, incident] as const))("%s", (_, incident) => {
  const { facts, policies } = factsOfIncident(incident, base);
  const evaluation = evaluateBy(facts, policies, tools, nowMs, { version: "0.0.0-test", zoneData: "2026a" });

  test("is decided as it should have been", () => {
    const open = evaluation.findings.filter(({ level }) => level !== "observe").map(({ rule }) => rule);
    expect([evaluation.verdict, [...new Set(open)].toSorted()]).toEqual([
      incident.expected.verdict,
      incident.expected.rules.toSorted(),
    ]);
  });

  test("leaves no gap: everything that decides it could be read", () => {
    expect(evaluation.gaps).toEqual([]);
  });

  test("is reported as the golden file says", async () => {
    await expect(renderMarkdown(evaluation, "https://github.com")).toMatchFileSnapshot(
      join(incident.folder, "report.md"),
    );
    await expect(renderVerdictJson(evaluation)).toMatchFileSnapshot(join(incident.folder, "verdict.json"));
  });
});
