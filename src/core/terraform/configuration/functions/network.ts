import type { HclValue } from "../../../hcl.ts";
import { asNumber, asText, fault, list, literal } from "../values.ts";
import type { Functions } from "./function.ts";

/** A range of addresses, as a number of so many bits with a prefix of so many. */
interface Range {
  readonly address: bigint;
  readonly bits: 32 | 128;
  readonly prefix: number;
}

function rangeOf(value: HclValue | undefined): Range | null {
  const text = asText(value);
  const [written = "", length = ""] = text?.split("/") ?? [];
  const prefix = /^\d{1,3}$/u.test(length) ? Number(length) : -1;
  const address = written.includes(":") ? ofV6(written) : ofV4(written);
  const bits = written.includes(":") ? 128 : 32;
  if (address === null || prefix < 0 || prefix > bits) return null;
  return { address: address & maskOf(prefix, bits), bits, prefix };
}

function maskOf(prefix: number, bits: number): bigint {
  return ((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix);
}

function ofV4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/u.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function ofV6(text: string): bigint | null {
  const [left = "", right, ...more] = text.split("::");
  if (more.length > 0) return null;
  const groups = (part: string): readonly string[] => (part === "" ? [] : part.split(":"));
  const [head, tail] = [groups(left), groups(right ?? "")];
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))) return null;
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function textOf(address: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const runs = [...groups.join(":").matchAll(/(?:^|:)0(?::0)+(?=:|$)/gu)].map(([run]) => run);
  const longest = runs.toSorted((a, b) => b.replaceAll(":", "").length - a.replaceAll(":", "").length)[0];
  if (longest === undefined) return groups.join(":");
  const [before, after] = splitOnce(groups.join(":"), longest);
  return `${before}::${after.replace(/^:/u, "")}`;
}

function splitOnce(text: string, by: string): readonly [string, string] {
  const at = text.indexOf(by);
  return [text.slice(0, at), text.slice(at + by.length)];
}

function subnet(range: Range, newbits: number, number: number): HclValue {
  const prefix = range.prefix + newbits;
  if (!Number.isInteger(newbits) || newbits < 0 || prefix > range.bits) return fault("a subnet that does not fit");
  if (!Number.isInteger(number) || number < 0 || BigInt(number) >> BigInt(newbits) !== 0n)
    return fault("a subnet that does not fit");
  const address = range.address | (BigInt(number) << BigInt(range.bits - prefix));
  return literal(`${textOf(address, range.bits)}/${prefix}`);
}

function cidrsubnet([of, bits, number]: readonly HclValue[]): HclValue | null {
  const [range, newbits, netnum] = [rangeOf(of), asNumber(bits), asNumber(number)];
  return range === null || newbits === undefined || netnum === undefined ? null : subnet(range, newbits, netnum);
}

function cidrhost([of, number]: readonly HclValue[]): HclValue | null {
  const [range, host] = [rangeOf(of), asNumber(number)];
  if (range === null || host === undefined || !Number.isInteger(host)) return null;
  const size = 1n << BigInt(range.bits - range.prefix);
  const offset = host < 0 ? size + BigInt(host) : BigInt(host);
  if (offset < 0n || offset >= size) return fault("a host that does not fit");
  return literal(textOf(range.address | offset, range.bits));
}

function cidrnetmask([of]: readonly HclValue[]): HclValue | null {
  const range = rangeOf(of);
  return range === null || range.bits !== 32 ? null : literal(textOf(maskOf(range.prefix, 32), 32));
}

/** Subnets of the given sizes one after another, each at the next place where it fits. */
function cidrsubnets([of, ...sizes]: readonly HclValue[]): HclValue | null {
  const range = rangeOf(of);
  const newbits = sizes.map(asNumber);
  if (range === null || !newbits.every((bits) => bits !== undefined)) return null;
  const end = range.address + (1n << BigInt(range.bits - range.prefix));
  const found: HclValue[] = [];
  let next = range.address;
  for (const bits of newbits) {
    const prefix = range.prefix + bits;
    if (!Number.isInteger(bits) || bits < 1 || prefix > range.bits) return fault("a subnet that does not fit");
    const size = 1n << BigInt(range.bits - prefix);
    const start = ((next + size - 1n) / size) * size;
    if (start + size > end) return fault("a subnet that does not fit");
    found.push(literal(`${textOf(start, range.bits)}/${prefix}`));
    next = start + size;
  }
  return list(found);
}

export const networkFunctions: Functions = [
  ["cidrsubnet", cidrsubnet],
  ["cidrhost", cidrhost],
  ["cidrnetmask", cidrnetmask],
  ["cidrsubnets", cidrsubnets],
];
