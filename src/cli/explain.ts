import type { Command } from "commander";
import type { Rule } from "../core/rule.ts";
import { exitCodes, type Io } from "./io.ts";

/** `sallyport explain RULE`. */
export function register(program: Command, io: Io): void {
  program
    .command("explain")
    .description("Say what a rule looks for, why, what to do, and how to set it.")
    .argument("[rule]", "id of the rule; without it, all ids are listed")
    .action(async (id: string | undefined) => {
      const { rules } = await import("../core/rules/index.ts");
      if (id === undefined) {
        io.out(rules.map((rule) => `${rule.id}\n    ${rule.summary}\n`).join(""));
        return;
      }
      const rule: Rule | undefined = rules.find((one) => one.id === id);
      if (rule === undefined) {
        const { nearest } = await import("../core/policy/suggest.ts");
        const near = nearest(
          id,
          rules.map((one) => one.id),
        );
        const hint = near === null ? "; without an id, explain lists all of them." : `; did you mean "${near}"?`;
        io.err(`error: There is no rule "${id}"${hint}\n`);
        io.exitWith(exitCodes.usage);
        return;
      }
      io.out(ruleText(rule));
    });
}

function ruleText(rule: Rule): string {
  const defaults: Readonly<Record<string, unknown>> = rule.options.parse({});
  const options = Object.keys(defaults).map((name) => `  ${name}: ${JSON.stringify(defaults[name])}`);
  return [
    rule.id,
    "",
    rule.summary,
    "",
    `Why it matters: ${rule.why}`,
    "",
    `What to do: ${rule.remedy}`,
    "",
    `Part of the invariant ${rule.invariant}; severity ${rule.severity}, confidence ${rule.confidence}.`,
    rule.always === "block"
      ? "It always blocks."
      : `Its level: rules.${rule.id} in the policy, else invariants.${rule.invariant}.`,
    ...(options.length === 0 ? [] : ["", `Options and their defaults (rules.${rule.id}.options):`, ...options]),
    "",
    `Examples: docs/rules/${rule.id}.md`,
    "",
  ].join("\n");
}
