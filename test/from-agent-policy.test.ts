// The page that maps other teams' files to the policy: the policy on it is read as it stands there, and every line of it is tried.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { budgeted } from "../src/core/evaluate/budgeted.ts";
import type { Evaluation } from "../src/core/evaluate/evaluation.ts";
import type { ChangedFile } from "../src/core/change/change-set.ts";
import type { Facts } from "../src/core/facts.ts";
import { type PolicySource, readPolicies } from "../src/core/policy/reading.ts";
import type { Booking } from "../src/core/requirements/booking.ts";
import { counts } from "../src/core/rollback/signal.ts";
import { rules } from "../src/core/rules/index.ts";
import { deployment, judge } from "./core/evaluate/changes.ts";
import { changeOf, claude, commit, factsOf, file, person, pullRequest, review, writers } from "./core/facts.ts";

const page = readFileSync(new URL("../docs/from-agent-policy.md", import.meta.url), "utf8");
const [policyText = "", operationsText = ""] = [...page.matchAll(/```yaml\n([\s\S]*?)```/gu)].map(
  ([, text = ""]) => text,
);
const source = (scope: PolicySource["scope"], path: string, text: string): PolicySource => ({
  scope,
  at: `acme/infra@${"5".repeat(40)}:${path}`,
  content: { kind: "text", text },
  former: null,
});
const policies = [
  source("repository", ".github/sallyport.yml", policyText),
  source("operations", ".github/sallyport/operations.yml", operationsText),
];

/** The lines of the tables. */
const lines = [...page.matchAll(/^\| `(.+?)` \| (yes|asks|default) \|/gmu)].map(([, line = ""]) => line);

/** Agents that have been here for long. */
const known = ["claude-code", "claude-code-action", "codex", "copilot-cloud-agent"].map((agent) => ({
  agent,
  sinceMs: 0,
}));
const rise = (before: string, after: string) => ({ kind: "error_rate", before, after }) as const;
const [invoker, b, c, d] = [person(1), person(2), person(3), person(4)];
/** A Wednesday, outside of the load test. */
const morning = Date.UTC(2026, 1, 11, 10);

interface Told {
  /** What stands whoever approves. */
  readonly approved: string;
  /** What stands while nobody has approved. */
  readonly alone: string;
  readonly rules: readonly string[];
  readonly gaps: readonly string[];
  readonly missing: readonly string[];
}

function factsFor(files: readonly ChangedFile[], more: Partial<Facts["pullRequest"]>, isApproved: boolean): Facts {
  return factsOf({
    change: changeOf(...files.toSorted((x, y) => (x.path < y.path ? -1 : 1))),
    pullRequest: pullRequest({ workStartedBy: [invoker], ...more }),
    reviews: isApproved ? [b, c, d].map((one) => review(one)) : [],
    people: writers(invoker, b, c, d),
    appearances: known,
  });
}

function tell(
  files: ChangedFile | readonly ChangedFile[],
  more: Partial<Facts["pullRequest"]> = {},
  atMs = morning,
): Told {
  const all = [files].flat();
  const [approved, alone] = [true, false].map((isApproved) => judge(factsFor(all, more, isApproved), policies, atMs));
  if (approved === undefined || alone === undefined) throw new Error("Nothing was judged");
  return {
    approved: approved.verdict,
    alone: alone.verdict,
    rules: [...new Set(approved.findings.map(({ rule }) => rule))].toSorted(),
    gaps: approved.gaps.map(({ id }) => id),
    missing: alone.requirements
      .filter(({ state }) => state.kind === "missing" || state.kind === "failed")
      .map(({ what }) => what),
  };
}

const staging = "k8s/staging/search/deployment.yaml";
const pod = (memory: string): string =>
  `${deployment("search")}          resources: { limits: { memory: ${memory} } }\n`;
const scaled = (path: string, replicas: string): ChangedFile =>
  file(path, deployment("search"), deployment("search", { replicas }));
