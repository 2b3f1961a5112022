import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loosened } from "../../src/core/policy/loosened.ts";
import { effectivePolicy, effectiveStatement, type PolicyFiles } from "../../src/core/policy/merge.ts";
import type { Policy } from "../../src/core/policy/schema.ts";
import { document, rules } from "../core/policy/read.ts";
import { milder } from "./policy-milder.ts";
import { policyText } from "./policy-statements.ts";
import { runs } from "../runs.ts";

const fileOf = (text: string): PolicyFiles => ({
  organisation: null,
  defaultBranch: document(text),
  baseBranch: null,
  operations: [],
});

function policyOf(files: PolicyFiles): Policy {
  const read = effectivePolicy(files, rules);
  fc.pre(read.ok);
  return read.policy;
}

describe("what a change of the policy loosens", () => {
  it("is never kept quiet: where the policy after it is milder, a key is named", () => {
    fc.assert(
      fc.property(policyText, policyText, (one, other) => {
        const [before, after] = [fileOf(one), fileOf(other)];
        fc.pre(milder(policyOf(after), policyOf(before)).length > 0);
        expect(loosened(effectiveStatement(before, rules), effectiveStatement(after, rules))).not.toEqual([]);
      }),
      runs(100),
    );
  });

  it("is nothing where nothing changes", () => {
    fc.assert(
      fc.property(policyText, (text) => {
        const statement = effectiveStatement(fileOf(text), rules);
        expect(loosened(statement, statement)).toEqual([]);
      }),
      runs(100),
    );
  });

  it("is nothing where a file of another branch joins, which can only tighten", () => {
    fc.assert(
      fc.property(policyText, policyText, (one, other) => {
        const before = fileOf(one);
        const after = { ...before, baseBranch: document(other) };
        const named = loosened(effectiveStatement(before, rules), effectiveStatement(after, rules));
        // Whoever owns a service, and a rule's own options, have no order: the file above decides and nothing changes.
        expect(named).toEqual([]);
      }),
      runs(100),
    );
  });
});
