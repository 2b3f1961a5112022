import { describe, expect, it } from "vitest";
import { effective, mistakes } from "./read.ts";

const v = (text: string): string => `version: 1\n${text}\n`;
const day = 86_400_000;

describe("restore", () => {
  it("is nothing until the first file states for how long", () => {
    expect(effective({ own: v("") }).restore).toBeNull();
    expect(effective({ own: v("restore: { skips: [bake] }") }).restore).toBeNull();
    expect(effective({ own: v("restore: { within: 14d }") }).restore).toEqual({
      withinMs: 14 * day,
      skips: [],
      approvals: [{ count: 1, from: ["people"] }],
    });
  });

  it("of a file further down is only tighter: shorter, with less to skip and more people", () => {
    const organisation = v(
      "restore: { within: 7d, skips: [bake, freezes], approvals: { count: 1, from: ['@acme/a'] } }",
    );
    const own = v("restore: { within: 14d, skips: [freezes, budgets], approvals: { count: 2, from: ['@acme/b'] } }");
    expect(effective({ organisation, own }).restore).toEqual({
      withinMs: 7 * day,
      skips: ["freezes"],
      approvals: [
        { count: 1, from: ["@acme/a"] },
        { count: 2, from: ["@acme/b"] },
      ],
    });
    expect(effective({ organisation: v(""), own }).restore).toBeNull();
    expect(effective({ own, base: v("restore: { skips: [] }") }).restore?.skips).toEqual([]);
  });

  it("is proved by those whom the file that allows it names, in environments that a file further down adds as well", () => {
    const proving = "deployments: [production], deployed_by: ['app:argo']";
    const own = v(
      `layout: ["k8s/{environment}/**"]\nenvironments: { production: { ${proving} }, blue: { ${proving} } }`,
    );
    const known = ({ restore }: { readonly restore: string }) => {
      const { production, blue } = effective({ organisation: v(restore), own }).environments;
      return [production?.deployedBy.length, blue?.deployedBy.length];
    };
    expect(known({ restore: "" })).toEqual([1, 1]);
    expect(known({ restore: "restore: { within: 7d }" })).toEqual([0, 0]);
  });

  it("is the repository's where the organisation lets it be", () => {
    const organisation = v("overridable: [restore]");
    expect(effective({ organisation, own: v("restore: { within: 2d, skips: [bake] }") }).restore?.withinMs).toBe(
      2 * day,
    );
  });

  it.each([
    ["restore: { within: 0s }", "a duration from 1s to 366d"],
    ["restore: { within: 400d }", "a duration from 1s to 366d"],
    ["restore: { within: soon }", "a duration from 1s to 366d"],
    ["restore: { within: 14d, skips: [halt] }", "bake"],
    ["restore: { within: 14d, approvals: { count: 0 } }", "a whole number from 1"],
    ["restore: { within: 14d, approvals: { from: [people] } }", "a whole number from 1"],
    ["restore: { within: 14d, approvals: 1 }", "mapping"],
    ["restore: { for: 14d }", "unknown key"],
    ["freezes: [{ name: a, schedule: daily, except: [bake] }]", "restore"],
    ["limits: { values: [{ keys: [a], growth: { factor: 2, within: 0d } }] }", "a duration from 1s to 366d"],
    ["limits: { values: [{ keys: [a], growth: { within: 30d } }] }", "a number, such as 2"],
    ["limits: { values: [{ keys: [a], growth: { factor: 2, within: 30 } }] }", "a duration from 1s to 366d"],
  ])("refuses %s", (text, because) => {
    const [first, ...others] = mistakes(v(text));
    expect(first).toContain(because);
    expect(others).toEqual([]);
  });
});
