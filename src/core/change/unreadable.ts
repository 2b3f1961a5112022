import type { FileVersion } from "./change-set.ts";

/** Why a version has no text to read, as a clause; null where it has one. */
export function whyUnreadable({ content }: FileVersion): string | null {
  switch (content.kind) {
    case "text":
      return null;
    case "unread":
      return content.reason;
    case "binary":
      return "it is binary, or its text is not valid UTF-8";
    case "symlink":
      return "it is a symbolic link, which is not followed";
    case "submodule":
      return "it is a submodule";
  }
}
