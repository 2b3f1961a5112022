import type { Content, Mode } from "./change-set.ts";

/** Larger blobs are not read: no file that a person maintains needs more, and readers of hostile text need a ceiling. */
export const contentLimitBytes = 1024 * 1024;

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
export function decode(bytes: Uint8Array, mode: Mode): Content {
  if (mode === "160000") return { kind: "submodule" };
  if (bytes.includes(0)) return { kind: "binary" };
  if (bytes.length > contentLimitBytes) return tooLarge(bytes.length);
  const text = utf8(bytes);
  if (text === null) return { kind: "unread", reason: "not valid UTF-8" };
  return mode === "120000" ? { kind: "symlink", target: text } : { kind: "text", text };
}

/** For a blob whose size is known and which is therefore not fetched. */
export function tooLarge(bytes: number): Content {
  return { kind: "unread", reason: `larger than 1 MiB (${bytes} bytes)` };
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes a byte order mark off
  } catch {
    return null; // the decoder's only way to say that the bytes are not UTF-8
  }
}
