import { difference, type Intervals, intervals, sizeOf } from "../../../lib/intervals.ts";
import { everyAddress, type Family, parseNetwork } from "../../../lib/ip.ts";

/**
 * Addresses that are never reached from the internet (IANA's special-purpose registries, RFC 6890 and its updates). The networks that
 * are set aside for documentation count as public: they stand for public ones wherever people write them.
 */
const notPublic: Readonly<Record<Family, readonly string[]>> = {
  4: [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
  ],
  6: ["::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8"],
};

function rangesOf(family: Family): Intervals {
  return intervals(notPublic[family].flatMap((text) => parseNetwork(text) ?? []));
}

export const privateNetworks: Readonly<Record<Family, Intervals>> = { 4: rangesOf(4), 6: rangesOf(6) };

/** The part of the addresses that is reached from the internet. */
export function publicPart(family: Family, of: Intervals): Intervals {
  return difference(of, privateNetworks[family]);
}

/** How far from one's own network a set of addresses goes. */
export type Breadth = "private" | "narrow" | "wide" | "everybody";

/** `wide`: a stretch of public addresses larger than a network with this prefix, or more than 256 such networks together. */
export function breadthOf(family: Family, of: Intervals, widerThan: number): Breadth {
  const open = publicPart(family, of);
  if (open.length === 0) return "private";
  if (difference(publicPart(family, [everyAddress(family)]), open).length === 0) return "everybody";
  const most = 1n << BigInt((family === 4 ? 32 : 128) - widerThan);
  const wide = open.some(({ from, to }) => to - from + 1n > most) || sizeOf(open) > 256n * most;
  return wide ? "wide" : "narrow";
}
