import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { ChangedFile, FileVersion } from "../change/change-set.ts";
import type { DeploymentRecord } from "../deployments/deployments.ts";
import type { Tools } from "../syntax.ts";
import { placesOf, type Places } from "./places.ts";

/** A changed file, and the paths that would be the same thing elsewhere. */
export interface Matched {
  readonly file: ChangedFile;
  readonly twins: readonly string[];
}

/** What a commit has of a change elsewhere. `same`: at every place that the change touches there stands what the change brings. */
export interface Version {
  readonly same: boolean;
  /** The same for two commits that have the same there, whatever else differs. */
  readonly digest: string;
}

/** What a file brings, place by place. */
type Brings =
  | { readonly kind: "places"; readonly after: Places; readonly touched: readonly string[]; readonly before: Places }
  /** It cannot be told place by place: the whole file has to be the same. */
  | { readonly kind: "whole"; readonly after: FileVersion | null; readonly before: FileVersion | null };

/** A change of files as it is looked for elsewhere. */
export interface Sought {
  /** Null: the commit is gone, or could not be read. */
  readonly at: (sha: string) => Version | null;
  /** What stands where the change is to go, before it. */
  readonly before: string;
  /** Twins that there are at a commit, each once. */
  readonly twinsAt: (sha: string) => readonly string[];
}

/** Null where the change touches no value at all: it words a comment differently, or moves lines. */
export function sought(matched: readonly Matched[], record: DeploymentRecord, tools: Tools): Sought | null {
  const brought = matched.flatMap((one) => {
    const brings = bringsOf(one.file, tools);
    return brings === null ? [] : [{ ...one, brings }];
  });
  if (brought.length === 0) return null;
  const steps = record.arrivals.flatMap(({ before, after }) => [before, after]);
  const bySha = new Map([...steps, ...record.versions].map(({ sha, files }) => [sha, files]));
  const known = new Map<string, Version | null>();
  const at = (sha: string): Version | null => {
    const files = bySha.get(sha);
    if (files === undefined || files === null) return null;
    const versionOf = (path: string): FileVersion | null => {
      const entry = files[path];
      if (entry === undefined) return null;
      const content = record.contents[entry.sha] ?? { kind: "unread", reason: "it was not asked for" };
      return { ...entry, content };
    };
    const found = brought.map(({ file, twins, brings }) => compare(file.path, brings, twins, versionOf, tools));
    return { same: found.every(({ same }) => same), digest: digestOf(found.map(({ shown }) => shown)) };
  };
  return {
    at: (sha) => {
      const kept = known.get(sha);
      if (kept !== undefined) return kept;
      const version = at(sha);
      known.set(sha, version);
      return version;
    },
    before: digestOf(brought.map(({ brings }) => shownBefore(brings))),
    twinsAt: (sha) => [
      ...new Set(brought.flatMap(({ twins }) => twins.filter((twin) => bySha.get(sha)?.[twin] !== undefined))),
    ],
  };
}

function digestOf(shown: readonly unknown[]): string {
  return sha256(JSON.stringify(shown));
}

function bringsOf({ path, before, after }: ChangedFile, tools: Tools): Brings | null {
  const [was, is] = [placesOf(path, before, tools), placesOf(path, after, tools)];
  if (was === null || is === null || after === null) return { kind: "whole", before, after };
  const touched = [...new Set([...was.keys(), ...is.keys()])].filter((place) => was.get(place) !== is.get(place));
  return touched.length === 0
    ? null
    : { kind: "places", before: was, after: is, touched: touched.toSorted(byCodeUnits) };
}

interface Compared {
  readonly same: boolean;
  /** What stands there, as plain data. */
  readonly shown: unknown;
}

/** Where several paths stand for the same thing, all of them must have it. */
function compare(
  path: string,
  brings: Brings,
  twins: readonly string[],
  versionOf: (path: string) => FileVersion | null,
  tools: Tools,
): Compared {
  const there = twins.flatMap((twin) => versionOf(twin) ?? []);
  const [first] = there;
  if (first === undefined)
    return { same: twins.length > 0 && brings.kind === "whole" && brings.after === null, shown: absent };
  const compared = there.map((version) => compareOne(path, brings, version, tools));
  const same = compared.every((one) => one.same);
  const [one] = compared;
  return { same, shown: compared.length === 1 || same ? one?.shown : compared.map(({ shown }) => shown) };
}

const absent = "absent";

function compareOne(path: string, brings: Brings, version: FileVersion, tools: Tools): Compared {
  if (brings.kind === "whole") return { same: isSameFile(brings.after, version), shown: shownWhole(version) };
  const places = placesOf(path, version, tools);
  if (places === null) return { same: false, shown: shownWhole(version) };
  return {
    same: brings.touched.every((place) => places.get(place) === brings.after.get(place)),
    shown: shownPlaces(brings.touched, places),
  };
}

function isSameFile(a: FileVersion | null, b: FileVersion): boolean {
  return a !== null && a.sha === b.sha && a.mode === b.mode;
}

function shownBefore(brings: Brings): unknown {
  if (brings.kind === "places") return shownPlaces(brings.touched, brings.before);
  return brings.before === null ? absent : shownWhole(brings.before);
}

function shownPlaces(touched: readonly string[], places: Places): unknown {
  return touched.map((place) => [place, places.get(place) ?? null]);
}

function shownWhole({ mode, sha }: FileVersion): unknown {
  return [mode, sha];
}
