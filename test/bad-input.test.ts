import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { changeSet, differences, type Tree, type TreeEntry } from "../src/core/change/build.ts";
import { decode } from "../src/core/change/content.ts";
import { nothingWritten } from "../src/core/facts-written.ts";
import { searchable } from "../src/core/secrets/searchable.ts";
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
  const contents = Object.fromEntries([...blobs].map(([sha, bytes]) => [sha, searchable(bytes)]));
  const facts = factsOf({
    change,
    written: { ...nothingWritten, contents },
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
])("%s makes no noise: nothing that a rule reads stands in it", (path, broken) => {
  expect(evaluate({}, { [path]: bytesOf(broken) }).gaps).toEqual([]);
});

test("a file that is too large to be searched for secrets is one gap", () => {
  const path = "app/src/wide.min.js";
  const { gaps } = evaluate({}, { [path]: bytesOf("x".repeat(2_000_000)) });
  expect(gaps.map(({ level, reason }) => [level, reason.includes("secret"), reason.includes("1 MiB")])).toEqual([
    ["hold", true, true],
  ]);
});

const probed = `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: app
          image: registry.example.com/shop:1.2.3
          livenessProbe: { httpGet: { path: /healthz, port: 8080 }, failureThreshold: 3 }
`;
const eager = probed.replace("failureThreshold: 3", "failureThreshold: 1");
const kustomization = (rest: string): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [app.yaml, numbers.yaml]\n${rest}`;
const replacement =
  "{ source: { kind: ConfigMap, name: numbers, fieldPath: data.n }, targets: [{ select: { kind: Deployment }, fieldPaths: [spec.replicas] }] }";
const numbers = (n: number): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: numbers }\ndata: { n: "${n}" }\n`;
const built = { "k8s/production/app.yaml": probed, "k8s/production/numbers.yaml": numbers(3) };
const kustomized = "k8s/production/kustomization.yaml";
const transformer = (count: number): string =>
  `apiVersion: builtin\nkind: ReplicaCountTransformer\nmetadata: { name: r }\nreplica: { name: shop, count: ${count} }\n`;
const delivered = (kind: "Application" | "HelmRelease", rest: string): string =>
  kind === "Application"
    ? `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: web }\nspec:\n  source:\n    repoURL: https://charts.example.com\n    chart: web\n    targetRevision: 1.2.3\n${rest}`
    : `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: web }\nspec:\n  chart: { spec: { chart: web } }\n${rest}`;
const delivery = "k8s/production/web.yaml";
const text = (files: Readonly<Record<string, string>>): Files =>
  Object.fromEntries(Object.entries(files).map(([path, written]) => [path, bytesOf(written)]));
const told = (base: Readonly<Record<string, string>>, head: Readonly<Record<string, string>>): readonly string[] => {
  const { findings, gaps } = evaluate(text(base), text(head));
  const found = findings.map(({ rule, place }) => `${rule} ${place.path}:${place.line}`);
  return [...found.filter((one) => !one.startsWith("reaches-")), ...gaps.map(({ id }) => id)].sort();
};

describe("a value is seen however it is written", () => {
  test.each([
    ["in text", 'failureThreshold: "1"'],
    ["as a fraction", "failureThreshold: 1.0"],
    ["in base 16", "failureThreshold: 0x1"],
    ["under a tag", 'failureThreshold: !!int "1"'],
    ["under a tag of nobody", "failureThreshold: !x 1"],
    ["under a key with an escape", '"failure\\x54hreshold": 1'],
  ])("%s", (_, written) => {
    const path = "k8s/production/app.yaml";
    expect(told({ [path]: probed }, { [path]: probed.replace("failureThreshold: 3", written) })).toEqual([
      `k8s-liveness-too-eager ${path}:13`,
    ]);
  });

  test("behind an anchor, in a list, and in JSON", () => {
    const path = "k8s/production/app.yaml";
    const merged = probed
      .replace("namespace: shop }", "namespace: shop, annotations: &p { failureThreshold: 1 } }")
      .replace("failureThreshold: 3", "<<: *p");
    const list = `apiVersion: v1\nkind: List\nitems:\n  - ${eager.trimEnd().replaceAll("\n", "\n    ")}\n`;
    expect(told({ [path]: probed }, { [path]: merged })).toEqual([`k8s-liveness-too-eager ${path}:3`]);
    expect(told({ [path]: probed }, { [path]: list })).toEqual([`k8s-liveness-too-eager ${path}:16`]);
  });
});

