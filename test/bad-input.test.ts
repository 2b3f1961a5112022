import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { changeSet, differences, type Tree, type TreeEntry } from "../src/core/change/build.ts";
import { decode } from "../src/core/change/content.ts";
import type { Evaluation } from "../src/core/evaluate/evaluation.ts";
import { readPolicies } from "../src/core/policy/reading.ts";
import { contextPaths } from "../src/core/reach/context.ts";
import { rules } from "../src/core/rules/index.ts";
import { deployment, judge, repository } from "./core/evaluate/changes.ts";
import { factsOf, person, review, writers } from "./core/facts.ts";

const policy = repository('layout: ["k8s/{environment}/**"]\nlimits: { kubernetes: { replicas: 5 } }\n');
const people = [1, 2, 3, 4, 5].map((id) => person(id));
const bytesOf = (text: string): Buffer => Buffer.from(text, "utf8");

type Files = Readonly<Record<string, Buffer>>;

/** The way of real input through core: bytes of two trees, decoded, compared, judged as an agent's with many approvals. */
function evaluate(base: Files, head: Files): Evaluation {
  const blobs = new Map<string, Buffer>();
  const treeOf = (files: Files): Tree =>
    new Map(
      Object.entries(files).map(([path, bytes]): [string, TreeEntry] => {
        const sha = createHash("sha1").update(bytes).digest("hex");
        blobs.set(sha, bytes);
        return [path, { mode: "100644", sha }];
      }),
    );
  const [before, after] = [treeOf(base), treeOf(head)];
  const paths = differences(before, after).map(({ path }) => path);
  const context = contextPaths(after, paths, readPolicies([policy], rules).policy);
  const change = changeSet(before, after, context.paths, ({ sha, mode }) =>
    decode(blobs.get(sha) ?? bytesOf(""), mode),
  );
  const facts = factsOf({
    change,
    gaps: context.gaps,
    reviews: people.map((one) => review(one)),
    people: writers(...people),
  });
  return judge(facts, [policy]);
}
const outcome = ({ verdict, gaps }: Evaluation) => ({ verdict, gaps: gaps.map(({ id, level }) => `${level} ${id}`) });

const manifest = deployment("a");
const bomb = `${manifest}x:\n  a: &a [1,2,3,4,5,6,7,8,9,0]\n${["b", "c", "d", "e", "f", "g", "h"]
  .map((name, i) => `  ${name}: &${name} [${Array.from({ length: 10 }, () => `*${"abcdefg".charAt(i)}`).join(",")}]\n`)
  .join("")}`;
const wide = "x".repeat(10 * 1024 * 1024);

/** Manifests that nobody can read, or not all of. */
const manifests: readonly (readonly [string, Buffer])[] = [
  ["YAML that is not well-formed", bytesOf(`${manifest}  {: [\n`)],
  ["YAML beyond the size limit", bytesOf(`${manifest}${"# comment\n".repeat(110_000)}`)],
  ["a line of 10 MB", bytesOf(`${manifest}# ${wide}\n`)],
  ["a binary", Buffer.concat([bytesOf(manifest), Buffer.from([0, 1, 2])])],
  ["an alias bomb", bytesOf(bomb)],
  ["a key that stands twice", bytesOf(`${manifest}kind: Service\n`)],
  ["nesting deeper than 200", bytesOf(`${manifest}x: ${"[".repeat(201)}${"]".repeat(201)}\n`)],
  ["nesting that would exhaust a stack", bytesOf(`${manifest}x: ${"[".repeat(200_000)}\n`)],
  ["invalid UTF-8", Buffer.concat([bytesOf(`${manifest}# `), Buffer.from([0xff, 0xfe, 0xc3]), bytesOf("\n")])],
  ["UTF-16", Buffer.from(`\uFEFF${manifest}`, "utf16le")],
];

