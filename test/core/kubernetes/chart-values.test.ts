// What values of a chart set is not what the chart makes of it: where that leaves open whether harm is done, people are asked.
import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { parseExample } from "../../../src/core/example.ts";
import { type RuleId, rules } from "../../../src/core/rules/index.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function asked(id: RuleId, source: string): readonly (boolean | undefined)[] {
  const { change } = parseExample(source);
  const { views } = buildViews(change, tools);
  const rule = rules.find((one) => one.id === id);
  const observations = rule?.observe(views, {}, contextOf(policyOf(undefined), change, views)) ?? [];
  return observations.map((one) => ("message" in one ? one.asks === true : undefined));
}

const loki = (single: string): string => `
  M clusters/production/loki/helmrelease.yaml
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: { name: loki }
    spec:
      values:
        singleBinary:
  ${single}
        write:
  -       replicas: 2
  +       replicas: 0`;

test("a part of a chart that is switched off blocks, and only asks where another part takes over", () => {
  expect(asked("k8s-replicas-lost", loki("        replicas: 0"))).toEqual([false]);
  expect(asked("k8s-replicas-lost", loki("        replicas: 1"))).toEqual([false]);
  expect(asked("k8s-replicas-lost", loki("-       replicas: 0\n  +       replicas: 1"))).toEqual([true]);
});

test("another storage class blocks on a claim, and only asks where an operator is given it", () => {
  const claim = (head: string, indent: string): string => `
  M clusters/production/prometheus.yaml
    ${head}
  - ${indent}  storageClassName: standard
  + ${indent}  storageClassName: fast
    ${indent}  accessModes: [ReadWriteOnce]
    ${indent}  resources: { requests: { storage: 50Gi } }`;
  const manifest = `apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: { name: prometheus }
    spec:`;
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: { name: prometheus }
    spec:
      values:
        prometheus:
          storageSpec:
            volumeClaimTemplate:
              spec:`;
  expect(asked("k8s-immutable-field-changed", claim(manifest, ""))).toEqual([false]);
  expect(asked("k8s-immutable-field-changed", claim(release, "          "))).toEqual([true]);
});