describe("what is deployed otherwise than it is written is a gap", () => {
  test.each([
    ["new replacements", {}, { [kustomized]: kustomization(`replacements: [${replacement}]\n`) }, kustomized],
    ["a value that is copied", {}, { "k8s/production/numbers.yaml": numbers(0) }, "k8s/production/numbers.yaml"],
    [
      "a file of replacements",
      {
        [kustomized]: kustomization("replacements: [{ path: r.yaml }]\n"),
        "k8s/production/r.yaml": `${replacement}\n`,
      },
      { "k8s/production/r.yaml": `${replacement.replace("spec.replicas", "spec.paused")}\n` },
      "k8s/production/r.yaml",
    ],
    [
      "a transformer",
      { [kustomized]: kustomization("transformers: [t.yaml]\n"), "k8s/production/t.yaml": transformer(3) },
      { "k8s/production/t.yaml": transformer(0) },
      "k8s/production/t.yaml",
    ],
    [
      "values of a release from elsewhere",
      { [delivery]: delivered("HelmRelease", "") },
      { [delivery]: delivered("HelmRelease", "  valuesFrom: [{ kind: Secret, name: web }]\n") },
      delivery,
    ],
    [
      "a release that is changed behind its chart",
      { [delivery]: delivered("HelmRelease", "  postRenderers: [{ kustomize: { patches: [{ patch: a }] } }]\n") },
      { [delivery]: delivered("HelmRelease", "") },
      delivery,
    ],
    [
      "values of an application from files",
      { [delivery]: delivered("Application", "    helm: {}\n") },
      { [delivery]: delivered("Application", "    helm: { fileParameters: [{ name: a, path: b }] }\n") },
      delivery,
    ],
    [
      "patches of an application that moves",
      { "k8s/production/old.yaml": delivered("Application", "    kustomize: {}\n") },
      { [delivery]: delivered("Application", "    kustomize: { patches: [{ patch: a }] }\n") },
      delivery,
    ],
  ])("%s", (_, base, head, path) => {
    const stood =
      kustomized in head || "k8s/production/numbers.yaml" in head
        ? { [kustomized]: kustomization(kustomized in head ? "" : `replacements: [${replacement}]\n`), ...base }
        : base;
    const moved = "k8s/production/old.yaml" in base;
    const before = { ...built, ...stood };
    expect(told(before, moved ? { ...built, ...head } : { ...before, ...head })).toContain(`unapplied:${path}`);
  });

  test.each([
    ["a tag that goes up", "    kustomize: { images: ['a/b:1'] }\n", "    kustomize: { images: ['a/b:2'] }\n"],
    ["other parts", "    kustomize: { namePrefix: a }\n    x: 1\n", "    kustomize: { namePrefix: a }\n    x: 2\n"],
  ])("%s is none", (_, before, after) => {
    const at = (rest: string) => ({ [delivery]: delivered("Application", rest) });
    expect(told(at(before), at(after))).toEqual([]);
  });

  test("something that is new is none", () => {
    expect(told({}, { [delivery]: delivered("HelmRelease", "  valuesFrom: [{ kind: Secret, name: web }]\n") })).toEqual(
      [],
    );
  });
});

describe("values of charts are seen wherever they are set", () => {
  test.each([
    [
      "as parameters",
      { [delivery]: delivered("Application", "    helm: { parameters: [] }\n") },
      {
        [delivery]: delivered(
          "Application",
          "    helm: { parameters: [{ name: livenessProbe.failureThreshold, value: '1' }] }\n",
        ),
      },
      `${delivery}:9`,
    ],
    [
      "in a ConfigMap",
      {
        [delivery]: numbers(3).replace(
          /^data:.*/mu,
          "data:\n  values.yaml: |\n    livenessProbe: { failureThreshold: 3 }",
        ),
      },
      {
        [delivery]: numbers(3).replace(
          /^data:.*/mu,
          "data:\n  values.yaml: |\n    livenessProbe: { failureThreshold: 1 }",
        ),
      },
      `${delivery}:6`,
    ],
    [
      "in a file that a kustomization names",
      {
        [kustomized]: "helmCharts: [{ name: web, valuesFile: web.yaml }]\n",
        [delivery]: "livenessProbe: { failureThreshold: 3 }\n",
      },
      {
        [kustomized]: "helmCharts: [{ name: web, valuesFile: web.yaml }]\n",
        [delivery]: "livenessProbe: { failureThreshold: 1 }\n",
      },
      `${delivery}:1`,
    ],
  ])("%s", (_, base, head, place) => {
    expect(told(base, head)).toEqual([`k8s-liveness-too-eager ${place}`]);
  });
});

