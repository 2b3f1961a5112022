import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { areasEntered, computeKinds } from "../../../src/core/kinds/kinds.ts";
import { kinds as allKinds } from "../../../src/core/policy/schema.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";
import { values } from "../../../src/core/views/values.ts";
import { terraform } from "../../../src/core/views/terraform.ts";
import { change, context, edited, removed, text } from "../change/changes.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(10_000) };
function evidence(...files: ChangedFile[]) {
  const set = change(...files);
  const views = {
    kubernetes: kubernetes(set, tools).view,
    terraform: terraform(set, tools).view,
    resources: resources(set, tools).view,
    values: values(set, tools).view,
  };
  return computeKinds(set, views, {});
}
/** Kinds beside those that the path alone tells. */
const kinds = (...files: ChangedFile[]): string =>
  [...new Set(evidence(...files).map(({ kind }) => kind))].filter((kind) => kind !== "config").join(" ");

describe("kinds by path", () => {
  test.each([
    ["README.md", "docs"],
    ["docs/guide.rst", "docs"],
    ["src/app.ts", "code"],
    ["values.yaml", "config"],
    ["web/.env.production", "config"],
    ["package.json", "dependencies"],
    ["web/pnpm-lock.yaml", "dependencies"],
    ["requirements-dev.txt", "dependencies"],
    [".github/workflows/ci.yml", "guardrail workflow"],
    [".github/workflows/README.md", "docs"],
    [".github/workflows/deploy.sh", "code"],
    [".github/actions/run/index.js", "guardrail workflow"],
    [".gitlab-ci.yml", "workflow"],
    ["CLAUDE.md", "guardrail"],
    ["docs/CODEOWNERS", "guardrail"],
    ["db/migrate/20260101_add_index.rb", "migration"],
    ["app/migrations/0002_users.py", "migration"],
    ["sql/V12__drop.sql", "migration"],
    ["src/migration-guide.ts", "code"],
    ["bin/deploy", "code"],
    ["Dockerfile", "code"],
    ["logo.png", ""],
    ["main.tf", ""],
  ])("%s: %s", (path, expected) => {
    expect([...new Set(evidence(edited(path)).map(({ kind }) => kind))].join(" ")).toBe(expected);
  });
});

describe("kinds of Kubernetes objects", () => {
  const deployment = (replicas: number, more = "", container = ""): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  replicas: ${replicas}\n  template:\n    spec:\n${more}      containers:\n        - name: api\n          image: acme/api:1\n${container}`;
  const edit = (after: string) => text("k8s/api.yaml", deployment(3), after);

  test("say what was found, with its place", () => {
    expect(evidence(edit(deployment(17))).find(({ kind }) => kind === "scale")).toEqual({
      kind: "scale",
      path: "k8s/api.yaml",
      side: "head",
      line: 6,
      because: "replicas 3 → 17 of Deployment/api",
    });
  });
  test.each([
    ["image", deployment(3).replace("api:1", "api:2")],
    ["resources", deployment(3, "", "          resources:\n            limits:\n              memory: 2Gi\n")],
    ["probes", deployment(3, "", "          livenessProbe:\n            failureThreshold: 1\n")],
    ["network", deployment(3, "      hostNetwork: true\n")],
    ["iam", deployment(3, "      serviceAccountName: admin\n")],
    ["", `# a comment\n${deployment(3)}`],
  ])("%j by the part that differs", (kind, after) => expect(kinds(edit(after))).toBe(kind));

  test.each([
    ["v1", "Secret", "secrets"],
    ["v1", "Service", "network"],
    ["networking.k8s.io/v1", "Ingress", "ingress"],
    ["networking.k8s.io/v1", "NetworkPolicy", "network"],
    ["rbac.authorization.k8s.io/v1", "ClusterRole", "iam"],
    ["autoscaling/v2", "HorizontalPodAutoscaler", "scale"],
    ["postgresql.cnpg.io/v1", "Cluster", "database"],
  ])("%s %s is %s", (apiVersion, kind, expected) => {
    const object = (value: number) =>
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: x\nspec:\n  a: ${value}\n`;
    expect(kinds(text("x.yaml", object(1), object(2)))).toBe(expected);
    expect(kinds(text("x.yaml", object(1), `# a comment\n${object(1)}`))).toBe("");
    expect(
      kinds(removed("x.yaml", object(1)))
        .split(" ")
        .sort(),
    ).toEqual(["delete", expected].sort());
  });
  test("an object that moves to another file is no deletion, and is new where it arrives", () => {
    expect(kinds(removed("a.yaml", deployment(3)), text("b.yaml", null, deployment(3)))).toBe("image scale");
  });
});

