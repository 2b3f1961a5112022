import type { Command } from "commander";
import { register as registerDoctor } from "./cli/doctor.ts";
import type { Io } from "./cli/io.ts";
import { WrongRequest } from "./cli/ports.ts";

/** `sallyport doctor`, with the App that the environment describes. */
export function register(program: Command, io: Io): void {
  registerDoctor(program, io, async () => {
    const { readConfig, readEnvironment } = await import("./config.ts");
    const read = readConfig(readEnvironment(".env"));
    if (!read.ok)
      throw new WrongRequest(`Cannot ask GitHub as the App:\n${read.sentences.map((each) => `- ${each}`).join("\n")}`);
    const { openInspector } = await import("./inspect.ts");
    return { appId: read.config.appId, inspector: openInspector(read.config) };
  });
}
