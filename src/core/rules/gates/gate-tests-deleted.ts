import { z } from "zod";
import { count } from "../../../lib/text.ts";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { isSource, isTest, linesOf, stemOf } from "../../gates/files.ts";
import { testsIn } from "../../gates/tests.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "gate-tests-deleted",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "high",
  summary: "A file of tests is deleted, and what it tested stays.",
  why: "A test that fails can be mended or deleted, and only one of the two says whether the code works. Nobody misses it until what it held together breaks.",
  remedy: "Mend the test, or delete it in a change of its own that says why nobody needs it.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      if (file.after !== null || file.before === null || !isTest(file.path)) continue;
      const tests = testsIn(linesOf(file.before) ?? []);
      if (isMoved(file, tests, files) || goesWithItsCode(file, files)) continue;
      const subject = files.find((one) => isCode(one) && one.after !== null && stemOf(one.path) === stemOf(file.path));
      yield {
        at: placeOf(file),
        about: file.path,
        message: `\`${file.path}\`${tests.length === 0 ? "" : ` with ${count(tests.length, "test")}`} is deleted${subject === undefined ? ", and no code with it that it would have tested" : `, while \`${subject.path}\`, which it tested, is changed`}`,
        asks: true,
      };
    }
  },
  examples: {
    "the test of code that is changed": `
      M src/cart.ts
      - export const total = (items: number[]) => items.reduce((a, b) => a + b, 0);
      + export const total = (items: number[]) => items.length;
      > D src/cart.test.ts
        import { total } from "./cart.ts";
        test("sums up", () => expect(total([1, 2])).toBe(3));`,
    "a test alone": `
      > D tests/test_billing.py
        def test_invoice():
            assert invoice(1) == 2`,
    "the code goes with it": `
      D src/cart.ts
        export const total = 1;
      D src/cart.test.ts
        test("sums up", () => {});`,
    "a folder goes as a whole": `
      D pkg/cart/store.go
        package cart
      D pkg/cart/flow_test.go
        package cart
        func TestFlow(t *testing.T) {}`,
    "it moves, and its tests with it": `
      D src/cart.test.ts
        test("sums up", () => {});
        test("is empty", () => {});
      A test/unit/total.test.ts
        test("sums up", () => {});
        test("is empty", () => {});
        test("is large", () => {});`,
    "a fixture is no test": `
      D tests/fixtures/cart.json
        { "items": [] }`,
  },
});

function isCode({ path }: ChangedFile): boolean {
  return isSource(path) && !isTest(path);
}

/** Most of its tests are in files that the change adds or edits; of a language that is not known, a file of the same name is. */
function isMoved(file: ChangedFile, tests: readonly string[], files: readonly ChangedFile[]): boolean {
  const others = files.filter((one) => one !== file && one.after !== null && isTest(one.path));
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  if (tests.length === 0) return others.some((one) => one.before === null && one.path.endsWith(`/${name}`));
  const stood = new Set(others.flatMap((one) => testsIn(linesOf(one.before) ?? [])));
  const come = new Set(others.flatMap((one) => testsIn(linesOf(one.after) ?? [])).filter((one) => !stood.has(one)));
  return tests.filter((one) => come.has(one)).length * 2 > tests.length;
}

/** Its code is removed: by the name, or all that the change touches in its folder. */
function goesWithItsCode(file: ChangedFile, files: readonly ChangedFile[]): boolean {
  const code = files.filter(isCode);
  const own = code.filter((one) => stemOf(one.path) === stemOf(file.path));
  if (own.length > 0) return own.every(({ after }) => after === null);
  const beside = code.filter((one) => folderOf(one.path) === folderOf(file.path));
  return beside.length > 0 && beside.every(({ after }) => after === null);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
