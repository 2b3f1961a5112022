import { describe, expect, test } from "vitest";
import { entrySchema, evaluatedEntry } from "../../../src/core/ledger/entry.ts";
import { writeReport } from "../../../src/core/report/markdown.ts";
import { verdictDocument } from "../../../src/core/report/verdict-json.ts";
import { verdictSchema } from "../../../src/core/report/verdict-schema.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { byPerson, judge, nowMs, organisation, repository } from "../evaluate/changes.ts";
import { changeOf, commit, factsOf, file, person, pullRequest, review, writers } from "../facts.ts";

const [invoker, b, c] = [person(1), person(2), person(3)];
const asking = repository('areas: { words: { kinds: [docs], ticket: "CHG-[0-9]{6}" } }\n');
const published = { shared: "allow", runId: 1, wrote: true, enforced: null, publishedAtMs: nowMs } as const;
const rows = ({ requirements }: Evaluation) => requirements.filter(({ kind }) => kind === "ticket");
const states = (evaluation: Evaluation) => rows(evaluation).map(({ state }) => state.kind);

/** An agent's change of documentation that has the approvals it needs. */
function written(words: { title?: string; body?: string; messages?: readonly string[] }, more: Partial<Facts> = {}) {
  const { title = "Words", body = "", messages = [] } = words;
  return factsOf({
    change: changeOf(file("README.md", "one\n", "two\n")),
    reviews: [review(b, { submittedAtMs: nowMs }), review(c, { submittedAtMs: nowMs })],
    people: writers(invoker, b, c),
    pullRequest: pullRequest({ workStartedBy: [invoker], title, body }),
    ...(messages.length === 0
      ? {}
      : { commits: messages.map((message, index) => commit({ sha: `${index + 1}`.repeat(40), message })) }),
    ...more,
  });
}

describe("a change in an area that asks for a ticket", () => {
  test("holds while it names none, with all its approvals, and its author is told where to name it", () => {
    const evaluation = judge(written({}), [asking]);
    expect([evaluation.verdict, evaluation.next.actor, evaluation.next.action]).toEqual([
      "hold",
      "agent",
      "name_ticket",
    ]);
    expect(rows(evaluation)).toMatchObject([
      { id: "ticket:words", now: "none is named", actor: "agent", state: { kind: "missing" } },
    ]);
    expect(evaluation.next.do).toContain("`CHG-[0-9]{6}`");
  });

  test.each([
    ["the title", { title: "Words (CHG-123456)" }],
    ["the description", { body: "Agreed in CHG-123456." }],
    ["the message of any of its commits", { messages: ["Words\n\nCHG-123456", "More"] }],
  ])("is let go where it names one in %s", (_, words) => {
    const evaluation = judge(written(words), [asking]);
    expect([evaluation.verdict, ...states(evaluation)]).toEqual(["allow", "met"]);
  });

  test.each<[string, Parameters<typeof written>[0], Partial<Facts>]>([
    ["a comment of the description, which is not shown", { body: "<!-- such as CHG-123456 -->" }, {}],
    ["a comment that does not end", { body: "<!-- CHG-123456" }, {}],
    ["the name of its branch", {}, { pullRequest: pullRequest({ workStartedBy: [invoker], headRef: "CHG-123456" }) }],
    ["a label", {}, { pullRequest: pullRequest({ workStartedBy: [invoker], labels: ["CHG-123456"] }) }],
    ["a path", {}, { change: changeOf(file("CHG-123456.md", "one\n", "two\n")) }],
    ["a merge of the base", { messages: ["CHG-123456", "Words"] }, { updateMerges: ["1".repeat(40)] }],
  ])("names none by %s", (_, words, more) => {
    expect(states(judge(written(words, more), [asking]))).toEqual(["missing"]);
  });

  test("has gained nothing else by naming one: approvals, findings and risk are what they were", () => {
    const policy = repository(
      'forbidden: ["README.md"]\nareas: { words: { kinds: [docs], approvals: 2, ticket: "CHG-[0-9]{6}" } }\n',
    );
    const rest = (title: string) => {
      const { verdict, findings, risk, requirements } = judge(written({ title }, { reviews: [] }), [policy]);
      return { verdict, findings, risk, others: requirements.filter(({ kind }) => kind !== "ticket") };
    };
    expect(rest("CHG-123456")).toEqual(rest("Words"));
    expect(rest("CHG-123456").verdict).toBe("block");
  });

  test("is asked by every file that states a form", () => {
    const above = organisation('areas: { words: { kinds: [docs], ticket: "OPS-[0-9]+" } }\n');
    expect(states(judge(written({ title: "CHG-123456" }), [above, asking]))).toEqual(["met", "missing"]);
    expect(states(judge(written({ title: "CHG-123456 OPS-1" }), [above, asking]))).toEqual(["met", "met"]);
  });
});

test("where it is not known what changes, every area may be entered", () => {
  const gap = { level: "hold", path: null, side: "head", line: null, reason: "a", remedy: "b" } as const;
  const hidden = written(
    {},
    { change: changeOf(file("a.ts", "one\n", "two\n")), gaps: [{ ...gap, id: "unreadable-folder:x" }] },
  );
  expect(states(judge(hidden, [asking]))).toEqual(["missing"]);
  expect(states(judge({ ...hidden, gaps: [] }, [asking]))).toEqual([]);
});

test("people are asked for none where the gate is for agents, and like agents where it is for everyone", () => {
  const mine = byPerson(person(51), { change: changeOf(file("README.md", "one\n", "two\n")) });
  expect(rows(judge(mine, [asking]))).toEqual([]);
  const everyone = repository('gate: everyone\nareas: { words: { kinds: [docs], ticket: "CHG-[0-9]{6}" } }\n');
  expect(rows(judge(mine, [everyone]))).toMatchObject([{ actor: "people", state: { kind: "missing" } }]);
});

test("a form is shown inert, whatever is in it", () => {
  const hostile = repository("areas: { words: { kinds: [docs], ticket: '`@acme/sre`|</details><b>#1' } }\n");
  const evaluation = judge(written({}), [hostile]);
  expect(rows(evaluation)[0]?.what.split("`"), "it cannot end the code that it stands in").toHaveLength(5);
  const text = JSON.stringify(writeReport(evaluation, "https://github.com"));
  expect(text).not.toContain("</details><b>");
  expect(text).not.toContain("`@acme/sre`|");
});

test("what is named stands neither in the ledger's entry nor in the verdict as data", () => {
  const evaluation = judge(written({ title: "Words CHG-123456", body: "CHG-123456" }), [asking]);
  expect(evaluation.verdict).toBe("allow");
  const document = verdictDocument(evaluation);
  expect(verdictSchema.parse(document)).toEqual(document);
  const entry = evaluatedEntry(evaluation, published, { publications: [], readings: [] });
  expect(entrySchema.parse(entry)).toEqual(entry);
  expect(JSON.stringify([document, entry])).not.toContain("CHG-123456");
});
