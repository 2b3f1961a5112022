import { Command, CommanderError } from "commander";
import { type CommandModule, exitCodes, type Io } from "./cli/io.ts";
import { version } from "./version.ts";

/** Each brings its command; their weight is loaded when one runs. */
const commands: readonly (() => Promise<CommandModule>)[] = [() => import("./serve.ts")];

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
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
  for (const load of commands) (await load()).register(program, io);
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
