import { difference, type Intervals, intervals } from "../../../lib/intervals.ts";
import { everyAddress, parseNetwork } from "../../../lib/ip.ts";
import type { Value } from "../../views/value.ts";
import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";

/** One way by which more of the world reaches what it did not reach. */
export interface Opening {
  readonly key: string;
  readonly at: Value;
  readonly message: string;
  /** From outside of the cluster, to what nobody outside reached. */
  readonly grave?: true;
  readonly hidden?: true;
}

export function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

export function texts(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  return value.scalar == null
    ? value.items().map(text)
    : text(value)
        .split(/[,\s]/u)
        .map((one) => one.trim())
        .filter((one) => one !== "");
}

export function annotation({ root }: KubernetesObject, name: string): Value | undefined {
  return root.at("metadata", "annotations", name);
}

export function quoted(words: string): string {
  return `\`${words.replaceAll("`", "'")}\``;
}

/** IPv6 stands behind IPv4 on one line of numbers. */
const shift = 1n << 130n;

/** Addresses of a list of networks; no list at all is everybody. Null: one of them cannot be read. */
function addresses(networks: readonly string[]): Intervals | null {
  const everybody = [everyAddress(4), { from: shift, to: everyAddress(6).to + shift }];
  if (networks.length === 0) return intervals(everybody);
  const ranges = networks.map(parseNetwork);
  if (ranges.some((range) => range === null)) return null;
  return intervals(
    ranges.flatMap((range) =>
      range === null ? [] : [range.family === 4 ? range : { from: range.from + shift, to: range.to + shift }],
    ),
  );
}

/** What a list of networks lets in that the former one did not. */
export function widened(key: string, was: Value | undefined, is: Value | undefined, place: Value): readonly Opening[] {
  const [former, now] = [texts(was), texts(is)];
  // Without a list everybody was let in already.
  if (former.length === 0 || former.join() === now.join()) return [];
  const [before, after] = [addresses(former), addresses(now)];
  const at = is ?? place;
  if (before === null || after === null) {
    if (now.every((one) => former.includes(one)) && now.length > 0) return [];
    return [{ key, at, message: "", hidden: true }];
  }
  if (difference(after, before).length === 0) return [];
  const shown =
    now.length === 0
      ? "everybody"
      : now
          .filter((one) => !former.includes(one))
          .slice(0, 4)
          .map(quoted)
          .join(", ");
  const isOpen = now.length === 0 || now.some((one) => one === "0.0.0.0/0" || one === "::/0");
  return [{ key, at, message: `${quoted(key)} newly lets in ${shown}`, ...(isOpen ? { grave: true as const } : {}) }];
}

export function isLetIn(host: string, known: readonly string[]): boolean {
  return known.some(
    (one) => one === host || one === "" || one === "*" || (one.startsWith("*.") && host.endsWith(one.slice(1))),
  );
}

/** A wildcard is wider than any host under it: no host at all is everything. What stands for the first label may be a wildcard. */
export function wildHosts(before: readonly string[], after: readonly Value[], place: Value): readonly Opening[] {
  const hosts = after.length === 0 ? [place] : after;
  return hosts.flatMap((at): readonly Opening[] => {
    const host = text(at);
    const key = `host ${host}`;
    if (before.includes(host) || isLetIn(host, before)) return [];
    if (/^[^.]*(?:\$\{|\{\{|\$\()/u.test(host)) return [{ key, at, message: "", hidden: true }];
    if (!(host === "" || host.startsWith("*"))) return [];
    return [
      {
        key,
        at,
        message:
          host === "" ? "it takes requests for every host" : `it takes requests for every host of ${quoted(host)}`,
      },
    ];
  });
}

/** What is written as a whole in the place of a part that would be compared, and was not written there before. */
export function hiddenParts(
  before: KubernetesObject,
  after: KubernetesObject,
  paths: readonly (readonly string[])[],
): readonly Opening[] {
  return paths.flatMap((path) => {
    const at = after.root.at(...path);
    const isSame = at !== undefined && before.root.at(...path)?.scalar === at.scalar;
    return at === undefined || !isExpression(at) || isSame
      ? []
      : [{ key: path.join("."), at, message: "", hidden: true as const }];
  });
}

/** Names by which people tell the ways in that the world does not have. */
export function isInside(name: string): boolean {
  return /internal|private|intranet/iu.test(name);
}
