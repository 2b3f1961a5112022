import { type Command, Option } from "commander";
import type { HaltOrder, ResumeOrder } from "../app/operator.ts";
import type { ShownHalt } from "../server/halts.ts";
import { count, visible } from "../lib/text.ts";
import type { Io } from "./io.ts";
import { lockingRuleset } from "../core/posture/lock.ts";
import { WrongRequest } from "./ports.ts";

/** The running service. Each rejects with `WrongRequest` where another call would mend it. */
export interface HaltPort {
  halt(order: HaltOrder): Promise<readonly ShownHalt[]>;
  resume(order: ResumeOrder): Promise<readonly ShownHalt[]>;
  status(): Promise<readonly ShownHalt[]>;
}

interface HaltOptions {
  readonly repository?: string;
  readonly organisation?: string;
  readonly agent?: string;
  readonly everyone?: true;
  readonly reason?: string;
  readonly by?: string;
  readonly status?: true;
  readonly ruleset?: true;
  readonly branch?: readonly string[];
}

const addressed =
  "\nThe running service is asked: PUBLIC_URL, or HOST and PORT, and SALLYPORT_ADMIN_TOKEN, from the environment or .env in this directory.";

/** `sallyport halt` and `sallyport resume`. */
export function register(program: Command, io: Io, open: () => Promise<HaltPort>): void {
  program
    .command("halt")
    .description(
      "Stop agents at once, everywhere or in one place: what stands green turns red, and nothing turns green.",
    )
    .addOption(placed("--repository <owner/name>", "only this repository", ["organisation", "agent"]))
    .addOption(placed("--organisation <name>", "only what this organisation or account owns", ["repository", "agent"]))
    .addOption(
      placed("--agent <name>", "only this agent: its key in the catalogue, or a login", ["repository", "organisation"]),
    )
    .option("--everyone", "stop people as well")
    .option("--reason <text>", "why; reports show it")
    .option("--by <name>", "your name; reports show it")
    .addOption(
      new Option(
        "--ruleset",
        "change nothing: print a ruleset that locks the default branches at once, for an administrator to import; needs neither the service nor the network",
      ).conflicts(["status", "agent"]),
    )
    .option("--branch <name...>", "with --ruleset: lock these branches too, names or GitHub's patterns")
    .option("--status", "change nothing: say what is halted, and how much of it still stands green")
    .addHelpText("after", addressed)
    .action(async (options: HaltOptions) => {
      if (options.ruleset === true) {
        const scope = options.organisation === undefined ? "repository" : "organisation";
        io.out(`${JSON.stringify(lockingRuleset(scope, options.branch ?? []), null, 2)}\n`);
        io.err(howToLock(options));
        return;
      }
      if (options.branch !== undefined) throw new WrongRequest("--branch goes with --ruleset.");
      if (options.status === true) {
        io.out(render(await (await open()).status()));
        return;
      }
      const { everyone = false, reason = "", by = "" } = options;
      if (by.trim() === "") throw new WrongRequest("Say who you are: --by NAME.");
      const halts = await (await open()).halt({
        where: whereOf(options),
        stops: everyone ? "everyone" : "agents",
        reason,
        by,
      });
      io.out(render(halts));
    });
  program
    .command("resume")
    .description("Lift halts, by the ids that `sallyport halt --status` shows.")
    .argument("<id...>", "ids of halts")
    .requiredOption("--reason <text>", "why it is safe again")
    .requiredOption("--by <name>", "your name")
    .addHelpText("after", addressed)
    .action(async (halts: readonly string[], { reason, by }: { readonly reason: string; readonly by: string }) => {
      if (reason.trim() === "" || by.trim() === "")
        throw new WrongRequest("Say why and who you are: --reason TEXT --by NAME.");
      io.out(render(await (await open()).resume({ halts, reason, by })));
    });
}

function howToLock({ repository, organisation }: HaltOptions): string {
  const [settings, route] =
    organisation === undefined
      ? ["the repository's", `repos/${repository ?? "OWNER/NAME"}/rulesets`]
      : [`${organisation}'s`, `orgs/${organisation}/rulesets`];
  return [
    `Save it, say as lock.json. An administrator imports it: ${settings} settings, Rules, Rulesets, New ruleset, Import a ruleset;`,
    `or  gh api --method POST ${route} --input lock.json`,
    "From then on nobody merges into these branches or pushes to them, administrators included, whatever any check says.",
    "To lift it, an administrator deletes the ruleset sallyport-halt there, or sets its enforcement to disabled;",
    `or  gh api --method DELETE ${route}/ID , with the ID that  gh api ${route}  shows.`,
    "",
  ].join("\n");
}

function placed(flags: string, description: string, others: string[]): Option {
  return new Option(flags, description).conflicts(others);
}

function whereOf({ repository, organisation, agent }: HaltOptions): HaltOrder["where"] {
  if (repository !== undefined) return { kind: "repository", name: repository };
  if (organisation !== undefined) return { kind: "organisation", name: organisation };
  return agent === undefined ? { kind: "everywhere" } : { kind: "agent", name: agent };
}

function render(halts: readonly ShownHalt[]): string {
  if (halts.length === 0) return "Nothing is halted.\n";
  return halts.map((halt) => `${lineOf(halt)}\n`).join("");
}

function lineOf({ id, scope, place, stops, at, reason, green, stopped }: ShownHalt): string {
  const why = reason === "" ? "" : `: ${reason}`;
  const whom = scope.kind === "agent" ? `agent ${String(scope["agent"])}` : stops;
  const unnamed =
    scope.kind === "repository"
      ? `repository ${String(scope["repositoryId"])}`
      : `installation ${String(scope["installationId"])}`;
  // A name that is misspelt halts nobody, and looks like a halt that works.
  const nobody = scope.kind === "agent" && stopped === 0 ? "; it stops none: compare the name with reports" : "";
  const progress = `${green} of ${count(stopped, "judged pull request")} still green${nobody}`;
  return visible(`${id}  ${whom} in ${place ?? unnamed}, since ${at}${why}; ${progress}`);
}
