import { createHash } from "node:crypto";

/**
 * The key that an SSH signature was made with, as `SHA256:...`, out of the armored signature that GitHub gives. Null for other kinds
 * of signature. Says nothing about validity: that is GitHub's `verified`.
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
 */
export function signatureKey(armored: string): string | null {
  const body = /-----BEGIN SSH SIGNATURE-----([\sA-Za-z0-9+/=]+)-----END SSH SIGNATURE-----/.exec(armored)?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, "base64");
  const keyAt = "SSHSIG".length + 4;
  if (bytes.toString("latin1", 0, "SSHSIG".length) !== "SSHSIG" || bytes.length < keyAt + 4) return null;
  const length = bytes.readUInt32BE(keyAt);
  const key = bytes.subarray(keyAt + 4, keyAt + 4 + length);
  if (key.length !== length) return null;
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