describe("kinds of Terraform blocks", () => {
  const resource = (type: string, body = "a = 1") => `resource "${type}" "x" {\n  ${body}\n}\n`;

  test.each([
    ["aws_dynamodb_table", "database"],
    ["google_sql_database_instance", "database"],
    ["azurerm_postgresql_flexible_server", "database"],
    ["aws_iam_role_policy", "iam"],
    ["google_storage_bucket_iam_member", "iam"],
    ["aws_s3_bucket_policy", "iam"],
    ["aws_security_group_rule", "network"],
    ["aws_lb_listener", "ingress"],
    ["aws_cognito_user_pool", "auth"],
    ["aws_secretsmanager_secret", "secrets"],
    ["aws_budgets_budget", "billing"],
    ["github_branch_protection", "guardrail"],
    ["aws_s3_bucket", ""],
  ])("%s: %j", (type, expected) => {
    expect(kinds(text("main.tf", resource(type), resource(type, "a = 2")))).toBe(expected);
  });
  test("name the type and the address", () => {
    const found = evidence(text("main.tf", "\n", `\n${resource("aws_dynamodb_table")}`));
    expect(found.find(({ kind }) => kind === "database")).toEqual({
      kind: "database",
      path: "main.tf",
      side: "head",
      line: 2,
      because: "resource type `aws_dynamodb_table` (aws_dynamodb_table.x added)",
    });
  });
  test("are told once for each file, by the first place", () => {
    const tables = ["a", "b"].map((name) => `resource "aws_db_instance" "${name}" {}\n`).join("");
    const found = evidence(text("m.tf", null, tables), text("n.tf", null, tables));
    expect(found.map(({ kind, path, line }) => `${kind} ${path}:${line}`)).toEqual([
      "database m.tf:1",
      "database n.tf:1",
    ]);
  });
  test("another layout is no change, nor is another file of the module", () => {
    expect(
      kinds(text("main.tf", resource("aws_db_instance"), `# new\n${resource("aws_db_instance", "a   =   1")}`)),
    ).toBe("");
    expect(kinds(removed("a.tf", resource("aws_db_instance")), text("b.tf", null, resource("aws_db_instance")))).toBe(
      "",
    );
  });
  test("a resource that is gone is a deletion, unless it is moved", () => {
    expect(kinds(text("main.tf", resource("aws_s3_bucket"), "\n"))).toBe("delete");
    const moved = "moved {\n  from = aws_s3_bucket.x\n  to = aws_s3_bucket.y\n}\n";
    const there = `${moved}resource "aws_s3_bucket" "y" {}\n`;
    expect(kinds(text("main.tf", resource("aws_s3_bucket"), there))).toBe("");
    expect(kinds(text("main.tf", resource("aws_s3_bucket"), moved))).toBe("delete");
  });
  describe("a part of a resource that holds data", () => {
    const table = (...parts: readonly string[]) => resource("aws_dynamodb_table", parts.join("\n  "));
    const [eu, us] = ["eu", "us"].map((region) => `replica {\n    region_name = "${region}"\n  }`);
    const made = (from: string) => `dynamic "replica" {\n    for_each = ${from}\n    content {}\n  }`;
    const json = (replicas: unknown) =>
      JSON.stringify({ resource: { aws_dynamodb_table: { x: { name: "x", replica: replicas } } } });
    test.each([
      ["one of two", [eu, us], [eu]],
      ["the last", [eu], []],
      ["one that something unknown takes the place of", [eu, us], [made("local.regions")]],
      ["what a dynamic block makes, once it is made from something else", [made("local.a")], [made("local.b")]],
      ["what a dynamic block makes, once there is none", [made("local.a")], []],
      ["one of a list of objects", ["replica = [{ r = 1 }, { r = 2 }]"], ["replica = [{ r = 1 }]"]],
    ] as const)("is deleted: %s", (_, before, after) => {
      const parts = (all: readonly (string | undefined)[]) => table(...all.filter((part) => part !== undefined));
      expect(kinds(text("main.tf", parts(before), parts(after)))).toBe("database delete");
    });
    test("is deleted in JSON too, and on the way there", () => {
      expect(kinds(text("main.tf.json", json([{ r: 1 }, { r: 2 }]), json([{ r: 1 }])))).toBe("database delete");
      expect(kinds(text("main.tf.json", json({ r: 1 }), json([])))).toBe("database delete");
      const hcl = removed("main.tf", table(eu ?? "", us ?? ""));
      // Its name is new there as well.
      expect(kinds(hcl, text("main.tf.json", null, json([{ r: 1 }])))).toBe("database delete replace");
    });
    test("is not deleted where it only changes, nor is what only says how Terraform works", () => {
      expect(kinds(text("main.tf", table(eu ?? ""), table(us ?? "")))).toBe("database");
      expect(kinds(text("main.tf", table("timeouts {}"), table()))).toBe("database");
      expect(kinds(text("main.tf", resource("aws_instance", eu), resource("aws_instance")))).toBe("");
    });
  });
  test("arguments that set size, number and image", () => {
    const edit = (before: string, after: string) => kinds(text("main.tf", resource("x", before), resource("x", after)));
    expect(edit("desired_count = 1", "desired_count = 2")).toBe("scale");
    expect(edit('instance_type = "a"', 'instance_type = "b"')).toBe("resources");
    expect(edit('ami = "a"', 'ami = "b"')).toBe("image");
    expect(edit('policy = jsonencode({ Effect = "Deny" })', 'policy = jsonencode({ Effect = "Allow" })')).toBe("iam");
    expect(edit("name = 1", 'name = 1\n  policy = <<-EOT\n    { "Effect": "Allow" }\n  EOT')).toBe("iam");
  });
  test("a module by its source, its version and what is in it", () => {
    const call = (body: string) => `module "m" {\n  ${body}\n}\n`;
    const rds = 'source = "terraform-aws-modules/rds/aws"';
    expect(kinds(text("main.tf", call(`${rds}\n  version = "1"`), call(`${rds}\n  version = "2"`)))).toBe(
      "database dependencies",
    );
  });
  test("a value counts where it is used: through arguments, locals and modules of modules", () => {
    const shared = context(
      "shared/main.tf",
      'locals {\n  capacity = var.capacity * 2\n}\nresource "aws_dynamodb_table" "t" {\n  read_capacity = local.capacity\n}\n',
    );
    const middle = context("middle/main.tf", 'module "shared" {\n  source = "../shared"\n  capacity = var.size\n}\n');
    const call = (size: number) => `module "m" {\n  source = "../middle"\n  size = ${size}\n  other = 1\n}\n`;
    expect(kinds(text("prod/main.tf", call(5), call(500)), middle, shared)).toBe("database");
    expect(kinds(text("prod/main.tf", call(5), call(5).replace("other = 1", "other = 2")), middle, shared)).toBe("");
    const variable = (value: number) => `variable "capacity" {\n  default = ${value}\n}\n`;
    expect(kinds(text("shared/variables.tf", variable(1), variable(2)), shared)).toBe("database");
  });
});

