// Scenarios on a policy alone: the same steps and expectations, with no server behind them.
import { expect, test } from "vitest";
import { scenarioPort } from "../../../src/sim/scenario/port.ts";

const scenario = `name: More than five replicas are blocked
accounts: { person-a: write, person-b: write, person-c: write, Copilot: write }
files:
  k8s/production/api/deployment.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: api }
    spec: { replicas: 3, template: { spec: { containers: [{ name: api, image: registry.example/api:1 }] } } }
policy: { version: 1, mode: observe }
steps:
  - open: copilot/scale
    by: Copilot
    edit: { k8s/production/api/deployment.yaml: { "replicas: 3": "replicas: 6" } }
  - start_agent: person-a
  - expect: { verdict: block, findings: [k8s-replicas-over-limit, reaches-production] }
  - push: copilot/scale
    by: Copilot
    edit: { k8s/production/api/deployment.yaml: { "replicas: 6": "replicas: 5" } }
  - approve: person-b
  - expect: { verdict: hold, title: 1 of 2 }
  - approve: person-c
  - expect: allow
  - close: person-a
  - expect: absent
`;

function policyOf(replicas: number): string {
  return `version: 1\nlayout: ["k8s/{environment}/{service}/**"]\nlimits: { kubernetes: { replicas: ${replicas} } }\n`;
}

async function toldOf(text: string, policies: { repository: string; organisation: string | null }): Promise<string> {
  const read = await scenarioPort.read("x.yml", text, policies);
  if (!read.ok) return read.mistakes.join("\n");
  const played = await Promise.all(read.scenarios.map((one) => one.play()));
  return played.map(({ told }) => told).join("\n");
}

test("a scenario holds on the policy that is tested, and its own is left aside", async () => {
  expect(await toldOf(scenario, { repository: policyOf(5), organisation: null })).toBe("");
});

test("it fails on a policy that lets the change through, and tells the verdict", async () => {
  const told = await toldOf(scenario, { repository: policyOf(10), organisation: null });
  expect(told).toContain("verdict\n    expected: block\n    found:    hold");
  expect(told).toContain('"schema": "sallyport.verdict/1"');
});

test("the organisation's policy holds beside it", async () => {
  expect(await toldOf(scenario, { repository: policyOf(10), organisation: policyOf(5) })).toBe("");
});

test("what only a server does is refused before anything is played", async () => {
  const steps =
    "  - hold: webhooks\n  - merge: person-b\n  - expect: { runs: 1 }\n  - set_policy: { version: 1 }\n  - enqueue: person-a\n  - expect: { group: true }\n  - store: down\n";
  const told = await toldOf(scenario.replace(/steps:[^]*/u, `steps:\n${steps}`), {
    repository: policyOf(5),
    organisation: null,
  });
  expect(told.split("\n")).toEqual([
    "Cannot test a policy with x.yml:11: `hold` needs the server; `sallyport scenario` has one.",
    "Cannot test a policy with x.yml:12: `merge` needs the server; `sallyport scenario` has one.",
    "Cannot test a policy with x.yml:13: `expect.runs` needs the server.",
    "Cannot test a policy with x.yml:14: `set_policy` would take the place of the policy that is tested.",
    "Cannot test a policy with x.yml:15: `enqueue` needs the server; `sallyport scenario` has one.",
    "Cannot test a policy with x.yml:16: `expect.group` needs the server.",
    "Cannot test a policy with x.yml:17: `store` needs the server; `sallyport scenario` has one.",
  ]);
});
