import type { Command } from "commander";
import { exitCodes, type Io } from "./cli/io.ts";

/** `sallyport serve`. */
export function register(program: Command, io: Io): void {
  program
    .command("serve")
    .description("Run the GitHub App, configured by the environment and by .env in this directory.")
    .action(async () => io.exitWith(await serve(io)));
}

/** Runs the service until a signal ends it. Returns the exit code. */
async function serve(io: Io): Promise<number> {
  const { readConfig, readEnvironment } = await import("./config.ts");
  const read = readConfig(readEnvironment(".env"));
  if (!read.ok) {
    io.err(`Sallyport cannot start:\n${read.sentences.map((sentence) => `- ${sentence}\n`).join("")}`);
    return exitCodes.failure;
  }
  const [{ start }, { realParts }] = await Promise.all([import("./main.ts"), import("./parts.ts")]);
  const parts = realParts(read.config);
  const told = signals();
  const service = await start(read.config, parts);
  parts.log.info({ signal: await told.first }, "told to stop; a second signal ends it at once");
  void told.second.then(() => process.exit(exitCodes.failure));
  await service.stop();
  return exitCodes.ok;
}

/** Resolve with the first and the second signal that ask the process to end. */
function signals(): { readonly first: Promise<string>; readonly second: Promise<string> } {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  let told = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      told += 1;
      (told === 1 ? first : second).resolve(signal);
    });
  }
  return { first: first.promise, second: second.promise };
}
