import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyErrorText } from "../../../src/core/policy/parse.ts";
import { document, mistakes, parse } from "./read.ts";

describe("a mistake in a policy", () => {
  it("is told with the file, the commit, the place, what is wrong and what was probably meant", () => {
    const parsed = parse("version: 1\ninvariants:\n  no-secret: block\n");
    expect(parsed.ok ? [] : parsed.errors.map(policyErrorText)).toEqual([
      'Cannot read policy acme/shop@1f2e3d4:.github/sallyport.yml:3:3: unknown invariant "no-secret"; did you mean "no-secrets"?',
    ]);
  });

  it.each([
    ["forbiden: []", ['2:1: unknown key "forbiden"; did you mean "forbidden"?']],
    ["qqqqqqqqqq: 1", ['2:1: unknown key "qqqqqqqqqq"']],
    ["limits: { file: 3 }", ['2:11: unknown key "file"; did you mean "files"?']],
    ["environments: { staging: { teir: staging } }", ['2:28: unknown key "teir"; did you mean "tier"?']],
    [
      "capacity: [{ name: a, environments: [staging], memroy: 1Gi }]",
      ['2:48: unknown key "memroy"; did you mean "memory"?'],
    ],
    ["mode: enforc", ['2:7: expected one of observe, enforce, found "enforc"; did you mean "enforce"?']],
    ["mode:", ["2:6: expected one of observe, enforce, found nothing"]],
    ["agents: []", ["2:9: expected a mapping, found a list"]],
    ["layout: k8s", ['2:9: expected a list, found "k8s"']],
    ["layout: [1]", ["2:10: expected text, found 1"]],
    ["limits: { files: -1 }", ["2:18: expected a whole number from 0, found -1"]],
    ["limits: { files: 1.5 }", ["2:18: expected a whole number from 0, found 1.5"]],
    ["limits: { files: {} }", ["2:18: sets no bound: state review_above, max or both"]],
    ["limits: { kubernetes: { memory_per_pod: 5Gx } }", ['2:41: expected a quantity, such as 512Mi, found "5Gx"']],
    [
      "limits: { kubernetes: { memory_increase: { review_above: 80%, max: 50% } } }",
      ["2:58: review_above is more than max, so nothing would ever ask for review"],
    ],
    [
      "limits: { values: [{ keys: [a], max: 1 MB }] }",
      ['2:38: expected a number, or one with a unit: 200, 512Mi, 30s, 50%, found "1 MB"'],
    ],
    ["alarms: { issues: incidents }", ['2:19: "incidents" is no repository, such as acme/incidents']],
    ["alarms: { issues: acme/.. }", ['2:19: "acme/.." is no repository, such as acme/incidents']],
    ["alarms: { issues: [] }", ["2:19: needs at least one entry"]],
    [
      "alarms: { on: [bypass_merges] }",
      [expect.stringMatching(/^2:16: expected one of .*; did you mean "bypass_merge"\?$/)],
    ],
    ["areas: { a: { kinds: [iamm] } }", [expect.stringMatching(/^2:23: expected one of .*; did you mean "iam"\?$/)]],
    ["areas: { a: { risk: high } }", ['2:10: nothing can be in the area "a"; state its kinds, its paths or both']],
    ["allowlist: ['!a']", ["2:13: `!a` negates, which no pattern can; list what is meant instead"]],
    ["services: { 'a b': {} }", ['2:13: "a b" is no name: letters, digits, `.`, `_`, `-`']],
    ["approvals: { from: [bob] }", ['2:21: expected people, owners or a team, such as "@acme/team", found "bob"']],
    ["approvals: { from: [] }", ["2:20: needs at least one entry"]],
    ["timezone: Europe/Berlim", ['2:11: expected a time zone, such as Europe/Berlin, found "Europe/Berlim"']],
    [
      "rules: { lockfile-with-manifest: off }",
      ['2:10: unknown rule "lockfile-with-manifest"; did you mean "lockfile-without-manifest"?'],
    ],
    [
      "rules: { lockfile-without-manifest: { options: { refresht: [] } } }",
      ['2:50: unknown key "refresht"; did you mean "refreshed"?'],
    ],
    ["rules: { k8s-liveness-too-eager: { options: { failureThreshold: x } } }", ['2:65: expected a number, found "x"']],
    ["rules: { k8s-liveness-too-eager: blok }", [expect.stringContaining("2:34: expected one of")]],
    ["invariants: { no-secrets: { review: [] } }", ["2:37: needs at least one entry"]],
    ["overridable: [layout]", [expect.stringContaining("2:1: `overridable` belongs to the organisation's file")]],
    [
      "forbidden: [a/**]\nallowlist: [b, a/**]",
      [expect.stringContaining("2:13: `a/**` is both forbidden and in the allowlist")],
    ],
    [
      "environments: { a: { aliases: [x] }, b: { aliases: [y, X] } }",
      [expect.stringContaining('2:56: "X" already stands for the environment "a"')],
    ],
    [
      "capacity:\n  - { name: p, environments: [staging] }\n  - { name: p, environments: [staging] }",
      [expect.stringContaining('4:13: the pool "p" stands twice')],
    ],
  ])("in %j has its place", (line, expected) => {
    expect(mistakes(`version: 1\n${line}\n`)).toEqual(expected);
  });

  it.each([
    ["until: 2026-02-29", '5: expected a calendar day, such as 2026-12-31, found "2026-02-29"'],
    ["until: tomorrow", '5: expected a calendar day, such as 2026-12-31, found "tomorrow"'],
    ["rule: k8s-liveness-to-eager", 'unknown rule "k8s-liveness-to-eager"; did you mean "k8s-liveness-too-eager"?'],
    ["by: sre", 'expected a team or a person, such as "@acme/search", found "sre"'],
    ["paths: []", "needs at least one entry"],
  ])("of a waiver (%s) is told", (line, message) => {
    const good = {
      rule: "k8s-liveness-too-eager",
      paths: "[k8s/**]",
      reason: "it may",
      until: "2026-12-31",
      by: '"@acme/sre"',
    };
    const [key = "", value = ""] = line.split(": ");
    const entries = Object.entries({ ...good, [key]: value }).map(([name, given]) => `${name}: ${given}`);
    expect(mistakes(`version: 1\nwaivers:\n  - ${entries.join("\n    ")}\n`)).toEqual([
      expect.stringContaining(message.replace(/^5: /, "")),
    ]);
  });

  it("is not the only one that is told", () => {
    expect(mistakes("mode: x\nlimits: { files: x }\nallowlist: [/a]\nnonsense: 1\n")).toEqual([
      "1:1: `version` is missing; add the line `version: 1`",
      '1:7: expected one of observe, enforce, found "x"',
      '2:18: expected a whole number from 0, found "x"',
      "3:13: `/a` starts with a slash, which no path does; leave it out",
      '4:1: unknown key "nonsense"',
    ]);
  });

  it("of a missing part is told where the part belongs", () => {
    expect(mistakes("version: 1\ncapacity:\n  - environments: [staging]\n")).toEqual([
      "3:5: `name` is missing; add it",
    ]);
  });

  it("has its place in a file with CRLF and a byte order mark", () => {
    expect(mistakes("\ufeffversion: 1\r\nmode: x\r\n")).toEqual(['2:7: expected one of observe, enforce, found "x"']);
  });

  it("that stands behind an alias is told where the alias stands", () => {
    expect(mistakes("version: 1\nforbidden: &a\n  - '!x'\nallowlist: *a\n")).toEqual([
      expect.stringContaining("3:5: `!x` negates"),
      expect.stringContaining("4:12: `!x` negates"),
    ]);
  });
});

