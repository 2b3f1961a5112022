import { expect, test } from "vitest";
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
