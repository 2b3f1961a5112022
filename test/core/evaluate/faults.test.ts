import { expect, test } from "vitest";
import { z } from "zod";
import { evaluate } from "../../../src/core/evaluate/evaluate.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import { share } from "../../../src/core/evaluate/siblings.ts";
import { unevaluated } from "../../../src/core/evaluate/unevaluated.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { renderMarkdown } from "../../../src/core/report/markdown.ts";
import { defineRule, type Observation } from "../../../src/core/rule.ts";
import { changeOf, factsOf, file, person, review, writers } from "../facts.ts";
import { nowMs, toldOf, tools } from "./changes.ts";

const used = { sources: [], digest: "d", mode: "enforce", standIns: [] } as const;
const people = [1, 2, 3, 4].map((id) => person(id));
const approved = factsOf({
  change: changeOf(file("a.txt", "1\n", "2\n")),
  reviews: people.map((one) => review(one)),
  people: writers(...people),
});

/** What is made of a change by one rule alone. */
function under(detect: () => Iterable<Observation>, facts: Facts = approved, always?: "block"): Evaluation {
  const rule = defineRule({
    id: "some-thing-wrong",
    invariant: "values-stay-in-bounds",
    severity: "high",
    confidence: "high",
    summary: "",
    why: "",
    remedy: "Write it otherwise.",
    needs: "paths",
    options: z.strictObject({}),
    ...(always === undefined ? {} : { always }),
    detect,
    examples: {},
  });
  const waiver = { rule: rule.id, paths: ["**"], reason: "", until: "2026-12-31", untilMs: nowMs + 1, by: "@acme/sre" };
  const policy = { ...strictDefault(), waivers: always === undefined ? [] : [waiver] };
  return evaluate({
    facts,
    policy,
    above: null,
    used,
    policyErrors: [],
    policyChange: null,
    rules: [rule],
    tools,
    nowMs,
    program: { version: "0.0.0-test", zoneData: "2026a" },
  });
}

test("a rule that throws has not said that all is well: its failure is a gap that people must accept", () => {
  const thrown = () => {
    throw new TypeError("x is undefined");
  };
  const unapproved = under(thrown, { ...approved, reviews: [] });
  const { gaps, risk, verdict } = unapproved;
  expect([verdict, risk.tier, gaps.map(({ id, level }) => [id, level])]).toEqual([
    "hold",
    "high",
    [["rule-failed:some-thing-wrong", "hold"]],
  ]);
  expect(gaps[0]?.reason).not.toContain("undefined");
  expect(under(thrown, toldOf(approved, unapproved)).verdict).toBe("allow");
});

test("what a rule saw before it threw is not half of an answer", () => {
  const { findings, gaps } = under(function* () {
    yield { at: { path: "a.txt", side: "head", line: 1 }, message: "wrong" };
    throw new Error("broken");
  });
  expect([findings, gaps.length]).toEqual([[], 1]);
});

test("a rule that always blocks cannot be waived", () => {
  const seen = (): Observation[] => [{ at: { path: "a.txt", side: "head", line: 1 }, message: "wrong" }];
  expect(under(seen, approved, "block").verdict).toBe("block");
});

test("nobody is sent to apply a patch that could not be made", () => {
  const place = { path: "a.txt", side: "head", line: 1 } as const;
  const at = (line: number) => ({ path: "a.txt", start: { line, column: 1 }, end: { line, column: 2 }, text: "1" });
  const doable = under(() => [{ at: place, message: "wrong", fix: [at(1)] }]);
  expect(doable.next.do).toContain("Apply the patch");
  const undoable = under(() => [{ at: place, message: "wrong", fix: [at(9)] }]);
  expect([undoable.findings[0]?.fix, undoable.next.do]).toEqual([null, "Write it otherwise."]);
});

test("a fix says what it would add", () => {
  const wrong = (path: string): Observation => ({ at: { path, side: "head", line: 1 }, message: "wrong" });
  let looks = 0;
  const { findings } = under(() => {
    looks += 1;
    const edit = { path: "a.txt", start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, text: "3" };
    return looks === 1 ? [{ ...wrong("a.txt"), fix: [edit] }] : [wrong("b.txt")];
  });
  expect(findings[0]?.fix?.after).toEqual({
    verdict: "block",
    clears: [findings[0]?.id],
    adds: [expect.stringMatching(/^some-thing-wrong:/u)],
  });
});

test("an evaluation that came to nothing holds whatever the approvals, and asks nobody for one", () => {
  const nothing = unevaluated(approved, used, "the evaluation took longer than 10 s", nowMs, {
    version: "0.0.0-test",
    zoneData: "2026a",
  });
  expect([nothing.verdict, nothing.requirements, share(nothing.verdict, []).verdict]).toEqual(["hold", [], "hold"]);
  expect(nothing.next).toMatchObject({ actor: "operator", action: "wait" });
  expect(renderMarkdown(nothing, "https://github.com")).toContain("the evaluation took longer than 10 s");
});
