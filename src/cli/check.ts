import { type Command, Option } from "commander";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { exitCodeOf, type Io } from "./io.ts";
import { openerOption } from "./opener.ts";
import type { LocalPlan, LocalPort } from "./ports.ts";

const formats = ["text", "json", "markdown", "sarif"] as const;
type Format = (typeof formats)[number];

interface Options {
  readonly repo: string;
  readonly base?: string;
  readonly head?: string;
  readonly policy?: string;
  readonly as: string;
  readonly plan: readonly string[];
  readonly format: Format;
}

/** `sallyport check`. */
export function register(program: Command, io: Io, local: LocalPort): void {
  program
    .command("check")
    .description("Judge a local change as the App will, as far as that can be known before it is on GitHub.")
    .option("--repo <path>", "a folder inside the repository", ".")
    .option("--base <revision>", "what it would land on (default: the default branch)")
    .option("--head <revision>", "what to judge (default: the working tree, untracked files included)")
    .option("--policy <file>", "a policy file in place of the repository's")
    .addOption(openerOption("who opens the pull request: copilot, or any login"))
    .option(
      "--plan <[root=]file>",
      "what `terraform show -json` printed of a root (default root: the repository's own folder); may be given several times",
      (given: string, before: readonly string[]) => [...before, given],
      [],
    )
    .addOption(new Option("--format <format>", "how to print it").choices(formats).default("text"))
    .addHelpText(
      "after",
      "\nExit codes: 0 allow, or a policy that only observes; 1 block; 2 hold; 3 wait; 64 wrong usage; 70 Sallyport failed.",
    )
    .action(async (options: Options) => {
      const evaluation = await local.judge({
        repository: options.repo,
        base: options.base ?? null,
        head: options.head ?? null,
        as: options.as,
        policyPath: options.policy ?? null,
        plans: options.plan.map(planGiven),
      });
      io.exitWith(exitCodeOf(evaluation.policy.mode === "observe" ? "allow" : evaluation.verdict));
      io.out(await render(evaluation, options.format, await io.colour()));
    });
}

/** `terraform/production=plan.json`, or the file alone. */
function planGiven(given: string): LocalPlan {
  const at = given.indexOf("=");
  const [root, file] = at === -1 ? ["", given] : [given.slice(0, at), given.slice(at + 1)];
  return { file, root: root.replace(/^\.\//u, "").replace(/\/+$/u, "").replace(/^\.$/u, "") };
}

const site = "https://github.com";

async function render(evaluation: Evaluation, format: Format, colour: boolean): Promise<string> {
  switch (format) {
    case "text":
      return (await import("../core/report/terminal.ts")).renderTerminal(evaluation, colour);
    case "json":
      return ended((await import("../core/report/verdict-json.ts")).renderVerdictJson(evaluation));
    case "markdown":
      return ended((await import("../core/report/markdown.ts")).renderMarkdown(evaluation, site));
    case "sarif":
      return ended((await import("../core/report/sarif.ts")).renderSarif(evaluation, site));
  }
}

function ended(text: string): string {
  return `${text.trimEnd()}\n`;
}
