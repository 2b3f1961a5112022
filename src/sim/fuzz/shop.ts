import { type Setting, scenarioHead } from "../scenario/setting.ts";

/** What every screenplay of the fuzzer begins with: people of every kind, two protected branches, two environments. */

export const writers = ["person-a", "person-b", "person-c", "person-d"] as const;
export const machine = "release-robot";
export const agents = ["Copilot", "claude[bot]"] as const;
export const automation = "renovate[bot]";
export const bystanders = ["reader", "outsider"] as const;
export const bases = ["main", "release"] as const;

export const deploymentPath = "k8s/production/api/deployment.yaml";
export const replicasLimit = 10;

export function deployment(replicas: number, image: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: [{ name: api, image: "registry.example/api:${image}" }] }
`;
}

const common = {
  version: 1,
  layout: ["k8s/{environment}/{service}/**"],
  agents: { machines: [machine], automation: [automation] },
  limits: { kubernetes: { replicas: replicasLimit } },
} as const;

/** Policies that the repository changes between, with what a reader needs to know of each without reading it. */
export const policies = {
  plain: common,
  everyone: { ...common, gate: "everyone" },
  "every push voids": { ...common, approvals: { invalidate_on: "push" } },
  "forbidden path": { ...common, forbidden: ["src/**"] },
  "no auto-merge": { ...common, auto_merge: { forbid: ["k8s/**"] } },
  "three people": { ...common, approvals: { by_risk: { high: 3 } } },
  observe: { ...common, mode: "observe" },
  unreadable: "version: [",
} as const;
export type PolicyName = keyof typeof policies;

const roles = Object.fromEntries([...writers, machine, ...agents, automation].map((login) => [login, "write"]));

export function shop(name: string): Setting {
  const { steps: _, ...setting } = scenarioHead.parse({
    name,
    accounts: { ...roles, "person-d": "admin", reader: "read", outsider: "none" },
    files: {
      "README.md": "# Shop\n",
      "src/app.ts": "export const version = 1;\n",
      [deploymentPath]: deployment(3, 1),
      "k8s/staging/api/deployment.yaml": deployment(2, 1),
    },
    branches: { release: { "RELEASE.md": "# 1\n" } },
    policy: policies.plain,
    gates: [{}, { branches: ["release"], check: "sallyport: release" }],
    steps: [null],
  });
  return setting;
}