const object = (apiVersion: string, kind: string, a: number): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x }\nspec: { a: ${a} }\n`;
const changedObject = (path: string, apiVersion: string, kind: string): ChangedFile =>
  file(path, object(apiVersion, kind, 1), object(apiVersion, kind, 2));
/** What production reads, though no folder of it is called so. */
const module = (was: string, is: string | null): readonly ChangedFile[] => {
  const call = 'module "shared" {\n  source = "../modules/shared"\n}\n';
  return [file("terraform/production/main.tf", call, call), file("terraform/modules/shared/main.tf", was, is)];
};
const bucket = (a: number): string => `resource "aws_s3_bucket" "x" {\n  a = ${a}\n}\n`;
const images = (path: string): ChangedFile => file(path, deployment("search"), deployment("search", { image: "a:2" }));
const rollout = (steps: string, image = "a:1"): string =>
  deployment("search", { image })
    .replace("apiVersion: apps/v1\nkind: Deployment", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout")
    .replace("spec:\n", `spec:\n  strategy: { canary: { steps: ${steps} } }\n`);
const steps = (weight: number): string => `[ { setWeight: ${weight} }, { pause: {} } ]`;
const stops = (told: Told, rule: string): void => {
  expect(told.approved).toBe("block");
  expect(told.rules).toContain(rule);
};
const asks = (told: Told, what: string): void => {
  expect([told.alone, told.approved]).toEqual(["hold", "allow"]);
  expect(told.missing).toContainEqual(expect.stringContaining(what));
};

/** Changes of the agent, ready one after the other. */
function queue(count: number, pathOf: (index: number) => string): readonly Evaluation[] {
  const books: Booking[] = [];
  return Array.from({ length: count }, (_, index) => {
    const facts = factsFor([images(pathOf(index))], {}, true);
    const numbered = { ...facts, subject: { ...facts.subject, number: index + 1 } };
    const { evaluation, booking } = budgeted(judge(numbered, policies, morning + index * 1000), books);
    if (booking !== null) books.push(booking);
    return evaluation;
  });
}

const duringTest = Date.UTC(2026, 1, 11, 15);
const loadTest = "Outside the planned `load_test` of `api-gateway`, `payment-service` (`do_not_scale`)";
const gateway = "k8s/staging/api-gateway/deployment.yaml";

const bakes = (): void => {
  const told = tell(images("k8s/production/search/a.yaml"));
  expect(told.gaps).toContain("no-bake:production:staging:search");
  expect(tell(images(staging)).gaps).toEqual([]);
};

/** How far the agent may go, as the report has it. `without`: parts of the policy that stop the change before that. */
function autonomyOf(files: ChangedFile, more: Partial<Facts>, without: readonly RegExp[] = []): string {
  const text = without.reduce((rest, part) => rest.replace(part, ""), policyText);
  const facts = {
    ...factsFor([files], { headRef: "change", workStartedBy: [] }, true),
    commits: [commit({ verified: true })],
    ...more,
  };
  const { requirements } = judge(facts, [source("repository", ".github/sallyport.yml", text)], morning);
  const row = requirements.find(({ kind }) => kind === "autonomy");
  return `${row?.state.kind}: ${row?.now}`;
}
const proposals = [/ {2}- "(?:terraform|k8s)\/production\/\*"\n/gu, / {4}bake: .*\n/u];

/** One for each line that something holds. */
const cases: Readonly<Record<string, () => void>> = {
  "can_deploy: true": () => expect(tell(images(staging)).alone).toBe("allow"),
  "can_scale: true": () => expect(tell(scaled(staging, "10")).alone).toBe("allow"),
  "max_replicas: 10": () => stops(tell(scaled(staging, "11")), "k8s-replicas-over-limit"),
  'max_memory_per_pod: "1Gi"': () => stops(tell(file(staging, pod("1Gi"), pod("1100Mi"))), "k8s-memory-over-capacity"),
  "can_modify_ingress: false": () =>
    stops(tell(changedObject("k8s/staging/search/a.yaml", "networking.k8s.io/v1", "Ingress")), "kind-forbidden-here"),
  "can_modify_secrets: false": () =>
    stops(tell(changedObject("k8s/staging/search/a.yaml", "v1", "Secret")), "kind-forbidden-here"),
  "requires_approval: false": () => {
    expect(tell(images(staging)).alone).toBe("allow");
    asks(tell(changedObject("k8s/staging/search/a.yaml", "rbac.authorization.k8s.io/v1", "Role")), "2 approvals");
  },
  "can_deploy: false": () => asks(tell(module(bucket(1), bucket(2))), "2 approvals"),
  "can_scale: false": () =>
    stops(
      tell(
        module(
          'resource "aws_ecs_service" "x" {\n  desired_count = 1\n}\n',
          'resource "aws_ecs_service" "x" {\n  desired_count = 2\n}\n',
        ),
      ),
      "kind-forbidden-here",
    ),
  "can_modify_anything: false": () => {
    const told = tell(module(bucket(1), bucket(2)));
    expect([told.alone, told.rules]).toEqual(["hold", ["reaches-production"]]);
  },
  "can_open_pr: true": () => expect(tell(module(bucket(1), bucket(2))).approved).toBe("allow"),
  "requires_approval: true": () => expect(tell(module(bucket(1), bucket(2))).alone).toBe("hold"),
  "required_approvers: 2": () => {
    asks(tell(module(bucket(1), bucket(2))), "2 approvals");
    expect(tell(module(bucket(1), bucket(2)), { workStartedBy: [] }).missing).toContainEqual(
      expect.stringContaining("3 approvals"),
    );
  },
  "max_changes_per_hour: 5": () => {
    const verdicts = queue(6, () => staging).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(["allow", "allow", "allow", "allow", "allow", "wait"]);
  },
  "max_files_per_pr: 10": () => {
    const files = (count: number) => Array.from({ length: count }, (_, index) => file(`src/${index}.ts`, "a", "b"));
    expect(tell(files(10)).approved).toBe("allow");
    stops(tell(files(11)), "too-many-files");
  },
  '"terraform/production/*"': () =>
    stops(tell(file("terraform/production/a/b.tf", bucket(1), bucket(2))), "forbidden-path-touched"),
  '"k8s/production/*"': () => stops(tell(images("k8s/production/search/a.yaml")), "forbidden-path-touched"),
  '"**/secrets/**"': () => stops(tell(file("deploy/secrets/a.txt", "a", "b")), "forbidden-path-touched"),
  '"**/credentials/**"': () => stops(tell(file("credentials/a.txt", "a", null)), "forbidden-path-touched"),
  "required_staging_bake_hours: 24": bakes,
  "rollback_on_error_rate_increase: true": () => {
    expect(counts(rise("1", "7"), readPolicies(policies, rules).policy.rollback)).toBe(true);
    expect(readPolicies(policies, rules).policy.rollback.do).toBe("open_revert");
  },
  "rollback_threshold_percent: 5": () => {
    const { rollback } = readPolicies(policies, rules).policy;
    expect([rise("1", "6"), rise("1", "5.9")].map((one) => counts(one, rollback))).toEqual([true, false]);
  },
  "type: load_test": () => expect(tell(scaled(gateway, "3"), {}, duringTest).missing).toContain(loadTest),
  'schedule: "weekdays 14:00-16:00 UTC"': () => {
    expect(tell(scaled(gateway, "3"), {}, Date.UTC(2026, 1, 11, 13, 59)).approved).toBe("allow");
    expect(tell(scaled(gateway, "3"), {}, Date.UTC(2026, 1, 11, 14)).approved).toBe("block");
    expect(tell(scaled(gateway, "3"), {}, Date.UTC(2026, 1, 11, 16)).approved).toBe("allow");
    expect(tell(scaled(gateway, "3"), {}, Date.UTC(2026, 1, 14, 15)).approved).toBe("allow");
  },
  'services: ["api-gateway", "payment-service"]': () => {
    expect(tell(scaled("k8s/staging/payment-service/a.yaml", "3"), {}, duringTest).approved).toBe("block");
    expect(tell(scaled(staging, "3"), {}, duringTest).approved).toBe("allow");
  },
  'expected_cpu: "80-95%"': () => {
    const { requirements } = judge(factsFor([scaled(gateway, "3")], {}, false), policies, duringTest);
    expect(requirements.find(({ kind }) => kind === "operation")?.now).toContain("expected CPU 80-95%");
  },
  'action: "do_not_scale"': () => {
    expect(tell(scaled(gateway, "3"), {}, duringTest).approved).toBe("block");
    expect(tell(images(gateway), {}, duringTest).approved).toBe("allow");
  },
  "min_staging_hours: int = 24": bakes,
  "require_human_approval: bool = True": () => expect(tell(module(bucket(1), bucket(2))).alone).toBe("hold"),
  "MIN_STAGING_BAKE_HOURS = 24": bakes,
  "MIN_LIVENESS_FAILURE_THRESHOLD = 3": () =>
    stops(tell(file(staging, deployment("search"), deployment("search", { failures: "2" }))), "k8s-liveness-too-eager"),
  "MAX_REPLICAS_PER_SERVICE = 10": () =>
    stops(tell(scaled("k8s/development/search/a.yaml", "11")), "k8s-replicas-over-limit"),
  "MAX_MEMORY_INCREASE_PERCENT = 50": () => {
    expect(tell(file(staging, pod("100Mi"), pod("150Mi"))).alone).toBe("allow");
    expect(tell(file(staging, pod("100Mi"), pod("151Mi")))).toMatchObject({ alone: "hold", approved: "allow" });
  },
  '"terraform/**"': () =>
    expect(tell(file("terraform/staging/a.tf", bucket(1), bucket(2)), { autoMergeArmedBy: b }).approved).toBe("hold"),
  '"k8s/production/**"': () => {
    const { missing } = tell(images("k8s/production/search/a.yaml"), { autoMergeArmedBy: b });
    expect(missing).toContainEqual(expect.stringContaining("uto-merge"));
  },
  '"production"': () => asks(tell(module(bucket(1), bucket(2))), "2 approvals"),
  '"database"': () =>
    asks(
      tell(
        file(
          "terraform/staging/a.tf",
          'resource "aws_db_instance" "x" {\n  a = 1\n}\n',
          'resource "aws_db_instance" "x" {\n  a = 2\n}\n',
        ),
      ),
      "area database",
    ),
  '"networking"': () => asks(tell(changedObject("k8s/staging/search/a.yaml", "v1", "Service")), "area networking"),
  '"secrets"': () => asks(tell(changedObject("k8s/development/search/a.yaml", "v1", "Secret")), "area secrets"),
  "the agent can only affect one service at a time": () => {
    stops(tell([images(staging), images(gateway)]), "too-many-services");
    expect(queue(2, (index) => [staging, gateway][index] ?? "").map(({ verdict }) => verdict)).toEqual([
      "allow",
      "wait",
    ]);
  },
  "its changes can only be deployed to 10% canary first": () => {
    const at = "apps/production/search.yaml";
    stops(tell(file(at, rollout(steps(10)), rollout(steps(11)))), "k8s-canary-first-step-too-large");
    stops(tell(file(at, rollout(steps(10)), rollout("[]"))), "k8s-canary-weakened");
    stops(tell(file(at, rollout(steps(10)), deployment("search"))), "k8s-canary-missing");
    const without = tell(images(at));
    expect(without.rules).toContain("k8s-canary-missing");
    asks(without, "2 approvals");
  },
  "Read-only first": () => {
    expect(autonomyOf(images(staging), { appearances: [] })).toMatch(/^failed: .*has `observe`/u);
    expect(autonomyOf(images(staging), {})).toMatch(/^met: .*has `sandbox` in `staging`/u);
  },
  "Level 0: read-only": () => {
    const marked = { pullRequest: pullRequest({ headRef: "codex/change" }) };
    expect(autonomyOf(images(staging), marked)).toMatch(/^failed: `codex` has `observe`/u);
    expect(autonomyOf(file("README.md", "a\n", "b\n"), marked)).toMatch(/^met/u);
  },
  "Level 1: propose": () => {
    asks(tell(images("k8s/development/search/a.yaml")), "1 approval");
    const unattested = { commits: [commit()] };
    expect(autonomyOf(images("k8s/production/search/a.yaml"), unattested, proposals)).toContain("has `propose`");
  },
  "Level 2: execute in sandbox": () => expect(tell(images(staging), { autoMergeArmedBy: claude }).alone).toBe("allow"),
  "Level 3: execute in production (rare)": () => {
    const image = file("k8s/production/search/a.yaml", rollout(steps(10)), rollout(steps(10), "a:2"));
    expect(autonomyOf(image, {}, proposals)).toMatch(/^met: .*has `execute` in `production`/u);
    expect(autonomyOf(image, {}, proposals)).not.toContain("falls back");
    const other = scaled("k8s/production/search/a.yaml", "3");
    expect(autonomyOf(other, {}, proposals)).toContain("it falls back to `propose`");
  },
  "two-person rule: IAM changes": () =>
    asks(
      tell(changedObject("k8s/staging/search/a.yaml", "rbac.authorization.k8s.io/v1", "Role")),
      "2 approvals (area perimeter)",
    ),
  "two-person rule: network perimeter changes": () =>
    asks(
      tell(changedObject("k8s/staging/search/a.yaml", "networking.k8s.io/v1", "NetworkPolicy")),
      "2 approvals (area perimeter)",
    ),
  "two-person rule: delete/replace actions": () =>
    asks(
      tell(file("k8s/staging/search/a.yaml", object("v1", "ConfigMap", 1), null), { title: "CHG-123456: remove" }),
      "2 approvals (area destructive)",
    ),
  "two-person rule: production database migrations": () =>
    asks(tell(file("db/migrate/1_users.rb", "a", "b")), "2 approvals (area migrations)"),
  "No delete/replace of stateful resources without ticket + approval": () => {
    const gone = file("k8s/staging/search/a.yaml", object("v1", "PersistentVolumeClaim", 1), null);
    expect(tell(gone).approved).toBe("hold");
    asks(tell(gone, { title: "CHG-123456: remove" }), "2 approvals (area destructive)");
  },
};

describe("the policy that the page shows", () => {
  test("is read without a mistake, and so are the operations beside it", () => {
    const { errors, policy } = readPolicies(policies, rules);
    expect(errors).toEqual([]);
    expect(policy.operations).toHaveLength(1);
  });

  test("has a case for each line that something holds, and none for another", () => {
    expect(lines).toEqual(Object.keys(cases));
  });
});

describe("line by line", () => {
  test.each(Object.entries(cases))("%s", (_, holds) => {
    expect.hasAssertions();
    holds();
  });
});
