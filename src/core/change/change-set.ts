import type { RenderedChart } from "../helm/rendering.ts";

/** Git's modes of a tree entry that is not a tree. https://git-scm.com/docs/git-fast-import ("M", file mode) */
export type Mode = "100644" | "100755" | "120000" | "160000";

/** What stands at a path. `unread` is for what exists and could not be read: a view that claims the file makes it a Gap. */
export type Content =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary" }
  | { readonly kind: "symlink"; readonly target: string }
  | { readonly kind: "submodule" }
  | { readonly kind: "unread"; readonly reason: string };

/** A path on one side of the change. `sha` is git's blob SHA (of the commit, for a submodule). */
export interface FileVersion {
  readonly mode: Mode;
  readonly sha: string;
  readonly content: Content;
}

export type Status = "added" | "removed" | "modified" | "unchanged";

/** One path. A rename is a removal and an addition. `unchanged` files are context: a module that is called, a neighbour in a pool. */
export interface ChangedFile {
  readonly path: string;
  readonly status: Status;
  readonly before: FileVersion | null;
  readonly after: FileVersion | null;
}

/** The difference of two trees, sorted by path in code units, with the context that was asked for. Plain data: it can be cloned. */
export interface ChangeSet {
  readonly files: readonly ChangedFile[];
  /** What Helm made of the charts that it touches. Absent: nothing was rendered, and their templates stay what they are. */
  readonly rendered?: readonly RenderedChart[];
}

export type Side = "base" | "head";

/** Lines and columns count from 1. What was removed has a line in the base only. */
export interface Place {
  readonly path: string;
  readonly side: Side;
  readonly line: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** The commit that has the line, where the head does not. */
  readonly commit?: string;
}

/**
 * Evidence that is missing. It can only tighten the verdict: `hold`, or `block` where a file could be read at base and cannot
 * be read at head (breaking a file must never be a way past the rules that read it).
 */
export interface Gap {
  /** Stable over pushes: names what is missing, as `unreadable:k8s/api.yaml`. */
  readonly id: string;
  readonly level: "hold" | "block";
  readonly path: string | null;
  readonly side: Side;
  readonly line: number | null;
  /** A clause that completes "Cannot decide: ...". */
  readonly reason: string;
  /** What the author or the operator can do. */
  readonly remedy: string;
}

/** The files that differ, without the context. */
export function changed(change: ChangeSet): readonly ChangedFile[] {
  return change.files.filter((file) => file.status !== "unchanged");
}
