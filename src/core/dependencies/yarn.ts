import type { Parsed } from "../syntax.ts";
import { type Directive, type Locked, type Reader, type Reading, linesOf, nothing } from "./reading.ts";

/** A field of a package as both forms write it: its name bare, one blank before the value. */
const field = /^ {2}(?<key>[A-Za-z]+)(?::|:? "?(?<value>[^\s"][^"]*)"?)$/u;

/**
 * Both forms are blocks: the requests in a line without indentation, then fields at two blanks. Yarn takes more than it writes; a field
 * that decides what is installed and is not as Yarn writes it makes the file unreadable.
 */
function read(text: string): Parsed<Reading> {
  const locked: Locked[] = [];
  let isOpen = false;
  for (const { text: written, line } of linesOf(text)) {
    if (written === "" || written.startsWith("#")) continue;
    if (!written.startsWith(" ")) {
      if (!written.endsWith(":")) return { ok: false, line, reason: "a block does not begin with its requests" };
      isOpen = written !== "__metadata:";
      if (isOpen) locked.push(requested(written.slice(0, -1), line));
      continue;
    }
    if (/^ {4}/u.test(written)) continue;
    const { key, value = "" } = field.exec(written)?.groups ?? {};
    if (key === undefined) return { ok: false, line, reason: "a field is not in the form that Yarn writes" };
    const last = locked.at(-1);
    if (isOpen && last !== undefined) locked[locked.length - 1] = detailed(last, key, value);
  }
  const remote = locked.filter(({ source }) => !/^[^:]*@(?:workspace|link|portal):/u.test(source ?? ""));
  return { ok: true, value: { ...nothing, locked: remote } };
}

function requested(requests: string, line: number): Locked {
  const [first = ""] = requests.replaceAll('"', "").split(",");
  const split = first.indexOf("@", 1);
  // `other@npm:name@range`: what is fetched under another name.
  const alias = /^npm:(?<name>@?[^@]+)@/u.exec(first.slice(split + 1))?.groups?.["name"];
  return {
    name: alias ?? (split === -1 ? first : first.slice(0, split)),
    version: "",
    source: null,
    hashes: [],
    runsScript: false,
    line,
  };
}

function detailed(locked: Locked, key: string, value: string): Locked {
  switch (key) {
    case "version":
      return { ...locked, version: value };
    case "resolved":
      return {
        ...locked,
        ...(/#[\da-f]{40}$/u.test(value) ? { hashes: [...locked.hashes, `sha1-${value.slice(-40)}`] } : {}),
        source: value.replace(/#[\da-f]{40}$/u, ""),
      };
    case "integrity":
      return { ...locked, hashes: value.split(" ") };
    case "checksum":
      return { ...locked, hashes: [`yarn/${checksumOf(value)}`] };
    case "resolution":
      return resolvedAs(locked, value);
    default:
      return locked;
  }
}

/** Of the archive as Yarn packs it, which differs with the key in front: nothing else has the same. */
function checksumOf(value: string): string {
  const split = value.indexOf("/");
  return split === -1 ? `-${value}` : `${value.slice(0, split)}-${value.slice(split + 1)}`;
}

/** `name@npm:1.0.0`: what follows `npm:` comes from the registry, anything else from where it says. */
function resolvedAs(locked: Locked, value: string): Locked {
  const split = value.indexOf("@", 1);
  const [name, source] = [value.slice(0, split), value.slice(split + 1)];
  if (split === -1 || /^(?:npm|patch):/u.test(source)) return split === -1 ? locked : { ...locked, name };
  return { ...locked, name, source: /^(?:workspace|link|portal):/u.test(source) ? value : source };
}

export const yarnLock: Reader = {
  ecosystem: "npm",
  role: "lock",
  claims: (path) => /(?:^|\/)yarn\.lock$/u.test(path),
  read,
};

export const yarnSettings: Reader = {
  ecosystem: "npm",
  role: "settings",
  claims: (path) => /(?:^|\/)\.yarnrc(?:\.yml)?$/u.test(path),
  read: (text) => ({ ok: true, value: { ...nothing, directives: settingsIn(text) } }),
};

/** Both forms are read by lines; the keys above a line tell which scope a registry is of. */
function settingsIn(text: string): readonly Directive[] {
  const above: { readonly indent: number; readonly key: string }[] = [];
  return linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
    const {
      blanks = "",
      key = "",
      value = "",
    } = /^(?<blanks>\s*)(?:- )?["']?(?<key>[@\w./:*-]+?)["']?(?::|\s)\s*["']?(?<value>[^"']*?)["']?\s*$/u.exec(written)
      ?.groups ?? {};
    if (key === "" || /^\s*#/u.test(written)) return [];
    while ((above.at(-1)?.indent ?? -1) >= blanks.length) above.pop();
    const name = [...above.map((one) => one.key), key].join(".");
    above.push({ indent: blanks.length, key });
    const kind = settingKind(key, value.trim());
    return kind === null ? [] : [{ kind, key: name, value: value.trim(), line }];
  });
}

function settingKind(key: string, value: string): Directive["kind"] | null {
  if (/^(?:npmRegistryServer|(?:@[^:]+:)?registry)$/u.test(key)) return "default-registry";
  // What installs: a file of the repository, or an address.
  if (/^(?:yarnPath|yarn-path|spec|path)$/u.test(key)) return value === "" ? null : "tool";
  switch (key) {
    case "enableStrictSsl":
    case "strict-ssl":
    case "enableHardenedMode":
    case "enableImmutableInstalls":
      return value === "false" ? "trust" : null;
    case "checksumBehavior":
      return value === "throw" ? null : "trust";
    case "unsafeHttpWhitelist":
    case "unsafe-disable-integrity-migration":
      return "trust";
    case "enableScripts":
    case "ignore-scripts":
      return value === (key === "enableScripts" ? "false" : "true") ? "guard" : null;
    case "npmMinimalAgeGate":
      return value === "0" ? null : "guard";
    case "httpProxy":
    case "httpsProxy":
      return "registry";
    default:
      return null;
  }
}
