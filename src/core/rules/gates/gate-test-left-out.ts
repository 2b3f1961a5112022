import { z } from "zod";
import { placeOf } from "../../change/hunks.ts";
import { isTest, newMarks, unreadHead } from "../../gates/files.ts";
import { leftOutIn } from "../../gates/tests.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "gate-test-left-out",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "high",
  summary: "Tests that ran are skipped or expected to fail from now on, or one is marked to run alone.",
  why: "The run stays green and the report shows one more skipped test, which nobody reads. With `only`, every other test of the file is left out without a word.",
  remedy:
    "Mend the test or the code. What has to be left out for a while goes into a change of its own, with the reason and who looks after it.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    const tests = files.filter(({ path }) => isTest(path));
    const isAllNew = tests.every(({ before }) => before === null);
    for (const { file, mark } of newMarks(tests, leftOutIn)) {
      if (mark === null) {
        yield {
          at: placeOf(file),
          about: file.path,
          undecided: `which tests of \`${file.path}\` are left out`,
          ...unreadHead(file),
        };
        continue;
      }
      // New tests that are skipped take nothing away, unless others went for them.
      if (mark.key === "skip" && file.before === null && (isAllNew || tests.every(({ after }) => after !== null)))
        continue;
      yield {
        at: { path: file.path, side: "head", line: mark.line },
        about: `${file.path}#${mark.text}`,
        message:
          mark.key === "only"
            ? `\`${mark.text}\` leaves out every other test of \`${file.path}\``
            : `\`${mark.text}\`: what it tests may fail from now on`,
        asks: true,
      };
    }
  },
  examples: {
    "a test is skipped, in several languages": `
      M src/cart.test.ts
      - it("sums up", () => {
      > it.skip("sums up", () => {
        });
      M tests/test_cart.py
      > @pytest.mark.xfail
        def test_total():
            assert total() == 3
      M pkg/cart_test.go
        func TestTotal(t *testing.T) {
      >   t.Skip("flaky")
        }`,
    "one runs alone": `
      M src/cart.test.ts
      - describe("cart", () => {
      > describe.only("cart", () => {
        });`,
    "it moves, and stays skipped": `
      M src/cart.test.ts
      - it.skip("sums up", () => {});
        it("is empty", () => {});
      M src/total.test.ts
        it("is small", () => {});
      + it.skip("sums up", () => {});`,
    "its name changes": `
      M src/cart.test.ts
      - it.skip("sums", () => {});
      + it.skip("sums up", () => {});`,
    "a new file of tests, one of which waits": `
      A src/cart.test.ts
        it("sums up", () => {});
        it.skip("is fast", () => {});`,
    "no test": `
      M src/list.ts
      - list.take(1);
      + list.skip(1);
      + it.skip(1);`,
  },
});
