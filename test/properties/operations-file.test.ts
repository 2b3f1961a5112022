import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../src/lib/canonical-json.ts";
import { type PolicySource, readPolicies } from "../../src/core/policy/reading.ts";
import { rules } from "../core/policy/read.ts";
import { policyText } from "./policy-statements.ts";

const operation = fc.record({
  type: fc.constantFrom("load_test", "backup"),
  schedule: fc.constantFrom("daily", "weekdays 14:00-16:00", "sat 23:00-01:00 Asia/Tokyo"),
  services: fc.uniqueArray(fc.constantFrom("api", "search"), { minLength: 1 }),
  action: fc.constantFrom("do_not_scale", "do_not_touch"),
});
const operationsText = fc
  .tuple(fc.array(operation, { maxLength: 3 }), fc.boolean())
  .map(([list, alone]) => JSON.stringify(alone ? list : { operations: list }));
/** Files of which some cannot be used. */
const anyText = fc.oneof(operationsText, fc.constantFrom("", "[", "{}", "operations: 1", "operations: [{}]"));

const source = (scope: PolicySource["scope"], text: string): PolicySource => ({
  scope,
  at: `${scope}.yml`,
  content: { kind: "text", text },
  former: null,
});
const read = (policy: string, ...operations: readonly string[]) =>
  readPolicies([source("repository", policy), ...operations.map((text) => source("operations", text))], rules);

test("files of planned operations forbid more, and touch nothing else of the policy, whatever stands in them", () => {
  fc.assert(
    fc.property(policyText, anyText, anyText, (policy, one, two) => {
      const [without, beside] = [read(policy), read(policy, one, two)];
      const { operations: before, mode: _, ...rest } = without.policy;
      const { operations: after, mode, ...same } = beside.policy;
      expect(same).toEqual(rest);
      const forms = new Set(after.map(canonicalJson));
      expect(before.filter((each) => !forms.has(canonicalJson(each)))).toEqual([]);
      // One that cannot be read leaves nothing unenforced.
      const isBroken = beside.errors.length > without.errors.length;
      expect(mode).toBe(isBroken ? "enforce" : without.policy.mode);
    }),
    { numRuns: 200 },
  );
});
