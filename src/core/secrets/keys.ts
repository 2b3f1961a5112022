import { rank, type Candidate } from "./find.ts";
import { isIn, alphabet, type Reading } from "./shape.ts";

/** Literals that a private key begins with; the scan looks at each of their places. */
export const keyKeywords = ["PRIVATE KEY", "PuTTY-User-Key-File-"] as const;

const bodyMax = 20_000;
const bodyMin = 60;
const body = alphabet("base 64", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
/** Base 64 of one line of PEM: no text that only speaks of keys has a word so long. */
const lineMin = 60;
const between = new Set([" ", "\t", "\r", "\n", '"', "'", "`", ",", "|", ">", "\\", "#", "*"]);

/** A private key in PEM or of OpenPGP whose first line holds `PRIVATE KEY` at `at`, or null. A first line without a key is none. */
export function pemAt(reading: Reading, at: number): Candidate | null {
  const { text } = reading;
  const from = Math.max(0, at - 40);
  const behind = text.slice(from, at).lastIndexOf("-----BEGIN ");
  reading.work.steps += at - from;
  if (behind < 0) return null;
  const begin = from + behind;
  const label = /^-----BEGIN ([A-Z0-9 ]{0,24})PRIVATE KEY( BLOCK)?-----/.exec(text.slice(begin, begin + 80));
  if (label === null) return null;
  const { value, end, encrypted, whole } = bodyOf(reading, begin + label[0].length);
  if (!whole || value.length < bodyMin || new Set(value.slice(0, 200)).size < 12) return null;
  const pgp = label[2] !== undefined;
  const sealed = encrypted || label[1] === "ENCRYPTED ";
  return {
    rule: pgp ? "pgp-private-key" : "private-key",
    what: `${sealed ? "encrypted " : ""}private key${pgp ? " of OpenPGP" : ""}`,
    level: sealed ? "review" : "block",
    start: begin,
    end,
    value,
    hint: "",
    rank: rank.key,
  };
}

interface Body {
  readonly value: string;
  readonly end: number;
  readonly encrypted: boolean;
  /** Its last line follows, or what stands there is too long for words and not cut short by dots. */
  readonly whole: boolean;
}

/** The base 64 up to the next dashes, whatever quotes, escapes and line breaks stand between. Header lines of PEM are left out. */
function bodyOf(reading: Reading, from: number): Body {
  const { text } = reading;
  const limit = Math.min(text.length, from + bodyMax);
  const closing = text.slice(from, limit).indexOf("-----");
  const stop = closing < 0 ? limit : from + closing;
  const headers = /^(\s|\\r|\\n)*((Proc-Type|DEK-Info|Version|Comment|Hash|Charset): [^\n\\]*(\n|\\r|\\n|\r)+)*/.exec(
    text.slice(from, Math.min(stop, from + 600)),
  );
  let position = from + (headers?.[0].length ?? 0);
  const encrypted = /ENCRYPTED/.test(headers?.[0] ?? "");
  let value = "";
  let word = 0;
  let longest = 0;
  while (position < stop) {
    const character = text[position] ?? "";
    const escaped = character === "\\" && /[nrt]/.test(text[position + 1] ?? "");
    if (escaped || between.has(character)) {
      position += escaped ? 2 : 1;
      word = 0;
    } else if (isIn(body, character.charCodeAt(0))) {
      value += character;
      position += 1;
      word += 1;
      longest = Math.max(longest, word);
    } else break;
  }
  reading.work.steps += stop - from;
  const rest = text.slice(position, position + 16);
  const whole = rest.startsWith("-----END") || (longest >= lineMin && !/^\s*(\.|…|\*|<|\[)/.test(rest));
  return { value, end: position, encrypted, whole };
}

/** A private key of PuTTY that begins at `at`, or null. */
export function puttyAt(reading: Reading, at: number): Candidate | null {
  const { text } = reading;
  // A file that begins inside this one ends it, so that no character is read twice.
  const next = text.indexOf(keyKeywords[1], at + 1);
  const file = text.slice(at, Math.min(at + bodyMax, next < 0 ? text.length : next));
  reading.work.steps += file.length;
  const lines = /\nPrivate-Lines: \d+\r?\n([A-Za-z0-9+/=\r\n]{40,})/.exec(file);
  if (lines === null) return null;
  const sealed = !/\nEncryption: none/.test(file);
  return {
    rule: "putty-private-key",
    what: `${sealed ? "encrypted " : ""}private key of PuTTY`,
    level: sealed ? "review" : "block",
    start: at,
    end: at + lines.index + lines[0].length,
    value: (lines[1] ?? "").replace(/\s/g, ""),
    hint: "",
    rank: rank.key,
  };
}
