import { describe, expect, it } from "vitest";
import { policyDigest } from "../../../src/core/policy/digest.ts";
import { limitsIn } from "../../../src/core/policy/limits.ts";
import { effectivePolicy, strictDefault } from "../../../src/core/policy/merge.ts";
import { policyErrorText } from "../../../src/core/policy/parse.ts";
import { formatQuantity, whole } from "../../../src/lib/quantity.ts";
import { document, effective, rules } from "./read.ts";

const v = (text: string): string => `version: 1\n${text}\n`;

function errors(organisation: string | null, own: string): readonly string[] {
  const files = {
    organisation: organisation === null ? null : document(organisation, "organisation"),
    defaultBranch: document(own),
    baseBranch: null,
    operations: [],
  };
  const result = effectivePolicy(files, rules);
  return result.ok ? [] : result.errors.map((error) => policyErrorText(error).replace(/^Cannot read policy /, ""));
}

describe("with no file anywhere", () => {
  it("the strict default holds", () => {
    const policy = strictDefault();
    expect(effective({})).toEqual(policy);
    expect(policy.mode).toBe("enforce");
    expect(policy.gate).toEqual({ default: "agents", byEnvironment: {} });
    expect(policy.approvals).toEqual({
      byRisk: { low: 1, elevated: 1, high: 2, critical: 2 },
      from: [["people"]],
      distinctTeams: false,
      invalidateOn: "change",
      request: false,
      nobodyLeftAfterMs: 43_200_000,
      reading: { minimumMs: 120_000, linesPerMinute: 30, at: ["critical", "high"] },
    });
    expect(Object.fromEntries(Object.entries(policy.invariants).map(([id, { level }]) => [id, level]))).toEqual({
      "permissions-do-not-increase": "block",
      "network-does-not-widen": "block",
      "nothing-stateful-is-deleted": "block",
      "authentication-is-unchanged": "review",
      "production-is-unchanged": "review",
      "no-secrets": "block",
      "values-stay-in-bounds": "block",
      "guardrails-are-untouched": "block",
      "migrations-are-safe": "review",
      "supply-chain-is-intact": "review",
      "within-declared-plan": "review",
      "blast-radius-is-bounded": "block",
      "scanners-find-nothing-new": "review",
      "outside-allowlist-needs-opt-in": "off",
    });
  });

  it("the conventional environments are known by their names", () => {
    const { environments } = strictDefault();
    expect(Object.keys(environments)).toEqual(["development", "production", "staging"]);
    expect(environments["production"]).toMatchObject({ tier: "production", aliases: ["live", "prd", "prod"] });
    expect(environments["production"]?.branches).toContain("prod");
    expect(environments["staging"]?.aliases).toContain("stg");
    expect(environments["development"]?.aliases).toContain("qa");
  });
});

