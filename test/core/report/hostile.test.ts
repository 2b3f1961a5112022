import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderCheckRun } from "../../../src/core/report/check-run.ts";
import { renderMarkdown, writeReport } from "../../../src/core/report/markdown.ts";
import { renderSarif } from "../../../src/core/report/sarif.ts";
import { renderTerminal } from "../../../src/core/report/terminal.ts";
import { renderVerdictJson, verdictDocument } from "../../../src/core/report/verdict-json.ts";
import { verdictSchema } from "../../../src/core/report/verdict-schema.ts";
import { byteLength } from "../../../src/lib/text.ts";
import { evaluation, finding, hostile, nasty, site } from "./evaluations.ts";
import { jsonBlock, liveParts } from "./inert.ts";

const fragments = [
  "`",
  "``",
  "```",
  "~~~",
  "@acme/everyone",
  "#1",
  "acme/infra#1",
  "GH-7",
  "https://evil.example",
  "www.evil.example",
  "[x](y)",
  "![x](y)",
  "<img>",
  "<!--",
  "-->",
  "</details>",
  "<details>",
  "|",
  "\\",
  "\\`",
  "\n",
  "\r\n",
  "\n\n```\n",
  "\t",
  "\u{1b}[31m",
  "\u{202e}",
  "\u{200b}",
  "\u{feff}",
  "\u{ad}",
  "\u{e0041}",
  "\u{d800}",
  "$x$",
  ":tada:",
  "&lt;",
  "&#64;",
  "- ",
  "1. ",
  "# ",
  "> ",
  "===",
  "---",
  "*",
  "_",
  "a",
  " ",
  "é",
  "→",
];
const escape = "\u{1b}";
const text = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
);

test("no text of an author takes effect in a report, whatever it is", () => {
  fc.assert(
    fc.property(text, (given) => {
      const { summary, text: folded } = writeReport(hostile(given), site);
      expect(liveParts(summary)).toEqual([]);
      expect(liveParts(folded)).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test("the checker of these tests sees what is live", () => {
  for (const bad of ["@x", "a [b](c)", "<b>", "``@x` b", "```\n@x", "<details>", "\u{202e}", "see #12", "http://x"]) {
    expect({ bad, live: liveParts(bad).length > 0 }).toEqual({ bad, live: true });
  }
  expect(liveParts("`@x` and <code>&#64;x</code>\n\n```\n@x <b>\n```")).toEqual([]);
});

test("the JSON block always parses, fits its schema, and says the verdict", () => {
  fc.assert(
    fc.property(text, (given) => {
      const block = jsonBlock(writeReport(hostile(given), site).text);
      const document = verdictSchema.parse(JSON.parse(block));
      expect(document.verdict).toBe("block");
      expect(block.length).toBeLessThanOrEqual(16_000);
    }),
    { numRuns: 150 },
  );
});

test("JSON and SARIF hold no character that cannot be seen, and give the text back", () => {
  fc.assert(
    fc.property(text, (given) => {
      const whole = hostile(given);
      const json = renderVerdictJson(whole);
      const written = verdictSchema.parse(JSON.parse(json));
      expect(written).toEqual(verdictDocument(whole));
      for (const one of [json, renderSarif(whole, site)]) expect(one).not.toMatch(/[`<>]|(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
    { numRuns: 150 },
  );
});

test("a terminal gets no control character of an author, and colour only where asked", () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(renderTerminal(hostile(given), false)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u{2028}\u{2029}](?<!\t)/u);
      const coloured = renderTerminal(hostile(given), true).replaceAll(new RegExp(`${escape}\\[\\d+m`, "gu"), "");
      expect(coloured).not.toContain(escape);
    }),
    { numRuns: 150 },
  );
});

describe("limits", () => {
  const many = (number: number, each: string) =>
    Array.from({ length: number }, (_, index) =>
      finding({ id: `rule:${String(index).padStart(4, "0")}`, message: `${each} ${index}`, why: each, remedy: each }),
    );

  test.each([
    ["many findings", evaluation({ verdict: "block", findings: many(700, "a bound") })],
    ["long words in three bytes a character", evaluation({ verdict: "block", findings: many(40, "→".repeat(3_000)) })],
    ["hostile text of 100 KB", hostile(nasty.repeat(600))],
    ["pipes and backticks of 20 KB", hostile("|`".repeat(10_000))],
    ["unseen characters of 60 KB", hostile("\u{202e}".repeat(20_000))],
  ])("are kept with %s", (_name, given) => {
    const run = renderCheckRun(given, { verdict: "block", because: [] }, site);
    for (const part of [run.summary, run.text]) {
      expect(byteLength(part)).toBeLessThanOrEqual(65_535);
      expect(liveParts(part)).toEqual([]);
    }
    expect(run.title.length).toBeLessThanOrEqual(80);
    expect(run.annotations.length).toBeLessThanOrEqual(500);
    for (const { title, message, details } of run.annotations) {
      expect(title.length).toBeLessThanOrEqual(255);
      expect(byteLength(message)).toBeLessThan(64 * 1024);
      expect(byteLength(details ?? "")).toBeLessThan(64 * 1024);
    }
    const block = jsonBlock(run.text);
    expect(block.length).toBeLessThanOrEqual(16_000);
    expect(verdictSchema.parse(JSON.parse(block)).verdict).toBe("block");
  });

  test("what is left out is counted", () => {
    const run = renderCheckRun(
      evaluation({ verdict: "block", findings: many(700, "a bound") }),
      { verdict: "block", because: [] },
      site,
    );
    const document = verdictSchema.parse(JSON.parse(jsonBlock(run.text)));
    expect(document.findings.length + document.omitted.findings).toBe(700);
    expect(document.findings[0]?.id).toBe("rule:0000");
    expect(run.omittedAnnotations).toBe(200);
    expect(run.summary).toMatch(/\d+ sections left out/);
    expect(run.summary).toMatch(/\n200 annotations left out\.$/);
  });

  test("a long patch gives way to the other findings", () => {
    const fix = { edits: [], patch: "+x\n".repeat(5_000), after: { verdict: "hold", clears: [], adds: [] } } as const;
    const given = evaluation({ verdict: "block", findings: [finding({ fix }), finding({ id: "other:1" })] });
    const document = verdictSchema.parse(JSON.parse(jsonBlock(writeReport(given, site).text)));
    expect(document.findings.map((one) => one.fix?.patch ?? null)).toEqual([null, null]);
    expect(document.omitted).toMatchObject({ findings: 0, patches: 1 });
    expect(renderMarkdown(given, site)).toContain("too long to be shown here");
  });
});
