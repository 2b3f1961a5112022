/** What a command does, where it succeeds. */
export type Deed =
  /** Data or what runs is gone. */
  | "destroys"
  /** Somebody may do more than before. */
  | "permits"
  /** A protection is off. */
  | "unguards"
  /** It acts with rights that few have, on what runs, or past what holds others back. */
  | "acts";

/** A command of the dictionary. To add one: a line in the file of its tool. */
export interface Command {
  /** As people call it, shown in reports: `terraform destroy`. */
  readonly name: string;
  readonly deed: Deed;
  /** Matches the words of one command, joined by single blanks, without quotes and without what stands before it (`sudo`). */
  readonly pattern: RegExp;
  /** What it does, as a clause: why a person is to look. */
  readonly reason: string;
  /** Ordinary in scripts and pipelines, and only told where people are told to type it. */
  readonly documentsOnly?: true;
}

/** A command whose words begin so. `rest` may look at what follows, flags in any order. */
export function command(
  name: string,
  deed: Deed,
  begins: RegExp,
  reason: string,
  rest: readonly RegExp[] = [],
): Command {
  const ahead = rest.map(({ source }) => `(?=.*${source})`).join("");
  return { name, deed, pattern: new RegExp(`^(?:${begins.source})${ahead}`, "iu"), reason };
}

export function inDocuments(one: Command): Command {
  return { ...one, documentsOnly: true };
}
