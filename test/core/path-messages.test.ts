// The words of the rules on paths: a report's title is cut after 80 characters, so what decides stands first.
import { expect, test } from "vitest";
import { loadSyntax } from "../../src/adapters/syntax/load.ts";
import { parseExample } from "../../src/core/example.ts";
import type { Rule } from "../../src/core/rule.ts";
import guardrailEdited from "../../src/core/rules/paths/guardrail-edited.ts";
import reachesProduction from "../../src/core/rules/paths/reaches-production.ts";
import together from "../../src/core/rules/paths/reaches-production-with-staging.ts";
import { buildViews } from "../../src/core/views/views.ts";
import { contextOf, policyOf } from "./example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function messages(rule: Rule, source: string): readonly string[] {
  const { change } = parseExample(source);
  const { views } = buildViews(change, tools);
  const context = contextOf(policyOf(undefined), change, views);
  return rule.observe(views, {}, context).flatMap((found) => ("message" in found ? found.message : []));
}

const call = `
    module "shared" {
      source = "../modules/shared"
    }`;

test("the module that both environments call comes first, then the lines of both ways", () => {
  const change = (path: string) => `
  M ${path}
    size = 1
  + size = 2
  = terraform/modules/shared/main.tf
    locals { a = file("size.txt") }
  = terraform/production/main.tf${call}
  = terraform/staging/main.tf${call}`;
  const ends = "`terraform/production/main.tf:1` and `terraform/staging/main.tf:1`";
  for (const path of ["terraform/modules/shared/size.tf", "terraform/modules/shared/size.txt"])
    expect(messages(together, change(path))).toEqual([
      `one merge reaches \`production\` and \`staging\` through \`terraform/modules/shared\`; \`${path}:2\` → ${ends}`,
    ]);
});

test("without a module it is the file, or the files of each", () => {
  expect(messages(together, "M k8s/production/staging/api.yaml\n+ replicas: 4")).toEqual([
    "one merge reaches `production` and `staging` through `k8s/production/staging/api.yaml`; `k8s/production/staging/api.yaml:1`",
  ]);
  expect(messages(together, "M k8s/prod/api.yaml\n+ replicas: 4\nM k8s/stg/api.yaml\n+ replicas: 4")).toEqual([
    "one merge reaches `production` and `staging` with files of each; `production` with `k8s/prod/api.yaml:1`, `staging` with `k8s/stg/api.yaml:1` (2 files in all)",
  ]);
});

test("production is reached by one file, by several, or by what nobody can tell", () => {
  const files = (...paths: string[]) => paths.map((path) => `M ${path}\n+ replicas: 4`).join("\n");
  expect(messages(reachesProduction, files("prod/a.yaml"))).toEqual(["`production` is reached by `prod/a.yaml`"]);
  expect(messages(reachesProduction, files("prod/a.yaml", "prod/b.yaml"))).toEqual([
    "`production` is reached by 2 files (first `prod/a.yaml`)",
  ]);
  expect(messages(reachesProduction, files("api/values.yaml", "web/values.yaml"))).toEqual([
    "nothing tells which environment 2 files (first `api/values.yaml`) would reach: it counts as production",
  ]);
});

test("edits of one guardrail are one finding that names three files and counts the others", () => {
  const workflows = ["a", "b", "c", "d", "e"].map((name) => `A .github/workflows/${name}.yml\n  on: push`);
  expect(messages(guardrailEdited, ["D CODEOWNERS\n  * @acme/sre", ...workflows].join("\n"))).toEqual([
    "5 files change: workflows (`.github/workflows/a.yml` is added, `.github/workflows/b.yml` is added, `.github/workflows/c.yml` is added, and 2 more)",
    "`CODEOWNERS` is removed: code ownership",
  ]);
});
