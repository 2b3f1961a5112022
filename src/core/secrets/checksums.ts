/** CRC-32 of IEEE 802.3 over the characters of an ASCII text. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at) & 0xff;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A number in base 62 (digits, upper case, lower case), zeros in front up to `length`. */
export function base62(number: number, length: number): string {
  let rest = number;
  let text = "";
  while (rest > 0) {
    text = (base62Digits[rest % 62] ?? "") + text;
    rest = Math.floor(rest / 62);
  }
  return text.padStart(length, "0");
}

/** GitHub and npm end a token with the CRC-32 of its random part, in six digits of base 62. */
export function endsWithCrc32(token: string): boolean {
  const random = token.slice(token.indexOf("_") + 1, -6);
  return token.slice(-6) === base62(crc32(random), 6);
}

const base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The account that an access key id of AWS belongs to, twelve digits. Ids from before 2019 (the fifth character is below Q in base 32) do not carry
 * it, and neither does an id whose forty bits are more than an account number can be: null.
 */
export function accountOfAwsKeyId(id: string): string | null {
  const coded = id.slice(4, 14);
  // Q is the digit 16: below it the first bit is not set.
  if (coded.length < 10 || base32Digits.indexOf(coded.charAt(0)) < 16) return null;
  let bits = 0n;
  for (const character of coded) {
    const digit = base32Digits.indexOf(character);
    if (digit < 0) return null;
    bits = bits * 32n + BigInt(digit);
  }
  // Fifty bits are read, the account stands in the forty behind the first.
  const account = (bits >> 9n) & ((1n << 40n) - 1n);
  return account > 999_999_999_999n ? null : account.toString().padStart(12, "0");
}

/** Whether an access key id of AWS can have been given out: one that carries an account carries a possible one. */
export function isAwsKeyId(id: string): boolean {
  return base32Digits.indexOf(id.charAt(4)) < 16 || accountOfAwsKeyId(id) !== null;
}

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/** BIP 173: the last six digits are a checksum over the part in front of the last `1` and the digits behind it. Any case, not mixed. */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return false;
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || lower.length - separator < 7) return false;
  const prefix = Array.from({ length: separator }, (_, at) => lower.charCodeAt(at));
  const values = lower
    .slice(separator + 1)
    .split("")
    .map((character) => bech32Digits.indexOf(character));
  if (values.includes(-1)) return false;
  return polymod([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...values]) === 1;
}

function polymod(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) if ((top >> bit) & 1) checksum ^= generator;
  }
  return checksum >>> 0;
}

/** What a base64 text (either alphabet, padding or not) says if that is printable ASCII; null otherwise. At most `max` characters. */
export function printableBase64(text: string, max: number): string | null {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let bits = 0;
  let held = 0;
  let decoded = "";
  for (const character of text) {
    if (character === "=") break;
    const plain = character === "-" ? "+" : character === "_" ? "/" : character;
    const digit = alphabet.indexOf(plain);
    if (digit < 0) return null;
    bits = ((bits << 6) | digit) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    if (byte > 126 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)) return null;
    decoded += String.fromCharCode(byte);
    if (decoded.length >= max) return decoded;
  }
  return decoded;
}

/** A JSON Web Token: header and payload are objects of JSON, and the header names an algorithm other than "none". */
export function isSignedJwt(token: string): boolean {
  const [header, payload, signature] = token.split(".");
  if (header === undefined || payload === undefined || signature === undefined || signature.length < 20) return false;
  const algorithm = fieldOf(header, "alg");
  return algorithm !== null && algorithm !== "none" && jsonObject(payload) !== null;
}

function fieldOf(part: string, name: string): string | null {
  const value = jsonObject(part)?.[name];
  return typeof value === "string" ? value : null;
}

function jsonObject(part: string): Readonly<Record<string, unknown>> | null {
  const text = printableBase64(part, 4096);
  if (text === null || !text.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : null;
  } catch {
    // Not JSON: then it is no token of this kind, which is the answer and not an error.
    return null;
  }
}
