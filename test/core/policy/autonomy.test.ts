import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loosened } from "../../../src/core/policy/loosened.ts";
import { effectivePolicy, effectiveStatement } from "../../../src/core/policy/merge.ts";
import { policyErrorText } from "../../../src/core/policy/parse.ts";
import { document, effective, mistakes, rules } from "./read.ts";

const v = (...lines: readonly string[]): string =>
  `version: 1\nagents:\n${lines.map((line) => `  ${line}\n`).join("")}`;
const matrix = (text: string): string => v(`autonomy: ${text}`);
const joined = (organisation: string, own: string) => effective({ organisation, own }).autonomy;

/** Mistakes that only the policy as a whole shows, as `line:column: message; remedy`. */
function wholeMistakes(own: string, organisation?: string): readonly string[] {
  const files = {
    organisation: organisation === undefined ? null : document(organisation, "organisation"),
    defaultBranch: document(own),
    baseBranch: null,
    operations: [],
  };
  const result = effectivePolicy(files, rules);
  if (result.ok) return [];
  return result.errors.map((error) => policyErrorText(error).replace(/^Cannot read policy [^:]+:[^:]+:/, ""));
}

describe("autonomy", () => {
  it("is left to approvals until a file states it", () => {
    expect(effective({ own: "version: 1" }).autonomy).toEqual({
      matrix: null,
      newcomers: null,
      preApproved: [],
      ownIdentity: "off",
    });
  });

  it("knows agents by any of their names, without regard to case", () => {
    const own = matrix('{ "Claude[bot]": { staging: sandbox }, copilot: { staging: observe } }');
    expect(effective({ own }).autonomy.matrix).toEqual({
      "claude[bot]": { "*": "propose", staging: "sandbox" },
      copilot: { "*": "propose", staging: "observe" },
      default: { "*": "propose", staging: "propose" },
    });
  });
});

describe("autonomy of two files", () => {
  it("is the lower of the two in every cell, where one leaves it to `*` or to `default` too", () => {
    const organisation = matrix('{ default: { "*": propose, staging: sandbox }, "claude[bot]": { staging: observe } }');
    const own = matrix(
      '{ default: { "*": sandbox, production: observe }, codex: { staging: sandbox, production: execute } }',
    );
    expect(joined(organisation, own).matrix).toEqual({
      default: { "*": "propose", staging: "sandbox", production: "observe" },
      "claude[bot]": { "*": "propose", staging: "observe", production: "observe" },
      codex: { "*": "propose", staging: "sandbox", production: "propose" },
    });
  });

  it("is `propose` at most where the organisation says nothing", () => {
    const own = matrix("{ codex: { staging: sandbox, production: execute } }");
    expect(joined("version: 1", own).matrix?.["codex"]).toEqual({
      "*": "propose",
      staging: "propose",
      production: "propose",
    });
  });

  it("is the repository's where the organisation lets it say so", () => {
    const organisation = `${matrix('{ default: { "*": propose }, codex: { staging: propose } }')}overridable: [agents.autonomy]\n`;
    const own = matrix("{ codex: { staging: sandbox } }");
    expect(joined(organisation, own).matrix).toMatchObject({
      default: { staging: "propose" },
      codex: { staging: "sandbox" },
    });
  });

  it("grants less by `execute` than by `sandbox`", () => {
    const [sandbox, execute] = ["sandbox", "execute"].map((level) => matrix(`{ codex: { staging: ${level} } }`));
    for (const [organisation, own] of [
      [sandbox, execute],
      [execute, sandbox],
    ] as const)
      expect(joined(organisation ?? "", own ?? "").matrix?.["codex"]?.["staging"]).toBe("execute");
  });

  it("keeps new agents down for the longer time, what is pre-approved in both, and the stricter word on identities", () => {
    const entry = "{ name: a, environments: [production], kinds: [image], services: [search] }";
    const more = "{ name: b, environments: [staging], kinds: [image], services: [search] }";
    const organisation = v("new: { autonomy: propose, for: 14d }", `pre_approved: [${entry}]`, "own_identity: review");
    const own = v("new: { autonomy: observe, for: 1d }", `pre_approved: [${more}, ${entry}]`, "own_identity: observe");
    expect(joined(organisation, own)).toMatchObject({
      newcomers: { autonomy: "observe", forMs: 1_209_600_000 },
      preApproved: [{ name: "a", approvals: 2, bakeMs: null }],
      ownIdentity: "review",
    });
    expect(joined("version: 1", own).preApproved).toEqual([]);
  });
});

