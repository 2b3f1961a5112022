import type { ChangeSet, ChangedFile, Side } from "./change-set.ts";

/** The path in the repository that a symlink at `path` names; null where it leads out of it. */
export function linkTarget(path: string, target: string): string | null {
  if (target.startsWith("/")) return null;
  return joined(path.split("/").slice(0, -1), target);
}

/** `relative` from a folder, without `.` and `..`; null above the root. The root itself is the empty string. */
export function joined(folder: readonly string[], relative: string): string | null {
  const segments = [...folder];
  for (const segment of relative.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.join("/");
}

/** A symlink of a change or of its context, with the path that it names on that side. */
export interface Link {
  readonly path: string;
  readonly target: string | null;
}

/** Symlinks as they are on one side, sorted by path. */
export function linksOf(change: ChangeSet, side: Side): readonly Link[] {
  return change.files.flatMap((file) => {
    const target = targetOn(file, side);
    return target === null ? [] : [{ path: file.path, target: linkTarget(file.path, target) }];
  });
}

/** What the symlink says on that side, as written; null where there is no symlink. */
export function targetOn(file: ChangedFile, side: Side): string | null {
  const version = side === "base" ? file.before : file.after;
  return version?.content.kind === "symlink" ? version.content.target : null;
}

/** True when `path` is `folder` or lies below it. Everything lies below the empty folder. */
export function within(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
