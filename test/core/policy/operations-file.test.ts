import { describe, expect, it } from "vitest";
import { operationOrigins } from "../../../src/core/policy/origins.ts";
import { type PolicySource, readPolicies } from "../../../src/core/policy/reading.ts";
import { mistakes, rules } from "./read.ts";

const said = (text: string): readonly string[] => mistakes(text, "operations");
const source = (scope: PolicySource["scope"], text: string): PolicySource => ({
  scope,
  at: { organisation: "sallyport.yml", repository: "policy.yml", operations: "operations.yml" }[scope],
  content: { kind: "text", text },
  former: null,
});
const seed = `# context/planned-operations.yaml
operations:
  - type: load_test
    schedule: "weekdays 14:00-16:00 UTC"
    services: ["api-gateway", "payment-service"]
    expected_cpu: "80-95%"
    action: "do_not_scale"
`;
const inFile = "{ type: backup, schedule: daily 02:00-03:00, services: [search], action: do_not_touch }";
const inPolicy = `version: 1\noperations: [${inFile}]\n`;

describe("a file of planned operations", () => {
  it("is the file that teams know, or the list alone", () => {
    expect(said(seed)).toEqual([]);
    const list = seed.slice(seed.indexOf("  - type"));
    const [both, alone] = [seed, list].map((text) => readPolicies([source("operations", text)], rules));
    expect(both?.policy.operations).toMatchObject([
      { type: "load_test", services: ["api-gateway", "payment-service"] },
    ]);
    expect(alone?.digest).toBe(both?.digest);
  });

  it.each([
    ["operations: []\n", []],
    ["[]\n", []],
    ["", ["1:1: nothing stands in it; write `operations: []`, or delete the file"]],
    ["{}\n", ["1:1: `operations` is missing; add it, or delete the file"]],
    [
      "operation: []\n",
      [
        "1:1: `operations` is missing; add it, or delete the file",
        '1:1: unknown key "operation"; did you mean "operations"?',
      ],
    ],
    [
      `${seed}mode: observe\n`,
      ["8:1: `mode` has no place among planned operations; state it in .github/sallyport.yml"],
    ],
    [
      "- { type: a, schedule: daily, services: [a], action: do_not_scale }\n- { type: b, schedule: dayly, services: [a], action: do_not_scale }\n",
      ['2:24: "dayly" is no day; did you mean "daily"?'],
    ],
    ["load_test\n", ['1:1: expected a mapping, found "load_test"']],
  ])("says what is wrong with %j, and where", (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it("adds to the policy's operations and never takes one away", () => {
    const read = (...sources: readonly PolicySource[]) => readPolicies(sources, rules).policy.operations;
    const types = (...sources: readonly PolicySource[]) =>
      read(...sources)
        .map(({ type }) => type)
        .toSorted();
    expect(types(source("repository", inPolicy), source("operations", seed))).toEqual(["backup", "load_test"]);
    expect(types(source("repository", inPolicy), source("operations", "operations: []\n"))).toEqual(["backup"]);
    expect(types(source("repository", inPolicy), source("operations", `[${inFile}]`))).toEqual(["backup"]);
    const organisation = `version: 1\noverridable: [operations]\noperations: [${inFile}]\n`;
    const silent = "version: 1\noperations: []\n";
    expect(
      types(source("organisation", organisation), source("repository", silent), source("operations", seed)),
    ).toEqual(["load_test"]);
    expect(types(source("operations", seed), source("operations", `[${inFile}]`))).toEqual(["backup", "load_test"]);
  });

  it("is in the zone of the policy where it names none", () => {
    const policy = source("repository", "version: 1\ntimezone: Asia/Tokyo\n");
    expect(readPolicies([policy, source("operations", `[${inFile}]`)], rules).policy.operations).toMatchObject([
      { window: { zone: "Asia/Tokyo" } },
    ]);
  });

  it("that cannot be read is told, and what else is in force stays in force, enforced", () => {
    const policy = source("repository", `version: 1\nmode: observe\noperations: [${inFile}]\n`);
    const broken = readPolicies([policy, source("operations", "operations: {}\n")], rules);
    expect(broken.errors).toEqual(["Cannot read policy operations.yml:1:13: expected a list, found a mapping"]);
    expect(broken.standIns).toMatchObject([{ file: "operations.yml", by: null }]);
    expect([broken.policy.mode, broken.policy.operations.map(({ type }) => type)]).toEqual(["enforce", ["backup"]]);
  });

  it("keeps what it planned while another policy file cannot be read", () => {
    const { policy } = readPolicies([source("repository", "vers: 1\n"), source("operations", seed)], rules);
    expect(policy.operations.map(({ type }) => type)).toEqual(["load_test"]);
  });
});

describe("where operations come from", () => {
  it("is told with every place that states one", () => {
    const sources = [
      source("repository", inPolicy),
      source("operations", seed),
      source("operations", `operations:\n  - ${inFile}\n`),
    ];
    expect(operationOrigins(sources, rules).map(({ operation: { type }, at }) => [type, at])).toEqual([
      ["load_test", ["operations.yml:3:5"]],
      ["backup", ["policy.yml:2:14", "operations.yml:2:5"]],
    ]);
  });
});
