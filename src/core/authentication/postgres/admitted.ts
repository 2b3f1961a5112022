import type { Family } from "../../../lib/ip.ts";
import { type HostRule, refused, type Way } from "./host-rules.ts";

/** Connections that a line of the head lets in with less than the base did. */
export interface Admission {
  readonly rule: HostRule;
  /** What the base asked of the same connections, at its weakest difference; null: it let nobody in. */
  readonly was: HostRule | null;
  readonly user: string;
}

/** More cases than this are not tried: a file of so many lines is written by a program. */
const caseLimit = 500_000;
/** Stands for every name that no line mentions. */
const anyOther = "";

type Spot = { readonly family: Family; readonly value: bigint } | { readonly named: string };

interface Case {
  readonly way: Way;
  readonly database: string;
  readonly user: string;
  readonly spot: Spot;
}

/**
 * Tries one connection of each kind that any line tells apart, and answers with those that get in with less. The first line that
 * matches decides, so lines are never compared one by one. Null: there are too many kinds.
 */
export function admissions(before: readonly HostRule[], after: readonly HostRule[]): readonly Admission[] | null {
  const all = [...before, ...after];
  const databases = namesOf(all.flatMap((rule) => rule.databases));
  const users = namesOf(all.flatMap((rule) => rule.users));
  const spots = spotsOf(all);
  const count = databases.length * users.length * spots.length * 4;
  if (count * Math.max(1, all.length) > caseLimit * 20 || count > caseLimit) return null;
  const found: Admission[] = [];
  for (const database of databases) {
    for (const user of users) {
      for (const way of ["socket", "tls", "plain", "gss"] as const) {
        for (const spot of way === "socket" ? spots.slice(0, 1) : spots) {
          const one: Case = { way, database, user, spot };
          const is = after.find((rule) => matches(rule, one));
          if (is === undefined || is.strength >= refused) continue;
          const was = before.find((rule) => matches(rule, one));
          if (is.strength >= (was?.strength ?? refused)) continue;
          found.push({ rule: is, was: was === undefined || was.strength >= refused ? null : was, user });
        }
      }
    }
  }
  return found;
}

function namesOf(names: readonly string[]): readonly string[] {
  return [...new Set([...names.filter((name) => name !== "all"), anyOther])];
}

/** A point in each piece that the networks cut the addresses into, and each host that is named. */
function spotsOf(rules: readonly HostRule[]): readonly Spot[] {
  const spots = new Map<string, Spot>();
  const put = (family: Family, value: bigint): void => {
    if (value < 1n << (family === 4 ? 32n : 128n)) spots.set(`${family} ${value}`, { family, value });
  };
  put(4, 0n);
  put(6, 0n);
  for (const { address } of rules) {
    if (address === "all") continue;
    if ("named" in address) spots.set(address.named, address);
    else {
      put(address.family, address.from);
      put(address.family, address.to + 1n);
    }
  }
  return [...spots.values()];
}

function matches({ ways, databases, users, address }: HostRule, { way, database, user, spot }: Case): boolean {
  // `all` takes in every database, and no replication.
  const isOfDatabase = databases.includes(database) || (databases.includes("all") && database !== "replication");
  if (!ways.includes(way) || !isOfDatabase || !(users.includes("all") || users.includes(user))) return false;
  if (way === "socket" || address === "all") return true;
  if ("named" in spot) return "named" in address ? address.named === spot.named : isEverywhere(address);
  return (
    !("named" in address) && address.family === spot.family && address.from <= spot.value && spot.value <= address.to
  );
}

/** Whether a line takes connections from every address of a family. */
export function isEverywhere(address: HostRule["address"]): boolean {
  if (address === "all") return true;
  return (
    !("named" in address) && address.from === 0n && address.to === (1n << (address.family === 4 ? 32n : 128n)) - 1n
  );
}
