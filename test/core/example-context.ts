import { limitsIn } from "../../src/core/policy/limits.ts";
import { effectivePolicy, strictDefault } from "../../src/core/policy/merge.ts";
import { parsePolicy, policyErrorText } from "../../src/core/policy/parse.ts";
import { layoutMatcher, sameName } from "../../src/core/policy/patterns.ts";
import type { Policy } from "../../src/core/policy/schema.ts";
import type { FileReach } from "../../src/core/reach/reach.ts";
import type { Context } from "../../src/core/rule.ts";
import { rules } from "../../src/core/rules/index.ts";

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

/** The context of rules where the layout alone says what a path reaches. */
export function contextOf(policy: Policy): Context {
  const reach = (path: string): FileReach => {
    const captures = policy.layout.flatMap((pattern) => layoutMatcher(pattern)(path));
    const targets = captures.flatMap(({ environment, service }) => {
      const known = Object.values(policy.environments).find(({ name, aliases }) =>
        [name, ...aliases].some((candidate) => environment !== null && sameName(candidate, environment)),
      );
      return known === undefined
        ? []
        : [{ environment: known.name, service, chain: [{ path, line: null, note: "layout" }] }];
    });
    return { path, targets, services: captures.flatMap(({ service }) => service ?? []), unresolved: false };
  };
  const limitsAt = (path: string): Policy["limits"] =>
    limitsIn(
      policy.limits,
      reach(path).targets.flatMap(({ environment }) => policy.environments[environment]?.limits ?? []),
    );
  return { policy, limitsAt, reach };
}
