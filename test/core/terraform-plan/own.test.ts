import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { repository } from "../evaluate/changes.ts";
import { filesOf, judgedWith, told, unexplained } from "./sites.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const place = ["../shared/data", "../../shared/data"]
  .map((folder) => `${root}/${folder}/terraform-plans/own`)
  .find((path) => existsSync(path));
if (place === undefined)
  console.info("shared/data/terraform-plans is absent: the plans made with Terraform 1.11 are not judged");

const variables = `variable "region" {
  default = "eu-west-1"
}
variable "db_password" {
  sensitive = true
  default   = "placeholder"
}
`;
const bucket = (input: string): string => `resource "terraform_data" "bucket" {\n  input = ${input}\n}\n`;
const db = (version: string, more = ""): string =>
  `resource "terraform_data" "db" {
  count            = 2
  input            = { id = "db-\${count.index}", password = var.db_password }
  triggers_replace = ["${version}"]
${more}}\n`;
const site = variables + bucket("var.region") + db("v1");
const moved = `${variables}module "m" {
  source = "./m"
}
moved {
  from = terraform_data.bucket
  to   = module.m.terraform_data.bucket
}
removed {
  from = terraform_data.db
  lifecycle {
    destroy = false
  }
}
import {
  to = terraform_data.imported
  id = "abc"
}
resource "terraform_data" "imported" {
  input = "imported"
}
`;
const inModule = { "m/main.tf": bucket('"eu-west-1"') };

interface Expected {
  readonly before?: string;
  readonly after: string;
  readonly also?: Readonly<Record<string, string>>;
  readonly told: readonly string[];
  readonly unexplained: readonly string[];
}

const dbs = ["terraform_data.db[0]", "terraform_data.db[1]"];
const replaced = {
  after: variables + bucket("var.region") + db("v2"),
  told: ["tfplan-data-replaced", "tfplan-too-much asks"],
};

/** What each plan is judged as beside a change that asks for it. */
const expected: Readonly<Record<string, Expected>> = {
  "01-create": { before: variables, after: site, told: [], unexplained: [] },
  "02-update": { after: variables + bucket('"other"') + db("v1"), told: [], unexplained: [] },
  "03-replace": { ...replaced, unexplained: [] },
  "04-delete": {
    after: variables + bucket("var.region"),
    told: ["tfplan-data-destroyed", "tfplan-too-much asks"],
    unexplained: [],
  },
  "04b-destroy-all": {
    before: variables + bucket("var.region"),
    after: `# Nothing.\n${variables}${bucket("var.region")}`,
    told: ["tfplan-data-destroyed", "tfplan-deletion-unexplained", "tfplan-too-much asks"],
    unexplained: ["terraform_data.bucket", ...dbs],
  },
  "05-prevent-destroy-errored": {
    after: variables + bucket("var.region") + db("v2", "  lifecycle {\n    prevent_destroy = true\n  }\n"),
    told: ["plan-errored:terraform/production", ...replaced.told],
    unexplained: [],
  },
  "06-moved-removed-import": {
    after: moved,
    also: inModule,
    told: ["tfplan-data-forgotten", "tfplan-too-much asks"],
    unexplained: [],
  },
  "07-noop": { after: `# Nothing.\n${site}`, told: [], unexplained: [] },
  "08-create-before-destroy": {
    after: variables + bucket("var.region") + db("v3", "  lifecycle {\n    create_before_destroy = true\n  }\n"),
    told: replaced.told,
    unexplained: [],
  },
  "09-replace-requested": {
    after: variables + bucket("var.region") + db("v3", "  lifecycle {\n    create_before_destroy = true\n  }\n"),
    told: [replaced.told[0] ?? "", "tfplan-deletion-unexplained", replaced.told[1] ?? ""],
    unexplained: ["terraform_data.bucket"],
  },
};

describe("plans made with Terraform 1.11", () => {
  const there =
    place === undefined ? Object.keys(expected) : readdirSync(place).map((name) => name.replace(/\.json$/u, ""));

  test("are each expected to come to something", () => {
    expect(there.toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  test.each(place === undefined ? [] : Object.entries(expected))(
    "%s",
    (name, { before = site, after, also = {}, ...wanted }) => {
      const json = readFileSync(`${place}/${name}.json`, "utf8");
      const files = filesOf("terraform/production", { "main.tf": before }, { "main.tf": after, ...also });
      const evaluation = judgedWith(files, { json }, {}, [repository("stateful: { terraform_data: A }\n")]);
      expect([told(evaluation), unexplained(evaluation)]).toEqual([wanted.told, wanted.unexplained]);
    },
  );
});
