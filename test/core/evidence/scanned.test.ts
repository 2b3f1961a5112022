import { describe, expect, test } from "vitest";
import type { ScannerResult } from "../../../src/core/evidence/sarif.ts";
import { newlyFound, type Scan } from "../../../src/core/evidence/scanned.ts";
import { parseExample } from "../../../src/core/example.ts";

const { change } = parseExample(`
  M a/main.tf
    one
  - two
    three
  + four
    five
  A b.tf
    new
  = c.tf
    same`);

function result(
  path: string,
  lines: readonly [number, number] | null,
  more: Partial<ScannerResult> = {},
): ScannerResult {
  const at = lines === null ? null : { first: lines[0], last: lines[1] };
  return { tool: "Trivy", rule: "R", level: "error", message: "m", path, lines: at, ...more };
}
function scan(results: readonly ScannerResult[], more: Partial<Scan> = {}): Scan {
  return { report: { tools: ["Trivy"], results, unplaced: 0 }, root: "", isPinned: true, ...more };
}
/** Head of a/main.tf: one, three, four, five. */
const places = (atHead: readonly Scan[], atBase: readonly Scan[] = []): readonly string[] =>
  newlyFound(change, atHead, atBase).map(({ at, times }) => `${at.path}:${at.line} x${times}`);

describe("what a scanner found, without a look at the base", () => {
  test("is new where it lies on lines that the change touches, also where some are only gone within it", () => {
    const on = (lines: readonly [number, number]): number => places([scan([result("a/main.tf", lines)])]).length;
    expect([on([3, 3]), on([2, 3]), on([1, 4]), on([1, 2])]).toEqual([1, 1, 1, 1]);
    expect([on([1, 1]), on([2, 2]), on([4, 4])]).toEqual([0, 0, 0]);
  });

  test("is new in a file that is, and in no file that the change leaves alone", () => {
    expect(places([scan([result("b.tf", null), result("c.tf", [1, 1]), result("gone.tf", [1, 1])])])).toEqual([
      "b.tf:1 x1",
    ]);
    expect(places([scan([result("a/main.tf", null)])])).toEqual([]);
  });

  test("is told once for each rule in each file, whoever and however often says so", () => {
    const twice = [
      scan([result("b.tf", [1, 1]), result("b.tf", [2, 2])]),
      scan([result("b.tf", [1, 1])], { isPinned: false }),
    ];
    expect(newlyFound(change, twice, [])).toMatchObject([{ times: 2, isPinned: true, level: "error" }]);
  });

  test("is found from where the scanner ran, and from the root of its machine", () => {
    expect(places([scan([result("main.tf", [3, 3])], { root: "a" })])).toEqual(["a/main.tf:3 x1"]);
    expect(places([scan([result("a/main.tf", [3, 3])], { root: "a" })])).toEqual(["a/main.tf:3 x1"]);
    expect(places([scan([result("/home/runner/work/shop/a/main.tf", [3, 3])])])).toEqual(["a/main.tf:3 x1"]);
  });
});

describe("what a scanner found, that has looked at the base", () => {
  const before = scan([result("a/main.tf", [9, 9]), result("c.tf", [1, 1])]);

  test("is new where it was not there, wherever it is, and as often as it was not there", () => {
    const now = scan([result("a/main.tf", [3, 3]), result("c.tf", [1, 1]), result("c.tf", [2, 2])]);
    expect(places([now], [before])).toEqual(["c.tf:2 x1"]);
    expect(places([scan([result("c.tf", [1, 1], { rule: "S" })])], [before])).toEqual(["c.tf:1 x1"]);
  });

  test("is compared with the same scanner in the same folder alone", () => {
    const other = scan([result("a/main.tf", [3, 3], { tool: "Checkov" })], {
      report: { tools: ["Checkov"], results: [result("a/main.tf", [3, 3], { tool: "Checkov" })], unplaced: 0 },
    });
    expect(places([other], [before])).toEqual(["a/main.tf:3 x1"]);
    expect(places([scan([result("main.tf", [3, 3])], { root: "a" })], [before])).toEqual(["a/main.tf:3 x1"]);
  });
});
