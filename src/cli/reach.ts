import { type Command, Option } from "commander";
import type { Io } from "./io.ts";
import type { LocalPort } from "./ports.ts";

interface Options {
  readonly repo: string;
  readonly revision?: string;
  readonly policy?: string;
  readonly json?: true;
  readonly svg?: true;
}

/** `sallyport reach`. */
export function register(program: Command, io: Io, local: LocalPort): void {
  program
    .command("reach")
    .description("Show which environments and services files reach, and by which chain of files.")
    .argument("<path...>", "files or folders, from the root of the repository")
    .option("--repo <path>", "a folder inside the repository", ".")
    .option("--revision <revision>", "branch or commit to read (default: the working tree, untracked files included)")
    .option("--policy <file>", "a policy file in place of the repository's")
    .addOption(new Option("--json", "print it as data").conflicts("svg"))
    .addOption(new Option("--svg", "print it as a picture"))
    .action(async (paths: string[], options: Options) => {
      const shown = await local.reach({
        repository: options.repo,
        revision: options.revision ?? null,
        paths,
        policyPath: options.policy ?? null,
      });
      if (options.svg === true) io.out((await import("../core/report/reach-svg.ts")).renderReachSvg(shown));
      else {
        const { renderReachJson, renderReachText } = await import("../core/report/reach-text.ts");
        io.out(options.json === true ? renderReachJson(shown) : renderReachText(shown));
      }
    });
}