describe("a repository's own file", () => {
  it("decides alone where there is no organisation's", () => {
    const policy = effective({
      own: v("mode: observe\napprovals: { by_risk: { high: 3 } }\ninvariants: { no-secrets: observe }"),
    });
    expect(policy.mode).toBe("observe");
    expect(policy.approvals.byRisk).toEqual({ low: 1, elevated: 1, high: 3, critical: 2 });
    expect(policy.invariants["no-secrets"].level).toBe("observe");
    expect(policy.invariants["blast-radius-is-bounded"].level).toBe("block");
  });

  it("adds to the conventional environments, and does not make them unknown", () => {
    const { environments } = effective({ own: v("environments: { staging: { aliases: [canary] }, development: {} }") });
    expect(Object.keys(environments)).toEqual(["development", "production", "staging"]);
    expect(environments["staging"]?.aliases).toEqual(expect.arrayContaining(["canary", "stg"]));
    expect(environments["staging"]?.tier).toBe("staging");
  });

  it("may take a conventional name for an environment of its own", () => {
    const { environments } = effective({
      own: v(
        "layout: ['{environment}/**']\nenvironments: { uat: { tier: production }, prod: { tier: production, aliases: [production] } }",
      ),
    });
    expect(Object.keys(environments)).toEqual(["development", "prod", "staging", "uat"]);
    expect(environments["staging"]?.aliases).not.toContain("uat");
    expect(environments["prod"]?.aliases).toEqual(["live", "prd", "production"]);
  });

  it("does not make production harmless by giving its name to something else", () => {
    const { environments } = effective({
      own: v("environments: { lab: { tier: development, aliases: [production], branches: [lab] } }"),
    });
    expect(environments["production"]?.tier).toBe("production");
    expect(environments["production"]?.aliases).toContain("prod");
  });

  it("leaves an environment that it gives no tier, and whose name says nothing, as production", () => {
    const { environments } = effective({
      own: v("environments: { blue: { branches: [blue] }, west: { aliases: [stg], branches: [west] } }"),
    });
    expect(environments["blue"]?.tier).toBe("production");
    expect(environments["west"]?.tier).toBe("staging");
  });

  it("may ask for fewer approvals in one environment", () => {
    const { environments } = effective({ own: v("environments: { staging: { approvals: { low: 0 } } }") });
    expect(environments["staging"]?.approvals).toEqual({ low: 0, elevated: 1, high: 2, critical: 2 });
    expect(environments["production"]?.approvals).toEqual({ low: 1, elevated: 1, high: 2, critical: 2 });
  });
});

describe("the organisation's file", () => {
  it.each([
    ["what it states", "mode: enforce\napprovals: { by_risk: 2 }"],
    ["what it leaves to the default", ""],
  ])("is not loosened by a repository: %s", (_, text) => {
    const organisation = v(text);
    const own = v(
      "mode: observe\napprovals: { by_risk: 0 }\ninvariants: { no-secrets: 'off' }\nenvironments: { production: { tier: development, approvals: 0 } }\nagents: { automation: ['evil[bot]'] }\nlimits: { kubernetes: { liveness_failure_threshold: 1 } }",
    );
    expect(effective({ organisation, own })).toEqual(effective({ organisation }));
  });

  it("keeps its waivers to itself: a repository's have no effect", () => {
    const waivers = v(
      'waivers: [{ rule: k8s-liveness-too-eager, paths: ["**"], reason: r, until: 2026-12-31, by: "@acme/sre" }]',
    );
    expect(effective({ own: waivers }).waivers).toHaveLength(1);
    expect(effective({ organisation: v(""), own: waivers }).waivers).toEqual([]);
    expect(effective({ organisation: waivers, own: v("") }).waivers).toHaveLength(1);
    expect(effective({ organisation: `${waivers}`, own: v("waivers: []") }).waivers).toEqual([]);
    expect(effective({ organisation: v("overridable: [waivers]"), own: waivers }).waivers).toHaveLength(1);
  });

  it("is not loosened through a single rule of an invariant that it set, nor through the rule's options", () => {
    const organisation = v("invariants: { values-stay-in-bounds: block }");
    const own = v("rules: { k8s-liveness-too-eager: { level: 'off', options: { failureThreshold: 1 } } }");
    expect(effective({ organisation, own }).rules["k8s-liveness-too-eager"]).toEqual({
      treatment: { level: "block", from: [] },
      options: {},
    });
    expect(effective({ own }).rules["k8s-liveness-too-eager"]).toEqual({
      treatment: { level: "off", from: [] },
      options: { failureThreshold: 1 },
    });
    const open = v("overridable: [rules.k8s-liveness-too-eager]");
    expect(effective({ organisation: open, own }).rules).toEqual(effective({ own }).rules);
  });

  it("is tightened by a repository, key by key", () => {
    const policy = effective({
      organisation: v(
        "limits: { files: 30, kubernetes: { memory_per_pod: { review_above: 512Mi, max: 2Gi } } }\nforbidden: [b/**]\nallowlist: [services/**]",
      ),
      own: v(
        "limits: { files: 10, kubernetes: { memory_per_pod: 1Gi } }\nforbidden: [a/**]\nallowlist: ['**/*.md']\napprovals: { from: ['@acme/sre'] }",
      ),
    });
    expect(policy.limits.files.max).toEqual(whole(10));
    const { reviewAbove, max } = policy.limits.kubernetes.memoryPerPod;
    expect([reviewAbove, max].map((bytes) => bytes && formatQuantity(bytes))).toEqual(["512Mi", "1Gi"]);
    expect(policy.forbidden).toEqual(["a/**", "b/**"]);
    expect(policy.allowlist).toEqual([["**/*.md"], ["services/**"]]);
    expect(policy.approvals.from).toEqual([["@acme/sre"]]);
  });

  it("is loosened only where it lists a key as overridable", () => {
    const organisation = v(
      "overridable: [limits.files, services]\nlimits: { files: 10, services: 1 }\nservices: { a: { risk: high, owners: '@acme/a' }, b: { risk: high } }",
    );
    const policy = effective({
      organisation,
      own: v("limits: { files: 50, services: 9 }\nservices: { a: { risk: low } }"),
    });
    expect(policy.limits.files.max).toEqual(whole(50));
    expect(policy.limits.services.max).toEqual(whole(1));
    expect(policy.services).toEqual({
      a: { name: "a", owners: ["@acme/a"], risk: "low", bakeMs: null },
      b: { name: "b", owners: [], risk: "high", bakeMs: null },
    });
  });
});

