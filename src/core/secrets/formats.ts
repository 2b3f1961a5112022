import { printableBase64 } from "./checksums.ts";
import { isCommonPassword } from "./connections.ts";
import { rank, type Candidate, type Level } from "./find.ts";
import type { PathTraits } from "./paths.ts";
import { isPlaceholder, isReference, looksRandom } from "./placeholders.ts";
import type { Reading } from "./shape.ts";

interface FormatRule {
  readonly rule: string;
  readonly what: string;
  readonly level: Level;
  readonly applies: (traits: PathTraits, path: string, text: string) => boolean;
  /** Matched against each line by itself; the value is the first group. */
  readonly line: RegExp;
  readonly passes: (value: string) => boolean;
  /** What of the value was drawn or made up; the value itself where absent. */
  readonly chosen?: (value: string) => string;
}

const lineMax = 4096;

const real = (value: string): boolean =>
  value.length >= 4 && !isReference(value) && !isPlaceholder(value) && !isCommonPassword(value);
const passwordOf = (value: string): string => {
  const decoded = printableBase64(value, 512) ?? "";
  return /^[^:]+:.{4,}/.test(decoded) ? decoded.slice(decoded.indexOf(":") + 1) : "";
};
const login = (value: string): boolean => real(passwordOf(value));
const isKubeconfig = (text: string): boolean =>
  text.length < 1_000_000 && /^kind: Config\s*$/m.test(text) && /^users:/m.test(text);

/** Files whose form says where the credential stands. */
const formats: readonly FormatRule[] = [
  {
    rule: "netrc-password",
    what: "password of a machine in .netrc",
    level: "block",
    applies: ({ name }) => name === ".netrc" || name === "_netrc",
    line: /\bpassword[ \t]+(\S+)/,
    passes: real,
  },
  {
    rule: "npmrc-credential",
    what: "credential of a package registry in .npmrc",
    level: "block",
    applies: ({ name }) => name === ".npmrc" || name === ".yarnrc" || name === ".yarnrc.yml",
    line: /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent)["']?[ \t]*[=:][ \t]*["']?([^\s"']+)/,
    passes: real,
  },
  {
    rule: "pypirc-password",
    what: "password of a package index in .pypirc",
    level: "block",
    applies: ({ name }) => name === ".pypirc",
    line: /^[ \t]*password[ \t]*[=:][ \t]*(\S+)/,
    passes: real,
  },
  {
    rule: "docker-login",
    what: "login of an image registry",
    level: "block",
    applies: ({ name }, path, text) =>
      name === ".dockerconfigjson" ||
      name === ".dockercfg" ||
      path.endsWith(".docker/config.json") ||
      text.includes('"auths"'),
    line: /"auth"[ \t]*:[ \t]*"([A-Za-z0-9+/=]{8,})"/,
    passes: login,
    chosen: passwordOf,
  },
  {
    rule: "kubeconfig-client-key",
    what: "key of a user in a kubeconfig",
    level: "block",
    applies: (_traits, _path, text) => isKubeconfig(text),
    line: /^\s*client-key-data:\s*["']?([A-Za-z0-9+/=]{100,})/,
    passes: (value) => printableBase64(value, 11) === "-----BEGIN ",
  },
  {
    rule: "kubeconfig-credential",
    what: "token or password of a user in a kubeconfig",
    level: "block",
    applies: (_traits, _path, text) => isKubeconfig(text),
    line: /^\s*(?:token|password):\s*["']?([^\s"']{8,})/,
    passes: real,
  },
  {
    rule: "htpasswd-digest",
    what: "digest of a password, which can be guessed offline",
    level: "review",
    applies: ({ name }) => /htpasswd/.test(name),
    line: /^[^:\s#]+:((?:\$(?:apr1|1|2[aby]|5|6)\$|\{SHA\})\S{20,})/,
    passes: (value) => new Set(value).size > 8,
  },
  {
    rule: "git-credentials-login",
    what: "login of a git host",
    level: "block",
    applies: ({ name }) => name === ".git-credentials",
    line: /^https?:\/\/[^:/\s]+:([^@\s]+)@/,
    passes: real,
  },
  {
    rule: "pgpass-password",
    what: "password of PostgreSQL in .pgpass",
    level: "block",
    applies: ({ name }) => name === ".pgpass",
    line: /^[^:#\s]+:[^:\s]*:[^:\s]*:[^:\s]*:(\S+)/,
    passes: real,
  },
];

/** Finds by the form of the file, line by line; lines over 4,096 characters are looked at in their beginning. */
export function formatFinds(reading: Reading, path: string, traits: PathTraits): readonly Candidate[] {
  const { text } = reading;
  const rules = formats.filter((format) => format.applies(traits, path, text));
  reading.work.steps += text.length;
  if (rules.length === 0) return [];
  const found: Candidate[] = [];
  for (const { start, line } of linesOf(text)) {
    for (const { rule, what, level, line: pattern, passes, chosen } of rules) {
      const match = pattern.exec(line);
      const value = match?.[1];
      if (match === null || value === undefined || !passes(value)) continue;
      const at = start + match.index + match[0].lastIndexOf(value);
      const softened = traits.invented && !looksRandom(chosen?.(value) ?? value) ? "review" : level;
      found.push({
        rule,
        what,
        level: softened,
        start: at,
        end: at + value.length,
        value,
        hint: "",
        rank: rank.format,
      });
    }
  }
  reading.work.steps += text.length;
  return found;
}

interface Line {
  readonly start: number;
  readonly line: string;
}

export function* linesOf(text: string): Generator<Line> {
  let start = 0;
  while (start <= text.length) {
    const next = text.indexOf("\n", start);
    const end = next < 0 ? text.length : next;
    yield { start, line: text.slice(start, Math.min(end, start + lineMax)) };
    if (next < 0) return;
    start = next + 1;
  }
}
