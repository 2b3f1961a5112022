import type { Observation } from "../rule.ts";
import { shorten } from "../../lib/text.ts";
import type { CommandLine } from "../views/command-lines.ts";
import type { Match } from "./dictionary.ts";

const shownLength = 120;

/** One finding for each command of a line. Text of authors stands in code. */
export function* told(
  lines: readonly CommandLine[],
  wanted: (match: Match, line: CommandLine) => boolean,
): Iterable<Observation> {
  for (const line of lines) {
    const names = new Set<string>();
    for (const match of line.matches) {
      if (!wanted(match, line) || names.has(match.command.name)) continue;
      names.add(match.command.name);
      yield {
        at: { path: line.path, side: "head", line: line.line, endLine: line.endLine },
        about: `${line.path} ${match.words.slice(0, shownLength)}`,
        message: `\`${shorten(match.words.replaceAll("`", "'"), shownLength)}\` ${match.command.reason}`,
        object: match.command.name,
      };
    }
  }
}

/** Whether the words of a command, or what is set for it, name production. */
export function namesProduction(words: string): boolean {
  return /(?:^|[\s=:/_.@-])(?:prod|production|prd)(?:$|[\s;:/_.,"'-])/iu.test(words);
}