describe("statements for a database", () => {
  const migration = "db/migrations/002_x.sql";
  test.each([
    ["behind a comment that a carriage return ends", "-- a\rDROP TABLE orders;\r", `sql-table-dropped ${migration}:1`],
    ["behind a byte order mark", "\uFEFFDROP TABLE orders;\n", `sql-table-dropped ${migration}:1`],
    ["with CRLF", "-- a\r\n\r\nDROP TABLE\r\n  orders;\r\n", `sql-table-dropped ${migration}:3`],
    ["that to one database are a comment", "/* /* */ DROP TABLE orders; -- */\n", `migration:${migration}`],
  ])("%s are seen", (_, written, expected) => {
    expect(told({}, { [migration]: written })).toEqual([expected]);
  });

  test("one that nobody knows among fifty is named with its line", () => {
    const many = Array.from({ length: 50 }, (_, at) =>
      at === 30 ? "SELEKT 1 FROM;" : `ALTER TABLE t${at} ADD c text;`,
    );
    const { gaps } = evaluate({}, text({ [migration]: `${many.join("\n")}\n` }));
    expect(gaps.map(({ id, line }) => `${id}:${line}`)).toEqual([`migration:${migration}:31`]);
  });

  test.each([
    ["scripts/fix.sql", "DROP TABLE orders;\n", 1],
    ["scripts/fix.sql", "SELECT 1;\n-- why\nDELETE FROM\n  orders;\n", 3],
    ["scripts/fix.sh", "echo 'DROP TABLE orders;' | psql shop\n", 1],
    ["scripts/fix.sh", "psql shop <<X\nDELETE FROM orders;\nX\n", 2],
  ])("in %s that nobody calls a migration are told: %s", (path, written, line) => {
    expect(told({}, { [path]: written })).toEqual([`script-destroys-data ${path}:${line}`]);
  });

  test.each([
    ["of rows", "DELETE FROM orders\n  WHERE id = 1;\n"],
    ["of what it made", "CREATE TABLE a (x int);\nDROP TABLE a;\n"],
    ["in a text", "SELECT 'x; DROP TABLE a;';\n-- DROP TABLE b;\n"],
  ])("%s are none", (_, written) => {
    expect(told({}, { "scripts/fix.sql": written })).toEqual([]);
  });
});

test("a section that does not end leaves nobody to say what its keys are", () => {
  const path = "config/production.toml";
  expect(told({ [path]: "[db]\npool_size = 10\n" }, { [path]: "[db\npool_size = 600\n" })).toEqual([
    `unreadable:${path}`,
  ]);
});

describe("a manifest that moves into a template", () => {
  const [path, moved] = ["k8s/production/app.yaml", "k8s/production/app.yaml.tpl"];

  test("is compared as far as it is YAML", () => {
    expect(told({ [path]: probed }, { [moved]: eager })).toEqual([`k8s-liveness-too-eager ${moved}:13`]);
    expect(told({ [path]: probed }, { [moved]: probed })).toEqual([]);
  });

  test("is a gap where it is none", () => {
    const filled = `{% if a %}\n${probed}{% endif %}\n`;
    expect(told({ [path]: probed }, { [moved]: filled })).toEqual([`template:${moved}`]);
  });
});

describe("a configuration key that goes in one file and comes in another", () => {
  const grown = (base: Readonly<Record<string, string>>, head: Readonly<Record<string, string>>): readonly string[] =>
    told(base, head).filter((one) => one.startsWith("config-"));
  const held = (size: number): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { DB_POOL_SIZE: "${size}" }\n`;
  const [environment, map] = ["k8s/production/.env", "k8s/production/cm.yaml"];

  test.each([
    [{ [environment]: "A=1\nDB_POOL_SIZE=10\n" }, { [environment]: "A=1\n", [map]: held(600) }, `${map}:4`],
    [
      { "app/application.properties": "db.pool.size=10\n" },
      { "app/application.yml": "db:\n  pool-size: 600\n" },
      "app/application.yml:2",
    ],
  ])("is compared with what it was", (base, head, place) => {
    expect(grown(base, head)).toEqual([`config-pool-grows ${place}`]);
  });

  test.each([
    ["keeps its value", { [environment]: "DB_POOL_SIZE=600\n" }, { [map]: held(600) }],
    ["belongs to another environment", { "k8s/staging/.env": "DB_POOL_SIZE=10\n" }, { [map]: held(600) }],
    ["could be either", { [environment]: "DB_POOL_SIZE=10\n", "x/.env": "DB_POOL_SIZE=9\n" }, { [map]: held(600) }],
    [
      "belongs to another object",
      { "k8s/production/b.yaml": held(10).replace("name: a", "name: b") },
      { [map]: held(600) },
    ],
  ])("is silent where it %s", (_, base, head) => {
    expect(grown(base, head)).toEqual([]);
  });
});
