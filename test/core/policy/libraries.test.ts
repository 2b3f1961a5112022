import { describe, expect, test } from "vitest";
import { loosened } from "../../../src/core/policy/loosened.ts";
import { effectiveStatement } from "../../../src/core/policy/merge.ts";
import { type PolicySource, readPolicies } from "../../../src/core/policy/reading.ts";
import { document, rules } from "./read.ts";

const source = (scope: PolicySource["scope"], text: string): PolicySource => ({
  scope,
  at: `acme/x@${"0".repeat(40)}:sallyport.yml`,
  content: { kind: "text", text: `version: 1\n${text}` },
  former: null,
});
const librariesOf = (...sources: PolicySource[]) => {
  const { policy, above, errors } = readPolicies(sources, rules);
  expect(errors).toEqual([]);
  return { policy: policy.libraries, above: above?.libraries };
};
const own = source("repository", "libraries: [modules/**, charts/**]\n");

describe("libraries", () => {
  test("are the repository's where it has no organisation's policy above it", () => {
    expect(librariesOf(own)).toEqual({ policy: ["charts/**", "modules/**"], above: undefined });
  });
  test("are those that the organisation has too, unless it lets the repository say", () => {
    expect(librariesOf(source("organisation", ""), own)).toEqual({ policy: [], above: [] });
    const some = source("organisation", "libraries: [modules/**, policies/**]\n");
    expect(librariesOf(some, own)).toEqual({ policy: ["modules/**"], above: ["modules/**"] });
    const open = source("organisation", "overridable: [libraries]\n");
    expect(librariesOf(open, own)).toEqual({ policy: ["charts/**", "modules/**"], above: ["charts/**", "modules/**"] });
  });
  test("that come to be more are less that is asked", () => {
    const statement = (libraries: string) =>
      effectiveStatement(
        {
          organisation: null,
          defaultBranch: document(`version: 1\nlibraries: ${libraries}\n`),
          baseBranch: null,
          operations: [],
        },
        rules,
      );
    expect(loosened(statement("[a/**]"), statement("[a/**, b/**]"))).toEqual(["libraries"]);
    expect(loosened(statement("[a/**, b/**]"), statement("[a/**]"))).toEqual([]);
  });
});
