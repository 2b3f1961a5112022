/** Words of a made-up value that are too long to stand in a drawn one by chance. */
const longWords = [
  "example",
  "placeholder",
  "changeme",
  "change-me",
  "change_me",
  "changethis",
  "change-this",
  "change_this",
  "replace",
  "dummy",
  "sample",
  "redacted",
  "xxxxxx",
  "foobar",
  "deadbeef",
  "cafebabe",
  "notreal",
  "goeshere",
  "your-",
  "your_",
  "qwerty",
  "a1b2c3d4",
  "1a2b3c4d",
  "1q2w3e4r",
];

/** The same for values that are only guessed at, where a wrong silence costs less than a wrong find. */
const shortWords = [
  "your",
  "insert",
  "xxxx",
  "****",
  "....",
  "fake",
  "todo",
  "lorem",
  "mock",
  "not-a-",
  "not_a_",
  "-here",
  "_here",
  "secret",
  "password",
  "passw0rd",
  "hunter2",
  "test",
];

/** Stands for a value that is filled in elsewhere: `${VAR}`, `{{ x }}`, `$(x)`, `<x>`, `MY_KEY`; or a value that is encrypted where it stands: `ENC[...]`, `EJ[...]`. */
const reference =
  /^EJ\[\d|^\$ANSIBLE_VAULT|^!|^[A-Z]+(_[A-Z]+)+$|\$\{|\$\(|\{\{|<%|%\(|#\{|^\$[A-Za-z_]|^%[A-Za-z_]+%$|^<[^>]*>$|^\[[^\]]*\]$|^\{[^}]*\}$|^@|^ENC\[|^vault:|^op:\/\/|^ref\+|^arn:|^ssm:|^secretsmanager:|^AgA[A-Za-z0-9+/=]{200,}/;

/** Whether a value is a reference to something that holds the secret, or is encrypted. */
export function isReference(value: string): boolean {
  return reference.test(value);
}

/**
 * Whether what a provider draws was made up by hand: it says so in words, repeats itself, or counts. Looks at the first 128 characters;
 * what is longer than that may hold any short word by chance, so there only repetition counts.
 */
export function isMadeUp(value: string): boolean {
  if (value.length === 0) return true;
  const lower = value.slice(0, 128).toLowerCase();
  if (value.length <= 128 && longWords.some((word) => lower.includes(word))) return true;
  return repeats(lower) || counts(lower) || spells(value);
}

/** Words in small letters with separators, as `token_for_some_host`: nothing that is drawn comes out without a digit or a capital. */
function spells(value: string): boolean {
  return value.length >= 16 && value.length <= 128 && /^[a-z]+(?:[_-][a-z]+)+$/.test(value);
}

/** Whether a value of no known form is made up: the same, with words that are shorter. */
export function isPlaceholder(value: string): boolean {
  const lower = value.slice(0, 128).toLowerCase();
  return isMadeUp(value) || shortWords.some((word) => lower.includes(word));
}

/** Few different characters, one long row of the same, or a short pattern again and again. */
function repeats(text: string): boolean {
  const distinct = new Set(text).size;
  if (text.length >= 8 && distinct <= 4) return true;
  if (text.length >= 24 && distinct <= 6) return true;
  let longest = 1;
  let row = 1;
  for (let at = 1; at < text.length; at++) {
    row = text[at] === text[at - 1] ? row + 1 : 1;
    longest = Math.max(longest, row);
  }
  if (longest * 3 > text.length || (text.length < 64 && longest >= 8)) return true;
  for (let period = 2; period <= 10 && period * 2 <= text.length; period++) {
    let same = 0;
    for (let at = period; at < text.length; at++) if (text[at] === text[at - period]) same += 1;
    if (same >= (text.length - period) * 0.9) return true;
  }
  return false;
}

/** Eight characters or more in the order of the alphabet or of the numbers, up or down: `12345678`, `abcdefgh`. */
function counts(text: string): boolean {
  let up = 1;
  let down = 1;
  for (let at = 1; at < text.length; at++) {
    const step = text.charCodeAt(at) - text.charCodeAt(at - 1);
    const around = text[at - 1] === "9" && text[at] === "0";
    up = step === 1 || around ? up + 1 : 1;
    down = step === -1 ? down + 1 : 1;
    if (up >= 8 || down >= 8) return true;
  }
  return false;
}

/** Bits of information per character, by how often each character stands in the value. */
export function entropyPerCharacter(value: string): number {
  const counted = new Map<string, number>();
  for (const character of value) counted.set(character, (counted.get(character) ?? 0) + 1);
  let bits = 0;
  for (const number of counted.values()) bits -= (number / value.length) * Math.log2(number / value.length);
  return bits;
}

const knownDigests = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$|^(sha(1|256|384|512)|md5|h1)[-:]/i;

/**
 * Whether a value looks drawn by chance: long enough, varied, letters mixed with digits, and not built of words. Identifiers, paths,
 * versions, uuids and marked digests are not.
 */
export function looksRandom(value: string): boolean {
  if (value.length < 12 || knownDigests.test(value)) return false;
  const digits = value.replace(/[^0-9]/g, "").length;
  const letters = value.replace(/[^A-Za-z]/g, "").length;
  if (digits < 2 || letters < 4) return false;
  if (entropyPerCharacter(value) < (/^[0-9a-fA-F]+$/.test(value) ? 3 : 3.3)) return false;
  return changes(value) / value.length >= 0.35;
}

/** How often the kind of character (lower case, upper case, digit, other) changes from one to the next. Words change seldom. */
function changes(value: string): number {
  let changed = 0;
  for (let at = 1; at < value.length; at++)
    if (kind(value.charCodeAt(at)) !== kind(value.charCodeAt(at - 1))) changed += 1;
  return changed;
}

function kind(code: number): number {
  if (code >= 97 && code <= 122) return 0;
  if (code >= 65 && code <= 90) return 1;
  return code >= 48 && code <= 57 ? 2 : 3;
}
