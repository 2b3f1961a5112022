import { describe, expect, test } from "vitest";
import { readSarif, type ScannerResult } from "../../../src/core/evidence/sarif.ts";

const at = (uri: string, region: object = {}): object => ({ physicalLocation: { artifactLocation: { uri }, region } });
const log = (results: readonly object[], run: object = {}, rules: readonly object[] = []): string =>
  JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "Trivy", rules } }, results, ...run }] });

function results(json: string): readonly ScannerResult[] {
  const read = readSarif(json);
  if (read.kind !== "report") throw new Error(read.because);
  return read.report.results;
}

describe("a report in SARIF", () => {
  test("as Trivy writes it: rules by index, level and message beside the result", () => {
    const rules = [{ id: "AWS-0086", defaultConfiguration: { level: "error" } }, { id: "AWS-0087" }];
    const result = {
      ruleId: "AWS-0086",
      ruleIndex: 0,
      level: "error",
      message: { text: "Artifact: main.tf\nType: terraform" },
      locations: [{ ...at("main.tf", { startLine: 3, endLine: 5 }), message: { text: "main.tf" } }],
    };
    expect(results(log([result], {}, rules))).toEqual([
      {
        tool: "Trivy",
        rule: "AWS-0086",
        level: "error",
        message: "Artifact: main.tf Type: terraform",
        path: "main.tf",
        lines: { first: 3, last: 5 },
      },
    ]);
  });

  test("as others write it: the level of the rule, the rule by its index alone, a place without lines", () => {
    const rules = [{ id: "KSV001", shortDescription: { text: "No limits" }, defaultConfiguration: { level: "note" } }];
    const byIndex = { ruleIndex: 0, message: {}, locations: [at("k8s/a%20b.yaml")] };
    const nothingSaid = { message: { text: "denied" }, locations: [at("file:///work/k8s/b.yaml", { startLine: 2 })] };
    expect(results(log([byIndex, nothingSaid], {}, rules))).toMatchObject([
      { rule: "KSV001", level: "note", message: "No limits", path: "k8s/a b.yaml", lines: null },
      { rule: "", level: "warning", path: "/work/k8s/b.yaml", lines: { first: 2, last: 2 } },
    ]);
  });

  test("has no finding in what passed, does not apply, is gone or is suppressed", () => {
    const one = { ruleId: "a", message: { text: "m" }, locations: [at("a.tf")] };
    const silent = [
      { ...one, kind: "pass" },
      { ...one, kind: "notApplicable" },
      { ...one, level: "none" },
      { ...one, baselineState: "absent" },
      { ...one, suppressions: [{ kind: "inSource" }] },
      { ...one, suppressions: [{ kind: "external", status: "accepted" }] },
    ];
    expect(results(log(silent))).toEqual([]);
    expect(
      results(
        log([
          { ...one, suppressions: [{ status: "rejected" }] },
          { ...one, suppressions: [] },
        ]),
      ),
    ).toHaveLength(2);
    expect(results(log([{ ...one, kind: "review" }]))).toMatchObject([{ level: "note" }]);
  });

  test("counts results without a place, and believes no path that leaves the folder or is an address", () => {
    const placed = ["../a.tf", "https://example.com/a.tf", "data:x", ""].map((uri) => ({
      message: {},
      locations: [at(uri)],
    }));
    expect(readSarif(log([...placed, { message: {} }]))).toMatchObject({ report: { results: [], unplaced: 5 } });
  });

  test("says nothing that is not shown, and not much", () => {
    const [result] = results(
      log([{ ruleId: "x".repeat(500), message: { text: `a\u202Eb\n${"c".repeat(900)}` }, locations: [at("a")] }]),
    );
    expect(result?.message.startsWith("a\\u{202E}b c")).toBe(true);
    expect(result?.message.length).toBe(300);
    expect(result?.rule.length).toBe(100);
  });

  test.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["another version", JSON.stringify({ version: "2.0.0", runs: [] })],
    ["no list of runs", JSON.stringify({ version: "2.1.0", runs: {} })],
    ["a level that is none", log([{ level: "fatal", message: {} }])],
    ["a scan that failed", log([], { invocations: [{ executionSuccessful: false }] })],
    ["too many results", log(Array.from({ length: 10_001 }, () => ({ message: {} })))],
    [
      "too many runs",
      JSON.stringify({
        version: "2.1.0",
        runs: Array.from({ length: 51 }, () => ({ tool: { driver: { name: "a" } } })),
      }),
    ],
  ])("is refused where it is %s", (_, json) => {
    expect(readSarif(json).kind).toBe("unreadable");
  });
});
