import type { Interval, Intervals } from "./intervals.ts";

export type Family = 4 | 6;

/** Addresses of one family, as numbers. */
export interface Range extends Interval {
  readonly family: Family;
}

const bits: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };
/** `::ffff:0:0/96` (RFC 4291, section 2.5.5.2): IPv4 addresses written as IPv6. */
const mapped = 0xffffn << 32n;

export function everyAddress(family: Family): Interval {
  return { from: 0n, to: (1n << BigInt(bits[family])) - 1n };
}

/**
 * A network (`10.0.0.0/8`) or a single address, in either family; null for what is neither. Bits below the prefix count as zero, as
 * providers read them. A part with a leading zero is refused: readers disagree on whether it is octal. An IPv6 notation of IPv4
 * addresses is those.
 */
export function parseNetwork(text: string): Range | null {
  const [host = "", length, ...more] = text.split("/");
  const address = parseAddress(host);
  if (address === null || more.length > 0) return null;
  const width = bits[address.family];
  if (length !== undefined && !/^(?:0|[1-9]\d{0,2})$/u.test(length)) return null;
  const prefix = length === undefined ? width : Number(length);
  if (prefix > width) return null;
  const free = BigInt(width - prefix);
  const from = (address.value >> free) << free;
  return unmapped({ family: address.family, from, to: from + (1n << free) - 1n });
}

/** A single address of either family; null for what is none. */
export function parseAddress(text: string): { readonly family: Family; readonly value: bigint } | null {
  if (!text.includes(":")) {
    const value = parseV4(text);
    return value === null ? null : { family: 4, value };
  }
  const value = parseV6(text);
  return value === null ? null : { family: 6, value };
}

function unmapped(range: Range): Range {
  const within = range.family === 6 && range.from >= mapped && range.to <= mapped + 0xffffffffn;
  return within ? { family: 4, from: range.from - mapped, to: range.to - mapped } : range;
}

function parseV4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/u.test(part) && Number(part) < 256)) {
    return null;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | null {
  const lastColon = text.lastIndexOf(":");
  const embedded = text.includes(".") ? parseV4(text.slice(lastColon + 1)) : undefined;
  if (embedded === null) return null;
  const plain =
    embedded === undefined
      ? text
      : `${text.slice(0, lastColon + 1)}${(embedded >> 16n).toString(16)}:${(embedded & 0xffffn).toString(16)}`;
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/iu.test(group))) return null;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** The fewest networks that hold exactly these addresses, in their usual notation. */
export function networksOf(family: Family, addresses: Intervals): readonly string[] {
  return addresses.flatMap(({ from, to }) => {
    const found: string[] = [];
    for (let at = from; at <= to; ) {
      let free = 0n;
      while (free < BigInt(bits[family]) && fits(at, free + 1n, to)) free++;
      found.push(`${formatAddress(family, at)}/${BigInt(bits[family]) - free}`);
      at += 1n << free;
    }
    return found;
  });
}

function fits(at: bigint, free: bigint, to: bigint): boolean {
  return at % (1n << free) === 0n && at + (1n << free) - 1n <= to;
}

/** An address in its usual notation: IPv6 with its first longest run of zeros shortened (RFC 5952). */
export function formatAddress(family: Family, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((value >> shift) & 0xffffn).toString(16));
  const runs = [...groups.join(":").matchAll(/\b0(?::0)+\b/gu)].map(([run]) => run);
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  const text = groups.join(":");
  if (longest === undefined) return text;
  const at = text.search(new RegExp(`\\b${longest}\\b`, "u"));
  return `${text.slice(0, at).replace(/:$/u, "")}::${text.slice(at + longest.length).replace(/^:/u, "")}`;
}
