import { createHmac, type Hmac, timingSafeEqual } from "node:crypto";

const form = /^sha256=[0-9a-f]{64}$/;

/** Whether the header has the shape of a signature at all: nothing has to be read of a request whose header has not. */
export function looksSigned(header: string | string[] | undefined): header is string {
  return typeof header === "string" && form.test(header);
}

/** The keyed digest of a body that arrives in pieces. */
export function signer(secret: string): Hmac {
  return createHmac("sha256", secret);
}

/** Compares in constant time. The digest can be taken once only. */
export function isSignedBy(hmac: Hmac, header: string): boolean {
  const expected = Buffer.from(`sha256=${hmac.digest("hex")}`);
  const given = Buffer.from(header);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
