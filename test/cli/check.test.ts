import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { exitCodeOf } from "../../src/cli/io.ts";
import { verdicts } from "../../src/core/evaluate/verdict.ts";
import { verdictSchema } from "../../src/core/report/verdict-schema.ts";
import { Sandbox } from "../adapters/git/sandbox.ts";
import { acmeInfra, sallyport } from "./run.ts";

const repo = acmeInfra();
afterAll(() => repo.remove());

const check = (...args: readonly string[]) => sallyport(repo.root, ["check", ...args]);

/** A repository with that policy on its default branch, and nothing changed. */
function governedBy(policy: string | Buffer): Sandbox {
  const own = new Sandbox();
  onTestFinished(() => own.remove());
  own.commit("base", { "README.md": "hello\n", ".github/sallyport.yml": policy });
  return own;
}

test("every verdict has a code of its own, and only allow is 0", () => {
  expect(verdicts.map((verdict) => [verdict, exitCodeOf(verdict)])).toEqual([
    ["allow", 0],
    ["wait", 3],
    ["hold", 2],
    ["block", 1],
  ]);
});

describe("the code says the verdict", () => {
  test.each([
    ["block", 1, "an agent's change beyond a bound", "memory", "copilot"],
    ["hold", 2, "the same change of a person, who needs another one", "memory", "person-a"],
    ["hold", 2, "an agent's change without a finding, which people approve", "readme", "copilot"],
    ["allow", 0, "a person's change without a finding", "readme", "person-a"],
  ])("%s, %i: %s", async (verdict, code, _, head, as) => {
    const ended = await check("--head", head, "--as", as, "--format", "json");
    expect([verdictSchema.parse(JSON.parse(ended.out)).verdict, ended.code, ended.err]).toEqual([verdict, code, ""]);
  });

  test("0 where the policy only observes, and the report still says what would have been", async () => {
    const own = governedBy("version: 1\nmode: observe\n");
    const { code, out } = await sallyport(own.root, ["check"]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^Observed: would hold: /)]);
  });
});

describe("the working tree is judged where no head is named", () => {
  test("with what is changed, added and not committed, and the report says that it was", async () => {
    const own = governedBy("version: 1\n");
    own.write("k8s/api.yaml", "apiVersion: v1\nkind: Pod\nkind: Pod\n");
    const { code, out } = await sallyport(own.root, ["check"]);
    expect(code).toBe(2);
    expect(out).toContain("k8s/api.yaml:3");
    expect(out).toContain("1 path is not committed and was read from the working tree");
  });
});

