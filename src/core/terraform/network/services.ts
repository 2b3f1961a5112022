import { difference, type Interval, type Intervals, intersection, intervals, sizeOf } from "../../../lib/intervals.ts";
import { nameOfPort } from "./ports.ts";

/**
 * What is talked to, as one line of numbers: IP protocol (0 to 255) times 65,536, plus the port; for ICMP plus type times 256 plus
 * code. A protocol without ports takes its whole stretch. So "all traffic" is one interval, and protocols cannot be mixed up.
 */
export type Services = Intervals;

const stretch = 65_536n;
/** Protocols that have ports: TCP, UDP, DCCP, SCTP, UDP-Lite. */
const withPorts: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
const [icmp, icmpv6] = [1, 58];

/** Numbers by the names that AWS, Google Cloud and Azure accept (IANA's protocol numbers). */
const numbers: ReadonlyMap<string, number> = new Map([
  ["icmp", icmp],
  ["icmpv4", icmp],
  ["igmp", 2],
  ["ipip", 94],
  ["tcp", 6],
  ["udp", 17],
  ["dccp", 33],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
  ["icmpv6", icmpv6],
  ["icmp6", icmpv6],
  ["ipv6-icmp", icmpv6],
  ["sctp", 132],
  ["udplite", 136],
]);
const names: ReadonlyMap<number, string> = new Map(
  [...numbers].toReversed().map(([name, number]) => [number, name] as const),
);
const everyProtocol: ReadonlySet<string> = new Set(["-1", "all", "any", "*"]);

export const allServices: Services = [{ from: 0n, to: 256n * stretch - 1n }];

/** A protocol by name or number; `all` where every one is meant; null for a name that nobody knows. */
export function parseProtocol(text: string): number | "all" | null {
  const name = text.trim().toLowerCase();
  if (everyProtocol.has(name)) return "all";
  if (/^(?:0|[1-9]\d{0,2})$/u.test(name) && Number(name) < 256) return Number(name);
  return numbers.get(name) ?? null;
}

/** Ports from one to another of a protocol; both -1 (or null): all of them. For ICMP they are type and code, as AWS has it. */
export function servicesOf(protocol: number | "all", from: bigint | null, to: bigint | null): Services {
  if (protocol === "all") return allServices;
  const start = BigInt(protocol) * stretch;
  const part = (low: bigint, high: bigint): Services => intervals([{ from: start + low, to: start + high }]);
  const [low, high] = [from === -1n ? null : from, to === -1n ? null : to];
  if (protocol === icmp || protocol === icmpv6) {
    if (low === null) return part(0n, stretch - 1n);
    const type = clamp(low, 255n) * 256n;
    return high === null ? part(type, type + 255n) : part(type + clamp(high, 255n), type + clamp(high, 255n));
  }
  if (!withPorts.has(protocol)) return part(0n, stretch - 1n);
  return part(clamp(low ?? 0n, stretch - 1n), clamp(high ?? stretch - 1n, stretch - 1n));
}

function clamp(value: bigint, most: bigint): bigint {
  return value < 0n ? 0n : value > most ? most : value;
}

/** Ports as many providers have them in one text: `443` or `8000-9000`; `*` is every port. Null for anything else. */
export function portRange(text: string): { readonly from: bigint; readonly to: bigint } | null {
  if (text.trim() === "*") return { from: 0n, to: stretch - 1n };
  const found = /^(?<from>\d{1,5})(?:\s*-\s*(?<to>\d{1,5}))?$/u.exec(text.trim())?.groups;
  if (found === undefined) return null;
  const from = BigInt(found["from"] ?? "0");
  return { from, to: found["to"] === undefined ? from : BigInt(found["to"]) };
}

/** These ports of every protocol that has ports. */
export function servicesOfPorts(ports: readonly number[]): Services {
  const found: Interval[] = [];
  for (const protocol of withPorts) {
    for (const port of ports) found.push(...servicesOf(protocol, BigInt(port), BigInt(port)));
  }
  return intervals(found);
}

/** What people read: `tcp 22 (ssh), 443 (https)`, `all of udp`, `everything`. */
export function formatServices(services: Services): string {
  const missing = difference(allServices, services);
  if (sizeOf(missing) * 2n < sizeOf(allServices) && missing.length > 0) return `everything but ${listed(missing)}`;
  return listed(services);
}

function listed(services: Services): string {
  if (covers(services, allServices[0])) return "everything";
  const parts: string[] = [];
  const whole: Interval[] = [];
  for (let protocol = 0; protocol < 256; protocol++) {
    const start = BigInt(protocol) * stretch;
    const own = intersection(services, [{ from: start, to: start + stretch - 1n }]);
    if (own.length === 0) continue;
    if (covers(own, { from: start, to: start + stretch - 1n })) {
      if (names.has(protocol)) parts.push(`all of ${names.get(protocol)}`);
      else whole.push({ from: BigInt(protocol), to: BigInt(protocol) });
    } else
      parts.push(`${names.get(protocol) ?? `protocol ${protocol}`} ${shortened(own.map(describeIn(protocol, start)))}`);
  }
  const others = intervals(whole).map(({ from, to }) => (from === to ? `protocol ${from}` : `protocols ${from}-${to}`));
  return [...parts, ...others].join("; ");
}

const shownRanges = 12;

function shortened(ranges: readonly string[]): string {
  const rest = ranges.length - shownRanges;
  return rest <= 1 ? ranges.join(", ") : `${ranges.slice(0, shownRanges).join(", ")} and ${rest} more`;
}

function describeIn(protocol: number, start: bigint): (part: Interval) => string {
  return ({ from, to }) => {
    const [low, high] = [Number(from - start), Number(to - start)];
    if (protocol === icmp || protocol === icmpv6) return icmpText(low, high);
    const name = low === high ? nameOfPort(low) : null;
    const range = low === high ? `${low}` : `${low}-${high}`;
    return name === null ? range : `${range} (${name})`;
  };
}

function icmpText(low: number, high: number): string {
  const [type, last] = [Math.floor(low / 256), Math.floor(high / 256)];
  if (low % 256 === 0 && high % 256 === 255) return type === last ? `type ${type}` : `types ${type}-${last}`;
  const text = (value: number): string => `type ${Math.floor(value / 256)} code ${value % 256}`;
  return low === high ? text(low) : `${text(low)} to ${text(high)}`;
}

function covers(services: Services, part: Interval | undefined): boolean {
  return part !== undefined && services.some(({ from, to }) => from <= part.from && part.to <= to);
}
