import type { Work } from "./find.ts";

/** A set of ASCII characters. */
export interface Alphabet {
  readonly name: string;
  readonly members: Uint8Array;
}

/** `min` to `max` characters of one alphabet, as many as there are. */
export interface Run {
  readonly of: Alphabet;
  readonly min: number;
  readonly max: number;
}

/** One literal, one of several literals, or a run. */
export type Piece = string | readonly string[] | Run;

/**
 * The form of a value: literal pieces and runs from left to right, each taken once and as long as it goes. There is no way back, so a
 * match looks at every character once; a run of variable length must not be followed by something that starts with its own alphabet.
 */
export type Shape = readonly Piece[];

export function alphabet(name: string, characters: string): Alphabet {
  const members = new Uint8Array(128);
  for (const character of characters) members[character.charCodeAt(0)] = 1;
  return { name, members };
}

const lowerLetters = "abcdefghijklmnopqrstuvwxyz";
const upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digitCharacters = "0123456789";

export const digits = alphabet("digits", digitCharacters);
export const lowerHex = alphabet("lower hex", `${digitCharacters}abcdef`);
export const anyHex = alphabet("hex", `${digitCharacters}abcdefABCDEF`);
export const lettersOnly = alphabet("letters", lowerLetters + upperLetters);
export const lowerWord = alphabet("lower letters and digits", lowerLetters + digitCharacters);
export const upperWord = alphabet("upper letters and digits", upperLetters + digitCharacters);
export const word = alphabet("letters and digits", lowerLetters + upperLetters + digitCharacters);
export const base32 = alphabet("base 32", `${upperLetters}234567`);
export const base64 = alphabet("base 64", `${lowerLetters}${upperLetters}${digitCharacters}+/`);
export const base64Percent = alphabet(
  "base 64, written for URLs in percent",
  `${lowerLetters}${upperLetters}${digitCharacters}+/%`,
);
export const base64url = alphabet("base 64 for URLs", `${lowerLetters}${upperLetters}${digitCharacters}-_`);
export const wordDotted = alphabet(
  "letters, digits, dash, underscore, dot, tilde",
  `${lowerLetters}${upperLetters}${digitCharacters}-_.~`,
);

export function run(of: Alphabet, min: number, max: number = min): Run {
  return { of, min, max };
}

/** 8-4-4-4-12 hexadecimal digits. */
export const uuid: Shape = [
  run(anyHex, 8),
  "-",
  run(anyHex, 4),
  "-",
  run(anyHex, 4),
  "-",
  run(anyHex, 4),
  "-",
  run(anyHex, 12),
];

export function isRun(piece: Piece): piece is Run {
  return typeof piece === "object" && "of" in piece;
}

export function isIn(alphabet: Alphabet, code: number): boolean {
  return code < 128 && alphabet.members[code] === 1;
}

/** A text that is being scanned, with what is already known of it. */
export interface Reading {
  readonly text: string;
  readonly work: Work;
  /** Per alphabet the last run that was measured, so that no character is measured twice by one alphabet. */
  readonly runs: Map<Alphabet, Span>;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export function readingOf(text: string, work: Work): Reading {
  return { text, work, runs: new Map() };
}

/** Where a match of `shape` that begins at `at` ends, or -1. */
export function endOfMatch(reading: Reading, at: number, shape: Shape): number {
  let position = at;
  for (const piece of shape) {
    position = endOfPiece(reading, position, piece);
    if (position < 0) return -1;
  }
  return position;
}

function endOfPiece(reading: Reading, at: number, piece: Piece): number {
  if (typeof piece === "string") {
    reading.work.steps += piece.length;
    return reading.text.startsWith(piece, at) ? at + piece.length : -1;
  }
  if (isRun(piece)) {
    const end = Math.min(endOfRun(reading, at, piece.of), at + piece.max);
    return end - at < piece.min ? -1 : end;
  }
  for (const literal of piece) {
    reading.work.steps += literal.length;
    if (reading.text.startsWith(literal, at)) return at + literal.length;
  }
  return -1;
}

/** Where the characters of `of` that begin at `at` end, however many there are. */
export function endOfRun(reading: Reading, at: number, of: Alphabet): number {
  const known = reading.runs.get(of);
  reading.work.steps += 1;
  if (known !== undefined && known.start <= at && at <= known.end) return known.end;
  let end = at;
  while (end < reading.text.length && isIn(of, reading.text.charCodeAt(end))) end += 1;
  reading.work.steps += end - at;
  reading.runs.set(of, { start: at, end });
  return end;
}

/** Where the characters of `of` that end just before `at` begin, at most `max` of them. */
export function startOfRun(reading: Reading, at: number, of: Alphabet, max: number): number {
  const limit = Math.max(0, at - max);
  let start = at;
  while (start > limit && isIn(of, reading.text.charCodeAt(start - 1))) start -= 1;
  reading.work.steps += at - start + 1;
  return start;
}
