import { fold } from "../../policy/patterns.ts";
import type { ModuleSource } from "../../policy/schema.ts";

/** The repository that a change is made in, and the branch that it would be merged into. */
export interface Place {
  readonly owner: string;
  readonly name: string;
  readonly baseRef: string;
  /** Sources that the organisation says are one of its repositories. */
  readonly modules: readonly ModuleSource[];
}

/** What an address in a source names. */
export interface Remote {
  /** `own`: this repository; `other`: one that is known to be another; `unknown`: nobody says. */
  readonly repository: "own" | "other" | "unknown";
  /** The folder in it; empty where none is named. */
  readonly folder: string;
  /** The commit, tag or branch that is named; null: whatever stands on the default branch. */
  readonly revision: string | null;
}

/**
 * Reads the address of a repository as Terraform, Kustomize and Argo CD write it: `git::https://host/owner/name.git//folder?ref=v1`,
 * `github.com/owner/name/folder?ref=v1`, `git@host:owner/name`.
 */
export function remoteOf(address: string, place: Place): Remote {
  const [location, query = ""] = split(address, "?");
  const revision = /(?:^|&)(?:ref|version)=([^&]*)/u.exec(query)?.[1] ?? null;
  const bare = location.replace(/^(?:git::)?(?:[a-z+]+:\/\/)?(?:[^@/]*@)?/u, "");
  const [root, folder] = split(bare, "//");
  const segments = root
    .replace(/:(?!\d)/u, "/")
    .split("/")
    .filter((segment) => segment !== "");
  const [, owner = "", name = "", ...below] = segments;
  const inside = folder ?? below.join("/");
  const stated = place.modules.find(({ source }) => address === source || begins(address, source));
  // Whichever the host: a mirror of this repository has its name as well.
  const named = stated?.repository ?? `${owner}/${name.replace(/\.git$/u, "")}`;
  const own = fold(named) === fold(`${place.owner}/${place.name}`);
  // Names of repositories change and the old ones go on working: only what the organisation says is known to be another.
  return {
    repository: own ? "own" : stated === undefined ? "unknown" : "other",
    folder: inside.replace(/\/+$/u, ""),
    revision: revision === "" ? null : revision,
  };
}

/** Whether a merge into the base branch changes what a revision names. A pinned tag or commit stays what it is. */
export function followsBase(revision: string | null, { baseRef }: Place): boolean {
  return revision === null || ["", "HEAD", baseRef, `refs/heads/${baseRef}`].includes(revision);
}

function begins(address: string, source: string): boolean {
  return address.startsWith(source) && /^(?:\.git)?(?:\/|\?|$)/u.test(address.slice(source.length));
}

function split(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
