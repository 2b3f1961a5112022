import { contentLimitBytes } from "../change/content.ts";

/**
 * What of a blob can be searched. `binary`: it is no text, and only forms that cannot come about by chance count in it. `bytes`: how
 * many are too many to be read; null: it was not read for another reason.
 */
export type Searchable =
  | { readonly kind: "text" | "binary"; readonly text: string }
  | { readonly kind: "unread"; readonly reason: string; readonly bytes: number | null };

/** Any bytes can be searched: an editor that writes another encoding must not hide what it writes, nor may a zero among the letters. */
export function searchable(bytes: Uint8Array, limitBytes = contentLimitBytes): Searchable {
  if (bytes.length > limitBytes) return tooLargeToSearch(bytes.length, limitBytes);
  const wide = wideEncoding(bytes);
  if (wide !== null) return { kind: "text", text: new TextDecoder(wide).decode(bytes) };
  const kind = bytes.includes(0) ? "binary" : "text";
  try {
    return { kind, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    // Not UTF-8: every byte is a letter of its own, which keeps ASCII as it is.
    return { kind, text: new TextDecoder("latin1").decode(bytes) };
  }
}

export function tooLargeToSearch(bytes: number, limitBytes = contentLimitBytes): Searchable {
  const limit = `${limitBytes / contentLimitBytes} MiB`;
  return { kind: "unread", reason: `it is larger than ${limit} (${bytes} bytes)`, bytes };
}

/** UTF-16 tells by its mark; without one by every second byte of what is mostly ASCII. */
function wideEncoding(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  for (const [index, byte] of bytes.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = bytes.length / 2;
  if (most >= 8 && odd > most * 0.6 && even < most * 0.1) return "utf-16le";
  return most >= 8 && even > most * 0.6 && odd < most * 0.1 ? "utf-16be" : null;
}
