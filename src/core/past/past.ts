import type { TreeEntry } from "../change/build.ts";
import type { Content } from "../change/change-set.ts";

/** A commit at which the base branch stood. */
export interface FormerState {
  readonly sha: string;
  /** When the branch was moved there, by GitHub's clock: whoever writes commits dates them as they like. */
  readonly sinceMs: number;
  /** When it was moved on; null: it stands there. */
  readonly untilMs: number | null;
  /** What stood there, path by path, null for nothing. A path that is not here is not known: it was not asked for, or the commit is gone. */
  readonly entries: Readonly<Record<string, TreeEntry | null>>;
}

/** Why nothing is known of what the branch held before a moment; null: before now. */
export interface PastEnd {
  readonly beforeMs: number | null;
  /** A clause that stands after "because". */
  readonly because: string;
}

/**
 * What the base branch held at paths of the change, from GitHub's own record of how the branch moved.
 * `not_asked`: no key of the policy needs it. `unknowable`: this place has no such record (a local run), and says so.
 */
export type Past =
  | { readonly kind: "not_asked" }
  | { readonly kind: "unknowable" }
  | {
      readonly kind: "known";
      /** Without a hole, the newest first: the first is the tip of the base. */
      readonly states: readonly FormerState[];
      /** Null: they go back to where the branch began. */
      readonly end: PastEnd | null;
      /** Paths that growth is measured at: the entries of each state that stood in its window say what was there. */
      readonly growthPaths: readonly string[];
      /** What stands in the blobs of `entries`, by `contentKey`, as far as it was asked for. */
      readonly contents: Readonly<Record<string, Content>>;
    };
export type KnownPast = Extract<Past, { kind: "known" }>;

export const pastNotAsked: Past = { kind: "not_asked" };
export const pastUnknowable: Past = { kind: "unknowable" };

/** The same bytes are a file or the target of a symbolic link, by their mode. */
export function contentKey({ mode, sha }: TreeEntry): string {
  return `${mode} ${sha}`;
}

/** The states at which the branch stood at any moment since then, the newest first. */
export function statesSince({ states }: KnownPast, sinceMs: number): readonly FormerState[] {
  return states.filter(({ untilMs }) => untilMs === null || untilMs > sinceMs);
}

/** Why not every state since then is known; null: each is. */
export function unknownSince({ end }: KnownPast, sinceMs: number): string | null {
  if (end === null || (end.beforeMs !== null && end.beforeMs <= sinceMs)) return null;
  return end.because;
}

/** When the next of the states that are known leaves a window of that length; null: none will. */
export function nextToLeaveMs({ states }: KnownPast, withinMs: number, nowMs: number): number | null {
  const leaving = states.flatMap(({ untilMs }) => (untilMs === null ? [] : [untilMs + withinMs]));
  const ahead = leaving.filter((moment) => moment > nowMs);
  return ahead.length === 0 ? null : Math.min(...ahead);
}
