import type { ChangeSet } from "../../src/core/change/change-set.ts";
import { limitsIn } from "../../src/core/policy/limits.ts";
import { effectivePolicy, strictDefault } from "../../src/core/policy/merge.ts";
import { parsePolicy, policyErrorText } from "../../src/core/policy/parse.ts";
import type { Policy } from "../../src/core/policy/schema.ts";
import { computeReach } from "../../src/core/reach/compute.ts";
import type { FileReach } from "../../src/core/reach/reach.ts";
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

/** What the engine hands to rules beside their view. Context files reach what a change of theirs would reach. */
export function contextOf(change: ChangeSet, views: Views, policy: Policy): Context {
  const touched = { files: change.files.map((file) => ({ ...file, status: "modified" as const })) };
  const files = new Map(computeReach(touched, views.terraform, policy, "main").files.map((file) => [file.path, file]));
  const nowhere = (path: string): FileReach => ({ path, targets: [], services: [], unresolved: false });
  const reach = (path: string): FileReach => files.get(path) ?? nowhere(path);
  const limitsAt = (path: string): Policy["limits"] =>
    limitsIn(
      policy.limits,
      reach(path).targets.flatMap(({ environment }) => policy.environments[environment]?.limits ?? []),
    );
  return { policy, limitsAt, reach };
}
