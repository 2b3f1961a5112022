import { describe, expect, it } from "vitest";
import { ticketMatcher, ticketMistake } from "../../../src/core/policy/tickets.ts";
import { effective, mistakes } from "./read.ts";

const form = "CHG-[0-9]{6}";

describe("a form of tickets", () => {
  it.each([
    ["CHG-123456", true],
    ["Agreed in CHG-123456.", true],
    ["one\nCHG-123456\ntwo", true],
    ["https://desk.example/browse/CHG-123456?x", true],
    ["XCHG-123456 and then CHG-123456", true],
    ["CHG-1234567", false],
    ["CHG-12345", false],
    ["XCHG-123456", false],
    ["éCHG-123456", false],
    ["CHG-123456_a", false],
    ["chg-123456", false],
    ["CHG-１２３４５６", false],
    ["CHG-\n123456", false],
    ["", false],
  ])("is looked for as a word: %j", (text, named) => {
    expect(ticketMatcher(form)(text)).toBe(named);
  });

  it("may begin or end with what is no letter, and holds all its alternatives together", () => {
    expect(ticketMatcher("#[0-9]+")("#12")).toBe(true);
    expect([ticketMatcher("A-1|B-2")("xA-1"), ticketMatcher("A-1|B-2")("B-2x")]).toEqual([false, false]);
  });

  it.each([
    ["(a", /^is no regular expression of RE2: missing closing \)/],
    ["a)|(?:b", /^is no regular expression of RE2: unexpected \)/],
    ["(?=CHG)", /^is no regular expression of RE2: /],
    ["(a)\\1", /^is no regular expression of RE2: /],
    ["((a{1000}){1000}){1000}", /^is no regular expression of RE2: /],
    ["\\QCHG-", /^cannot stand as a word: /],
    ["(CHG-1)?", /^also matches no text at all/],
    [".*", /^also matches no text at all/],
    ["a".repeat(201), /^is over 200 characters long/],
  ])("is refused with the reason: %s", (pattern, reason) => {
    expect(ticketMistake(pattern)).toMatch(reason);
  });

  it("is refused where it stands in the file", () => {
    expect(mistakes('version: 1\nareas:\n  a: { kinds: [delete], ticket: "(a" }\n')).toEqual([
      '3:33: "(a" is no regular expression of RE2: missing closing ): `(a`',
    ]);
    expect(mistakes('version: 1\nareas:\n  a: { kinds: [delete], ticket: "" }\n')).toHaveLength(1);
  });

  it("stands beside that of another file: each must be named", () => {
    const v = (ticket: string) => `version: 1\nareas: { a: { kinds: [delete], ticket: "${ticket}" } }\n`;
    const tickets = (organisation: string, own: string) =>
      effective({ organisation: v(organisation), own: v(own) }).areas["a"]?.tickets;
    expect(tickets(form, ".+")).toEqual([".+", form]);
    expect(tickets(form, form)).toEqual([form]);
  });
});
