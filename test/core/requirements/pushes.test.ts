import { describe, expect, test } from "vitest";
import type { Facts } from "../../../src/core/facts.ts";
import { byPerson, deployment, judgeAsTold, repository } from "../evaluate/changes.ts";
import {
  changeOf,
  claude,
  commit,
  factsOf,
  file,
  headSha,
  person,
  pullRequest,
  report,
  review,
  writers,
} from "../facts.ts";

const [a] = [person(1)];
const heads = ["1", "2", "3", "4"].map((digit) => digit.repeat(40));
const change = changeOf(file("k8s/staging/a.yaml", deployment("a"), deployment("a", { failures: "1" })));
const text = "approvals: { by_risk: 0, reading: { at: [] } }\n";
const four = `${text}budgets: { pushes_per_finding: 4 }\n`;

/** An agent's change; `earlier` heads were reported with the finding that this one has. */
function after(earlier: readonly string[], overrides: Partial<Facts> = {}): Facts {
  const facts = factsOf({ change, people: writers(a), ...overrides });
  const finding = judgeAsTold(factsOf({ change }), [repository(text)]).findings[0]?.id ?? "";
  return { ...facts, publications: earlier.map((one) => report({ headSha: one, findings: [finding] })) };
}
const judged = (facts: Facts, policy = four) => judgeAsTold(facts, [repository(policy)]);

describe("a finding that comes back", () => {
  test("calls a person from the head on that makes it as many as the policy has, and the agent is to stop", () => {
    expect(judged(after(heads.slice(0, 2)))).toMatchObject({ next: { actor: "agent" }, requirements: [] });
    const evaluation = judged(after(heads.slice(0, 3)));
    expect(evaluation.verdict).toBe("block");
    expect(evaluation.next).toMatchObject({ actor: "people", action: "approve" });
    expect(evaluation.requirements).toMatchObject([{ id: "approvals:pushes", state: { kind: "missing" } }]);
    expect(evaluation.requirements[0]?.what).toMatch(/k8s-liveness-too-eager:.* on 4 heads/);
  });

  test("counts a head once, however often it was reported", () => {
    expect(judged(after([headSha, headSha, headSha, headSha])).requirements).toEqual([]);
  });

  test("calls nobody where the policy has no bound, nor for what no agent wrote", () => {
    expect(judged(after(heads), text).requirements).toEqual([]);
    const { commits, pullRequest: opened } = byPerson();
    expect(judged(after(heads, { commits, pullRequest: opened })).requirements).not.toContainEqual(
      expect.objectContaining({ id: "approvals:pushes" }),
    );
  });

  test("keeps its person asked once it is gone, until one has approved what is there now", () => {
    const gone = after(heads, {
      change: changeOf(file("README.md", "a\n", "b\n")),
      commits: [commit()],
      pullRequest: pullRequest({ author: claude }),
    });
    const unseen = judged(gone);
    expect(unseen.verdict).toBe("hold");
    const told = [...gone.publications, report({ patch: unseen.patch })];
    const seen = judged({ ...gone, publications: told, reviews: [review(a)] });
    expect(seen.verdict).toBe("allow");
  });
});
