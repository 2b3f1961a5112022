import { describe, expect, test } from "vitest";
import type { Gap } from "../../../src/core/change/change-set.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { byPerson, judge, repository } from "../evaluate/changes.ts";
import { changeOf, factsOf, file } from "../facts.ts";

const words = changeOf(file("README.md", "one\n", "two\n"));
const gap = (id: string): Gap => ({
  id,
  level: "hold",
  path: null,
  side: "head",
  line: null,
  reason: "it",
  remedy: "Ask.",
});
const frozen = (facts: Facts, keys = "", atMs = Date.UTC(2026, 1, 11, 10)) => {
  const text = `freezes: [{ name: a, from: 2026-02-11T09:00, to: 2026-02-11T11:00${keys} }]\n`;
  const { requirements, nextLookMs, verdict } = judge(facts, [repository(text)], atMs);
  const row = requirements.find(({ kind }) => kind === "freeze");
  return { state: row?.state.kind ?? "absent", now: row?.now, nextLookMs, verdict };
};

describe("a freeze", () => {
  test("fails from its start to its end, names the next change of it, and is gone afterwards", () => {
    const facts = factsOf({ change: words });
    const at = (hour: number, minute = 0) => frozen(facts, "", Date.UTC(2026, 1, 11, hour, minute));
    expect(at(8, 59)).toMatchObject({ state: "met", nextLookMs: Date.UTC(2026, 1, 11, 9) });
    expect(at(9)).toMatchObject({ state: "failed", verdict: "block", nextLookMs: Date.UTC(2026, 1, 11, 11) });
    expect(at(10, 59)).toMatchObject({ state: "failed" });
    expect(at(11)).toMatchObject({ state: "absent", nextLookMs: null });
  });

  test("for agents does not stop a change without marks of one", () => {
    expect(frozen(byPerson(undefined, { change: words }))).toMatchObject({ state: "absent", verdict: "allow" });
  });

  test.each(["unknown-opener", "unreadable-commits", "unreadable-timeline"])(
    "for agents stops a change behind whose gap %s an agent may be",
    (id) => {
      expect(frozen(byPerson(undefined, { change: words, gaps: [gap(id)] }))).toMatchObject({ verdict: "block" });
    },
  );

  test("of production stops a change that is not known in full", () => {
    const production = ", environments: [production]";
    expect(frozen(factsOf({ change: words }), production)).toMatchObject({ state: "absent" });
    const gaps = [gap("unreadable-folder:k8s")];
    expect(frozen(factsOf({ change: words, gaps }), production)).toMatchObject({ state: "failed", verdict: "block" });
  });
});

test("what a policy calls a freeze or an operation stays between its backticks", () => {
  const keys = [
    "freezes: [{ name: 'night `of` days', schedule: daily }]",
    "operations: [{ type: 'load `test`', schedule: daily, services: [api], action: do_not_touch }]",
  ];
  const facts = factsOf({ change: words, gaps: [gap("unreadable-folder:k8s")] });
  const whats = judge(facts, [repository(`${keys.join("\n")}\n`)]).requirements.map(({ what }) => what);
  expect(whats).toContain("Outside the freeze `night 'of' days`");
  expect(whats).toContain("Outside the planned `load 'test'` of `api` (`do_not_touch`)");
});

describe("a planned operation", () => {
  const planned = (facts: Facts, action: string) => {
    const operation = `{ type: load_test, schedule: daily, services: [api], action: ${action} }`;
    return judge(facts, [repository(`operations: [${operation}]\n`)]).verdict;
  };

  test.each(["do_not_scale", "do_not_touch"])("that says %s stops what is not known in full", (action) => {
    expect(planned(factsOf({ change: words }), action)).not.toBe("block");
    expect(planned(factsOf({ change: words, gaps: [gap("unreadable-folder:k8s")] }), action)).toBe("block");
  });
});
