import type { Tree } from "./build.ts";
import type { Content, Mode } from "./change-set.ts";

/** Larger blobs are not read: no file that a person maintains needs more, and readers of hostile text need a ceiling. */
export const contentLimitBytes = 1024 * 1024;

/** Lockfiles grow with the repository and are read by readers of their own, in time that is in proportion to the text. */
export const lockfileLimitBytes = 8 * contentLimitBytes;

const lockfile =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|(?:yarn|bun|poetry|uv|Cargo|composer|Pipfile|Gemfile)\.lock|packages\.lock\.json|go\.sum)$/u;

/** The largest file that is read at a path. */
export function limitBytesOf(path: string): number {
  return lockfile.test(path) ? lockfileLimitBytes : contentLimitBytes;
}

/** Blobs that stand at the paths of lockfiles, by their SHA: they may be larger than others. */
export function lockfileBlobs(paths: readonly string[], trees: readonly Tree[]): ReadonlySet<string> {
  const lockfiles = paths.filter((path) => lockfile.test(path));
  return new Set(lockfiles.flatMap((path) => trees.flatMap((tree) => tree.get(path)?.sha ?? [])));
}

/** Git's mode of a blob or a submodule; old trees hold 100664, which is a plain file. Null: not a mode of either. */
export function readMode(octal: string): Mode | null {
  switch (octal) {
    case "100644":
    case "100755":
    case "120000":
    case "160000":
      return octal;
    case "100664":
      return "100644";
    default:
      return null;
  }
}

/** What a blob's bytes are. Never throws: what cannot be read says why, and a view that claims the file makes that a Gap. */
export function decode(bytes: Uint8Array, mode: Mode, limitBytes = contentLimitBytes): Content {
  if (mode === "160000") return { kind: "submodule" };
  if (bytes.includes(0)) return { kind: "binary" };
  if (bytes.length > limitBytes) return tooLarge(bytes.length, limitBytes);
  const text = utf8(bytes);
  if (text === null) return { kind: "unread", reason: "not valid UTF-8" };
  return mode === "120000" ? { kind: "symlink", target: text } : { kind: "text", text };
}

/** For a blob whose size is known and which is therefore not fetched. */
export function tooLarge(bytes: number, limitBytes = contentLimitBytes): Content {
  return { kind: "unread", reason: `larger than ${limitBytes / contentLimitBytes} MiB (${bytes} bytes)` };
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes a byte order mark off
  } catch {
    return null; // the decoder's only way to say that the bytes are not UTF-8
  }
}
