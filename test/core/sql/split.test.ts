import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenAt } from "../../../src/core/sql/lexer.ts";
import type { Dialect } from "../../../src/core/sql/model.ts";
import { split } from "../../../src/core/sql/split.ts";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { readSql } from "../../../src/core/sql/read.ts";

const syntax = await loadSyntax();
const runs = { numRuns: 500 };

/** What ends a statement everywhere else, and begins or ends whatever a text can stand in. */
const trap = fc.constantFrom(
  ";",
  "; DROP TABLE x;",
  "--",
  "/*",
  "*/",
  "#",
  "\\",
  "\n",
  "é🐘",
  "END",
  "BEGIN",
  "GO",
  "COPY a",
);
const traps = fc.array(trap, { maxLength: 4 }).map((parts) => parts.join(" "));
const without = (text: fc.Arbitrary<string>, ...closing: readonly string[]) =>
  text.map((one) => closing.reduce((rest, part) => rest.replaceAll(part, ""), one));

const plainText = without(traps, "\\").map((text) => `'${text} ''; '`);
const escapedText = without(traps, "\\").map((text) => `E'${text} \\'; '`);
const quotedName = traps.map((text) => `"${text} ""; "`);
const dollars = fc
  .tuple(fc.constantFrom("$$", "$body$", "$é$"), traps)
  .map(([tag, text]) => `${tag}${text} ' " $other$ ; ${tag}`);
const blockComment = without(traps, "/*", "*/").map((text) => `/* ${text} /* ; */ ' */`);
const lineComment = without(traps, "\n").map((text) => `-- ${text} ' $$ ;\n`);
const part = fc.oneof(
  plainText,
  escapedText,
  quotedName,
  dollars,
  blockComment,
  lineComment,
  fc.constantFrom("a", "1", "(", ")", "+"),
);

const statement = fc.array(part, { maxLength: 6 }).map((parts) => `SELECT ${parts.join(" ")} z`);
const between = fc.constantFrom(";", ";\n", " ;\r\n\r\n", ";-- done; really\n", ";/* ; */");
const script = fc.array(fc.tuple(statement, between), { minLength: 1, maxLength: 8 });
const dialect = fc.constantFrom<Dialect>("postgresql", "mysql", "sqlite", "mssql", "oracle", "unknown");
const anything = fc
  .array(
    fc.oneof(
      trap,
      part,
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.constantFrom("'", '"', "$$", "[", "`", "DELIMITER //\n", "CREATE TRIGGER"),
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(""));

describe("a script of PostgreSQL", () => {
  test("splits into the statements that it was joined from, whatever stands in their comments, texts and blocks", () => {
    fc.assert(
      fc.property(script, (parts) => {
        const text = parts.flat().join("");
        const pieces = split(text, "postgresql").map(({ start, end }) => text.slice(start, end));
        expect(pieces.map((piece) => piece.trim())).toEqual(parts.map(([one]) => one));
      }),
      runs,
    );
  });

  test("shows the one table that it drops among texts that speak of others", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(plainText, dollars)), fc.nat({ max: 9 }), blockComment, (texts, at, comment) => {
        const lines = texts.map((text) => `SELECT ${text};`);
        lines.splice(at, 0, `${comment} DROP ${comment} TABLE orders;`);
        const effects = readSql(lines.join("\n"), "postgresql", 1, syntax).statements.flatMap((one) => one.effects);
        const dropped = effects.flatMap((effect) => (effect.does === "drops" ? [effect.name.name] : []));
        expect(dropped).toEqual(["orders"]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("any text, in any dialect", () => {
  test("is cut into tokens that lie one behind the other, and none is empty", () => {
    fc.assert(
      fc.property(anything, dialect, (text, manner) => {
        for (let at = 0; at < text.length; ) {
          const token = tokenAt(text, at, manner);
          expect(token.start).toBe(at);
          expect(token.end).toBeGreaterThan(at);
          expect(token.end).toBeLessThanOrEqual(text.length);
          at = token.end;
        }
      }),
      runs,
    );
  });

  test("is split into pieces in order, and what lies between two of them is no code", () => {
    fc.assert(
      fc.property(without(anything, "COPY", "DELIMITER", "GO"), dialect, (text, manner) => {
        let end = 0;
        for (const piece of split(text, manner)) {
          expect(piece.start).toBeGreaterThanOrEqual(end);
          expect(lostIn(text.slice(end, piece.start), manner)).toEqual([]);
          end = piece.end;
        }
        expect(lostIn(text.slice(end), manner)).toEqual([]);
      }),
      runs,
    );
  });
});

/** Code that no statement holds, delimiters aside. */
function lostIn(text: string, manner: Dialect): readonly string[] {
  const lost: string[] = [];
  for (let at = 0; at < text.length; ) {
    const { kind, end } = tokenAt(text, at, manner);
    const token = text.slice(at, end);
    if (kind !== "gap" && token !== ";") lost.push(token);
    at = end;
  }
  return lost;
}
