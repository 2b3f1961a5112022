import { describe, expect, test } from "vitest";
import { observe } from "../../../src/core/evaluate/findings.ts";
import { parseExample } from "../../../src/core/example.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const judging = rules.filter(({ invariant }) => invariant === "no-secrets");
/** Put together here, so that no scanner of a host takes it for a leak. */
const drawn = ["t7Kq", "Zr2w", "Xc9b", "Lm4v"].join("");

/** Rule, level and place of every finding on a change. */
function told(example: string): readonly string[] {
  const { change } = parseExample(example);
  const { views } = buildViews(change, tools);
  const policy = policyOf(undefined);
  const { findings } = observe(judging, views, contextOf(policy, change, views), policy, "full", 0);
  return findings.map(({ rule, level, place }) => `${rule} ${level} ${place.path}:${place.line}`).toSorted();
}

describe("a value that two rules know is told once", () => {
  test("a reference that is made a literal", () => {
    expect(
      told(`M infra/db.tf
  resource "aws_db_instance" "main" {
-   password = random_password.main.result
+   password = "${drawn}"
  }`),
    ).toEqual(["secret-reference-made-literal block infra/db.tf:2"]);
  });

  test("each of several literals in one file, whatever their order", () => {
    expect(
      told(`M src/settings.yaml
- first: { password: "\${FIRST}" }
- url: vault:kv/db#url
- replica_url: vault:kv/replica#url
+ first: { password: "\${FIRST}" } # as it was
+ url: postgres://orders:${drawn}@db.orders.internal:5432/orders
+ replica_url: postgres://orders:${drawn}2@replica.orders.internal:5432/orders`),
    ).toEqual(["secret-added block src/settings.yaml:2", "secret-added block src/settings.yaml:3"]);
  });

  test("by the rule that is sure, where the other one only asks", () => {
    expect(
      told(`M k8s/secret.yaml
  apiVersion: v1
  kind: Secret
  metadata: { name: db, namespace: shop }
  stringData:
-   password: vault:kv/db#password
+   password: tr0ub4dor&3`),
    ).toEqual(["secret-reference-made-literal block k8s/secret.yaml:5"]);
  });

  test("values of a Secret that was sealed, apart from those that only its unsealing shows", () => {
    expect(
      told(`D k8s/sealed.yaml
  apiVersion: bitnami.com/v1alpha1
  kind: SealedSecret
  metadata: { name: db, namespace: shop }
  spec:
    encryptedData: { password: AgBy3i4OJSWK }
A k8s/secret.yaml
  apiVersion: v1
  kind: Secret
  metadata: { name: db, namespace: shop }
  stringData:
    password: ${drawn}
    token: tr0ub4dor&3
    username: orders
    mode: strict-mode`),
    ).toEqual([
      "k8s-secret-unsealed block k8s/secret.yaml:5",
      "k8s-secret-unsealed block k8s/secret.yaml:6",
      "k8s-secret-unsealed review k8s/secret.yaml:7",
    ]);
  });

  test("with every file that holds it, where it stands in more than one", () => {
    const { change } = parseExample(`M k8s/a.yaml
- password: vault:kv/db#password
+ password: ${drawn}
A k8s/b.yaml
  other_password: ${drawn}`);
    const { views } = buildViews(change, tools);
    const literal = judging.filter(({ id }) => id === "secret-reference-made-literal");
    const found = literal.flatMap((rule) => rule.observe(views, {}, contextOf(policyOf(undefined), change, views)));
    expect(found).toMatchObject([{ paths: ["k8s/b.yaml"] }]);
    expect(JSON.stringify(found)).toContain("and in 1 other file");
  });
});
