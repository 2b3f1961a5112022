import { type Match, matchesIn } from "../command-lines/dictionary.ts";
import type { Container } from "../views/workloads.ts";
import type { Value } from "../views/value.ts";

/** A command of the dictionary that a container runs. */
export interface Run extends Match {
  readonly at: Value;
}

/** What the `command` and `args` of a container run: all of them as one command, and each that holds lines of shell. */
export function runsOf({ root }: Container): readonly Run[] {
  const words = ["command", "args"].flatMap((key) => {
    const value = root.at(key);
    return value === undefined ? [] : value.scalar === undefined ? value.items() : [value];
  });
  const [first] = words;
  if (first === undefined) return [];
  const texts = words.map(({ scalar }) => String(scalar ?? ""));
  const whole = matchesIn(texts.every((text) => !text.includes("\n")) ? texts.map(quoted).join(" ") : "");
  const found = [
    ...whole.map((match) => ({
      ...match,
      at: words.find((word) => match.words.includes(String(word.scalar))) ?? first,
    })),
    ...words.flatMap((at, index) =>
      /\s/u.test(texts[index] ?? "")
        ? (texts[index] ?? "").split("\n").flatMap((line) => matchesIn(line).map((match) => ({ ...match, at })))
        : [],
    ),
  ];
  return [...new Map(found.map((run) => [run.command.name, run])).values()];
}

function quoted(word: string): string {
  return /[\s;&|]/u.test(word) ? `'${word.replaceAll("'", '"')}'` : word;
}
