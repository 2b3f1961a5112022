import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { Account, Facts } from "../../../src/core/facts.ts";
import { writeReport } from "../../../src/core/report/markdown.ts";
import { verdictDocument } from "../../../src/core/report/verdict-json.ts";
import { changeOf, claude, factsOf, file, person, pullRequest, review, writers } from "../facts.ts";
import { byPerson, judge, repository } from "./changes.ts";

const [invoker, b, c] = [person(1), person(2), person(3)];
const readme = file("README.md", "one\n", "two\n");
const forbidding = repository(
  'auto_merge: { forbid: ["terraform/**"] }\nagents: { also: [acme-helper], automation: [acme-updater], machines: [acme-robot] }\n',
);

/** An agent's change that has everything it needs, with auto-merge as given. */
function armed(armedBy: Facts["pullRequest"]["autoMergeArmedBy"], path = "README.md"): Facts {
  return factsOf({
    change: changeOf(file(path, "one\n", "two\n")),
    reviews: [review(b), review(c)],
    people: writers(invoker, b, c),
    pullRequest: pullRequest({ workStartedBy: [invoker], autoMergeArmedBy: armedBy }),
  });
}

function row({ requirements }: Evaluation) {
  return requirements.find(({ kind }) => kind === "auto_merge");
}

describe("auto-merge on an agent's change", () => {
  test("asks nothing while it is off", () => {
    const evaluation = judge(armed(null));
    expect([evaluation.verdict, row(evaluation)]).toEqual(["allow", undefined]);
  });

  const user = (login: string): Account => ({ id: 900, login, type: "User" });
  test.each([
    ["the agent itself", claude],
    ["an app that no list names", { id: 901, login: "acme-ci[bot]", type: "Bot" } as const],
    ["an account that the policy calls an agent", user("acme-helper")],
    ["automation", user("acme-updater")],
    ["a machine account", user("acme-robot")],
  ])("holds when armed by %s, and the agent is told to switch it off", (_, by) => {
    const { verdict, requirements, next } = judge(armed(by), [forbidding]);
    expect(verdict).toBe("hold");
    expect(requirements.filter(({ state }) => state.kind !== "met")).toMatchObject([
      { kind: "auto_merge", actor: "agent", now: `on, armed by \`${by.login}\`` },
    ]);
    expect(next).toMatchObject({ actor: "agent", action: "disarm" });
  });

  test("passes when a person armed it who did not start the agent", () => {
    const evaluation = judge(armed(b), [forbidding]);
    expect([evaluation.verdict, row(evaluation)?.state.kind]).toEqual(["allow", "met"]);
  });

  test("holds when armed by who started the agent, whose token the agent may have", () => {
    const { verdict, next } = judge(armed(invoker));
    expect([verdict, next.actor, next.action]).toEqual(["hold", "people", "disarm"]);
    expect(next.do).toContain("`person-1`, who started the agent");
  });

  test("holds on a forbidden path whoever armed it, in any case and on the side that is removed", () => {
    expect(judge(armed(b, "Terraform/main.txt"), [forbidding]).verdict).toBe("hold");
    expect(judge(armed(b, "terraform/main.txt")).verdict).toBe("allow");
    const moved = changeOf(file("terraform/a.txt", "one\n", null), file("a.txt", null, "one\n"));
    const evaluation = judge({ ...armed(b), change: moved }, [forbidding]);
    expect(row(evaluation)).toMatchObject({
      what: "Auto-merge off",
      now: "on, armed by `person-2`; `auto_merge.forbid` has `terraform/a.txt`",
      actor: "people",
    });
  });

  test("holds when it cannot be told who armed it", () => {
    const evaluation = judge(armed("unknown"));
    expect([evaluation.verdict, row(evaluation)?.actor]).toEqual(["hold", "people"]);
  });

  test("stands in the report and in the document for agents", () => {
    const evaluation = judge(armed(claude));
    expect(writeReport(evaluation, "https://github.com").summary).toContain(
      "| Auto-merge off, or armed by a person | anyone with write access except `person-1` | on, armed by `claude[bot]` |",
    );
    expect(verdictDocument(evaluation)).toMatchObject({
      next: { actor: "agent", action: "disarm" },
      requirements: [
        { kind: "approvals", state: "met" },
        { kind: "auto_merge", actor: "agent", state: "missing" },
      ],
    });
  });
});

test("auto-merge on a change without marks of an agent is the author's own", () => {
  const author = person(51);
  for (const autoMergeArmedBy of [author, claude, "unknown"] as const) {
    const pull = pullRequest({ author, lastPusher: author, headRef: "change", autoMergeArmedBy });
    const evaluation = judge(byPerson(author, { change: changeOf(readme), pullRequest: pull }));
    expect([evaluation.verdict, row(evaluation)]).toEqual(["allow", undefined]);
  }
});
