import { type Setting, scenarioHead } from "../scenario/setting.ts";

/** What every screenplay of the fuzzer begins with: people of every kind, two protected branches, two environments. */

export const writers = ["person-a", "person-b", "person-c", "person-d"] as const;
/** Of the repository, until a screenplay permits otherwise. */
export const administrator = "person-d";
/** Of the organisation; the policies name it as `acme/sre`. */
export const team = "sre";
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

/** What a command can name: the rules that block here. */
export const liftable = ["k8s-replicas-over-limit", "forbidden-path-touched"] as const;

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
  "a team": { ...common, approvals: { from: ["@acme/sre"] } },
  "one lifts": {
    ...common,
    forbidden: ["src/**"],
    override: { by: ["@person-b", "@acme/sre"], count: 1, break_glass: { by: ["@person-c"], for: "4h" } },
  },
  observe: { ...common, mode: "observe" },
  unreadable: "version: [",
} as const;
export type PolicyName = keyof typeof policies;

const roles = Object.fromEntries([...writers, machine, ...agents, automation].map((login) => [login, "write"]));

/** How a merge queue on both bases makes its groups, or that there is none. */
export type Queue = { readonly grouping: "ALLGREEN" | "HEADGREEN"; readonly at_least: number } | null;

export function shop(name: string, queue: Queue = null): Setting {
  const gate = queue === null ? {} : { merge_queue: queue };
  const { steps: _, ...setting } = scenarioHead.parse({
    name,
    accounts: { ...roles, [administrator]: "admin", reader: "read", outsider: "none" },
    files: {
      "README.md": "# Shop\n",
      "src/app.ts": "export const version = 1;\n",
      [deploymentPath]: deployment(3, 1),
      "k8s/staging/api/deployment.yaml": deployment(2, 1),
    },
    branches: { release: { "RELEASE.md": "# 1\n" } },
    policy: policies.plain,
    teams: { [team]: ["person-b", "person-c", administrator] },
    gates: [gate, { ...gate, branches: ["release"], check: "sallyport: release" }],
    steps: [null],
  });
  return setting;
}
