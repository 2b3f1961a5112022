import type { Command } from "commander";
import { exitCodes, type Io } from "./io.ts";
import type { LocalPort } from "./ports.ts";

/** How one scenario of a file ended; `told` is empty where it held. */
export interface Played {
  readonly name: string;
  readonly shows: readonly string[];
  readonly told: string;
}

/** What the command is handed: reading and playing need the simulator, which nothing else of the program loads. */
export interface ScenarioPort {
  /** The scenarios of a file, each played when it is asked for; or the mistakes in it, a sentence each. */
  read(
    file: string,
    text: string,
  ): Promise<
    | { readonly ok: true; readonly scenarios: readonly { play(): Promise<Played> }[] }
    | { readonly ok: false; readonly mistakes: readonly string[] }
  >;
}

/** `sallyport scenario`. */
export function register(program: Command, io: Io, local: Pick<LocalPort, "readText">, port: ScenarioPort): void {
  program
    .command("scenario")
    .description("Play scenarios: the real service against a fake GitHub, on a clock that only the scenario moves.")
    .argument("<file...>", "YAML files of scenarios; docs/scenarios.md describes them")
    .addHelpText(
      "after",
      "\nExit codes: 0 all hold; 1 one fails, or a file has mistakes; 64 wrong usage; 70 Sallyport failed.",
    )
    .action(async (files: readonly string[]) => {
      const read = await readAll(files, io, local, port);
      if (read === null) {
        io.exitWith(exitCodes.invalid);
        return;
      }
      const failed = await playAll(read, io);
      io.exitWith(failed === 0 ? exitCodes.ok : exitCodes.invalid);
    });
}

type Read = readonly { play(): Promise<Played> }[];

/** Null where a file has mistakes: they are told, of all files, before anything is played. */
async function readAll(
  files: readonly string[],
  io: Io,
  local: Pick<LocalPort, "readText">,
  port: ScenarioPort,
): Promise<Read | null> {
  const scenarios: { play(): Promise<Played> }[] = [];
  let mistaken = false;
  for (const file of files) {
    const read = await port.read(file, await local.readText(file));
    if (read.ok) scenarios.push(...read.scenarios);
    else {
      mistaken = true;
      io.err(read.mistakes.map((mistake) => `${mistake}\n`).join(""));
    }
  }
  return mistaken ? null : scenarios;
}

async function playAll(scenarios: Read, io: Io): Promise<number> {
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
