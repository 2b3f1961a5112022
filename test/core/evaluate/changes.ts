import type { Account, Facts } from "../../../src/core/facts.ts";
import { evaluateBy } from "../../../src/core/evaluate/from-sources.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { PolicySource } from "../../../src/core/policy/reading.ts";
import type { Tools } from "../../../src/core/syntax.ts";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { marksIn } from "../../../src/core/plan/plan.ts";
import { shownBy } from "../../../src/core/requirements/reports.ts";
import { commit, factsOf, person, pullRequest, report } from "../facts.ts";

/** Forgets at once: contents of tests share their made-up SHAs. */
export const tools: Tools = { syntax: await loadSyntax(), memo: (_, compute) => compute() };
export const nowMs = Date.UTC(2026, 1, 11, 10, 0, 0);

/** A repository's policy file at a pinned commit. */
export function repository(text: string): PolicySource {
  const at = `acme/infra@${"5".repeat(40)}:.github/sallyport.yml`;
  return { scope: "repository", at, content: { kind: "text", text: `version: 1\n${text}` }, former: null };
}
export function organisation(text: string): PolicySource {
  const at = `acme/.github@${"6".repeat(40)}:sallyport.yml`;
  return { scope: "organisation", at, content: { kind: "text", text: `version: 1\n${text}` }, former: null };
}
/** A file that is there and could not be read. */
export function unread(source: PolicySource): PolicySource {
  return { ...source, content: { kind: "unread", reason: "GitHub answered 502" } };
}

/** As the server judges it: what there is now was reported on this head before anybody reviewed, unless the facts say otherwise. */
export function judge(facts: Facts, policies: readonly PolicySource[] = [], atMs = nowMs): Evaluation {
  if (facts.reviews.length === 0 || facts.publications.length > 0) return judgeAsTold(facts, policies, atMs);
  return judgeAsTold(toldOf(facts, judgeAsTold({ ...facts, reviews: [] }, policies, atMs)), policies, atMs);
}

/** The same facts, once what they come to had been reported on their head. */
export function toldOf(facts: Facts, { findings, gaps, patch, plan, baseRef, headSha }: Evaluation): Facts {
  const shown = { ...shownBy(findings, gaps), patch, plan: marksIn(plan.declared) };
  return { ...facts, publications: [report({ ...shown, baseRef, headSha })] };
}

/** With the reports that the facts tell of and no others. */
export function judgeAsTold(facts: Facts, policies: readonly PolicySource[] = [], atMs = nowMs): Evaluation {
  return evaluateBy(facts, policies, tools, atMs, { version: "0.0.0-test", zoneData: "2026a" });
}

/** The same facts, opened and written by somebody who leaves no mark of an agent. */
export function byPerson(author: Account = person(51), overrides: Partial<Facts> = {}): Facts {
  const signature = { name: author.login, email: `${author.login}@example.invalid`, account: author };
  return factsOf({
    commits: [commit({ author: signature, committer: signature })],
    pullRequest: pullRequest({ author, lastPusher: author, headRef: "change" }),
    ...overrides,
  });
}

/** A Deployment as a manifest; each line can be replaced. */
export function deployment(name: string, { replicas = "2", failures = "3", image = "a:1" } = {}): string {
  return [
    "apiVersion: apps/v1",
    "kind: Deployment",
    "metadata:",
    `  name: ${name}`,
    "spec:",
    `  replicas: ${replicas}`,
    "  template:",
    "    spec:",
    "      containers:",
    `        - name: ${name}`,
    `          image: ${image}`,
    "          livenessProbe:",
    "            httpGet: { path: /, port: 80 }",
    "            periodSeconds: 10",
    `            failureThreshold: ${failures}`,
    "",
  ].join("\n");
}
