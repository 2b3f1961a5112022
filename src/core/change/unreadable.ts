import type { Content } from "./change-set.ts";

/** The text of a version, or why it has none, as a clause. */
export function textOrReason(
  content: Content,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  switch (content.kind) {
    case "text":
      return { ok: true, text: content.text };
    case "unread":
      return { ok: false, reason: content.reason };
    case "binary":
      return { ok: false, reason: "it is binary, or its text is not valid UTF-8" };
    case "symlink":
      return { ok: false, reason: "it is a symbolic link, which is not followed" };
    case "submodule":
      return { ok: false, reason: "it is a submodule" };
  }
}
