import { describe, expect, test } from "vitest";
import { accountable, conductOf } from "../../../src/core/breakers/conduct.ts";
import type { Account, Facts } from "../../../src/core/facts.ts";
import { detect } from "../../../src/core/provenance/detect.ts";
import type { Provenance } from "../../../src/core/provenance/provenance.ts";
import { policyOf } from "../example-context.ts";
import { claude, commit, factsOf, headSha, person, pullRequest, report, writers } from "../facts.ts";

const policy = policyOf("version: 1\nhalt: { trip_on: [guardrail_edit, { blocks_per_hour: 2 }] }\n");
const writer = person(1, "person-a");

function heldToAccount(facts: Facts): readonly string[] {
  return accountable(facts, detect(facts, policy));
}

function openedBy(author: Account, overrides: Partial<Facts> = {}, lastPusher: Account | null = author): Facts {
  return factsOf({ pullRequest: pullRequest({ author, lastPusher }), commits: [commit()], people: [], ...overrides });
}

describe("who is held to account", () => {
  test("an agent whose account opened it", () => {
    expect(heldToAccount(openedBy(claude))).toEqual(["claude-code-action"]);
  });

  test("nobody for what comes from a fork, also where an agent's own account opened it", () => {
    expect(heldToAccount(openedBy(claude, { head: { sha: headSha, fromFork: true } }))).toEqual([]);
  });

  test("an agent that pushed to what a writer opened, and not where a stranger did", () => {
    expect(heldToAccount(openedBy(writer, { people: writers(writer) }, claude))).toEqual(["claude-code-action"]);
    expect(heldToAccount(openedBy(writer, {}, claude))).toEqual([]);
    const reader = [{ account: writer, permission: "read" as const }];
    expect(heldToAccount(openedBy(writer, { people: reader }, claude))).toEqual([]);
  });

  test("nobody by a name alone, nor by a commit that GitHub signed for an agent and that somebody pushed again", () => {
    const signed = commit({ verified: true });
    for (const commits of [[commit()], [signed]]) {
      expect(heldToAccount(openedBy(writer, { people: writers(writer), commits }))).toEqual([]);
    }
  });
});

describe("what counts", () => {
  const provenance: Provenance = detect(openedBy(claude), policy);
  const blocking = { rule: "forbidden-path-touched", id: "f:1", level: "block", waived: null, overridden: null };
  const conduct = (facts: Facts, findings: readonly object[], mode: "enforce" | "observe" = "enforce") =>
    conductOf(facts, { provenance, findings: findings as never, gaps: [] }, policy, { mode }, 9_000_000);

  test("a head that blocks once, whatever blocks it, and every guardrail once", () => {
    const edited = { ...blocking, rule: "guardrail-edited", id: "guardrail-edited:1" };
    const strikes = conduct(openedBy(claude), [blocking, { ...blocking, id: "f:2" }, edited])?.strikes ?? [];
    expect(strikes.map(({ breaker }) => breaker)).toEqual(["blocks_per_hour", "guardrail_edit"]);
  });

  test("nothing that was waived, overridden or only observed, and nothing in observe mode", () => {
    const lifted = { by: ["person-a"], reasons: [], glassUntilMs: null };
    for (const finding of [
      { ...blocking, waived: { reason: "", by: "", until: "" } },
      { ...blocking, overridden: lifted },
      { ...blocking, rule: "guardrail-edited", level: "observe" },
    ]) {
      expect(conduct(openedBy(claude), [finding])?.strikes).toEqual([]);
    }
    expect(conduct(openedBy(claude), [blocking], "observe")).toBeNull();
  });

  test("since when: the first report on this head and base, else since it was opened, else now", () => {
    const at = (facts: Facts): number | undefined => conduct(facts, [blocking])?.strikes[0]?.atMs;
    const opened = openedBy(claude);
    expect(at({ ...opened, pullRequest: { ...opened.pullRequest, openedAtMs: 5 } })).toBe(5);
    expect(at({ ...opened, pullRequest: { ...opened.pullRequest, openedAtMs: 5, retargetedAtMs: 7 } })).toBe(7);
    expect(at({ ...opened, publications: [report({ publishedAtMs: 11 }), report({ publishedAtMs: 12 })] })).toBe(11);
    expect(at({ ...opened, publications: [report({ headSha: "c".repeat(40), publishedAtMs: 11 })] })).toBe(9_000_000);
  });
});
