/** A set of texts: those that match one of the patterns; with `except`, all others. Patterns have `*` and `?`. */
export interface TextSet {
  readonly patterns: readonly string[];
  readonly except: boolean;
}

/** One test of a condition block: `StringLike` on `aws:PrincipalArn` with its values. */
export interface Constraint {
  /** As it is written, without `IfExists` and without a set operator. */
  readonly operator: string;
  readonly ifExists: boolean;
  readonly set: "any" | "all" | null;
  /** Lower case: keys are compared so. */
  readonly key: string;
  /** The key as its author wrote it. */
  readonly written: string;
  readonly values: readonly string[];
}

/**
 * One statement of a policy, in whatever form it was written. Actions are in lower case. Principals are `AWS:arn:aws:iam::1:role/x`,
 * `Service:ec2.amazonaws.com`, `Federated:...`; the set of all where a policy states none (one that is attached to an identity).
 */
export interface Statement {
  readonly effect: "allow" | "deny";
  readonly actions: TextSet;
  readonly resources: TextSet;
  readonly principals: TextSet;
  readonly conditions: readonly Constraint[];
  /** What is not decided of it, as texts of expressions; empty: all of it is known. */
  readonly unknown: readonly string[];
}

/** Everything. */
export const everything: TextSet = { patterns: ["*"], except: false };

/** Stands at both ends of an expression that is not decided, inside a pattern: no policy holds the character. */
export const unknownMark = "\u{E000}";

/** Stands at both ends of what a provider will call a thing of the configuration (an ARN): one text without wildcards, whatever it is. */
export const constantMark = "\u{E004}";

/** An expression as part of a pattern; wildcards in it are no wildcards of the pattern. */
export function marked(text: string, mark: typeof unknownMark | typeof constantMark): string {
  return `${mark}${text.replaceAll(/[*?]/gu, "\u{E001}")}${mark}`;
}

/** A pattern as people wrote it. */
export function unmarked(text: string): string {
  return text.replaceAll(/[\u{E000}\u{E004}]/gu, "").replaceAll("\u{E001}", "*");
}

/** The same without the digests that tell values apart and tell people nothing. */
export function asWritten(text: string): string {
  return withoutDigests(unmarked(text));
}

export function withoutDigests(text: string): string {
  return text.replaceAll(/#[0-9a-f]{12}(?![0-9a-f])/gu, "");
}

/** A text of an author, short enough to stand in a sentence. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return line.length > textShown ? `${line.slice(0, textShown)}…` : line;
}
const textShown = 80;
