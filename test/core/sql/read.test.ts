import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import type { Dialect } from "../../../src/core/sql/model.ts";
import { readSql, sizeLimits } from "../../../src/core/sql/read.ts";

const syntax = await loadSyntax();

function effects(text: string, dialect: Dialect = "unknown"): readonly string[] {
  return readSql(text, dialect, 1, syntax).statements.flatMap(({ line, effects: own }) =>
    own.map(({ does }) => `${line} ${does}`),
  );
}

test("one bad statement among fifty leaves the other forty-nine read, and is named by its line", () => {
  const lines = Array.from({ length: 50 }, (_, at) => (at === 24 ? "ALTERR TABLE a;" : `DROP TABLE t${at};`));
  const read = effects(lines.join("\n"), "postgresql");
  expect(read.filter((one) => one.endsWith(" drops"))).toHaveLength(49);
  expect(read).toContain("25 unknown");
});

test("lines are right behind characters of several bytes, CRLF and a block that is quoted with dollars", () => {
  const text = "-- größer 🐘\r\nSELECT 'é';\r\nDO $x$\r\nBEGIN\r\n  DROP TABLE a;\r\nEND $x$;\r\nTRUNCATE b;";
  expect(effects(text)).toEqual(["2 nothing", "5 drops", "7 truncates"]);
});

test("a NUL character hides nothing: the whole text is unknown", () => {
  expect(effects("SELECT 1;\0 DROP TABLE a;")).toEqual(["1 unknown"]);
});

test.each(["(", "NOT ", "- ", "CASE WHEN a THEN ", "1 + ", "SELECT 1 UNION "])(
  "nesting of %s without end is unknown, and the next statement is read",
  (part) => {
    const read = effects(`SELECT ${part.repeat(3000)} 1;\nDROP TABLE a;`, "postgresql");
    expect(read).toEqual(["1 unknown", "2 drops"]);
  },
);

test("a text, and a statement, beyond the limits is unknown", () => {
  expect(effects("-".repeat(sizeLimits.text + 1))).toEqual(["1 unknown"]);
  const long = `INSERT INTO a VALUES ('${"x".repeat(sizeLimits.statement)}');\nDROP TABLE a;`;
  expect(effects(long, "postgresql")).toEqual(["1 unknown", "2 drops"]);
});

test("rows that are copied in are no statements", () => {
  expect(effects("COPY a FROM stdin;\n1\tit's\nDROP TABLE b;\n\\.\nDROP TABLE c;", "postgresql")).toEqual([
    "1 inserts-rows",
    "5 drops",
  ]);
});

test("commands of psql that read other files are unknown, those that only print are nothing", () => {
  expect(effects("\\echo hi\n\\i other.sql\nSELECT 'DROP TABLE a' \\gexec\n")).toEqual([
    "1 nothing",
    "2 unknown",
    "3 nothing",
    "3 unknown",
  ]);
});

test("placeholders stand for names; a condition that is one is unknown", () => {
  expect(effects("DROP TABLE ${schema}.a;\nDELETE FROM :tbl WHERE ${condition};\n${all};", "postgresql")).toEqual([
    "1 drops",
    "2 unknown",
    "3 unknown",
  ]);
});

test("a block in another language, or one that puts its text together, is unknown", () => {
  expect(effects("DO LANGUAGE plpython3u $$ x $$;", "postgresql")).toEqual(["1 unknown"]);
  expect(effects("DO $$ BEGIN EXECUTE a || b; END $$;", "postgresql")).toEqual(["1 unknown"]);
});

test("a dialect that nobody knows: what PostgreSQL reads is read, the rest is known by its head or unknown", () => {
  expect(effects("DROP TABLE a;\nDROP TABLE a PURGE_ALL NOW;\nFROBNICATE a;")).toEqual([
    "1 drops",
    "2 drops",
    "3 unknown",
  ]);
});

test("what MySQL runs in a comment is read where it is MySQL, and said where nobody knows", () => {
  expect(effects("/*!50001 DROP TABLE a */;", "mysql")).toEqual(["1 drops"]);
  expect(effects("/*!50001 DROP TABLE a */;")).toEqual(["1 unknown"]);
});

test("a procedure of MySQL is one statement whatever stands in it", () => {
  const text =
    "DELIMITER $$\nCREATE PROCEDURE p()\nBEGIN\n  IF a THEN DELETE FROM b; END IF;\nEND$$\nDELIMITER ;\nDROP TABLE c;";
  expect(effects(text)).toEqual(["2 writes-function", "7 drops"]);
});

test("T-SQL needs no semicolons: a second head in a statement makes it unknown", () => {
  expect(effects("CREATE TABLE [dbo].[a] ([id] int)\nGO\nSELECT 1\nDROP TABLE b", "mssql")).toEqual([
    "1 creates-table",
    "3 unknown",
  ]);
});

test("the empty text and one of comments hold no statement", () => {
  expect(effects("")).toEqual([]);
  expect(effects("-- nothing\n/* at all */", "postgresql")).toEqual([]);
});

test.each([
  ["WHERE true", "all"],
  ["WHERE 1 = 1", "all"],
  ["WHERE id = id", "all"],
  ["WHERE a = 1 OR true", "all"],
  ["WHERE NOT false", "all"],
  ["", "all"],
  ["WHERE a = 1", "some"],
  ["WHERE a = 1 AND true", "some"],
  ["WHERE false", "some"],
  ["WHERE id IN (SELECT id FROM b)", "some"],
])("`delete` %s takes %s rows", (where, rows) => {
  const [statement] = readSql(`DELETE FROM a ${where}`, "postgresql", 1, syntax).statements;
  expect(statement?.effects).toEqual([{ does: "deletes-rows", table: { schema: null, name: "a" }, rows }]);
});