/** The same in JSON and Terraform, with what could be read before. */
const others: readonly (readonly [string, string, string, Buffer])[] = [
  [
    "JSON that is not well-formed",
    "k8s/production/a.json",
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
    bytesOf('{"apiVersion":"v1","kind":"ConfigMap",'),
  ],
  [
    "JSON with a key twice",
    "k8s/production/a.json",
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
    bytesOf('{"apiVersion":"v1","kind":"ConfigMap","kind":"Secret","metadata":{"name":"a"}}'),
  ],
  ...(
    [
      ["HCL that is not well-formed", bytesOf('resource "aws_s3_bucket" "b" {\n')],
      ["HCL beyond the size limit", bytesOf(`locals {}\n${"# comment\n".repeat(110_000)}`)],
      ["HCL on a line of 10 MB", bytesOf(`locals {\n  x = "${wide}"\n}\n`)],
      ["HCL nested deeper than 200", bytesOf(`locals {\n  x = ${"[".repeat(300)}${"]".repeat(300)}\n}\n`)],
      ["HCL with a NUL", bytesOf("locals {\n  x = 1\0\n}\n")],
      ["HCL in invalid UTF-8", Buffer.concat([bytesOf("# "), Buffer.from([0xff, 0x80])])],
    ] as const
  ).map(([name, bytes]) => [name, "terraform/production/main.tf", "locals {\n  x = 1\n}\n", bytes] as const),
  [
    "Terraform in JSON that is not well-formed",
    "terraform/production/main.tf.json",
    '{"locals":{"x":1}}',
    bytesOf('{"locals":'),
  ],
  [
    "Terraform in JSON with a key twice",
    "terraform/production/main.tf.json",
    '{"locals":{"x":1}}',
    bytesOf('{"locals":{"x":1},"locals":{"x":2}}'),
  ],
];
const all = [...manifests.map(([name, bytes]) => [name, "k8s/production/a.yaml", manifest, bytes] as const), ...others];

describe.each(all)("%s", (_, path, before, broken) => {
  test("blocks where the file could be read, whatever the approvals, and names it", () => {
    expect(outcome(evaluate({ [path]: bytesOf(before) }, { [path]: broken }))).toEqual({
      verdict: "block",
      gaps: [`block unreadable:${path}`],
    });
  });

  test("is a gap in a file that is new, which people lift and nobody else", () => {
    const { verdict, gaps, requirements, risk } = evaluate({}, { [path]: broken });
    expect(gaps.map(({ id, level }) => `${level} ${id}`)).toEqual([`hold unreadable:${path}`]);
    expect([verdict, risk.tier, requirements[0]?.need]).toEqual(["allow", "high", 3]);
  });

  test("is a gap where it goes away, since nobody can tell what goes", () => {
    expect(outcome(evaluate({ [path]: broken }, {})).gaps).toEqual([`hold unreadable:${path}`]);
  });
});

describe.each([
  ["CRLF", (text: string) => bytesOf(text.replaceAll("\n", "\r\n"))],
  ["a byte order mark", (text: string) => bytesOf(`\uFEFF${text}`)],
  ["both", (text: string) => bytesOf(`\uFEFF${text.replaceAll("\n", "\r\n")}`)],
])("a manifest with %s", (_, written) => {
  const path = "k8s/staging/a.yaml";
  const given = evaluate(
    { [path]: written(manifest) },
    { [path]: written(deployment("a", { failures: "1", replicas: "9" })) },
  );

  test("is read like any other", () => {
    expect(outcome(given)).toEqual({ verdict: "block", gaps: [] });
    const found = given.findings.map(({ rule, place }) => [rule, place.line, place.column]);
    expect(found).toContainEqual(["k8s-liveness-too-eager", 15, 31]);
    expect(found).toContainEqual(["k8s-replicas-over-limit", 6, 13]);
  });

  test("keeps its line ends in a fix", () => {
    const end = written("\n").includes("\r\n") ? "\r\n" : "\n";
    for (const { fix } of given.findings.filter(({ level }) => level === "block")) {
      const lines = (fix?.patch ?? "").split("\n").filter((line) => /^[-+ ](?![-+])/u.test(line));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => line.endsWith("\r"))).toHaveLength(end === "\r\n" ? lines.length : 0);
    }
  });

  test("that only changes its line ends or its mark is no change of what it sets", () => {
    const { verdict, gaps, findings } = evaluate({ [path]: bytesOf(manifest) }, { [path]: written(manifest) });
    expect([verdict, gaps, findings]).toEqual(["allow", [], []]);
  });
});

test.each([
  ["docs/example.yaml", "a: {: [\n"],
  ["app/testdata/broken.yaml", "a: [\n"],
  ["app/test/fixtures/broken.json", '{"a":'],
  ["app/config/broken.yaml", "a: [\n"],
  ["app/assets/logo.png", "\0\u0001"],
  ["app/src/wide.min.js", "x".repeat(2_000_000)],
])("%s makes no noise: nothing that a rule reads stands in it", (path, broken) => {
  expect(evaluate({}, { [path]: bytesOf(broken) }).gaps).toEqual([]);
});
