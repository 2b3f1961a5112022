import type { Assignment } from "./assignments.ts";
import { plainName } from "./assignments.ts";
import { printableBase64 } from "./checksums.ts";
import { namedRules } from "./catalogue.ts";
import { isCommonPassword } from "./connections.ts";
import { rank, type Candidate } from "./find.ts";
import type { PathTraits } from "./paths.ts";
import { entropyPerCharacter, isPlaceholder, isReference, looksRandom } from "./placeholders.ts";
import { endOfMatch, readingOf, type Reading } from "./shape.ts";

/** Words in a name that make a value worth a look. Named rules of providers need one of them, too. */
export const nameKeywords = [
  "secret",
  "token",
  "passw",
  "passphrase",
  "pwd",
  "key",
  "credential",
  "auth",
  "cookie",
  "salt",
  "webhook",
] as const;

/** Names that say secret. */
const telling =
  /(secret|token|passw(or)?d|passphrase|pwd|apikey|accesskey|privatekey|secretkey|authkey|encryptionkey|signingkey|masterkey|sharedkey|credential|keybase|hmackey|sessionkey|cookiekey|adminkey|deploykey|servicekey|aeskey|cryptkey)$/;
const passwordName = /(passw(or)?d|passphrase|pwd)$/;
/** Names that have such a word and mean something else. */
const harmless =
  /public|csrf|xsrf|pagination|next|continuation|page|cursor|tokenizer|maxtokens|placeholder|label|hint|hash|digest|checksum|fingerprint|integrity|sha|etag|cachekey|secretname|secretref|keyname|keyid|idkey|primarykey|foreignkey|partitionkey|sortkey|translation|i18n|locale|recaptchasite|sitekey|publishable|clienttoken|idempoten|nonce|tokentype|sitemap|verification|example|policy|regex|pattern|format|length|size|count|field|column|error|message|title|url|path|file|dir$|encrypted|sealed|anon/;

/** Whether a name says that its value is a secret: `DB_PASSWORD`, `clientSecret`, and not `passwordField`. */
export function saysSecret(name: string): boolean {
  const plain = plainName(name);
  return telling.test(plain) && !harmless.test(plain);
}

/** What an assignment to a telling name gives away, or null. */
export function guessAt(reading: Reading, found: Assignment, traits: PathTraits): Candidate | null {
  const { value } = found;
  if (value.length < 8 || isReference(value) || isPlaceholder(value) || traits.generated) return null;
  const decoded = printableBase64(value, 256);
  if (decoded !== null && (isPlaceholder(decoded) || isCommonPassword(decoded.trim()))) return null;
  const name = plainName(found.name);
  return namedAt(found, name, traits) ?? generic(reading, found, name, traits);
}

function namedAt(found: Assignment, name: string, traits: PathTraits): Candidate | null {
  if (harmlessForProvider(name)) return null;
  const reading = readingOf(found.value, { steps: 0 });
  const rule = namedRules.find(
    ({ names, value }) =>
      names.some((part) => name.includes(part)) && endOfMatch(reading, 0, value) === found.value.length,
  );
  if (rule === undefined || entropyPerCharacter(found.value) < 2.8) return null;
  const level = traits.invented ? "review" : rule.level;
  return candidate(found, rule.id, rule.what, level, rank.named);
}

function harmlessForProvider(name: string): boolean {
  return /sha|hash|digest|checksum|fingerprint|keyid|public|commit|revision|version|ref$|integrity/.test(name);
}

function generic(reading: Reading, found: Assignment, name: string, traits: PathTraits): Candidate | null {
  const { value } = found;
  reading.work.steps += value.length;
  if (traits.invented || !telling.test(name) || harmless.test(name)) return null;
  if (/[\s()]|:\/\/|^[./]|\.\.|^[a-z]+(\.[a-z]+)+$/i.test(value)) return null;
  if (traits.code && isMinified(reading, found)) return null;
  if (value.length >= 16 && value.length <= 256 && looksRandom(value)) {
    return candidate(
      found,
      "secret-assignment",
      "value drawn by chance, given to a name that says secret",
      "review",
      rank.guess,
    );
  }
  if (!passwordName.test(name) || value.length > 64 || isCommonPassword(value)) return null;
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value) || !/[^A-Za-z0-9_.-]|[A-Z].*[a-z]|[a-z].*[A-Z]/.test(value))
    return null;
  return candidate(found, "password-assignment", "password written out", "review", rank.guess);
}

/** Whether a program's line goes on for a thousand characters on both sides: nobody writes that, and its names mean nothing. */
function isMinified({ text, work }: Reading, { start, end }: Assignment): boolean {
  work.steps += 2000;
  return (
    !text.slice(Math.max(0, start - 1000), start).includes("\n") &&
    !text.slice(end, end + 1000).includes("\n") &&
    start >= 1000
  );
}

function candidate(found: Assignment, rule: string, what: string, level: Candidate["level"], order: number): Candidate {
  return { rule, what, level, start: found.start, end: found.end, value: found.value, hint: "", rank: order };
}
