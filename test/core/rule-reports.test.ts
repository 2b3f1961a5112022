// What the rules of the first incidents say beside the place, which the examples of the rules themselves do not state.
import { expect, test } from "vitest";
import { parseExample } from "../../src/core/example.ts";
import type { Rule, Sighting } from "../../src/core/rule.ts";
import configValue from "../../src/core/rules/values/config-value-out-of-bounds.ts";
import liveness from "../../src/core/rules/kubernetes/k8s-liveness-too-eager.ts";
import memory from "../../src/core/rules/kubernetes/k8s-memory-over-capacity.ts";
import replicas from "../../src/core/rules/kubernetes/k8s-replicas-over-limit.ts";
import { buildViews } from "../../src/core/views/views.ts";
import { loadSyntax } from "../../src/adapters/syntax/load.ts";
import { contextOf, policyOf } from "./example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function sighting(rule: Rule, policy: string | undefined, source: string): Sighting | undefined {
  const { change } = parseExample(source);
  const { views } = buildViews(change, tools);
  const observations = rule.observe(views, {}, contextOf(policyOf(policy), change, views));
  return observations.find((observation) => "message" in observation);
}

/** The example of this name. */
function ofExample(rule: Rule, name: string): Sighting | undefined {
  const example = rule.examples[name];
  if (example === undefined || typeof example === "string") return undefined;
  return sighting(rule, example.policy, example.change);
}

test("memory: every bound with its arithmetic, and the largest values that pass", () => {
  const found = ofExample(memory, "memory grows beyond three bounds at once");
  expect(found?.bounds?.rows).toEqual([
    ["Growth of the limit", "512Mi", "2Gi (+300 %)", "+50 % = 768Mi", "asks a person"],
    ["Limit of one pod", "512Mi", "2Gi", "1Gi", "blocks, 1Gi over"],
    ["All pods of search", "8 × 512Mi = 4Gi", "8 × 2Gi = 16Gi", "", "+12Gi"],
    ["Node pool general", "25Gi", "37Gi", "32Gi", "blocks, 5Gi over"],
  ]);
  expect(found?.passes).toMatchObject({ clean: "768Mi", withApprovals: "1Gi" });
  expect(found?.message).toBe(
    "`search` needs 16Gi for 8 pods; pool `general` would hold 37 of 32Gi; 2Gi for one pod of `search` is 1Gi over 1Gi; " +
      "memory limit 512Mi → 2Gi of `search` is +300 %, above +50 %",
  );
  expect(found?.asks).toBeUndefined();
  expect(found?.pointer).toBe("/spec/template/spec/containers/0/resources/limits/memory");
  expect(found?.workings?.rows).toEqual([
    ["search (this change)", "8", "512Mi → 2Gi", "4Gi → 16Gi"],
    ["payment", "21", "1Gi", "21Gi"],
  ]);
});

test("memory: a request above the new limit is lowered with it", () => {
  const found = sighting(
    memory,
    "version: 1\nlimits: { kubernetes: { memory_per_pod: 1Gi } }",
    `A a.yaml
  apiVersion: v1
  kind: Pod
  metadata: { name: a }
  spec:
    containers:
      - name: a
        resources:
          requests: { memory: 3Gi }
          limits: { memory: 4Gi }`,
  );
  expect(found?.fix?.map(({ start, text }) => `${start.line} ${text}`)).toEqual(["9 1Gi", "8 1Gi"]);
});

test("memory: a new container without a limit hides no pods beyond the pool", () => {
  const policy = "version: 1\ncapacity: [ { name: general, environments: [staging], memory: 8Gi } ]";
  const found = sighting(
    memory,
    policy,
    `M k8s/staging/a.yaml
  apiVersion: apps/v1
  kind: Deployment
  metadata: { name: a }
  spec:
-   replicas: 4
+   replicas: 40
    template:
      spec:
        containers:
          - { name: a, resources: { limits: { memory: 1Gi } } }
+         - name: b`,
  );
  expect(found?.message).toBe("`a` needs 40Gi for 40 pods; pool `general` would hold 40 of 8Gi");
});

test("memory: containers of a file without a limit are told once, and not again for their pod", () => {
  const { change } = parseExample(`A a.yaml
  apiVersion: v1
  kind: Pod
  metadata: { name: a }
  spec: { containers: [ { name: a, resources: { limits: { memory: 1Gi } } }, { name: b }, { name: c } ] }`);
  const { views } = buildViews(change, tools);
  const policy = policyOf("version: 1\nlimits: { kubernetes: { memory_per_pod: 2Gi } }");
  expect(memory.observe(views, {}, contextOf(policy, change, views))).toMatchObject([
    { undecided: "how much memory `b` of `a` takes: it has no limit (nor have 1 more of this file)" },
  ]);
});

test("memory: growth alone asks, and with approvals the value itself passes", () => {
  const found = ofExample(memory, "growth that only asks a person");
  expect(found).toMatchObject({ asks: true, passes: { clean: "384Mi", withApprovals: "1Gi" } });
});

test("replicas: above the first bound people are asked, above the second it blocks", () => {
  expect(ofExample(replicas, "three replicas become seventeen")).toMatchObject({
    message: "replicas 3 → 17 of `api`; the limit is 10",
    passes: { clean: 6, withApprovals: 10 },
  });
  expect(ofExample(replicas, "three replicas become seventeen")?.asks).toBeUndefined();
  expect(ofExample(replicas, "a new workload between the two bounds")).toMatchObject({
    asks: true,
    before: null,
    after: 8,
  });
});

test("liveness: too few failures block; enough of them in a short time only ask", () => {
  const probe = (failures: number, period: number): Sighting | undefined =>
    sighting(
      liveness,
      undefined,
      `A a.yaml
  apiVersion: v1
  kind: Pod
  metadata: { name: a }
  spec: { containers: [ { name: a, livenessProbe: { failureThreshold: ${failures}, periodSeconds: ${period} } } ] }`,
    );
  expect(probe(1, 5)).toMatchObject({ before: null, after: "1 × 5 s" });
  expect([probe(1, 60)?.asks, probe(3, 3)?.asks, probe(3, 5)?.asks]).toEqual([undefined, undefined, true]);
  expect([probe(3, 10), probe(6, 5)]).toEqual([undefined, undefined]);
  expect(probe(1, 5)?.fix?.map(({ text }) => text)).toEqual(["5", "10"]);
});

test("values: growth and ceiling, with the largest value that passes", () => {
  expect(ofExample(configValue, "a pool of fifty connections becomes five hundred")).toMatchObject({
    message: "`data.DB_POOL` 50 → 500: the limit is 200; 10× is more than 2×",
    before: 50,
    after: 500,
    passes: { clean: 100, withApprovals: 100 },
  });
  expect(ofExample(configValue, "a new key above what asks a person, in four formats")?.asks).toBe(true);
});

test("values: text that is no amount is never shown", () => {
  const policy = 'version: 1\nlimits: { values: [ { keys: ["**.secret"], max: 10 } ] }';
  const { change } = parseExample("M a.env\n- app.secret=1\n+ app.secret=hunter2");
  const { views } = buildViews(change, tools);
  const said = JSON.stringify(configValue.observe(views, {}, contextOf(policyOf(policy), change, views)));
  expect(said).toContain("what `app.secret` is");
  expect(said).not.toContain("hunter2");
});
