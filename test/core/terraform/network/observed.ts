import { loadSyntax } from "../../../../src/adapters/syntax/load.ts";
import { parseExample } from "../../../../src/core/example.ts";
import type { Observation, Rule } from "../../../../src/core/rule.ts";
import { rules } from "../../../../src/core/rules/index.ts";
import { buildViews } from "../../../../src/core/views/views.ts";
import { contextOf, planOf, policyOf } from "../../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

/** What the rules on networks say of an example, in its notation. */
export function observed(example: string, options: unknown = {}): readonly Observation[] {
  const { change } = parseExample(example);
  const { views } = buildViews(change, tools);
  const context = contextOf(policyOf(undefined), change, views, planOf(undefined));
  return rules
    .filter(({ id }) => id.startsWith("tf-network-"))
    .flatMap((rule: Rule) => rule.observe(views, rule.id === "tf-network-ingress-widened" ? options : {}, context));
}

/** One line for each: `block`, `ask` or `gap`, with what it says. */
export function said(example: string, options: unknown = {}): readonly string[] {
  return observed(example, options).map((one) => {
    if (!("message" in one)) return `gap: ${one.undecided}`;
    return `${one.asks === true ? "ask" : "block"}: ${one.message}`;
  });
}
