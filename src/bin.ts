import { Command, CommanderError } from "commander";
import { type CommandModule, exitCodes, type Io } from "./cli/io.ts";
import type { LocalPort } from "./cli/ports.ts";
import { terminalEnvironment } from "./config.ts";
import { version } from "./version.ts";

const commands: readonly (() => Promise<CommandModule>)[] = [
  () => import("./cli/check.ts"),
  () => import("./cli/explain.ts"),
  () => import("./cli/policy.ts"),
  () => import("./cli/backtest.ts"),
  () => import("./serve.ts"),
];

const { colour, git } = terminalEnvironment();

/** Grammars and git are loaded by the first command that asks for them. */
let opened: Promise<LocalPort> | null = null;
async function open(): Promise<LocalPort> {
  opened ??= import("./local.ts").then(({ openLocal }) => openLocal(git));
  return opened;
}
const local: LocalPort = {
  judge: async (change) => (await open()).judge(change),
  openHistory: async (...given) => (await open()).openHistory(...given),
  readText: async (path) => (await open()).readText(path),
  elapsedMs: () => performance.now(),
};

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colour: colour && process.stdout.isTTY,
  progress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u{1b}[2K${text ?? ""}`);
  },
  exitWith: (code) => {
    process.exitCode = code;
  },
};

const program = new Command("sallyport")
  .description("A merge gate for pull requests of AI agents.")
  .version(version)
  .configureOutput({ writeOut: io.out, writeErr: io.err })
  .exitOverride();
try {
  for (const load of commands) (await load()).register(program, io, local);
  // Commands made from now on would not inherit it.
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
  await program.parseAsync();
} catch (error) {
  io.exitWith(codeOf(error));
}

function codeOf(error: unknown): number {
  // Commander has told what was wrong already; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  io.err(`sallyport failed: ${error instanceof Error ? error.message : String(error)}\n`);
  for (let cause = error instanceof Error ? error.cause : undefined; cause instanceof Error; cause = cause.cause) {
    io.err(`  because: ${cause.message}\n`);
  }
  return exitCodes.failure;
}
