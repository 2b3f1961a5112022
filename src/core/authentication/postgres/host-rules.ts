import { parseAddress, parseNetwork, type Range } from "../../../lib/ip.ts";

/** A line of pg_hba.conf: who may connect from where to what, and what they are asked for. https://www.postgresql.org/docs/current/auth-pg-hba-conf.html */
export interface HostRule {
  readonly line: number;
  readonly written: string;
  readonly ways: readonly Way[];
  readonly databases: readonly string[];
  readonly users: readonly string[];
  /** `local` lines have no address; names of hosts, `samehost` and `samenet` stand for themselves. */
  readonly address: Range | "all" | { readonly named: string };
  readonly strength: number;
  readonly method: string;
}

/** How a connection comes in. */
export type Way = "socket" | "tls" | "plain" | "gss";

export type HostRules =
  | { readonly ok: true; readonly rules: readonly HostRule[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

const ways: Readonly<Record<string, readonly Way[]>> = {
  local: ["socket"],
  host: ["tls", "plain", "gss"],
  hostssl: ["tls"],
  hostnossl: ["plain", "gss"],
  hostgssenc: ["gss"],
  hostnogssenc: ["tls", "plain"],
};

/** What a method proves: nothing, what the other machine says, a password that is sent, one whose hash is, and more. */
const strengths: Readonly<Record<string, number>> = {
  trust: 0,
  ident: 2,
  password: 4,
  md5: 6,
  "scram-sha-256": 8,
  oauth: 8,
  ldap: 8,
  radius: 8,
  pam: 8,
  bsd: 8,
  gss: 8,
  sspi: 8,
  peer: 8,
  cert: 8,
};
export const strongEnough = 8;
/** Nobody is let in: by `reject`, or because no line matches. */
export const refused = 10;

/** Reads the lines in their order. What cannot be read as a whole is not read in part: the first line that matches decides. */
export function readHostRules(text: string): HostRules {
  const rules: HostRule[] = [];
  let open = "";
  for (const [index, raw] of text.split(/\r?\n/u).entries()) {
    if (raw.trimEnd().endsWith("\\")) {
      open += `${raw.trimEnd().slice(0, -1)} `;
      continue;
    }
    const written = `${open}${raw}`;
    open = "";
    const words = wordsOf(written);
    const [kind = ""] = words;
    if (kind === "") continue;
    const rule = ruleOf(kind, words.slice(1));
    if (rule === null) {
      const reason = `\`${kind.slice(0, 40)}\` starts a line that cannot be read, or that takes in another file`;
      return { ok: false, line: index + 1, reason };
    }
    rules.push({ ...rule, line: index + 1, written: words.join(" ") });
  }
  return { ok: true, rules };
}

/** Words with their quotes, as a quoted keyword means a name; blanks after a comma belong to the list. */
function wordsOf(line: string): readonly string[] {
  const bare = line.replaceAll(/("[^"]*")|#.*$/gu, (_, quoted: string | undefined) => quoted ?? "");
  return bare.replaceAll(/\s*,\s*/gu, ",").match(/(?:"[^"]*"|[^\s"])+/gu) ?? [];
}

function ruleOf(kind: string, words: readonly string[]): Omit<HostRule, "line" | "written"> | null {
  const connections = Object.hasOwn(ways, kind) ? ways[kind] : undefined;
  const [databases, users, ...rest] = words;
  if (connections === undefined || databases === undefined || users === undefined) return null;
  const placed = kind === "local" ? { address: "all" as const, rest } : addressOf(rest);
  const [method = "", ...options] = placed?.rest ?? [];
  if (placed === null || !(method === "reject" || Object.hasOwn(strengths, method))) return null;
  const own = strengths[method === "ident" && kind === "local" ? "peer" : method] ?? refused;
  // A certificate beside the password is one thing more that somebody must have.
  const more = own < refused && options.some((one) => /^clientcert="?(?:verify-(?:full|ca)|1)"?$/u.test(one)) ? 1 : 0;
  return {
    ways: connections,
    databases: databases.split(","),
    users: users.split(","),
    address: placed.address,
    strength: own + more,
    method,
  };
}

function addressOf(
  words: readonly string[],
): { readonly address: HostRule["address"]; readonly rest: readonly string[] } | null {
  const [first, second = "", ...rest] = words;
  if (first === undefined) return null;
  const bare = first.replaceAll('"', "");
  if (first === "all") return { address: "all", rest: words.slice(1) };
  const mask = parseAddress(second);
  if (mask !== null) {
    const network = parseNetwork(`${bare}/${prefixOf(mask)}`);
    return network === null ? null : { address: network, rest };
  }
  const network = parseNetwork(bare);
  if (network !== null) return { address: network, rest: words.slice(1) };
  return /^[A-Za-z.][\w.-]*$/u.test(bare) ? { address: { named: bare }, rest: words.slice(1) } : null;
}

/** The ones at the start of a mask; -1, which is no prefix, where zeros stand among them. */
function prefixOf({ family, value }: NonNullable<ReturnType<typeof parseAddress>>): number {
  const binary = value.toString(2).padStart(family === 4 ? 32 : 128, "0");
  return /^1*0*$/u.test(binary) ? binary.replace(/0+$/u, "").length : -1;
}
