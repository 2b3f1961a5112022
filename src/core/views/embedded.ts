import type { ScalarValue } from "./documents.ts";
import type { Setting } from "./setting.ts";

interface Part {
  readonly name: string;
  readonly scalar: ScalarValue;
}

/**
 * What values set within themselves: flags of a command line (`--workers 4`), the query of a URL (`?connection_limit=5`), options of
 * Java and Node (`-Xmx4g`), and items that assign (`- DB_POOL=50`). Each is a key below the one that holds it. A position in a
 * list is not part of its name, so that an argument more moves none of the others.
 */
export function withEmbedded(settings: readonly Setting[]): readonly Setting[] {
  const known = new Set(settings.map(({ identity }) => identity));
  return settings.flatMap((setting, index) => {
    // The environment of a container has each value under the name of its variable too.
    if (known.has(setting.identity.replace(/\.value$/u, "")) && setting.identity.endsWith(".value")) return [setting];
    const following = settings[index + 1];
    const next = following !== undefined && areNeighbours(setting, following) ? following.scalar : undefined;
    return [setting, ...partsOf(setting, next).map((part) => within(setting, part))];
  });
}

const position = /(?:^|\.)\d+$/u;

function areNeighbours(a: Setting, b: Setting): boolean {
  const bare = ({ identity }: Setting): string => identity.replace(position, "");
  return position.test(a.identity) && bare(a) === bare(b);
}

function within(setting: Setting, { name, scalar }: Part): Setting {
  const inList = /^\d+$/u.test(setting.segments.at(-1) ?? "");
  const segments = [...(inList ? setting.segments.slice(0, -1) : setting.segments), name];
  return {
    ...setting,
    identity: `${inList ? setting.identity.replace(position, "") : setting.identity} ${name}`,
    segments,
    starts: [...setting.starts, segments.length - 1],
    scalar,
    hidden: null,
    holder: setting.identity,
    style: "block",
    within: { kind: "nothing" },
  };
}

const url = /^(?:jdbc:)?[a-z][a-z0-9+.-]*:(?:\/\/)?[^\s?]*\?(?<query>[^\s#]+)$/iu;
const assignment = /^(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$/u;
const commands =
  /^(?:args|command|cmd|entrypoint|execstart|run|extraargs|extra_args|flags|options|opts)$|(?:OPTS|OPTIONS|FLAGS|ARGS|CMD|COMMAND)$/iu;
/** Longer text is a script, which sets what it sets when it runs. */
const textLimit = 4_000;

function partsOf({ scalar, segments }: Setting, next: ScalarValue | undefined): readonly Part[] {
  if (typeof scalar !== "string" || scalar.length > textLimit) return [];
  const text = scalar.trim();
  const query = url.exec(text)?.groups?.["query"];
  if (query !== undefined) return pairs(query.split(/[&;]/u));
  const holder = segments.findLast((segment) => !/^\d+$/u.test(segment)) ?? "";
  const isItem = /^\d+$/u.test(segments.at(-1) ?? "");
  const assigned = assignment.exec(text)?.groups;
  if (assigned !== undefined && (isItem || /^environment$/iu.test(holder))) {
    const part = { name: assigned["name"] ?? "", scalar: bare(assigned["value"] ?? "") };
    return [part, ...flags(part.scalar.split(/\s+/u), undefined)];
  }
  if (/^--?[a-z]/iu.test(text) || commands.test(holder)) return flags(text.split(/\s+/u), next);
  // Directives of nginx: `limit_req_zone $binary_remote_addr zone=one:10m rate=10r/s`.
  return /^limit_(?:req|conn)/u.test(holder) ? pairs(text.split(/\s+/u)) : [];
}

function pairs(texts: readonly string[]): readonly Part[] {
  return texts.flatMap((text) => {
    const at = text.indexOf("=");
    return at <= 0 ? [] : [{ name: text.slice(0, at), scalar: bare(text.slice(at + 1)) }];
  });
}

function flags(words: readonly string[], next: ScalarValue | undefined): readonly Part[] {
  return words.flatMap((word, index): readonly Part[] => {
    const { name, value } = /^--?(?<name>[A-Za-z][\w.:-]*)=(?<value>.*)$/u.exec(word)?.groups ?? {};
    if (name !== undefined && value !== undefined) return [{ name, scalar: bare(value) }];
    const long = /^--(?<name>[A-Za-z][\w.-]*)$/u.exec(word)?.groups?.["name"];
    if (long === undefined) return [];
    const following = words[index + 1] ?? (index === words.length - 1 && next !== undefined ? String(next) : "");
    return following === "" || following.startsWith("-")
      ? [{ name: long, scalar: true }]
      : [{ name: long, scalar: bare(following) }];
  });
}

function bare(text: string): string {
  return text.replaceAll(/^["']|["',]+$/gu, "");
}
