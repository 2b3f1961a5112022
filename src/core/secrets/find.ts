import { sha256 } from "../../lib/digest.ts";

/** How sure it is that the value gives access: `block` where its form proves it, `review` where a person has to look. */
export type Level = "block" | "review";

/** One secret in a text. It never carries the value: what leaves the process is where it stands and a digest of it. */
export interface Find {
  readonly rule: string;
  /** What it is, in words: "GitHub personal access token". */
  readonly what: string;
  readonly level: Level;
  /** Line and column count from one, columns and length in UTF-16 code units. A file found by its name stands at 1:1 with length 0. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Twelve hexadecimal digits; equal for the same rule and value, wherever it stands. */
  readonly fingerprint: string;
  /** At most the first two characters of a prefix that the provider publishes; empty where there is none. */
  readonly hint: string;
}

/** A find before its place is counted in lines: offsets into the text, and the value itself, which stays inside. */
export interface Candidate {
  readonly rule: string;
  readonly what: string;
  readonly level: Level;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly hint: string;
  /** Where two candidates overlap, the lower number stands: what knows the form of the value goes before a guess. */
  readonly rank: number;
}

/** Counts the characters looked at, so that a test can show that work grows with the text and not faster. */
export interface Work {
  steps: number;
}

export const rank = { provider: 0, key: 1, connection: 2, format: 3, named: 4, guess: 5 } as const;

/** Digest of rule and value, cut short: it tells two secrets apart and does not give the value back. */
export function fingerprintOf(rule: string, value: string): string {
  return sha256(`sallyport/secret/1\n${rule}\n${value}`).slice(0, 12);
}
