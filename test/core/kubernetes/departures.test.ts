import { describe, expect, test } from "vitest";
import { kindFamilies } from "../../../src/core/kubernetes/data/stateful-kinds.ts";
import { holdingOf } from "../../../src/core/kubernetes/stateful.ts";
import { isImmutable } from "../../../src/core/kubernetes/immutable.ts";
import { parseExample } from "../../../src/core/example.ts";
import { kubernetes, type KubernetesObject } from "../../../src/core/views/kubernetes.ts";

const memo = <T>(_: string, compute: () => T): T => compute();

function objectOf(text: string): KubernetesObject {
  const lines = text.split("\n").map((line) => `  ${line}`);
  const { change } = parseExample(["A k8s/object.yaml", ...lines].join("\n"));
  const object = kubernetes(change, { memo }).view.objects[0]?.after;
  if (object === undefined) throw new Error(`Cannot read an object of:\n${text}`);
  return object;
}

describe("what an object holds", () => {
  test("is known of every kind once, with a source", () => {
    const names = kindFamilies.flatMap(({ group, kinds }) => kinds.map((kind) => `${kind}.${group}`));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const { source } of kindFamilies) expect(source).toMatch(/^https:\/\//u);
  });

  test("is told by kind and group, not by kind alone", () => {
    const cluster = (apiVersion: string) => objectOf(`apiVersion: ${apiVersion}\nkind: Cluster\nmetadata: { name: a }`);
    expect(holdingOf(cluster("postgresql.cnpg.io/v1"), {})?.tier).toBe("A");
    expect(holdingOf(cluster("acme.example/v1"), {})).toBeNull();
  });

  test("a policy adds kinds and raises them, and lowers none", () => {
    const claim = objectOf("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: a }");
    const ledger = objectOf("apiVersion: acme.example/v1\nkind: Ledger\nmetadata: { name: a }");
    const application = objectOf("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a }");
    expect(holdingOf(claim, { PersistentVolumeClaim: "B" })?.tier).toBe("A");
    expect(holdingOf(ledger, { "Ledger.acme.example": "A" })?.tier).toBe("A");
    expect(holdingOf(ledger, { "Ledger.acme.example": "B" })?.tier).toBe("B");
    expect(holdingOf(application, { "Application.argoproj.io": "A" })?.tier).toBe("A");
  });

  test("a set of pods holds data where it has templates of claims", () => {
    const set = (spec: string) =>
      objectOf(`apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: a }\nspec: ${spec}`);
    expect(holdingOf(set("{ volumeClaimTemplates: [{ metadata: { name: data } }] }"), {})?.tier).toBe("A");
    expect(holdingOf(set('{ volumeClaimTemplates: "${TEMPLATES}" }'), {})?.tier).toBe("A");
    expect(holdingOf(set("{ volumeClaimTemplates: [] }"), {})?.tier).toBe("B");
  });
});

test("what lies in a field that nobody can change cannot be changed either, and its neighbours can", () => {
  expect(isImmutable("Deployment", "spec.selector.matchLabels.app")).toBe(true);
  expect(isImmutable("Deployment", "spec.selectors")).toBe(false);
  expect(isImmutable("Ledger", "spec.selector")).toBe(false);
});
