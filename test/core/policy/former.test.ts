import { describe, expect, test } from "vitest";
import { withFormers } from "../../../src/core/policy/former.ts";
import { type PolicySource, readPolicies, unusable } from "../../../src/core/policy/reading.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { sha } from "../../contracts/subjects.ts";

type Content = PolicySource["content"];
const path = ".github/sallyport.yml";
const text = (rest: string): Content => ({ kind: "text", text: `version: 1\n${rest}` });
const repositoryAt = (digit: string, content: Content): PolicySource => ({
  scope: "repository",
  at: `acme/shop@${sha(digit)}:${path}`,
  content,
  former: null,
});
const organisationAt = (digit: string, content: Content): PolicySource => ({
  scope: "organisation",
  at: `acme/.github@${sha(digit)}:sallyport.yml`,
  content,
  former: null,
});
const broken = text("limts: { files: 10 }\n");
const at = (digit: string) => `acme/shop@${sha(digit)}:${path}`;

/** With these on the branch of the repository before, the newest first, and these on that of the organisation. */
async function found(
  sources: readonly PolicySource[],
  past: readonly PolicySource[],
  ofOrganisation: readonly PolicySource[] = [],
) {
  const asked: string[] = [];
  const inForce = await withFormers(
    sources,
    async function* versions({ scope }) {
      for (const version of scope === "organisation" ? ofOrganisation : past) {
        asked.push(version.at);
        yield version;
      }
      return "there is no more";
    },
    (all) => unusable(all, rules),
  );
  return { sources: inForce, asked, reading: readPolicies(inForce, rules) };
}

describe("the last version of a policy that can be read", () => {
  const loose = repositoryAt("2", text("limits: { files: 40 }\nmode: observe\n"));

  test("is in force in the place of one that cannot be, which is still told", async () => {
    const { reading } = await found([repositoryAt("1", broken)], [loose]);
    expect(reading).toMatchObject({
      sources: [at("2")],
      standIns: [{ file: at("1"), by: at("2"), because: null }],
      errors: [expect.stringContaining(`${path}:2:1: unknown key`)],
      policy: { limits: { files: { max: readPolicies([loose], rules).policy.limits.files.max } } },
    });
  });

  test("is enforced, whatever it says: whether the broken one would enforce is not known", async () => {
    const { reading } = await found([repositoryAt("1", broken)], [loose]);
    expect([readPolicies([loose], rules).policy.mode, reading.policy.mode]).toEqual(["observe", "enforce"]);
  });

  test("is asked for by nobody while the policy can be read", async () => {
    const { asked, sources } = await found([loose], [repositoryAt("3", text(""))]);
    expect([asked, sources]).toEqual([[], [loose]]);
  });

  test("is the newest: broken ones in between are passed over, older ones are not asked for", async () => {
    const past = [repositoryAt("2", broken), repositoryAt("3", { kind: "unread", reason: "it is a folder" })];
    const { reading, asked } = await found(
      [repositoryAt("1", broken)],
      [...past, repositoryAt("4", text("")), repositoryAt("5", text("mode: observe\n"))],
    );
    expect([reading.sources, asked]).toEqual([[at("4")], [at("2"), at("3"), at("4")]]);
  });

  test.each([
    ["where none ever could be", [repositoryAt("2", broken)], "there is no more"],
    [
      "where the branch had no policy in between",
      [repositoryAt("2", { kind: "absent" }), loose],
      "before it the branch had no policy",
    ],
    [
      "after twenty that cannot be",
      [...Array.from({ length: 20 }, () => repositoryAt("2", broken)), loose],
      "none of its last 20 versions can be read",
    ],
  ] satisfies readonly (readonly [string, readonly PolicySource[], string])[])(
    "is none %s: the strict default stands in",
    async (_, past, because) => {
      const { reading } = await found([repositoryAt("1", broken)], past);
      expect(reading.standIns).toEqual([{ file: at("1"), by: null, because }]);
      expect(reading.digest).toBe(readPolicies([repositoryAt("1", { kind: "absent" })], rules).digest);
    },
  );

  test("is looked for where a name in the file leads nowhere, and must lead somewhere itself", async () => {
    const dangling = text("gate: { blue: everyone }\n");
    const { reading } = await found(
      [repositoryAt("1", dangling)],
      [
        repositoryAt("2", dangling),
        repositoryAt("3", text("gate: { blue: everyone }\nenvironments: { blue: { branches: [blue] } }\n")),
      ],
    );
    expect([reading.sources, reading.policy.gate.byEnvironment]).toEqual([[at("3")], { blue: "everyone" }]);
  });

  test("of the organisation stands above the repository's, which tightens it", async () => {
    const organisation = organisationAt("2", text("forbidden: ['legal/**']\n"));
    const own = repositoryAt("1", text("forbidden: ['keys/**']\n"));
    const { reading } = await found([organisationAt("1", broken), own], [], [organisation]);
    expect(reading.policy.forbidden).toEqual(["keys/**", "legal/**"]);
    expect(reading.above?.forbidden).toEqual(["legal/**"]);
  });

  test("is in force beside a file that nothing stands in for", async () => {
    const { reading } = await found(
      [organisationAt("1", broken), repositoryAt("1", broken)],
      [repositoryAt("2", text("forbidden: ['keys/**']\n"))],
    );
    expect(reading.policy.forbidden).toContain("keys/**");
    expect(reading.standIns.map(({ by, because }) => by ?? because)).toEqual(["there is no more", at("2")]);
  });

  test("that does not fit the other policies is not in force", async () => {
    const organisation = organisationAt("2", text("forbidden: ['legal/**']\n"));
    const own = repositoryAt("1", text("gate: { blue: everyone }\n"));
    const { reading } = await found([organisationAt("1", broken), own], [], [organisation]);
    expect(reading.policy.mode).toBe("enforce");
    expect(reading.standIns).toMatchObject([{ by: null, because: expect.stringContaining("does not fit") as string }]);
  });
});
