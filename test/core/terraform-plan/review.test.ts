import { describe, expect, test } from "vitest";
import type { Attribution } from "../../../src/core/terraform-plan/attribution.ts";
import { countsOf, type ReviewRow, reviewRows } from "../../../src/core/terraform-plan/review.ts";
import { reviewed } from "../report/terraform-plans.ts";
import { type Fields, planJson, read, row } from "./plans.ts";

function review(rows: readonly Fields[], attributions: readonly (readonly [string, Attribution])[] = []) {
  const plan = read(planJson(rows));
  return { root: "", workspace: "", trusted: true, plan, attributions: new Map(attributions) };
}

const named = (rows: readonly ReviewRow[]) =>
  rows.map(({ resources }) => resources.map(({ address }) => address).join(" "));

test("the gravest come first", () => {
  expect(named(reviewRows(reviewed))).toEqual([
    "aws_lambda_function.f",
    "aws_s3_bucket.logs",
    "aws_db_instance.main",
    "aws_instance.web",
    "aws_sqs_queue.jobs",
    "aws_ecs_service.stray",
    "module.net.aws_security_group.web",
    "aws_glacier_vault.old",
    'aws_iam_user.people["a"] aws_iam_user.people["b"] aws_iam_user.people["c"]',
    "aws_ecs_service.new",
    "aws_vpc.now",
  ]);
});

test("every row of a plan is counted once", () => {
  const counts = countsOf(reviewed);
  expect(Object.values(counts).reduce((sum, number) => sum + number, 0)).toBe(reviewed.plan.changes.length);
  expect(counts).toMatchObject({
    unknown: 1,
    delete: 2,
    replace: 1,
    forget: 1,
    update: 5,
    create: 2,
    move: 1,
    nothing: 1,
  });
});

describe("rows are one for a reader", () => {
  const change = (value: string, fields: object) =>
    row({ before: { size: "a", arn: fields }, after: { size: value } }, { ...fields });
  const first = { name: "a" };
  const second = { name: "b", module_address: "module.m" };

  test("where the same differs alike, in whatever module, whatever becomes known later", () => {
    const later = { after_unknown: { arn: true } };
    const rows = [first, second].map((fields) =>
      row({ before: { size: "a", arn: `arn:${fields.name}` }, after: { size: "b" }, ...later }, fields),
    );
    expect(named(reviewRows(review(rows)))).toEqual(["aws_db_instance.a module.m.aws_db_instance.b"]);
  });

  test("but not where a value is another one", () => {
    expect(named(reviewRows(review([change("b", first), change("c", second)])))).toHaveLength(2);
  });

  test("nor where one is explained and the other is not", () => {
    const rows = [
      row({ actions: ["create"], before: null }, first),
      row({ actions: ["create"], before: null }, second),
    ];
    const one: readonly (readonly [string, Attribution])[] = [["aws_db_instance.a", "nothing"]];
    expect(named(reviewRows(review(rows)))).toHaveLength(1);
    expect(named(reviewRows(review(rows, one)))).toHaveLength(2);
  });
});

test("what only creates, reads or changes without a loss is not grave, unless nothing explains it", () => {
  const rows = [
    row({ actions: ["create"], before: null, after: { a: 1 } }, { name: "a" }),
    row({ before: { a: 1 }, after: { a: 2 } }, { name: "b" }),
    row({ actions: ["read"], before: null }, { name: "c", mode: "data", address: "data.aws_db_instance.c" }),
  ];
  const grave = (attributions: readonly (readonly [string, Attribution])[]) =>
    named(reviewRows(review(rows, attributions)).filter((each) => each.grave));
  expect(grave([])).toEqual([]);
  expect(
    grave(["aws_db_instance.a", "aws_db_instance.b", "data.aws_db_instance.c"].map((each) => [each, "nothing"])),
  ).toEqual(["aws_db_instance.b", "aws_db_instance.a"]);
});
