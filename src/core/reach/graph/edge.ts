import type { Step } from "../reach.ts";

/**
 * What is put together or deployed as one. `module`, `kustomization` and `chart` stand for the folder at `path`; `application` (an
 * Argo CD object) and `job` (of a workflow) stand for the file at `path` and deploy what they read.
 */
export interface Unit {
  readonly id: string;
  readonly kind: "module" | "kustomization" | "chart" | "application" | "job";
  readonly path: string;
}

/** Which paths of the repository are read. */
export type Extent =
  /** The file at this path, or what is put together in this folder. */
  | { readonly kind: "path"; readonly path: string }
  /** Files in a folder: directly, or at any depth. */
  | { readonly kind: "files"; readonly folder: string; readonly deep: boolean }
  /** Paths that fit a pattern with `*` and `**` where an expression stands; of a plain folder that fits its files, directly or at any depth. */
  | { readonly kind: "pattern"; readonly pattern: string; readonly except: readonly string[]; readonly deep: boolean };

/** Somebody reads something: one step of a chain, with its evidence. */
export interface Edge {
  readonly reads: Extent;
  readonly by: Unit;
  readonly step: Step;
  /** Words that may name an environment, for what is read at this path. */
  readonly words: (path: string) => readonly string[];
  /** The expression because of which nobody can tell whether this path is read; null where it is. */
  readonly undecided: string | null;
}

/** What a file declares that deploys: an Application, a job with an environment. */
export interface Declared {
  readonly unit: Unit;
  readonly line: number;
  readonly note: string;
  /** What may name the environments that it deploys to. */
  readonly words: readonly string[];
}

/** A file that may read other files and that could not be read itself. */
export interface Unread {
  readonly path: string;
  readonly line: number | null;
  readonly reason: string;
  /** Null where not even the text is there. */
  readonly text: string | null;
}

/** What one reader found. */
export interface Found {
  readonly edges: readonly Edge[];
  readonly unread: readonly Unread[];
}

export const noWords = (): readonly string[] => [];

export function unitAt(kind: Unit["kind"], path: string, name = ""): Unit {
  return { id: [kind, path, name].join("\n"), kind, path };
}

/** An edge to one path, as it is written. */
export function plainEdge(path: string, by: Unit, step: Step): Edge {
  return { reads: { kind: "path", path }, by, step, words: noWords, undecided: null };
}