describe("the report", () => {
  const sarif = z.looseObject({
    version: z.literal("2.1.0"),
    runs: z.tuple([
      z.looseObject({
        tool: z.looseObject({ driver: z.looseObject({ name: z.literal("sallyport"), rules: z.array(z.unknown()) }) }),
        results: z.array(
          z.looseObject({ ruleId: z.string(), level: z.string(), locations: z.array(z.unknown()).min(1) }),
        ),
      }),
    ]),
  });

  const reports = new Map<string, Promise<string>>();
  const report = (format: string): Promise<string> => {
    const asked = reports.get(format) ?? check("--head", "memory", "--format", format).then(({ out }) => out);
    reports.set(format, asked);
    return asked;
  };

  test("as text says the verdict first, and in the end what a clone cannot know", async () => {
    const out = await report("text");
    expect(out).toMatch(/^Block: search needs 16Gi for 8 pods; pool general would hold 37 of 32Gi/);
    expect(out.slice(out.indexOf("What cannot be known here"))).toMatch(/approvals.*organisation's policy/s);
    expect(out, "not a terminal").not.toContain("\u{1b}");
  });

  test("as JSON fits the published schema and names what a clone cannot know", async () => {
    const document = verdictSchema.parse(JSON.parse(await report("json")));
    expect(document.verify.does_not_know).toContain("Reviews, approvals and auto-merge are on GitHub only.");
  });

  test("as SARIF has the finding as a result with a place", async () => {
    const [run] = sarif.parse(JSON.parse(await report("sarif"))).runs;
    expect(run.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([["k8s-memory-over-capacity", "error"]]);
  });

  test("as Markdown starts with the verdict", async () => {
    expect(await report("markdown")).toMatch(/^## Block: /);
  });

  test.each(["text", "json", "markdown", "sarif"])("as %s has the same bytes when asked again", async (format) => {
    const first = await report(format);
    const { out: second } = await check("--head", "memory", "--format", format);
    // The reading of the clock is stated, in JSON only; nothing else may depend on when one asks.
    const timeless = (text: string): string => text.replace(/^ {2}"evaluated_at": "[^"]+",?\n/m, "");
    expect(timeless(first)).toBe(timeless(second));
    expect(timeless(first) === first).toBe(format !== "json");
  });
});

describe("a policy that cannot be used blocks what an agent opens, and names place and remedy", () => {
  test.each<[string, string | Buffer, string]>([
    ["an unknown key", "version: 1\nlimit: {}\n", ':2:1: unknown key "limit"; did you mean "limits"?'],
    [
      "a key that is not enforced yet",
      'version: 1\nimages: [{ name: "registry.example/acme/{service}", repository: "acme/{service}", tag: "sha-{sha}" }]\n',
      ":2:1: ",
    ],
    ["a key that stands twice", "version: 1\nversion: 1\n", ':2:1: the key "version" stands twice'],
    ["broken YAML", "version: 1\nlimits: [\n", ": not YAML: "],
    ["bytes that are no UTF-8", Buffer.from([0x61, 0xe9, 0x0a]), ": not valid UTF-8"],
  ])("%s", async (_, policy, sentence) => {
    const { code, out } = await sallyport(governedBy(policy).root, ["check"]);
    expect(code).toBe(1);
    expect(out).toContain(sentence);
    expect(out).toMatch(/^Block: the policy cannot be read: local\S*:\.github\/sallyport\.yml/);
  });

  test("also the one that --policy names", async () => {
    repo.write(".git/mine.yml", "version: 2\n");
    const { code, out } = await check("--head", "readme", "--policy", ".git/mine.yml");
    expect([code, out]).toEqual([1, expect.stringContaining(".git/mine.yml:1:10")]);
  });

  test("a byte order mark and carriage returns are no mistakes", async () => {
    const own = governedBy("\u{feff}version: 1\r\n");
    expect((await sallyport(own.root, ["check", "--as", "person-a"])).code).toBe(0);
  });
});

describe("files made to be unreadable", () => {
  const manifest = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\n";
  const nines = (name: string): string => Array.from({ length: 9 }, () => name).join(",");
  const names = ["b", "c", "d", "e", "f", "g", "h"];
  const bomb = names.map((name, index) => `${name}: &${name} [${nines(`*${["a", ...names][index]}`)}]\n`).join("");
  const files: Readonly<Record<string, string | Buffer>> = {
    "k8s/unclosed.yaml": `${manifest}spec: [1, 2\n`,
    "k8s/twice.yaml": `${manifest}kind: Service\n`,
    "k8s/bomb.yaml": `${manifest}a: &a [${nines("x")}]\n${bomb}`,
    "k8s/deep.yaml": `${manifest}spec: ${"[".repeat(300)}${"]".repeat(300)}\n`,
    "k8s/large.yaml": `${manifest}# ${"x\n# ".repeat(500_000)}\n`,
    "k8s/long-line.yaml": `${manifest}a: ${"x".repeat(10_000_000)}\n`,
    "k8s/latin.yaml": Buffer.from([...Buffer.from(manifest), 0xe9, 0x0a]),
    "k8s/binary.yaml": `${manifest}\0`,
    "k8s/unclosed.json": '{"apiVersion": "v1", "kind": "Pod",\n',
    "terraform/unclosed.tf": 'resource "a" "b" {\n',
    "terraform/deep.tf": `locals {\n  a = ${"[".repeat(300)}${"]".repeat(300)}\n}\n`,
    "terraform/unclosed.tf.json": '{"resource":',
  };

  test("are each a gap that names the file; nothing crashes and nothing passes", async () => {
    const own = governedBy("version: 1\n");
    own.git("checkout", "--quiet", "-b", "hostile");
    own.commit("hostile", files);
    for (const args of [
      ["--head", "hostile"],
      ["--head", "hostile", "--as", "person-a"],
    ]) {
      const { code, out, err } = await sallyport(own.root, ["check", "--format", "json", ...args]);
      expect([code, err]).toEqual([2, ""]);
      const paths = verdictSchema.parse(JSON.parse(out)).gaps.map(({ path }) => path ?? "");
      expect(paths.toSorted()).toEqual(expect.arrayContaining(Object.keys(files).toSorted()));
    }
  });

  test("a byte order mark and carriage returns are read", async () => {
    const own = governedBy("version: 1\n");
    own.write("k8s/mark.yaml", `\u{feff}${manifest}`);
    own.write("k8s/returns.yaml", manifest.replaceAll("\n", "\r\n").replace("api", "other"));
    const { out } = await sallyport(own.root, ["check", "--format", "json"]);
    expect(verdictSchema.parse(JSON.parse(out)).gaps).toEqual([]);
  });
});
