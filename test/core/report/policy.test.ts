import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { PolicyEffects } from "../../../src/core/policy/effects.ts";
import type { Loosening } from "../../../src/core/policy/proposed.ts";
import { writeReport } from "../../../src/core/report/markdown.ts";
import { renderTerminal } from "../../../src/core/report/terminal.ts";
import { verdictDocument } from "../../../src/core/report/verdict-json.ts";
import { verdictSchema } from "../../../src/core/report/verdict-schema.ts";
import { evaluation, finding, site } from "./evaluations.ts";
import { jsonBlock } from "./inert.ts";

const path = ".github/sallyport.yml";

function changing(effects: PolicyEffects, loosens: readonly Loosening[] | null = []): Evaluation {
  return evaluation({
    policyChange: { paths: [path], alone: true, onlyPlans: false, mistakes: [], outdated: [], loosens, effects },
  });
}

const told = (given: Partial<Extract<PolicyEffects, { kind: "told" }>> = {}): PolicyEffects => ({
  kind: "told",
  effects: [],
  judged: 3,
  untold: 0,
  older: 0,
  olderAtLeast: false,
  ...given,
});
const otherwise = (number: number) => ({
  number,
  before: { verdict: "hold", mode: "enforce" } as const,
  after: { verdict: "hold", mode: "observe" } as const,
});

const summary = (given: Evaluation) => writeReport(given, site).summary;

describe("the report on a change of the policy", () => {
  test("lists the pull requests that it would decide otherwise, and those that would not be held any more", () => {
    const said = summary(changing(told({ effects: [otherwise(7)] })));
    expect(said).toContain(
      "Of 3 other open pull requests of this repository it would decide **1 pull request otherwise:**",
    );
    expect(said).toContain("| `#7` | hold | hold, not enforced |");
  });

  test("says when it would decide none otherwise, and why that is not told", () => {
    expect(summary(changing(told()))).toContain("it would decide none otherwise.");
    expect(summary(changing({ kind: "untold", because: "nobody looked" }))).toContain("is not told: nobody looked.");
  });

  test("counts what it could not judge and what it did not look at", () => {
    expect(summary(changing(told({ untold: 2, older: 5 })))).toContain(
      "2 others could not be judged. 5 older were not looked at.",
    );
    expect(summary(changing(told({ older: 70, olderAtLeast: true })))).toContain("At least 70 older");
  });

  test("says the same as JSON", () => {
    const loosens = [{ key: "limits.files", before: "10", after: "40" }];
    const document = verdictDocument(changing(told({ effects: [otherwise(7)], older: 5 }), loosens));
    expect(document).toMatchObject({
      policy_change: {
        paths: [path],
        loosens_known: true,
        effects: { judged: 3, untold: 0, older: 5, older_at_least: false },
        effects_untold: null,
      },
      loosened: loosens,
      would_change: [otherwise(7)],
    });
    const unknown = verdictDocument(changing({ kind: "untold", because: "nobody looked" }, null));
    expect(unknown.policy_change).toMatchObject({
      loosens_known: false,
      effects: null,
      effects_untold: "nobody looked",
    });
    expect(verdictDocument(evaluation({})).policy_change).toBeNull();
  });

  test("leaves room for findings: what of it does not fit in the block is counted", () => {
    const loosens = Array.from({ length: 400 }, (_, index) => ({
      key: `key.${index}`,
      before: "a".repeat(99),
      after: "b",
    }));
    const effects = Array.from({ length: 30 }, (_, index) => otherwise(index + 1));
    const given = { ...changing(told({ effects }), loosens), findings: [finding({ id: "rule:0001" })] };
    const block = jsonBlock(writeReport(given, site).text);
    const document = verdictSchema.parse(JSON.parse(block));
    expect(block.length).toBeLessThanOrEqual(16_000);
    expect(document.findings.map(({ id }) => id)).toEqual(["rule:0001"]);
    expect(document.loosened.length).toBeGreaterThan(0);
    expect(document.loosened.length + document.omitted.loosened).toBe(400);
    expect(document.would_change.length + document.omitted.would_change).toBe(30);
  });
});

describe("the report while a policy cannot be read", () => {
  const [file, by] = [`acme/shop@${"1".repeat(40)}:${path}`, `acme/shop@${"2".repeat(40)}:${path}`];
  const standing = (because: string | null): Evaluation => {
    const given = evaluation({});
    return { ...given, policy: { ...given.policy, standIns: [{ file, by: because === null ? by : null, because }] } };
  };

  test("says which version is in force, everywhere", () => {
    expect(summary(standing(null))).toContain("its last version that can be read is in force, ");
    expect(renderTerminal(standing(null), false)).toContain(`its last version that can be read is in force, ${by}`);
    expect(verdictDocument(standing(null)).policy.stand_ins).toEqual([{ file, by, because: null }]);
  });

  test("says why none is", () => {
    for (const said of [summary(standing("there is none")), renderTerminal(standing("there is none"), false)])
      expect(said).toContain("because there is none; the strict default stands in for it");
  });
});