describe("the file of another base branch", () => {
  it("cannot loosen the default branch's, nor the strict default where that has none", () => {
    const lax = v("mode: observe\napprovals: { by_risk: 0 }");
    expect(effective({ own: v(""), base: lax })).toEqual(effective({ own: v("") }));
    expect(effective({ base: lax })).toEqual(strictDefault());
  });

  it("cannot use what the organisation lets the repository loosen", () => {
    const organisation = v("overridable: [limits.files]\nlimits: { files: 10 }");
    expect(effective({ organisation, base: v("limits: { files: 50 }") }).limits.files.max).toEqual(whole(10));
  });

  it("tightens", () => {
    expect(
      effective({ own: v("approvals: { by_risk: 1 }"), base: v("approvals: { by_risk: { high: 3 } }") }).approvals
        .byRisk,
    ).toEqual({
      low: 1,
      elevated: 1,
      high: 3,
      critical: 1,
    });
  });
});

describe("levels that name people", () => {
  it("ask the people of every file, at the stricter level only", () => {
    const level = (organisation: string, own: string) =>
      effective({
        organisation: v(`invariants: { no-secrets: ${organisation} }`),
        own: v(`invariants: { no-secrets: ${own} }`),
      }).invariants["no-secrets"];
    expect(level('{ review: ["@acme/a"] }', '{ review: ["@acme/b"] }')).toEqual({
      level: "review",
      from: [["@acme/a"], ["@acme/b"]],
    });
    expect(level('{ review: ["@acme/a"] }', "block")).toEqual({ level: "block", from: [] });
    expect(level('{ review: ["@acme/a"] }', "observe")).toEqual({ level: "review", from: [["@acme/a"]] });
    expect(level("review", '{ review: [people, "@acme/b"] }')).toEqual({ level: "review", from: [] });
  });
});

describe("demands of one area in two files", () => {
  it("stand beside each other for different people, and the larger count wins for the same", () => {
    const { areas } = effective({
      organisation: v('areas: { db: { kinds: [database], approvals: { count: 2, from: ["@acme/dba"] } } }'),
      own: v("areas: { db: { kinds: [migration], approvals: 1 } }"),
      base: v('areas: { db: { approvals: { count: 3, from: ["@acme/DBA"] }, kinds: [iam] } }'),
    });
    expect(areas["db"]).toEqual({
      name: "db",
      kinds: ["database", "iam", "migration"],
      paths: [],
      risk: null,
      approvals: [
        { count: 3, from: ["@acme/dba"] },
        { count: 1, from: ["people"] },
      ],
      tickets: [],
    });
  });
});

