import { z } from "zod";
import type { KnownRule } from "../../../src/core/policy/context.ts";
import type { Scope } from "../../../src/core/policy/places.ts";
import { effectivePolicy } from "../../../src/core/policy/merge.ts";
import {
  type ParsedPolicy,
  type PolicyDocument,
  parsePolicy,
  policyErrorText,
} from "../../../src/core/policy/parse.ts";
import type { Policy } from "../../../src/core/policy/schema.ts";

/** Rules as the policy knows them: enough for every test, and independent of the real ones. */
export const rules: readonly KnownRule[] = [
  {
    id: "k8s-liveness-too-eager",
    invariant: "values-stay-in-bounds",
    options: z.strictObject({ failureThreshold: z.int().min(1).default(3) }),
  },
  {
    id: "lockfile-without-manifest",
    invariant: "supply-chain-is-intact",
    options: z.strictObject({ refreshed: z.array(z.string()).default([]) }),
  },
  { id: "runbook-privileged-command", invariant: "guardrails-are-untouched", options: z.strictObject({}) },
];

export function parse(text: string, scope: Scope = "repository"): ParsedPolicy {
  const path = scope === "organisation" ? "sallyport.yml" : ".github/sallyport.yml";
  const source = { repository: "acme/shop", sha: "1f2e3d4c5b6a7988", path, text };
  return parsePolicy(source, { scope, rules });
}

/** What was parsed before: a property joins the same few texts again and again. */
const known = new Map<string, ParsedPolicy>();

/** The document of a text that has no mistake; the mistakes are thrown. */
export function document(text: string, scope: Scope = "repository"): PolicyDocument {
  const parsed = known.get(scope + text) ?? parse(text, scope);
  known.set(scope + text, parsed);
  if (!parsed.ok) throw new Error(parsed.errors.map(policyErrorText).join("\n"));
  return parsed.document;
}

/** Every mistake as `line:column: message; remedy`. */
export function mistakes(text: string, scope: Scope = "repository"): readonly string[] {
  const parsed = parse(text, scope);
  if (parsed.ok) return [];
  return parsed.errors.map((error) => policyErrorText(error).replace(/^Cannot read policy [^:]+:[^:]+:/, ""));
}

/** The effective policy of texts without mistakes. */
export function effective(texts: { organisation?: string; own?: string; base?: string }): Policy {
  const { organisation, own, base } = texts;
  const files = {
    organisation: organisation === undefined ? null : document(organisation, "organisation"),
    defaultBranch: own === undefined ? null : document(own),
    baseBranch: base === undefined ? null : document(base),
    operations: [],
  };
  const result = effectivePolicy(files, rules);
  if (!result.ok) throw new Error(result.errors.map(policyErrorText).join("\n"));
  return result.policy;
}
