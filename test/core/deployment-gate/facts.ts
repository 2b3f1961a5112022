import type { Movement } from "../../../src/core/around/around.ts";
import type { Halt } from "../../../src/core/decisions/decision.ts";
import type { Arrival, DeploymentFacts, JudgedThen } from "../../../src/core/deployment-gate/facts.ts";
import { type DeploymentEvaluation, evaluateDeployment } from "../../../src/core/evaluate/deployment.ts";
import type { Account } from "../../../src/core/facts.ts";
import { type PolicyReading, readPolicies } from "../../../src/core/policy/reading.ts";
import { rules } from "../../../src/core/rules/index.ts";

export const sha = (digit: string): string => digit.repeat(40);
export const nowMs = Date.UTC(2026, 2, 2, 9);
export const person: Account = { id: 1, login: "person-a", type: "User" };
export const agent: Account = { id: 198_982_749, login: "Copilot", type: "Bot" };

export const subject = {
  kind: "deployment",
  installationId: 1,
  repository: { id: 7, owner: "acme", name: "shop" },
  runId: 88,
  environment: "production",
  asks: "rule",
} as const;

export function judged(number: number, over: Partial<JudgedThen> = {}): JudgedThen {
  const wrote = { isAgent: false, marks: [] };
  return { number, headSha: sha("c"), verdict: "allow", wrote, ...over };
}

/** A pull request that was merged, as GitHub and the ledger tell of it. */
export function arrival(over: Partial<Movement> = {}, of: readonly JudgedThen[] | null = [judged(1)]): Arrival {
  const run = { id: 5, passed: true };
  const movement: Movement = {
    id: 3,
    kind: "merge",
    atMs: nowMs - 3_600_000,
    actor: person,
    beforeSha: sha("a"),
    afterSha: sha("b"),
    run: null,
    merged: [{ number: 1, headSha: sha("c"), run }],
    ...over,
  };
  return { movement, judged: of };
}

/** One pull request between what is live and what is to be deployed, all of it in order. */
export function factsOf(over: Partial<DeploymentFacts> = {}): DeploymentFacts {
  return {
    subject,
    headSha: sha("b"),
    startedBy: [person],
    branch: { name: "main", isDefault: true, required: true },
    live: { sha: sha("a"), deploymentId: 9 },
    arrivals: [arrival()],
    baking: null,
    gaps: [],
    knownSinceMs: nowMs - 86_400_000,
    halts: [],
    signals: [],
    ...over,
  };
}

export const halt = (over: Partial<Halt> = {}): Halt => ({
  id: "h1",
  kind: "halt",
  by: { kind: "operator", name: "night shift" },
  atMs: nowMs - 1_000,
  reason: "replicas explode",
  scope: { kind: "repository", installationId: 1, repositoryId: 7 },
  stops: "everyone",
  ...over,
});

/** Reading a policy takes longer than judging by it. */
const readings = new Map<string, PolicyReading>();
function readingOf(policy: string): PolicyReading {
  const text = `version: 1\n${policy}`;
  const at = `acme/shop@${sha("1")}:.github/sallyport.yml`;
  const source = { scope: "repository", at, content: { kind: "text", text }, former: null } as const;
  const reading = readings.get(policy) ?? readPolicies([source], rules);
  readings.set(policy, reading);
  return reading;
}

export function judge(facts: DeploymentFacts, policy = "", atMs = nowMs): DeploymentEvaluation {
  return evaluateDeployment(facts, readingOf(policy), atMs, "0.0.0");
}
