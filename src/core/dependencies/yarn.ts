import type { Parsed } from "../syntax.ts";
import { type Directive, type Locked, type Reader, type Reading, linesOf, nothing } from "./reading.ts";

/** Both forms are blocks: the requests in a line without indentation, then fields at two blanks. */
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
    const last = locked.at(-1);
    if (isOpen && last !== undefined) locked[locked.length - 1] = detailed(last, written);
  }
  const remote = locked.filter(({ source }) => !/^[^:]*@(?:workspace|link|portal):/u.test(source ?? ""));
  return { ok: true, value: { ...nothing, locked: remote } };
}

function requested(requests: string, line: number): Locked {
  const [first = ""] = requests.replaceAll('"', "").split(",");
  const split = first.indexOf("@", 1);
  return {
    name: split === -1 ? first : first.slice(0, split),
    version: "",
    source: null,
    hashes: [],
    runsScript: false,
    line,
  };
}

function detailed(locked: Locked, written: string): Locked {
  const { key = "", value = "" } = /^ {2}"?(?<key>\w+)"?:? "?(?<value>[^"]*)"?$/u.exec(written)?.groups ?? {};
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
      return { ...locked, hashes: [`sha512-${value.replace(/^\w+\//u, "")}`] };
    case "resolution":
      return resolvedAs(locked, value);
    default:
      return locked;
  }
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
  read: (text) => ({
    ok: true,
    value: {
      ...nothing,
      directives: linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
        const { key = "", value = "" } = /^\s*"?(?<key>[\w-]+)"?:?\s+"?(?<value>[^"]*)"?$/u.exec(written)?.groups ?? {};
        if (/^(?:npmRegistryServer|registry)$/u.test(key)) return [{ kind: "registry", key, value, line }];
        const isOff =
          (/^(?:enableStrictSsl|strict-ssl|enableHardenedMode)$/u.test(key) && value === "false") ||
          (key === "checksumBehavior" && value !== "throw");
        return isOff ? [{ kind: "trust", key, value, line }] : [];
      }),
    },
  }),
};
