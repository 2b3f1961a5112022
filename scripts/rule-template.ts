import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import type { Need } from "../src/core/views/views.ts";

interface Start {
  readonly needs: Need;
  /** A change that a rule of this kind could report, in the notation of examples. */
  readonly example: readonly string[];
}

const terraform: readonly string[] = [
  "M terraform/production/main.tf",
  '  resource "aws_instance" "api" {',
  '-   instance_type = "t3.small"',
  '>   instance_type = "t3.large"',
  "  }",
];

const starts: Readonly<Record<Need, Start>> = {
  paths: { needs: "paths", example: ["> A some/path"] },
  kubernetes: {
    needs: "kubernetes",
    example: [
      "M k8s/production/api/deployment.yaml",
      "  apiVersion: apps/v1",
      "  kind: Deployment",
      "  metadata: { name: api }",
      "  spec:",
      "-   replicas: 3",
      ">   replicas: 4",
    ],
  },
  terraform: { needs: "terraform", example: terraform },
  resources: { needs: "resources", example: terraform },
  iam: {
    needs: "iam",
    example: [
      "M policies/deploy.json",
      '  { "Statement": [',
      '- { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }',
      '> { "Effect": "Allow", "Action": "s3:*", "Resource": "*" }',
      "  ] }",
    ],
  },
  terraformPlans: { needs: "terraformPlans", example: terraform },
  migrationHistory: {
    needs: "migrationHistory",
    example: ["M db/migration/V1__orders.sql", "- CREATE TABLE orders (id int);", "> CREATE TABLE orders (id bigint);"],
  },
  migrations: {
    needs: "migrations",
    example: ["A db/migrations/0002_orders.sql", "> DROP TABLE orders;"],
  },
  values: { needs: "values", example: ["M services/api/.env", "- WORKERS=4", "> WORKERS=8"] },
  commandLines: {
    needs: "commandLines",
    example: ["M docs/runbook.md", "  # Runbook", "> `terraform destroy -auto-approve`"],
  },
  workflows: {
    needs: "workflows",
    example: [
      "M .github/workflows/ci.yml",
      "  on: push",
      "- permissions: read-all",
      "> permissions: write-all",
      "  jobs: {}",
    ],
  },
  secrets: { needs: "secrets", example: ["A src/settings.ts", "> export const token = read();"] },
  pipelines: {
    needs: "pipelines",
    example: ["M .gitlab-ci.yml", "  test:", "    script: npm test", ">   allow_failure: true"],
  },
  connections: { needs: "connections", example: ["M services/api/.env", "- DB_POOL=4", "> DB_POOL=8"] },
  dependencies: {
    needs: "dependencies",
    example: ["M .npmrc", "- registry=https://a.example", "> registry=https://b.example"],
  },
};

const isNeed = (subject: string): subject is Need => Object.hasOwn(starts, subject);

/** Writes the file of a new rule below `root` and gives its path. Throws, with what to do, on a name that cannot be one. */
export function createRule(root: string, subject: string, id: string): string {
  if (!/^[a-z][a-z0-9-]*$/u.test(subject)) {
    throw new Error(`Cannot use "${subject}" as a subject: it names a folder in small letters, such as kubernetes`);
  }
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+){1,5}$/u.test(id)) {
    throw new Error(
      `Cannot use "${id}" as the id of a rule: it names the defect in 2 to 6 words in kebab case, the subject first, such as k8s-liveness-too-eager`,
    );
  }
  const path = `src/core/rules/${subject}/${id}.ts`;
  if (existsSync(`${root}/${path}`)) throw new Error(`Cannot write ${path}: it exists; choose another id, or edit it`);
  mkdirSync(`${root}/src/core/rules/${subject}`, { recursive: true });
  writeFileSync(`${root}/${path}`, template(id, isNeed(subject) ? starts[subject] : starts.paths));
  return path;
}

function template(id: string, { needs, example }: Start): string {
  const change = example.map((line) => `      ${line}`).join("\n");
  return `import { z } from "zod";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "${id}",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "medium",
  summary: "What is wrong, in one sentence that ends with a period.",
  why: "Why it matters, in one or two sentences for people.",
  remedy: "What the author does about it, in one sentence.",
  needs: "${needs}",
  options: z.strictObject({}),
  detect() {
    return [];
  },
  examples: {
    "the change that must be reported": \`
${change}\`,
    "the reason why this one is only near": \`
${change.replaceAll(/^(\s+)> (?=[MAD=])/gmu, "$1").replaceAll(/^(\s+)>/gmu, "$1+")}\`,
  },
});
`;
}