describe("a file that is no policy", () => {
  it.each([
    ["", "1:1: nothing stands in it; write `version: 1`"],
    ["# nothing\n", "1:1: nothing stands in it; write `version: 1`"],
    ["---\n", "1:1: nothing stands in it; write `version: 1`"],
    ["hello", '1:1: expected a mapping, found "hello"'],
    ["- a", "1:1: expected a mapping, found a list"],
    ["version: 1\nmode: [\n", "3:1: not YAML:"],
    ["version: 1\n\tmode: x\n", "2:1: not YAML:"],
    ["version: 1\n---\nversion: 1\n", "2:1: a second document begins"],
    ["version: 1\nmode: enforce\nmode: observe\n", '3:1: the key "mode" stands twice, first on line 2'],
    ["version: 1\nlimits: { files: 1, files: 2 }", '2:21: the key "files" stands twice, first on line 2'],
    ["version: 1\n__proto__: { mode: observe }", "2:1: a key is no plain name"],
    ["version: 1\n? [a]\n: 1", "2:3: a key is no plain name"],
    ["version: 1\nmode: !custom enforce", "2:7: not YAML: Unresolved tag"],
    ["version: 1\nmode: *nothing", '2:7: nothing is anchored as "nothing"'],
    ["version: 1\n<<: { mode: observe }", '2:1: unknown key "<<"'],
    ["version: 2\n", "1:10: expected 1, found 2"],
  ])("%j is refused", (text, message) => {
    const told = mistakes(text);
    expect(told[0]).toContain(message);
  });

  it("is refused when it is too large, too deep or an alias bomb", () => {
    const bomb = ["a: &a0 [x]", ...Array.from({ length: 20 }, (_, i) => `k${i}: &a${i + 1} [*a${i}, *a${i}]`)].join(
      "\n",
    );
    expect(mistakes(`# ${"x".repeat(256 * 1024)}`)[0]).toContain("the file is over 256 KiB");
    expect(mistakes(`# ${"ü".repeat(130 * 1024)}`)[0]).toContain("the file is over 256 KiB");
    expect(mistakes("[".repeat(10_000))[0]).toContain("1:201: the file is nested deeper than 200");
    expect(mistakes("- ".repeat(10_000))[0]).toContain("1:401: the file is nested deeper than 200");
    expect(mistakes(bomb)[0]).toContain("over 100 aliases are followed");
    expect(mistakes(`a: &a 1\nb: [${"*a, ".repeat(50_000)}]`)[0]).toContain("over 100 aliases are followed");
    expect(mistakes(`a: [${"1,".repeat(100_000)}]`)[0]).toContain("over 50000 values");
    expect(mistakes("a: &a { b: *a }")[0]).toContain("over 100 aliases are followed");
  });

  it("never throws, whatever it holds", () => {
    const yamlish = fc.array(
      fc.constantFrom(
        "version: 1",
        "\n",
        "  ",
        "- ",
        "mode",
        ": ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "!t ",
        "|",
        "'",
        '"',
        "?",
        "limits",
        "waivers",
        "null",
        "1e9",
        "\t",
        "#",
        "---",
        "rules",
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          yamlish.map((parts) => parts.join("")),
          fc.string(),
        ),
        (text) => {
          const parsed = parse(text);
          for (const { line, column, message } of parsed.ok ? [] : parsed.errors) {
            expect([line > 0, column > 0, message === ""]).toEqual([true, true, false]);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never throws on a value of the wrong kind under any key", () => {
    const keys = [
      "gate",
      "agents",
      "layout",
      "environments",
      "services",
      "areas",
      "approvals",
      "invariants",
      "rules",
      "limits",
      "capacity",
      "waivers",
      "halt",
      "bake",
      "freezes",
      "overridable",
    ];
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...keys), value, (key, given) => {
        expect(typeof parse(`version: 1\n${key}: ${JSON.stringify(given)}\n`, "organisation").ok).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });
});

describe("a policy that reads well", () => {
  it("needs two lines", () => {
    expect(document('version: 1\nservices: { search: { owners: "@acme/search" } }\n').statement).toEqual({
      version: 1,
      services: { search: { owners: ["@acme/search"] } },
    });
  });

  it("has exact values", () => {
    const { statement } = document(`
version: 1
limits:
  kubernetes: { memory_per_pod: 1.5Gi, memory_increase: { review_above: 50% } }
  values:
    - { keys: ["**.timeout"], max: 30s }
    - { keys: ["**.heap"], review_above: 512Mi, growth: { factor: 1.5 } }
`);
    expect(statement.limits?.kubernetes?.memory_per_pod).toEqual({ max: { numerator: 1610612736n, denominator: 1n } });
    expect(statement.limits?.kubernetes?.memory_increase).toEqual({ review_above: { numerator: 1n, denominator: 2n } });
    expect(statement.limits?.values).toEqual([
      {
        keys: ["**.timeout"],
        reviewAbove: null,
        max: { dimension: "milliseconds", value: { numerator: 30000n, denominator: 1n } },
        growthFactor: null,
        growthWithinMs: null,
      },
      {
        keys: ["**.heap"],
        reviewAbove: { dimension: "bytes", value: { numerator: 536870912n, denominator: 1n } },
        max: null,
        growthFactor: { numerator: 3n, denominator: 2n },
        growthWithinMs: null,
      },
    ]);
  });

  it("waives through the end of a day in UTC", () => {
    const waiver = (day: string) =>
      document(
        `version: 1\nwaivers: [{ rule: k8s-liveness-too-eager, paths: [a], reason: r, until: ${day}, by: "@person-a" }]`,
      ).statement.waivers;
    for (const day of [
      "1970-01-01",
      "1999-12-31",
      "2000-02-29",
      "2024-02-29",
      "2026-12-31",
      "2100-02-28",
      "9999-12-31",
    ]) {
      expect(waiver(day)?.[0]?.untilMs).toBe(Date.parse(`${day}T00:00:00Z`) + 86_400_000);
    }
  });

  it("compares teams and logins as GitHub does, without case", () => {
    const { statement } = document(
      'version: 1\nagents: { also: ["Acme-Deployer[bot]"] }\napprovals: { from: ["@Acme/SRE"] }\n',
    );
    expect(statement.agents?.also).toEqual(["acme-deployer[bot]"]);
    expect(statement.approvals?.from).toEqual([["@acme/sre"]]);
  });

  it("may write the level of a rule short or long", () => {
    const level = (text: string) => document(`version: 1\nrules: { k8s-liveness-too-eager: ${text} }`).statement.rules;
    expect(level("review")).toEqual({ "k8s-liveness-too-eager": { level: { level: "review", from: [] } } });
    expect(level("{ level: review }")).toEqual(level("review"));
    expect(level('{ review: ["@acme/a"] }')).toEqual({
      "k8s-liveness-too-eager": { level: { level: "review", from: [["@acme/a"]] } },
    });
    expect(level("{ options: { failureThreshold: 5 } }")).toEqual({
      "k8s-liveness-too-eager": { options: { failureThreshold: 5 } },
    });
  });
});
