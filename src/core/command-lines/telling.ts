import { aboutAll } from "../../lib/about.ts";
import { shorten } from "../../lib/text.ts";
import type { Sighting } from "../rule.ts";
import type { CommandLine } from "../views/command-lines.ts";
import type { Match } from "./dictionary.ts";

const shownLength = 120;

type Wanted = (match: Match, line: CommandLine) => boolean;

interface Found {
  readonly line: CommandLine;
  readonly match: Match;
}

function foundIn(lines: readonly CommandLine[], wanted: Wanted): readonly Found[] {
  return lines.flatMap((line) => {
    const names = new Set<string>();
    return line.matches.flatMap((match) => {
      if (!wanted(match, line) || names.has(match.command.name)) return [];
      names.add(match.command.name);
      return [{ line, match }];
    });
  });
}

/** One finding for each command of a line. Text of authors stands in code. */
export function told(lines: readonly CommandLine[], wanted: Wanted): readonly Sighting[] {
  return foundIn(lines, wanted).map(sightingOf);
}

/** One finding for all that one command of the dictionary does in a file; what each line says stands in its table. */
export function toldTogether(lines: readonly CommandLine[], wanted: Wanted): readonly Sighting[] {
  const alike = Map.groupBy(foundIn(lines, wanted), ({ line, match }) => `${match.command.name}\n${line.path}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sighting = sightingOf(first);
    if (group.length === 1) return [sighting];
    return [
      {
        ...sighting,
        about: aboutAll(group.map(aboutOf)),
        message: `${sighting.message}; ${group.length - 1} more here, at line ${group
          .slice(1)
          .map(({ line }) => line.line)
          .join(", ")}`,
        workings: {
          title: "Commands",
          columns: ["Line", "Words"],
          rows: group.map(({ line, match }) => [String(line.line), shorten(match.words, shownLength)]),
        },
      },
    ];
  });
}

function aboutOf({ line, match }: Found): string {
  return `${line.path} ${match.words.slice(0, shownLength)}`;
}

function sightingOf(found: Found): Sighting {
  const { line, match } = found;
  const words = `\`${shorten(match.words.replaceAll("`", "'"), shownLength)}\``;
  return {
    at: { path: line.path, side: "head", line: line.line, endLine: line.endLine },
    about: aboutOf(found),
    message:
      line.setting === "document"
        ? `a document shows ${words}, which ${match.command.reason}`
        : `${words} ${match.command.reason}`,
    object: match.command.name,
  };
}

/** Whether the words of a command, or what is set for it, name production. */
export function namesProduction(words: string): boolean {
  return /(?:^|[\s=:/_.@"'`-])(?:prod|production|prd)(?:$|[\s;:/_.,"'`-])/iu.test(words);
}
