import fc from "fast-check";
import { crc32 as referenceCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  accountOfAwsKeyId,
  base62,
  crc32,
  endsWithCrc32,
  isAwsKeyId,
  isBech32,
  isSignedJwt,
  printableBase64,
} from "../../../src/core/secrets/checksums.ts";

const ascii = fc.string({ unit: "binary-ascii", maxLength: 80 });
const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".split("");
const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 30, maxLength: 30 });
const base64url = (text: string): string => Buffer.from(text).toString("base64url");

describe("Checksums of tokens", () => {
  it("is the CRC-32 that zlib computes", () => {
    fc.assert(
      fc.property(ascii, (text) => {
        expect(crc32(text)).toBe(referenceCrc32(text));
      }),
    );
  });

  it("writes a number in base 62 so that it can be read back", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (number) => {
        const text = base62(number, 6);
        expect(text).toHaveLength(6);
        expect(text.split("").reduce((sum, digit) => sum * 62 + letters.indexOf(digit), 0)).toBe(number);
      }),
    );
  });

  it("passes a token with its checksum, and none with one character changed", () => {
    fc.assert(
      fc.property(word, fc.nat({ max: 35 }), fc.constantFrom(...letters), (random, at, other) => {
        const token = `ghp_${random}${base62(crc32(random), 6)}`;
        expect(endsWithCrc32(token)).toBe(true);
        const changed = token.slice(0, at + 4) + other + token.slice(at + 5);
        fc.pre(changed !== token);
        expect(endsWithCrc32(changed)).toBe(false);
      }),
    );
  });

  it("reads the account out of an access key id, and nothing out of an old one", () => {
    expect(accountOfAwsKeyId(`ASIA${"Y34FZKBOKMUTVV7A"}`)).toBe("609629065308");
    expect(accountOfAwsKeyId(`AKIA${"I44QH8DHBEXAMPLE"}`)).toBeNull();
    expect(isAwsKeyId(`AKIA${"I44QH8DHBEXAMPLE"}`)).toBe(true);
  });

  it("takes no access key id for one whose account is more than twelve digits", () => {
    expect(isAwsKeyId(`AKIA${"7".repeat(16)}`)).toBe(false);
  });

  it("reads every account number back out of an id that carries it", () => {
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999n }), fc.nat({ max: 511 }), (account, rest) => {
        const bits = (1n << 49n) | (account << 9n) | BigInt(rest);
        const coded = Array.from({ length: 10 }, (_, at) => digits[Number((bits >> BigInt(45 - at * 5)) & 31n)]).join(
          "",
        );
        expect(accountOfAwsKeyId(`AKIA${coded}AAAAAA`)).toBe(account.toString().padStart(12, "0"));
      }),
    );
  });

  it("accepts the examples of BIP 173 and none with a character changed", () => {
    for (const valid of ["A12UEL5L", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"]) {
      expect(isBech32(valid)).toBe(true);
      expect(isBech32(valid.slice(0, -1) + (valid.endsWith("q") ? "p" : "q"))).toBe(false);
    }
    expect(isBech32("a12uEL5L")).toBe(false);
    expect(isBech32("1nwldj5")).toBe(false);
  });

  it("decodes printable text as Buffer does, in both alphabets, and nothing else", () => {
    const printable = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(printable, (text) => {
        expect(printableBase64(Buffer.from(text).toString("base64"), 1000)).toBe(text);
        expect(printableBase64(base64url(text), 1000)).toBe(text);
      }),
    );
    expect(printableBase64(Buffer.from([1, 2, 3]).toString("base64"), 10)).toBeNull();
    expect(printableBase64("not base 64", 10)).toBeNull();
  });

  it("takes for a JSON Web Token only what is signed and made of objects", () => {
    const payload = base64url('{"sub":"person-a"}');
    const signature = "s".repeat(43);
    expect(isSignedJwt(`${base64url('{"alg":"HS256"}')}.${payload}.${signature}`)).toBe(true);
    expect(isSignedJwt(`${base64url('{"alg":"none"}')}.${payload}.${signature}`)).toBe(false);
    expect(isSignedJwt(`${base64url('{"alg":"HS256"}')}.${payload}.`)).toBe(false);
    expect(isSignedJwt(`${base64url('{"alg":"HS256"')}.${payload}.${signature}`)).toBe(false);
  });
});
