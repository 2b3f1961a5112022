/** Addresses, numbers and moments lie on a line each: tests of them are pieces of it. */
export type Line = "address" | "number" | "moment";
export type Relation = "=" | "<" | "<=" | ">" | ">=";

/** Numbers are held as multiples of a millionth, so that there is room between two of them. */
const scale = 1_000_000n;
export const step = 1n;
const farthest = 1n << 200n;

export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** The values that a test is met by. Null: the value cannot be read. */
export function rangeOf(kind: Line, relation: Relation, value: string): Range | null {
  if (kind === "address") return addressRange(value);
  const at = kind === "number" ? numberAt(value) : momentAt(value);
  if (at === null) return null;
  switch (relation) {
    case "<":
      return { from: -farthest, to: at - step };
    case "<=":
      return { from: -farthest, to: at };
    case ">":
      return { from: at + step, to: farthest };
    case ">=":
      return { from: at, to: farthest };
    case "=":
      return { from: at, to: at };
  }
}

function numberAt(value: string): bigint | null {
  const parts = /^(-?)(\d{1,30})(?:\.(\d{1,6}))?$/u.exec(value);
  if (parts === null) return null;
  const [, sign = "", whole = "", fraction = ""] = parts;
  const magnitude = BigInt(whole + fraction.padEnd(6, "0"));
  return sign === "-" ? -magnitude : magnitude;
}

/** A moment in ISO 8601 with its zone, or in seconds since 1970. Months and leap days follow the Gregorian calendar. */
function momentAt(value: string): bigint | null {
  if (/^\d{1,12}$/u.test(value)) return BigInt(value) * scale;
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z)?$/u.exec(value);
  if (parts === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const days =
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
  return BigInt(days * 86_400 + hour * 3_600 + minute * 60 + second) * scale;
}

/** Both versions of the protocol on one line: the second one far behind the first. */
const secondVersion = 1n << 160n;

function addressRange(value: string): Range | null {
  const [address = "", length] = value.split("/");
  const four = /^\d{1,3}(?:\.\d{1,3}){3}$/u.test(address);
  const bits = four ? 32 : 128;
  const start = four ? fourOf(address) : sixOf(address);
  const prefix = length === undefined ? bits : /^\d{1,3}$/u.test(length) ? Number(length) : -1;
  if (start === null || prefix < 0 || prefix > bits) return null;
  const size = 1n << BigInt(bits - prefix);
  const from = (start / size) * size + (four ? 0n : secondVersion);
  // Nothing lies between two addresses: ranges that touch are one.
  return { from: from * scale, to: (from + size) * scale - step };
}

function fourOf(address: string): bigint | null {
  const parts = address.split(".").map(Number);
  return parts.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) : null;
}

function sixOf(address: string): bigint | null {
  const [head = "", tail, more] = address.split("::");
  if (more !== undefined) return null;
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))) return null;
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** A point of a line as people write it. */
export function pointShown(point: bigint, kind: Line): string {
  const whole = point < 0n && point % scale !== 0n ? point / scale - 1n : point / scale;
  switch (kind) {
    case "number":
      return decimalOf(point);
    case "moment":
      return momentOf(whole);
    case "address":
      return whole < secondVersion ? fourShown(whole) : sixShown(whole - secondVersion);
  }
}

function decimalOf(point: bigint): string {
  const sign = point < 0n ? "-" : "";
  const digits = String(point < 0n ? -point : point).padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/u, "");
  return `${sign}${digits.slice(0, -6)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Days since 1970 as a date: https://howardhinnant.github.io/date_algorithms.html, `civil_from_days`. */
function momentOf(seconds: bigint): string {
  const inDay = Number(((seconds % 86_400n) + 86_400n) % 86_400n);
  const shifted = (seconds - BigInt(inDay)) / 86_400n + 719_468n;
  if (shifted < 0n || shifted > 3_652_425n) return String(seconds);
  const days = Number(shifted);
  const era = Math.floor(days / 146_097);
  const ofEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (number: number): string => String(number).padStart(2, "0");
  const time = [Math.floor(inDay / 3_600), Math.floor(inDay / 60) % 60, inDay % 60].map(two).join(":");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${time}Z`;
}

function fourShown(address: bigint): string {
  const inside = ((address % 2n ** 32n) + 2n ** 32n) % 2n ** 32n;
  return [24n, 16n, 8n, 0n].map((shift) => String((inside >> shift) & 255n)).join(".");
}

function sixShown(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (address >> BigInt(112 - 16 * index)) & 65_535n);
  return groups.map((group) => group.toString(16)).join(":");
}
