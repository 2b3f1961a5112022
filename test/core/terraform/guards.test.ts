// What lets go is told apart from what may let go: the one blocks, the other asks.
import { describe, expect, test } from "vitest";
import { goneGuardians } from "../../../src/core/terraform/guarded-blocks.ts";
import { listed, stated, unlisted, unstated } from "../../../src/core/terraform/guard.ts";
import { judge } from "../../../src/core/terraform/guarding.ts";
import type { Reading } from "../../../src/core/terraform/reading.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { change, text } from "../change/changes.ts";
import { tools } from "./evaluated.ts";

const none: Reading = { kind: "absent", line: 1 };
const value = (of: string): Reading => ({ kind: "value", value: of, line: 1 });
const expression = (of: string): Reading => ({ kind: "unknown", text: of, line: 1 });
const list = (...items: readonly string[]): Reading => ({ kind: "present", text: items.join(), line: 1, items });

describe("an attribute", () => {
  test.each([
    ["a service's key instead of one's own", stated, value("alias/orders"), value("alias/aws/sns"), "worse"],
    ["no key instead of a service's", stated, value("alias/aws/sns"), none, "worse"],
    ["one's own key instead of a service's", stated, value("alias/aws/sns"), value("alias/orders"), "no worse"],
    ["an address that a resource has", unstated, none, expression("azurerm_public_ip.web.id"), "worse"],
    ["an address that a variable may hold", unstated, none, expression("var.address"), "undecided"],
    ["an address or none", unstated, none, expression("aws_eip.a.id == null ? null : aws_eip.a.id"), "undecided"],
    ["an address that goes", unstated, expression("azurerm_public_ip.web.id"), none, "no worse"],
    ["an item less", listed, list("api", "audit"), list("api"), "worse"],
    ["an item more", listed, list("api"), list("audit", "api"), "no worse"],
    ["a list that nobody knows", listed, list("api"), expression("var.logs"), "undecided"],
    ["a list where there was none", listed, none, expression("var.logs"), "no worse"],
    ["an exception more", unlisted, list("a"), list("a", "b"), "worse"],
    ["an exception less", unlisted, list("a", "b"), list("a"), "no worse"],
    ["exceptions that nobody knows", unlisted, none, expression("var.exempted"), "undecided"],
  ] as const)("%s", (_, guard, before, after, judged) => {
    expect(judge(guard, [before], [after])).toBe(judged);
  });
});

describe("a trail that is gone", () => {
  const trail = (name: string): string =>
    `resource "aws_cloudtrail" "${name}" {\n  name = "${name}-${name}"\n  s3_bucket_name = "${name}"\n}\n`;
  const gone = (after: string): readonly boolean[] => {
    const { view } = resources(change(text("main.tf", trail("all"), after)), tools);
    return goneGuardians(view, "audit", () => ({ targets: [], unresolved: true })).map(({ certain }) => certain);
  };

  test("is gone for certain where no other comes", () => {
    expect(gone("locals {}\n")).toEqual([true]);
  });

  test("may be another one now where one comes", () => {
    expect(gone(trail("small"))).toEqual([false]);
  });
});
