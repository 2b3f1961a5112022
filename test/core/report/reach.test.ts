import { describe, expect, test } from "vitest";
import { renderReachSvg } from "../../../src/core/report/reach-svg.ts";
import { type ReachShown, renderReachJson, renderReachText } from "../../../src/core/report/reach-text.ts";

const step = (path: string, line: number | null, note = "") => ({ path, line, note });
const shown: ReachShown = {
  tiers: { production: "production", staging: "staging" },
  files: [
    {
      path: "base/d.yaml",
      services: ["api"],
      unresolved: true,
      targets: [
        {
          environment: "production",
          service: "api",
          chain: [step("base/d.yaml", null), step("prod/k.yaml", 2, "resources: ../base")],
        },
        { environment: "staging", service: null, chain: [step("base/d.yaml", null)] },
      ],
    },
    { path: "README.md", services: [], unresolved: false, targets: [] },
  ],
  gaps: [{ id: "x", level: "hold", path: "a.yaml", side: "head", line: 3, reason: "what it is", remedy: "Say it." }],
};
const hostile = '</text><script>alert("1")</script>\u{202E}\u{1B}[31m&amp;\u0000';

describe("the text", () => {
  test("has a line for every end of every file, and what cannot be decided", () => {
    expect(renderReachText(shown)).toBe(
      [
        "base/d.yaml   1 service: api",
        "├─ prod/k.yaml:2   resources: ../base   → production · api",
        "├─ → staging",
        "└─ → may be production: nothing tells where it is deployed",
        "",
        "README.md",
        "└─ deployed nowhere, as far as can be told",
        "",
        "Cannot decide: what it is (a.yaml:3)",
        "   Say it.",
        "",
      ].join("\n"),
    );
  });
  test("shows no character that does something", () => {
    const text = renderReachText({
      ...shown,
      files: [{ path: hostile, services: [hostile], unresolved: false, targets: [] }],
    });
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  });
});

test("the data has every step with its line", () => {
  expect(JSON.parse(renderReachJson(shown))).toMatchObject({
    schema: "sallyport.reach/1",
    files: [
      {
        path: "base/d.yaml",
        unresolved: true,
        reaches: [
          {
            environment: "production",
            tier: "production",
            service: "api",
            chain: [{ line: null }, { path: "prod/k.yaml", line: 2 }],
          },
          { environment: "staging" },
        ],
      },
      { path: "README.md", reaches: [] },
    ],
    gaps: [{ id: "x", path: "a.yaml", line: 3 }],
  });
});

describe("the picture", () => {
  const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</gu)].map(([, text]) => text);
  test("draws each file, step and end once, and names the tier in words", () => {
    expect(texts(renderReachSvg(shown))).toEqual([
      "base/d.yaml",
      "api",
      "prod/k.yaml:2",
      "resources: ../base",
      "production",
      "production · api",
      "staging",
      "staging",
      "may be production",
      "nothing tells where it is deployed",
      "README.md",
    ]);
    expect(renderReachSvg(shown).match(/<path /gu)).toHaveLength(4);
  });
  test("is the same for the same", () => expect(renderReachSvg(shown)).toBe(renderReachSvg(structuredClone(shown))));
  test("lets nothing that an author writes take effect", () => {
    const chain = [step(hostile, null), step(hostile, 1, hostile)];
    const files = [
      {
        path: hostile,
        services: [hostile],
        unresolved: true,
        targets: [{ environment: hostile, service: hostile, chain }],
      },
    ];
    const svg = renderReachSvg({ ...shown, files });
    expect(svg.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    expect(new Set([...svg.matchAll(/<(\w+)/gu)].map(([, name]) => name))).toEqual(
      new Set(["svg", "title", "rect", "path", "g", "text"]),
    );
    expect(svg).not.toContain('alert("');
  });
  test("of very many says how many steps it leaves out", () => {
    const files = Array.from({ length: 500 }, (_, index) => ({
      path: `f${index}`,
      services: [],
      unresolved: false,
      targets: [],
    }));
    expect(renderReachSvg({ ...shown, files })).toContain("100 more steps are not drawn");
  });
});