describe("a change of autonomy", () => {
  const loosens = (before: string, after: string) => {
    const [was, is] = [before, after].map((text) =>
      effectiveStatement(
        { organisation: null, defaultBranch: document(text), baseBranch: null, operations: [] },
        rules,
      ),
    );
    return was === undefined || is === undefined ? [] : loosened(was, is);
  };

  it("loosens where an agent may do more, where its matrix goes, or where `sandbox` comes to be where there was none", () => {
    const [nothing, propose] = ["version: 1", matrix('{ default: { "*": propose } }')];
    const sandbox = matrix("{ codex: { staging: sandbox } }");
    expect(loosens(propose, sandbox)).toEqual(["agents.autonomy"]);
    expect(loosens(propose, nothing)).toEqual(["agents.autonomy"]);
    expect(loosens(nothing, sandbox)).toEqual(["agents.autonomy"]);
    expect(loosens(nothing, propose)).toEqual([]);
    expect(loosens(sandbox, matrix("{ codex: { staging: observe } }"))).toEqual([]);
  });

  it("loosens where more is pre-approved, new agents are held down for less time, or identities count for less", () => {
    const entry = "{ name: a, environments: [production], kinds: [image], services: [search] }";
    expect(loosens("version: 1", v(`pre_approved: [${entry}]`))).toEqual(["agents.pre_approved"]);
    expect(loosens(v("new: { autonomy: observe, for: 14d }"), v("new: { autonomy: observe, for: 1d }"))).toEqual([
      "agents.new",
    ]);
    expect(loosens(v("own_identity: block"), "version: 1")).toEqual(["agents.own_identity"]);
  });
});

describe("mistakes in autonomy", () => {
  it.each([
    [matrix("{ default: { staging: free } }"), /expected one of observe, propose, sandbox, execute, found "free"/],
    [matrix("{ default: { staging: propse } }"), /did you mean "propose"\?/],
    [matrix('{ "a b": { staging: propose } }'), /is no name of an agent/],
    [matrix("{ codex: { staging: propose }, Codex: { staging: observe } }"), /"Codex" stands twice/],
    [v("new: { autonomy: sandbox, for: 14d }"), /expected one of observe, propose, found "sandbox"/],
    [v("new: { autonomy: observe, for: 0s }"), /expected a duration that lasts/],
    [v("new: { autonomy: observe }"), /expected a duration that lasts, such as 14d, found nothing/],
    [v("own_identity: refuse"), /expected one of off, observe, review, block/],
    [v("pre_approved: [{ name: a, environments: [], kinds: [image], services: [a] }]"), /needs at least one entry/],
    [
      v("pre_approved: [{ name: a, environments: [staging], kinds: [images], services: [a] }]"),
      /did you mean "image"\?/,
    ],
    [v("pre_approved: [{ name: a, environments: [staging], kinds: [image] }]"), /`services` is missing/],
    [
      v("pre_approved: [{ name: a, environments: [staging], kinds: [image], services: [a], approvals: 1 }]"),
      /expected a whole number from 2, found 1/,
    ],
    [
      v(
        "pre_approved:",
        "  - { name: a, environments: [staging], kinds: [image], services: [a] }",
        "  - { name: a, environments: [staging], kinds: [scale], services: [a] }",
      ),
      /5:\d+: "a" stands twice; give each entry its own name/,
    ],
  ])("are told where they stand: %s", (text, message) => {
    expect(mistakes(text)).toEqual([expect.stringMatching(message)]);
  });

  it("name the agent that was probably meant, and where to list one that nobody knows", () => {
    expect(wholeMistakes(matrix('{ "claud[bot]": { staging: sandbox } }'))).toEqual([
      '3:15: unknown agent "claud[bot]"; did you mean "claude[bot]"? Else name its account in `agents.also`',
    ]);
    expect(wholeMistakes(matrix('{ "acme-deployer[bot]": { staging: sandbox } }'))).toHaveLength(1);
    const listed = v('also: ["acme-deployer[bot]"]', 'autonomy: { "acme-deployer[bot]": { staging: sandbox } }');
    expect(wholeMistakes(listed)).toEqual([]);
  });

  it("name the environment that was probably meant", () => {
    expect(wholeMistakes(matrix("{ codex: { stagin: propose } }"))).toEqual([
      '3:24: unknown environment "stagin"; did you mean "staging"?',
    ]);
    const entry = "{ name: a, environments: [prod], kinds: [image], services: [a] }";
    expect(wholeMistakes(v(`pre_approved: [${entry}]`))).toEqual([
      expect.stringContaining('unknown environment "prod"; write its own name, "production"'),
    ]);
  });

  it("are `sandbox` in what is production by name, or by the tier that the file gives it", () => {
    const sandbox = (name: string) => matrix(`{ codex: { ${name}: sandbox } }`);
    expect(mistakes(sandbox("production"))).toEqual([
      '3:36: `sandbox` is for what is not production, and the tier of "production" is production; write `propose` or `execute`',
    ]);
    const blue = "environments: { blue: { branches: [blue], tier: production } }\n";
    expect(mistakes(`${sandbox("blue")}${blue}`)).toHaveLength(1);
    expect(wholeMistakes(sandbox("staging"))).toEqual([]);
  });

  it("are `*` that stands for production as well, until that is named beside it", () => {
    expect(mistakes(matrix('{ default: { "*": sandbox } }'))).toEqual([
      '3:31: `*` would be `sandbox` in "production", and its tier is production; name "production" beside it, as `propose` or `execute`',
    ]);
    expect(wholeMistakes(matrix('{ default: { "*": sandbox, production: execute } }'))).toEqual([]);
  });
});

describe("the page about autonomy", () => {
  it("shows a policy that can be used", () => {
    const page = readFileSync(new URL("../../../docs/autonomy.md", import.meta.url), "utf8");
    const shown = [...page.matchAll(/```yaml\n([\s\S]*?)```/gu)].map(([, text = ""]) => text);
    expect(shown).toHaveLength(1);
    for (const text of shown) expect(wholeMistakes(text)).toEqual([]);
  });
});
