import type { Command } from "commander";
import type { PolicySource } from "../core/policy/reading.ts";
import { exitCodes, type Io } from "./io.ts";
import { type LocalPort, WrongRequest } from "./ports.ts";

/** How one scenario of a file ended; `told` is empty where it held. */
export interface Played {
  readonly name: string;
  readonly shows: readonly string[];
  readonly told: string;
}

/** The policy files that scenarios are tried on, as texts; `organisation` is null where there is none. */
export interface PolicyTexts {
  readonly repository: string;
  readonly organisation: string | null;
}

export interface Playable {
  play(): Promise<Played>;
}

/** What the commands are handed: reading and playing need the simulator, which nothing else of the program loads. */
export interface ScenarioPort {
  /**
   * The scenarios of a file, each played when it is asked for; or the mistakes in it, a sentence each.
   * @param policies null: on the whole service; else on the evaluator alone, with these in the place of the scenario's own
   */
  read(
    file: string,
    text: string,
    policies: PolicyTexts | null,
  ): Promise<
    | { readonly ok: true; readonly scenarios: readonly Playable[] }
    | { readonly ok: false; readonly mistakes: readonly string[] }
  >;
}

const exits = "\nExit codes: 0 all hold; 1 one fails, or a file has mistakes; 64 wrong usage; 70 Sallyport failed.";
const usualPolicy = ".github/sallyport.yml";

interface Options {
  readonly policy: string;
  readonly organisation?: string;
}

/** `sallyport scenario`, and `test` below `sallyport policy`, which must be there already. */
export function register(program: Command, io: Io, local: LocalPort, port: ScenarioPort): void {
  program
    .command("scenario")
    .description("Play scenarios: the real service against a fake GitHub, on a clock that only the scenario moves.")
    .argument("<file...>", "YAML files of scenarios; docs/scenarios.md describes them")
    .addHelpText("after", exits)
    .action(async (files: readonly string[]) => io.exitWith(await run(files, null, io, local, port)));
  program.commands
    .find((command) => command.name() === "policy")
    ?.command("test")
    .description("Play scenarios on your own policy, with the evaluator alone: no server, no check runs.")
    .argument("<file...>", "YAML files of scenarios; docs/scenarios.md describes them")
    .option("--policy <file>", "the repository's policy file, in the place of the scenario's", usualPolicy)
    .option("--organisation <file>", "the organisation's policy file")
    .addHelpText("after", exits)
    .action(async (files: readonly string[], options: Options) => {
      io.exitWith(await run(files, await policiesOf(options, local), io, local, port));
    });
}

async function policiesOf({ policy, organisation }: Options, local: LocalPort): Promise<PolicyTexts> {
  return {
    repository: textOf(await local.readPolicy("repository", policy, "wrong")),
    organisation:
      organisation === undefined ? null : textOf(await local.readPolicy("organisation", organisation, "wrong")),
  };
}

function textOf({ at, content }: PolicySource): string {
  if (content.kind === "text") return content.text;
  const because = content.kind === "unread" ? content.reason : "it is not there";
  throw new WrongRequest(`Cannot read ${at}: ${because}. Name a policy file with --policy.`);
}

async function run(
  files: readonly string[],
  policies: PolicyTexts | null,
  io: Io,
  local: LocalPort,
  port: ScenarioPort,
): Promise<number> {
  const scenarios = await readAll(files, policies, io, local, port);
  if (scenarios === null) return exitCodes.invalid;
  return (await playAll(scenarios, io)) === 0 ? exitCodes.ok : exitCodes.invalid;
}

/** Null where a file has mistakes: they are told, of all files, before anything is played. */
async function readAll(
  files: readonly string[],
  policies: PolicyTexts | null,
  io: Io,
  local: LocalPort,
  port: ScenarioPort,
): Promise<readonly Playable[] | null> {
  const scenarios: Playable[] = [];
  let mistaken = false;
  for (const file of files) {
    const read = await port.read(file, await local.readText(file), policies);
    if (read.ok) scenarios.push(...read.scenarios);
    else {
      mistaken = true;
      io.err(read.mistakes.map((mistake) => `${mistake}\n`).join(""));
    }
  }
  return mistaken ? null : scenarios;
}

/** Returns how many failed. */
async function playAll(scenarios: readonly Playable[], io: Io): Promise<number> {
  let failed = 0;
  for (const [index, scenario] of scenarios.entries()) {
    io.progress(`${index + 1} of ${scenarios.length}`);
    const { name, shows, told } = await scenario.play();
    io.progress(null);
    const ids = shows.length === 0 ? "" : ` (${shows.join(", ")})`;
    io.out(told === "" ? `holds  ${name}${ids}\n` : `FAILS  ${name}${ids}\n\n${told}\n`);
    if (told !== "") failed += 1;
  }
  io.out(`${scenarios.length - failed} of ${scenarios.length} hold\n`);
  return failed;
}
