import type { Parsed } from "../syntax.ts";
import { type Locked, type Reader, type Reading, linesOf, nothing } from "./reading.ts";

const header = /^ {2}(?<quote>["']?)(?<spec>[^\s"'].*?)\k<quote>:$/u;

/** pnpm writes one form alone: keys of `packages:` at two blanks, what belongs to them deeper. Anything else there is unreadable. */
function read(text: string): Parsed<Reading> {
  const locked: Locked[] = [];
  let section = "";
  for (const { text: written, line } of linesOf(text)) {
    const top = /^(?<name>\w+):/u.exec(written)?.groups?.["name"];
    if (top !== undefined) section = top;
    if (section !== "packages" || top !== undefined || written === "" || /^\s*#/u.test(written)) continue;
    const spec = header.exec(written)?.groups?.["spec"];
    if (spec !== undefined) {
      locked.push(lockedAs(spec, line));
      continue;
    }
    const last = locked.at(-1);
    if (!/^ {4}/u.test(written) || last === undefined) {
      return { ok: false, line, reason: "it is not in the form that pnpm writes" };
    }
    locked[locked.length - 1] = detailed(last, written);
  }
  return { ok: true, value: { ...nothing, locked } };
}

/** `/name@1.0.0(peer)`, `name@1.0.0`, `/name/1.0.0_peer`, `name@https://host/archive`. */
function lockedAs(written: string, line: number): Locked {
  const spec = written.replace(/\(.*$/u, "").replace(/^\//u, "");
  const split = spec.indexOf("@", 1);
  const old = /^(?<name>(?:@[^/]+\/)?[^/@]+)\/(?<version>\d[^/_]*)/u.exec(spec)?.groups;
  const name = split === -1 ? (old?.["name"] ?? spec) : spec.slice(0, split);
  const version = split === -1 ? (old?.["version"] ?? "") : spec.slice(split + 1);
  const source = /^\w+:|^(?:github|gitlab|bitbucket)\.\w+\//u.test(version) ? version : null;
  return { name, version, source, hashes: [], runsScript: false, line };
}

function detailed(locked: Locked, written: string): Locked {
  if (/^ {4}requiresBuild: true$/u.test(written)) return { ...locked, runsScript: true };
  if (!/^ {4,6}(?:resolution|integrity|tarball|repo):/u.test(written)) return locked;
  const integrity = /integrity: (?<hash>[^\s,}]+)/u.exec(written)?.groups?.["hash"];
  const source = /(?:tarball|repo): (?<url>[^\s,}]+)/u.exec(written)?.groups?.["url"];
  return {
    ...locked,
    source: source ?? locked.source,
    hashes: integrity === undefined ? locked.hashes : [integrity],
  };
}

export const pnpmLock: Reader = {
  ecosystem: "npm",
  role: "lock",
  claims: (path) => /(?:^|\/)pnpm-lock\.yaml$/u.test(path),
  read,
};
