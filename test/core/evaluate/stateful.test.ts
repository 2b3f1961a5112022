// What is lost of what holds data: one finding, with the risk and the kinds that say the same.
import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { changeOf, factsOf, file } from "../facts.ts";
import { judge, organisation, repository } from "./changes.ts";

const layout = 'layout: ["terraform/{environment}/**"]\n';
const policy = repository(
  `${layout}areas: { destructive: { kinds: [delete, replace] } }\nbudgets: { deletes: { max: 100, within: 1d, per: [agent] } }\n`,
);
const main = "terraform/production/main.tf";

function judged(...files: readonly ChangedFile[]): Evaluation {
  return judge(factsOf({ change: changeOf(...files) }), [policy]);
}
function tf({ findings }: Evaluation): readonly string[] {
  return findings.map(({ rule }) => rule).filter((rule) => rule.startsWith("tf-"));
}
const database = (label: string, body = 'identifier = "orders"') =>
  `resource "aws_db_instance" "${label}" {\n  ${body}\n}\n`;
const call = (name: string) => `module "${name}" {\n  source = "../modules/db"\n}\n`;
const shared: ChangedFile = {
  ...file("terraform/modules/db/main.tf", database("main"), database("main")),
  status: "unchanged",
};

describe("a database that goes", () => {
  const evaluation = judged(file(main, `${database("main")}locals {}\n`, "locals {}\n"));

  test("is one finding, of critical risk, in the area of deletions, and counts once", () => {
    expect(tf(evaluation)).toEqual(["tf-data-destroyed"]);
    expect(evaluation.verdict).toBe("block");
    expect(evaluation.risk.tier).toBe("critical");
    expect(evaluation.areas.map(({ area }) => area)).toEqual(["destructive"]);
    expect(evaluation.spending?.takes.deletes).toBe(1);
  });
});

describe("a module that is renamed", () => {
  const moved = "moved {\n  from = module.db\n  to   = module.store\n}\n";

  test("with a moved block deletes nothing", () => {
    const evaluation = judged(file(main, call("db"), `${call("store")}${moved}`), shared);
    expect(tf(evaluation)).toEqual([]);
    expect(evaluation.risk.tier).toBe("high");
    expect(evaluation.areas).toEqual([]);
    expect(evaluation.spending?.takes.deletes).toBe(0);
  });

  test("without one deletes what it held, and the fix is the moved block", () => {
    const evaluation = judged(file(main, call("db"), call("store")), shared);
    expect(tf(evaluation)).toEqual(["tf-address-changed"]);
    expect(
      evaluation.findings.find(({ rule }) => rule === "tf-address-changed")?.fix?.edits.map(({ text }) => text),
    ).toEqual(["moved {\n  from = module.db\n  to   = module.store\n}\n\n"]);
    expect(evaluation.risk.tier).toBe("critical");
    expect(evaluation.spending?.takes.deletes).toBe(1);
  });
});

test("fewer instances by the default of a variable are deletions", () => {
  const variable = (count: number) => `variable "n" {\n  default = ${count}\n}\n`;
  const disks = 'resource "aws_ebs_volume" "data" {\n  count = var.n\n}\n';
  const evaluation = judged(file(main, variable(3) + disks, variable(1) + disks));
  expect(tf(evaluation)).toEqual(["tf-data-destroyed"]);
  expect(evaluation.risk.tier).toBe("critical");
  expect(evaluation.spending?.takes.deletes).toBe(2);
});

test("what Terraform only lets go of is no deletion, and people are asked", () => {
  const removed = "removed {\n  from = aws_db_instance.main\n  lifecycle {\n    destroy = false\n  }\n}\n";
  const evaluation = judged(file(main, database("main"), removed));
  expect(
    evaluation.findings.filter(({ rule }) => rule.startsWith("tf-")).map(({ rule, level }) => [rule, level]),
  ).toEqual([["tf-data-forgotten", "review"]]);
  expect(evaluation.spending?.takes.deletes).toBe(0);
});

test("a module in samples may lose what it likes, while a root that is deployed may not", () => {
  const sample = judged(file("examples/complete/main.tf", database("main"), ""));
  expect(tf(sample)).toEqual([]);
});

test("the same block in two environments is one finding", () => {
  const roots = ["staging", "production"].map((name): ChangedFile => {
    const path = `terraform/${name}/main.tf`;
    return { ...file(path, call("db"), call("db")), status: "unchanged" };
  });
  const evaluation = judged(
    file("terraform/modules/db/main.tf", `${database("main")}locals {}\n`, "locals {}\n"),
    ...roots,
  );
  expect(tf(evaluation)).toEqual(["tf-data-destroyed"]);
  expect(evaluation.findings.find(({ rule }) => rule === "tf-data-destroyed")?.message).toContain(
    "in 2 configurations",
  );
});

test("a type that the organisation names as data stays data, whatever the repository says", () => {
  const ledger = 'resource "acme_ledger" "main" {\n  name = "a"\n}\n';
  const facts = factsOf({ change: changeOf(file(main, `${ledger}locals {}\n`, "locals {}\n")) });
  const [above, own] = [
    organisation("stateful: { acme_ledger: A }"),
    repository(`${layout}stateful: { acme_ledger: B }\n`),
  ];
  expect(tf(judge(facts, [own]))).toEqual(["tf-service-destroyed"]);
  expect(tf(judge(facts, [above, own]))).toEqual(["tf-data-destroyed"]);
});

test("instances that keep their keys need one moved block for all of them", () => {
  const buckets = (label: string) =>
    `resource "google_storage_bucket" "${label}" {\n  for_each = toset(["ads", "maps"])\n  name = each.key\n}\n`;
  const evaluation = judged(file(main, buckets("team"), buckets("teams")));
  expect(evaluation.findings.filter(({ rule }) => rule === "tf-address-changed")).toMatchObject([
    { object: "google_storage_bucket.team" },
  ]);
});

test("a resource that a moved block takes into a module is in no area of deletions", () => {
  const moved = "moved {\n  from = aws_db_instance.main\n  to   = module.db.aws_db_instance.main\n}\n";
  const evaluation = judged(file(main, database("main"), `${call("db")}${moved}`), shared);
  expect(tf(evaluation)).toEqual([]);
  expect(evaluation.areas).toEqual([]);
});

test("a sample may call a module less often, though others may deploy that module", () => {
  const disks = 'variable "n" {}\nresource "aws_ebs_volume" "data" {\n  count = var.n\n}\n';
  const shelf: ChangedFile = { ...file("modules/disks/main.tf", disks, disks), status: "unchanged" };
  const calls = (n: number) => `module "disks" {\n  source = "../../modules/disks"\n  n = ${n}\n}\n`;
  expect(tf(judged(file("examples/complete/main.tf", calls(3), calls(1)), shelf))).toEqual([]);
  const path = "terraform/production/main.tf";
  expect(tf(judged(file(path, calls(3), calls(1)), shelf))).toEqual(["tf-data-destroyed"]);
});

test("where nobody can tell the instances any more, that is all that is said", () => {
  const buckets = (each: string) =>
    `resource "google_storage_bucket" "team" {\n  for_each = ${each}\n  name = each.key\n}\n`;
  const evaluation = judged(file(main, buckets('toset(["ads", "maps"])'), buckets("var.teams")));
  expect(evaluation.gaps.map(({ id }) => id).filter((id) => id.startsWith("undecided:"))).toEqual([
    `undecided:tf-data-destroyed:${main} google_storage_bucket.team`,
  ]);
});
