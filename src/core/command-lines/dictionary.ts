import { type Command, command, inDocuments } from "./command.ts";
import { clouds } from "./dictionary/clouds.ts";
import { databases } from "./dictionary/databases.ts";
import { delivery } from "./dictionary/delivery.ts";
import { infrastructure } from "./dictionary/infrastructure.ts";
import { kubernetes } from "./dictionary/kubernetes.ts";
import { machines } from "./dictionary/machines.ts";
import { commandsIn } from "./words.ts";

/** Privileged and destructive commands. Of several that match, the first says most. */
export const dictionary: readonly Command[] = [
  ...infrastructure,
  ...kubernetes,
  ...clouds,
  ...databases,
  ...machines,
  ...delivery,
];

/** A command of the dictionary and the words that it was told by. */
export interface Match {
  readonly command: Command;
  readonly words: string;
}

/** Characters of a command that is looked at: patterns take the square of it. */
const readLength = 4_000;
const overlong = inDocuments(
  command(
    "a command that is too long to be read",
    "acts",
    /(?!)/u,
    "may do anything: nobody reads as much on one line",
  ),
);

/** The commands of the dictionary in a line of shell; each part of a line that is one by itself is looked at. */
export function matchesIn(line: string): readonly Match[] {
  return commandsIn(line).flatMap((words) => {
    if (words.length > readLength) return [{ command: overlong, words: words.slice(0, readLength) }];
    const found = dictionary.find(({ pattern }) => pattern.test(words));
    return found === undefined ? [] : [{ command: found, words }];
  });
}