describe("areas", () => {
  const area = (name: string, more: object) => ({
    name,
    kinds: [],
    paths: [],
    risk: null,
    approvals: [],
    tickets: [],
    ...more,
  });
  const areas = {
    perimeter: area("perimeter", { kinds: ["iam", "network"] }),
    database: area("database", { kinds: ["database"], paths: ["**/database.tf"] }),
  };
  test("are entered by a kind or by a path, whatever its case, and say why", () => {
    const found = evidence(edited("x/DATABASE.tf"));
    expect(areasEntered(found, ["x/DATABASE.tf"], areas)).toEqual([
      { area: "database", because: ["path `x/DATABASE.tf`"] },
    ]);
    const table = evidence(text("m.tf", null, 'resource "aws_db_instance" "x" {}\n'));
    expect(areasEntered(table, ["m.tf"], areas)).toEqual([
      {
        area: "database",
        because: ["kind database: resource type `aws_db_instance` (aws_db_instance.x added), `m.tf`"],
      },
    ]);
    expect(areasEntered([], ["src/a.ts"], areas)).toEqual([]);
  });
});

test("every kind found is one that areas may name", () => {
  const files = [edited("a.ts"), edited("b.md"), text("m.tf", null, 'resource "aws_iam_role" "x" {}\n')];
  for (const { kind } of evidence(...files)) expect(allKinds).toContain(kind);
});
