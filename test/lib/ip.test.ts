import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { intervals } from "../../src/lib/intervals.ts";
import { formatAddress, networksOf, parseAddress, parseNetwork } from "../../src/lib/ip.ts";
import { runs } from "../runs.ts";

describe("a network", () => {
  test.each([
    ["0.0.0.0/0", 4, 0n, 0xffffffffn],
    ["10.0.0.0/8", 4, 0x0a000000n, 0x0affffffn],
    ["10.1.2.3/8", 4, 0x0a000000n, 0x0affffffn],
    ["192.0.2.7", 4, 0xc0000207n, 0xc0000207n],
    ["::/0", 6, 0n, (1n << 128n) - 1n],
    ["2001:DB8::/32", 6, 0x20010db8n << 96n, (0x20010db9n << 96n) - 1n],
    ["::ffff:0.0.0.0/96", 4, 0n, 0xffffffffn],
    ["::ffff:a00:0/104", 4, 0x0a000000n, 0x0affffffn],
  ] as const)("%s is read", (text, family, from, to) => {
    expect(parseNetwork(text)).toEqual({ family, from, to });
  });

  test.each([
    "",
    "0/0",
    "010.0.0.0/8",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "10.0.0/8",
    "256.0.0.1",
    ":::",
    "1::2::3",
    "::/129",
    "10.0.0.0/8/8",
    "any",
    " 10.0.0.0/8",
    "1:2:3:4:5:6:7:8:9",
    "::g",
  ])("%j is none", (text) => {
    expect(parseNetwork(text)).toBeNull();
  });

  test("is written as few networks that hold exactly its addresses", () => {
    const small = fc.record({ from: fc.bigInt(0n, 255n), to: fc.bigInt(0n, 255n) });
    fc.assert(
      fc.property(fc.array(small, { maxLength: 4 }), fc.constantFrom<4 | 6>(4, 6), (parts, family) => {
        const set = intervals(parts);
        const back = networksOf(family, set).map((text) => parseNetwork(text));
        expect(intervals(back.filter((range) => range !== null))).toEqual(set);
        expect(back.every((range) => range?.family === family)).toBe(true);
      }),
      runs(300),
    );
    expect(networksOf(4, [{ from: 0n, to: 0xffffffffn }])).toEqual(["0.0.0.0/0"]);
    expect(networksOf(6, [{ from: 0n, to: (1n << 128n) - 1n }])).toEqual(["::/0"]);
  });
});

test("an address is read back as it is written", () => {
  const address = fc.oneof(
    fc.bigInt(0n, (1n << 128n) - 1n),
    fc.bigInt(0n, 0xffffffffn).map((n) => n << 64n),
  );
  fc.assert(
    fc.property(address, (value) => {
      expect(parseAddress(formatAddress(6, value))).toEqual({ family: 6, value });
    }),
    runs(300),
  );
});

test.each([
  ["2001:db8::1", (0x20010db8n << 96n) | 1n],
  ["::", 0n],
  ["1::", 1n << 112n],
  ["1:0:2::", (1n << 112n) | (2n << 80n)],
])("the longest run of zeros is shortened: %s", (text, value) => {
  expect(formatAddress(6, value)).toBe(text);
});
