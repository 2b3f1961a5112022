import { describe, expect, test } from "vitest";
import { answerTo } from "../../../src/core/commands/answer.ts";
import type { Answered, Halt, Override } from "../../../src/core/decisions/decision.ts";
import { byteLength } from "../../../src/lib/text.ts";
import { claude, person } from "../facts.ts";
import { evaluation as evaluated, finding, i04 } from "../report/evaluations.ts";
import { comment, everywhere, halt, here } from "./comment.ts";

const written = comment("/sallyport something");
const answered = (overrides: Partial<Answered>): Answered => ({
  kind: "answered",
  id: "comment/7/5",
  by: { kind: "account", id: 1, login: "person-1" },
  atMs: 0,
  reason: "",
  subjectId: "pull/7/1",
  command: "explain",
  refused: null,
  ...overrides,
});

test("what was done needs a reaction, what was refused the reason as well", () => {
  expect(answerTo(answered({ command: "recheck" }), written, null)).toEqual({ reaction: "done", words: null });
  expect(answerTo(answered({ refused: "It was edited." }), written, null)).toEqual({
    reaction: "refused",
    words: "**Not done.** It was edited.",
  });
});

test("an explanation waits for the evaluation, and holds what the report folds", () => {
  expect(answerTo(answered({}), written, null)).toBeNull();
  const words = answerTo(answered({}), written, i04)?.words;
  expect(words).toContain(`\`${i04.headSha}\``);
  expect(words).toContain("Reach, provenance, versions");
  expect(words).toContain("sallyport.verdict/1");
});

test("an explanation fits into a comment, and says how much of it did not", () => {
  const rows = Array.from({ length: 40 }, () => ["x".repeat(150), "y".repeat(150)]);
  const findings = Array.from({ length: 30 }, (_, n) =>
    finding({ id: `a-rule:${n}`, workings: { title: `Sum ${n}`, columns: ["a", "b"], rows } }),
  );
  const words = answerTo(answered({}), written, evaluated({ findings }))?.words ?? "";
  expect(byteLength(words)).toBeLessThan(65_000);
  expect(words).toContain("folded sections left out");
});

test("a halt is answered with what it stops and who lifts it by which words", () => {
  const words = (given: Halt) => answerTo(given, written, null)?.words;
  expect(words(halt("h", here))).toBe(
    "**Halted:** all agents in this repository. It is lifted by an administrator of the repository: `/sallyport resume REASON`.",
  );
  expect(words({ ...halt("h", everywhere), stops: "everyone" })).toContain("everyone in all repositories");
  expect(words({ ...halt("h", everywhere), stops: "everyone" })).toContain("`/sallyport resume organisation REASON`");
  const ofAgent = halt("h", { kind: "agent", installationId: 3, agent: "claude-code" });
  expect(words(ofAgent)).toContain("`/sallyport resume agent claude-code REASON`");
});

describe("an override", () => {
  const override = (...names: readonly string[]): Override => ({
    kind: "override",
    id: "comment/7/5",
    by: { kind: "account", id: 1, login: "person-1" },
    atMs: 0,
    reason: "",
    subjectId: "pull/7/1",
    headSha: judged.headSha,
    baseRef: "main",
    names: [...names],
    breakGlass: false,
  });
  const probe = finding({ id: "k8s-liveness-too-eager:1", rule: "k8s-liveness-too-eager" });
  const judged = evaluated({
    findings: [probe],
    overriding: [
      { id: probe.id, name: probe.id, from: "administrators", need: 1, counted: [], glass: null, excluded: [] },
    ],
  });

  test("waits for the evaluation, and needs no words where it names what can be lifted", () => {
    expect(answerTo(override("k8s-liveness-too-eager"), written, null)).toBeNull();
    expect(answerTo(override("k8s-liveness-too-eager"), written, judged)).toEqual({ reaction: "done", words: null });
    expect(answerTo(override(probe.id), written, judged)).toEqual({ reaction: "done", words: null });
  });

  test("that names nothing is told so, with the names that lift", () => {
    expect(answerTo(override("k8s-livenes-too-eager", "a`b"), written, judged)).toEqual({
      reaction: "refused",
      words:
        "**Nothing is lifted.** Nothing that an override lifts is called `k8s-livenes-too-eager`, `a'b`. What can be lifted: `k8s-liveness-too-eager:1`.",
    });
    const none = { ...judged, overriding: [] };
    expect(answerTo(override("x"), written, none)?.words).toContain("There is nothing that an override lifts.");
  });

  test("of which one name is wrong stands, and its author hears of that name", () => {
    const answer = answerTo(override("k8s-liveness-too-eager", "typo"), written, judged);
    expect(answer?.reaction).toBe("done");
    expect(answer?.words).toContain("`typo`");
  });

  test("of another head is told by the report", () => {
    expect(answerTo(override("typo"), written, { ...judged, headSha: "f".repeat(40) })?.words).toBeNull();
  });
});

test("a program gets a reaction and no words that it could answer", () => {
  const refused = answered({ refused: "Only people give commands." });
  for (const program of [
    comment("/sallyport halt", { account: claude }),
    comment("/sallyport halt", { account: null }),
    comment("/sallyport halt", { account: person(1), viaApp: "some-app" }),
  ]) {
    expect(answerTo(refused, program, null)).toEqual({ reaction: "refused", words: null });
  }
});
