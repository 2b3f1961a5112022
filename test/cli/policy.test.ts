import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Sandbox } from "../adapters/git/sandbox.ts";
import { sallyport } from "./run.ts";

const repo = new Sandbox();
beforeAll(() => {
  repo.write("mine.yml", "version: 1\nlimits: { files: 12 }\n");
  repo.write("theirs.yml", "version: 1\nlimits: { files: 5 }\n");
  repo.write("broken.yml", 'version: 1\n"\\e[2Jlimit": {}\n');
  repo.write("teams/operations.yml", "- { type: load_test, schedule: daily, services: [api], action: do_not_scale }\n");
  repo.write("later/operations.yml", "freezes: []\n");
  repo.write("latin.yml", Buffer.from([...Buffer.from("version: 1 # "), 0xe9, 0x0a]));
});
afterAll(() => repo.remove());

const policy = (...args: readonly string[]) => sallyport(repo.root, ["policy", ...args]);
const shownSchema = z.object({
  sources: z.array(z.string()),
  digest: z.string(),
  policy: z.looseObject({ limits: z.looseObject({ files: z.looseObject({ max: z.string().nullable() }) }) }),
});

describe("policy validate", () => {
  test("tells the digest of a file that is valid", async () => {
    const { code, out } = await policy("validate", "mine.yml");
    expect([code, out]).toEqual([0, expect.stringMatching(/^mine\.yml: valid, digest [0-9a-f]{12}\n$/)]);
  });

  test("tells every mistake with its place, and control characters of the file as text", async () => {
    const { code, out, err } = await policy("validate", "broken.yml");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("Cannot read policy broken.yml:2:1: unknown key");
    expect(err).not.toContain("\u{1b}");
  });

  test("reads planned operations alone, or beside the policy", async () => {
    const alone = await policy("validate", "teams/operations.yml");
    expect([alone.code, alone.out]).toEqual([0, expect.stringMatching(/^teams\/operations\.yml: valid/)]);
    const beside = await policy("validate", "mine.yml", "--operations", "later/operations.yml");
    expect([beside.code, beside.err]).toEqual([
      1,
      expect.stringContaining("later/operations.yml:1:1: `freezes` has no place among planned operations"),
    ]);
  });

  test("refuses what the gate would refuse to read", async () => {
    const { code, err } = await policy("validate", "latin.yml");
    expect([code, err]).toEqual([
      1,
      "Cannot read policy latin.yml: not valid UTF-8; it must be a text file in UTF-8, below 1 MiB\n",
    ]);
  });

  test("reads an organisation's file alone, and wants a file", async () => {
    const alone = await policy("validate", "--organisation", "theirs.yml");
    expect([alone.code, alone.out]).toEqual([0, expect.stringMatching(/^theirs\.yml: valid/)]);
    const none = await policy("validate");
    expect([none.code, none.err]).toEqual([64, expect.stringContaining(".github/sallyport.yml")]);
  });
});

describe("policy show", () => {
  test("without a file shows the strict default, named by no source", async () => {
    const { code, out } = await policy("show");
    expect([code, shownSchema.parse(JSON.parse(out)).sources]).toEqual([0, []]);
  });

  test("joins two files to the tighter of them, with or without --effective", async () => {
    const [plain, effective] = await Promise.all([
      policy("show", "mine.yml", "--organisation", "theirs.yml"),
      policy("show", "mine.yml", "--organisation", "theirs.yml", "--effective"),
    ]);
    const shown = shownSchema.parse(JSON.parse(plain.out));
    expect([shown.sources, shown.policy.limits.files.max]).toEqual([["theirs.yml", "mine.yml"], "5"]);
    expect(effective.out).toBe(plain.out);
  });

  test("says where planned operations come from", async () => {
    const { out } = await policy("show", "mine.yml", "--operations", "teams/operations.yml");
    const shown = z.object({ operations: z.array(z.unknown()) }).parse(JSON.parse(out));
    expect(shown.operations).toEqual([
      { type: "load_test", services: ["api"], action: "do_not_scale", stated_at: ["teams/operations.yml:1:3"] },
    ]);
  });

  test("refuses a named file that is not there", async () => {
    const { code, err } = await policy("show", "nope.yml");
    expect([code, err]).toEqual([64, expect.stringContaining("Cannot read policy nope.yml")]);
  });
});
