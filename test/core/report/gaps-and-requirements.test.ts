import { expect, test } from "vitest";
import type { Gap } from "../../../src/core/change/change-set.ts";
import { renderCheckRun } from "../../../src/core/report/check-run.ts";
import { title } from "../../../src/core/report/words.ts";
import { judge, repository } from "../evaluate/changes.ts";
import { changeOf, factsOf, file, person, review, writers } from "../facts.ts";

test("a hold is titled by the requirement that is missing, not by one that is met", () => {
  const people = [1, 2, 3].map((id) => person(id));
  const facts = factsOf({
    change: changeOf(file("README.md", "one\n", "two\n")),
    reviews: people.map((one) => review(one)),
    people: writers(...people),
  });
  const area = 'areas: { words: { kinds: [docs], approvals: { count: 4, from: ["people"] } } }';
  expect(title(judge(facts, [repository(area)]))).toBe("Hold: 4 approvals (area words): 3 of 4");
});

test("an annotation fails only for a gap that blocks", () => {
  const of = (level: Gap["level"]) => {
    const gap: Gap = { id: "g", level, path: "a", side: "head", line: 1, reason: "x", remedy: "y" };
    const evaluation = judge(factsOf({ gaps: [gap] }));
    return renderCheckRun(evaluation, { verdict: evaluation.verdict, because: [] }, "https://github.com").annotations;
  };
  expect([of("hold"), of("block")].map((all) => all.map(({ level }) => level))).toEqual([["warning"], ["failure"]]);
});
