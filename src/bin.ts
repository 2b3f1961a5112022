import { Command, CommanderError } from "commander";
import { type CommandModule, exitCodes, type Io } from "./cli/io.ts";
import { type LocalPort, WrongRequest } from "./cli/ports.ts";
import type { ScenarioPort } from "./cli/scenario.ts";
import { visibleLines } from "./lib/text.ts";
import { version } from "./version.ts";

const commands: readonly (() => Promise<CommandModule>)[] = [
  () => import("./cli/check.ts"),
  () => import("./cli/reach.ts"),
  () => import("./cli/explain.ts"),
  () => import("./cli/policy.ts"),
  () => import("./cli/backtest.ts"),
  async () => {
    const { register } = await import("./cli/scenario.ts");
    const port: ScenarioPort = {
      read: async (...given) => (await import("./sim/scenario/port.ts")).scenarioPort.read(...given),
    };
    return { register: (program, output, files) => register(program, output, files, port) };
  },
  () => import("./doctor.ts"),
  () => import("./halt.ts"),
  () => import("./serve.ts"),
];

/** Null while no command has said how it ended. */
let ending: number | null = null;
for (const stream of [process.stdout, process.stderr]) stream.on("error", endUnheard);

/** Grammars and git are loaded by the first command that asks for them. */
let opened: Promise<LocalPort> | null = null;
async function open(): Promise<LocalPort> {
  opened ??= Promise.all([import("./local.ts"), import("./config.ts"), import("./rendering.ts")]).then(
    ([{ openLocal }, config, { rendererOf }]) => {
      const { git, helm } = config.terminalEnvironment();
      return openLocal(git, rendererOf(helm));
    },
  );
  return opened;
}
const local: LocalPort = {
  judge: async (change) => (await open()).judge(change),
  reach: async (...given) => (await open()).reach(...given),
  openHistory: async (...given) => (await open()).openHistory(...given),
  readPolicy: async (...given) => (await open()).readPolicy(...given),
  readText: async (path) => (await open()).readText(path),
  elapsedMs: () => performance.now(),
};

const io: Io = {
  out: (text) => void process.stdout.write(text),
  // Paths, keys and what git says about them come from whoever wrote the repository.
  err: (text) => void process.stderr.write(visibleLines(text)),
  colour: async () => process.stdout.isTTY && (await import("./config.ts")).terminalEnvironment().colour,
  progress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u{1b}[2K${text ?? ""}`);
  },
  exitWith: (code) => {
    ending = code;
  },
};

const program = new Command("sallyport")
  .description("A merge gate for pull requests of AI agents.")
  .version(version)
  .configureOutput({ writeOut: io.out, writeErr: io.err })
  .exitOverride();
try {
  for (const load of commands) (await load()).register(program, io, local);
  for (const command of program.commands) inherit(command);
  await program.parseAsync();
  process.exitCode = ending ?? exitCodes.ok;
} catch (error) {
  ending = codeOf(error);
  process.exitCode = ending;
}

/** A command takes over what its parent had when it was made, which was nothing yet. */
function inherit(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
  for (const inner of command.commands) inherit(inner);
}

function codeOf(error: unknown): number {
  // Commander has told what was wrong already; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof WrongRequest) {
    io.err(`error: ${error.message}\n`);
    return exitCodes.usage;
  }
  io.err(`sallyport failed: ${error instanceof Error ? error.message : String(error)}\n`);
  for (let cause = error instanceof Error ? error.cause : undefined; cause instanceof Error; cause = cause.cause) {
    io.err(`  because: ${cause.message}\n`);
  }
  return exitCodes.failure;
}

/**
 * Who reads the output may stop reading (`| head -1`): that ends the program without a word, and with the verdict where there is one.
 * Output that cannot be written for another reason is a failure whatever the verdict: nobody has seen it.
 */
function endUnheard(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(ending ?? exitCodes.failure);
  io.err(`sallyport failed: cannot write its output: ${error.message}\n`);
  process.exit(exitCodes.failure);
}
