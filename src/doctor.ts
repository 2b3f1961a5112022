import type { Command } from "commander";
import { register as registerDoctor } from "./cli/doctor.ts";
import type { Io } from "./cli/io.ts";
import { WrongRequest } from "./cli/ports.ts";

/** `sallyport doctor`, with the App that the environment describes. */
export function register(program: Command, io: Io): void {
  registerDoctor(program, io, {
    appId: async () => {
      const { readAppId, readEnvironment } = await import("./config.ts");
      const read = readAppId(readEnvironment(".env"));
      if (!read.ok) throw missing("Cannot name the App in the rules", read.sentences);
      return read.appId;
    },
    inspector: async () => {
      const { readConfig, readEnvironment } = await import("./config.ts");
      const read = readConfig(readEnvironment(".env"));
      if (!read.ok) throw missing("Cannot ask GitHub as the App", read.sentences);
      const { openInspector } = await import("./inspect.ts");
      return openInspector(read.config);
    },
  });
}

function missing(what: string, sentences: readonly string[]): WrongRequest {
  return new WrongRequest(`${what}:\n${sentences.map((each) => `- ${each}`).join("\n")}`);
}
