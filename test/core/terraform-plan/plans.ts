import type { PlannedChange, TerraformPlan } from "../../../src/core/terraform-plan/plan.ts";
import { readTerraformPlan } from "../../../src/core/terraform-plan/read.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** A row as Terraform writes it: an update of `aws_db_instance.main` in the root, unless said otherwise. */
export function row(change: Fields, fields: Fields = {}): Fields {
  const { type = "aws_db_instance", name = "main", module_address: module } = fields;
  const address = `${typeof module === "string" ? `${module}.` : ""}${String(type)}.${String(name)}`;
  return {
    address,
    mode: "managed",
    type,
    name,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: {
      actions: ["update"],
      before: {},
      after: {},
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...change,
    },
    ...fields,
  };
}

/** A plan of Terraform 1.11 with these rows. */
export function planJson(rows: readonly Fields[], fields: Fields = {}): Fields {
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: {} },
    resource_changes: rows,
    timestamp: "2026-02-10T09:14:07Z",
    applyable: true,
    complete: true,
    errored: false,
    ...fields,
  };
}

export function read(json: unknown): TerraformPlan {
  const reading = readTerraformPlan(typeof json === "string" ? json : JSON.stringify(json));
  if (!reading.ok) throw new Error(`${reading.reason} ${reading.remedy}`);
  return reading.value;
}

export function refusal(json: unknown): string {
  const reading = readTerraformPlan(typeof json === "string" ? json : JSON.stringify(json));
  if (reading.ok) throw new Error("The plan was read");
  return reading.reason;
}

/** The only row of a plan that has one. */
export function changed(change: Fields, fields: Fields = {}): PlannedChange {
  const [only] = read(planJson([row(change, fields)])).changes;
  if (only === undefined) throw new Error("The plan has no row");
  return only;
}
