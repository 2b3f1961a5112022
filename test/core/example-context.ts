import { ruleContext } from "../../src/core/evaluate/rule-context.ts";
import type { ChangeSet } from "../../src/core/change/change-set.ts";
import { effectivePolicy, strictDefault } from "../../src/core/policy/merge.ts";
import { parsePolicy, policyErrorText } from "../../src/core/policy/parse.ts";
import type { Policy } from "../../src/core/policy/schema.ts";
import { computeReach } from "../../src/core/reach/compute.ts";
import type { Context } from "../../src/core/rule.ts";
import { rules } from "../../src/core/rules/index.ts";
import type { Views } from "../../src/core/views/views.ts";

/** The policy of an example, through the parser that reads real ones; the strict default where it states none. */
export function policyOf(text: string | undefined): Policy {
  if (text === undefined) return strictDefault();
  const source = { repository: "acme/infra", sha: "0".repeat(40), path: ".github/sallyport.yml", text };
  const parsed = parsePolicy(source, { scope: "repository", rules });
  if (!parsed.ok) throw new Error(parsed.errors.map(policyErrorText).join("\n"));
  const joined = effectivePolicy({ organisation: null, defaultBranch: parsed.document, baseBranch: null }, rules);
  if (!joined.ok) throw new Error(joined.errors.map(policyErrorText).join("\n"));
  return joined.policy;
}

/** The context of rules for one change, as an evaluation would make it. */
export function contextOf(policy: Policy, change: ChangeSet, views: Views): Context {
  return ruleContext(policy, computeReach(change, views, policy, "main"), "main");
}
