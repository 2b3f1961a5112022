import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../src/adapters/syntax/load.ts";
import { parseExample } from "../../src/core/example.ts";
import type { Observation } from "../../src/core/rule.ts";
import { rules } from "../../src/core/rules/index.ts";
import { buildViews } from "../../src/core/views/views.ts";
import { contextOf, policyOf } from "./example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function observed(text: string, policy?: string): readonly { readonly rule: string; readonly seen: Observation }[] {
  const judged = policyOf(policy);
  const { change } = parseExample(text);
  const { views } = buildViews(change, tools);
  const context = contextOf(judged, change, views);
  const ofValues = rules.filter(({ id }) => id.startsWith("config-"));
  return ofValues.flatMap((rule) =>
    rule.observe(views, judged.rules[rule.id]?.options ?? {}, context).map((seen) => ({ rule: rule.id, seen })),
  );
}

/** `rule level`, as the level of the rule's invariant is not known here: what asks, what does not, and what is not decided. */
function outcome(text: string, policy?: string): readonly string[] {
  return observed(text, policy).map(
    ({ rule, seen }) => `${rule} ${"undecided" in seen ? "undecided" : seen.asks === true ? "asks" : "counts"}`,
  );
}

const pool = (before: number, after: number): string =>
  `M services/orders/.env\n- DB_POOL=${before}\n+ DB_POOL=${after}`;

describe("without a policy", () => {
  test.each([
    [50, 500, ["config-pool-grows counts"]],
    [50, 1500, ["config-pool-grows counts"]],
    [50, 200, ["config-pool-grows asks"]],
    [50, 149, []],
    [5, 10, []],
    [9, 90, ["config-pool-grows asks"]],
    [1, 16, []],
    [500, 50, []],
  ])("a pool from %d to %d", (before, after, expected) => {
    expect(outcome(pool(before, after))).toEqual(expected);
  });

  test("the sizes that pass are said, and lie on the safe side of the bounds", () => {
    const [found] = observed(pool(50, 500));
    expect(found?.seen).toMatchObject({ before: 50, after: 500, passes: { clean: 149, withApprovals: 499 } });
  });
});

describe("a policy", () => {
  test("adds names of its own", () => {
    const change = "M a.yaml\n- ledger:\n-   laneWidth: 20\n+ ledger:\n+   laneWidth: 400";
    expect(outcome(change)).toEqual([]);
    expect(outcome(change, "version: 1\nlimits: { names: [ { names: [lane width], class: pool } ] }")).toEqual([
      "config-pool-grows counts",
    ]);
  });

  test("moves thresholds by the options of a rule", () => {
    expect(outcome(pool(50, 120), "version: 1\nrules: { config-pool-grows: { options: { asks_from: 2 } } }")).toEqual([
      "config-pool-grows asks",
    ]);
  });

  test("with a bound of its own for the key is what the dictionary yields to, about the same", () => {
    const policy = "version: 1\nlimits: { values: [ { keys: [DB_POOL], max: 200 } ] }";
    const found = observed(pool(50, 500), policy);
    expect(found.map(({ rule }) => rule)).toEqual(["config-pool-grows", "config-value-out-of-bounds"]);
    expect(new Set(found.map(({ seen }) => seen.about)).size).toBe(1);
    expect(rules.find(({ id }) => id === "config-pool-grows")?.yieldsTo).toContain("config-value-out-of-bounds");
  });
});

describe("what is in a value besides what is judged", () => {
  test("passwords of connection strings are in no observation", () => {
    const change = [
      "M k8s/staging/a.env",
      "- DATABASE_URL=postgres://app:hunter2@db.staging.example/d?connection_limit=10&sslmode=require&password=hunter2",
      "+ DATABASE_URL=postgres://app:hunter2@db.prod.example/d?connection_limit=400&sslmode=disable&password=hunter2",
    ].join("\n");
    const found = observed(change);
    expect(found.map(({ rule }) => rule).toSorted()).toEqual([
      "config-endpoint-crosses",
      "config-pool-grows",
      "config-safeguard-off",
    ]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  test.each([
    [
      "an @ and a slash in it",
      "postgres://app:hun@ter/2@db.staging.example/d",
      "postgres://app:hun@ter/2@db.prod.example/d",
    ],
    ["pairs", "Server=db.staging.example;Password=ter/2", "Server=db.prod.example;Password=ter/2"],
    ["a path that lets one in", "https://hooks.staging.example/ter/2", "https://hooks.prod.example/ter/2"],
  ])("of a URL too: %s", (_, before, after) => {
    const found = observed(`M k8s/staging/a.env\n- HOOK_URL=${before}\n+ HOOK_URL=${after}`);
    expect(found.map(({ rule }) => rule)).toEqual(["config-endpoint-crosses"]);
    expect(JSON.stringify(found)).not.toMatch(/ter\/2|hun@/u);
  });
});

describe("ordinary changes are silent", () => {
  test.each([
    ["an image of a new version", "M values.yaml\n  image:\n-   tag: 1.4.2\n+   tag: 1.4.3\n  pool: 5"],
    ["a new values file", "A charts/x/values.yaml\n  pool_size: 500\n  insecure: true\n  debug: true\n  timeout: 0"],
    ["a service that goes", "D services/x/.env\n  RATE_LIMIT_RPS=5\n  RETRY_DELAY=5s\n  SSL_VERIFY=true"],
    ["a key in another spelling", "M a.yaml\n- rate_limit_rps: 5\n  x: 1\n+ rateLimitRps: 5"],
    [
      "panels",
      'M grafana/a.json\n  {\n-   "panels": [{ "timeout": 5, "size": 5 }]\n+   "panels": [{ "timeout": 0, "size": 0 }]\n  }',
    ],
    ["a workflow", "M .github/workflows/ci.yml\n  jobs:\n-   timeout: 5\n+   timeout: 5000"],
    ["prose", "M a.yaml\n- description: pool of 5, timeout 5\n+ description: pool of 500, timeout none"],
  ])("%s", (_, change) => {
    expect(outcome(change)).toEqual([]);
  });
});
