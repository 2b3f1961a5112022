import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { lockingRuleset } from "../../src/core/posture/lock.ts";
import { sallyport } from "./run.ts";

describe("sallyport halt --ruleset", () => {
  test("prints what locks the default branch, and how to import and to lift it, without service, network or token", async () => {
    const { code, out, err } = await sallyport(tmpdir(), ["halt", "--ruleset", "--repository", "acme/shop"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(lockingRuleset("repository", []));
    expect(err).toContain("gh api --method POST repos/acme/shop/rulesets --input lock.json");
    expect(err).toMatch(/To lift it.*\n.*DELETE repos\/acme\/shop\/rulesets\/ID/u);
  });

  test("locks every repository of an organisation, and further branches", async () => {
    const further = ["--branch", "release/*", "production"];
    const { out, err } = await sallyport(tmpdir(), ["halt", "--ruleset", "--organisation", "acme", ...further]);
    expect(JSON.parse(out)).toMatchObject({
      enforcement: "active",
      bypass_actors: [],
      conditions: {
        ref_name: { include: ["~DEFAULT_BRANCH", "refs/heads/release/*", "refs/heads/production"] },
        repository_name: { include: ["~ALL"] },
      },
    });
    expect(err).toContain("orgs/acme/rulesets");
  });

  test("lets nobody update, create or delete", () => {
    const { rules } = lockingRuleset("repository", []) as { readonly rules: readonly { readonly type: string }[] };
    expect(rules.map(({ type }) => type)).toEqual(["creation", "update", "deletion", "non_fast_forward"]);
  });

  test.each([
    [["halt", "--ruleset", "--agent", "devin"], /cannot be used with/u],
    [["halt", "--ruleset", "--status"], /cannot be used with/u],
    [["halt", "--branch", "main", "--by", "me"], /--branch goes with --ruleset/u],
  ])("is refused where it would mean nothing: %j", async (args, sentence) => {
    const { code, out, err } = await sallyport(tmpdir(), args);
    expect([code, out, err]).toEqual([64, "", expect.stringMatching(sentence)]);
  });
});