describe("a name that leads nowhere", () => {
  it.each([
    ["gate: { productoin: everyone }", '2:9: unknown environment "productoin"; did you mean "production"?'],
    ["gate: { prod: everyone }", '2:9: unknown environment "prod"; write its own name, "production"'],
    [
      "capacity: [{ name: p, environments: [stagign], memory: 1Gi }]",
      '2:38: unknown environment "stagign"; did you mean "staging"?',
    ],
    [
      "environments: { blue: { tier: staging } }",
      '2:17: nothing can reach the environment "blue"; add a line with {environment} to `layout`, or its branches',
    ],
    [
      "invariants: { outside-allowlist-needs-opt-in: review }",
      "2:15: `outside-allowlist-needs-opt-in` has no allowlist to compare with; state `allowlist`, or leave the invariant off",
    ],
  ])("%s is told with its place", (text, message) => {
    expect(errors(null, v(text))).toEqual([`acme/shop@1f2e3d4:.github/sallyport.yml:${message}`]);
  });

  it("may lead into another file", () => {
    expect(
      errors(
        v("layout: ['k8s/{environment}/**']\nallowlist: [a]"),
        v(
          "environments: { blue: {} }\ngate: { blue: everyone }\ninvariants: { outside-allowlist-needs-opt-in: review }",
        ),
      ),
    ).toEqual([]);
  });
});

describe("whom the gate stands for", () => {
  it("is asked by environment, with what each file says of all others", () => {
    const { gate } = effective({
      organisation: v("gate: { production: everyone }"),
      own: v("gate: { '*': everyone, staging: agents }"),
    });
    expect(gate).toEqual({ default: "everyone", byEnvironment: { staging: "agents" } });
    expect(effective({ organisation: v("gate: everyone"), own: v("gate: { staging: agents }") }).gate).toEqual({
      default: "everyone",
      byEnvironment: {},
    });
  });
});

describe("the limits where a change lands", () => {
  it("are the policy's own, tightened by every environment that it reaches", () => {
    const { limits, environments } = effective({
      own: v(
        "limits: { kubernetes: { replicas: 20 } }\nenvironments: { staging: { limits: { replicas: 10, files: 5 } }, production: { limits: { replicas: { review_above: 3, max: 50 } } } }",
      ),
    });
    const there = limitsIn(
      limits,
      Object.values(environments).map((environment) => environment.limits),
    );
    expect(there.kubernetes.replicas).toEqual({ reviewAbove: whole(3), max: whole(10) });
    expect(there.files.max).toEqual(whole(5));
    expect(limitsIn(limits, [])).toEqual(limits);
  });
});

describe("the digest", () => {
  it("is the same for files that say the same, and another for others", () => {
    const digest = (own: string) => policyDigest(effective({ own }));
    expect(digest(v("forbidden: [a, b]\nlimits: { kubernetes: { memory_per_pod: 1Gi } }"))).toBe(
      digest("limits:\n  kubernetes:\n    memory_per_pod: { max: 1024Mi }\nforbidden: [b, a]\nversion: 1\n"),
    );
    expect(digest(v("forbidden: [a]"))).not.toBe(digest(v("forbidden: [b]")));
    expect(policyDigest(strictDefault())).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("alarms", () => {
  it("of every file hold, and what the organisation asks for stays", () => {
    const organisation = v("alarms: { issues: Acme/Incidents, on: [bypass_merge] }");
    expect(effective({ organisation }).alarms).toEqual({ issues: ["acme/incidents"], on: ["bypass_merge"] });
    const own = v("alarms: { issues: [acme/shop-alarms], on: [direct_push] }");
    expect(effective({ organisation, own }).alarms).toEqual({
      issues: ["acme/incidents", "acme/shop-alarms"],
      on: ["bypass_merge", "direct_push"],
    });
  });

  it("are raised by everything there is unless a file says otherwise", () => {
    expect(strictDefault().alarms).toEqual({ issues: [], on: ["bypass_merge", "direct_push", "gate_not_required"] });
    const own = v("alarms: { issues: acme/incidents }");
    expect(effective({ own }).alarms.on).toHaveLength(3);
  });
});
