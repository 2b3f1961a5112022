import { describe, expect, test } from "vitest";
import type { Gap } from "../../../src/core/change/change-set.ts";
import { parseExample, reformatted } from "../../../src/core/example.ts";
import { namedBy, values, type ValuesView } from "../../../src/core/views/values.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

function view(change: string): { readonly view: ValuesView; readonly gaps: readonly Gap[] } {
  return values(parseExample(change).change, tools);
}

/** Every key that differs, as `key: before -> after @line:column` of the head. */
function seen(change: string): readonly string[] {
  return view(change).view.values.map(({ key, before, after }) => {
    const at = after?.place;
    return `${key}: ${String(before?.scalar)} -> ${String(after?.scalar)} @${at?.line ?? ""}:${at?.column ?? ""}`;
  });
}

describe("formats", () => {
  test.each([
    ["a YAML file", "M a.yaml\n  db:\n    pool:\n-     max: 50\n+     max: 500", "db.pool.max: 50 -> 500 @3:10"],
    ["keys with dots", "M a.yaml\n- db.pool.max: 50\n+ db.pool.max: 500", "db.pool.max: 50 -> 500 @1:14"],
    ["JSON with comments", 'M a.json\n  { // pool\n-   "max": 50\n+   "max": 500\n  }', "max: 50 -> 500 @2:10"],
    [
      "an environment file",
      "M .env.production\n- export DB_POOL='50'\n+ export DB_POOL='500' # more",
      "DB_POOL: 50 -> 500 @1:16",
    ],
    ["properties", "M a.properties\n- db.pool.max = 50\n+ db.pool.max = 500", "db.pool.max: 50 -> 500 @1:15"],
    ["TOML", "M a.toml\n  [db.pool]\n- max = 50\n+ max = 500", "db.pool.max: 50 -> 500 @2:7"],
    ["INI", "M a.ini\n  [db.pool]\n- max=50 ; few\n+ max=500 ; many", "db.pool.max: 50 -> 500 @2:5"],
    [
      "a named item of a list",
      "M a.yaml\n  pools:\n    - name: main\n-     max: 50\n+     max: 500",
      "pools.main.max: 50 -> 500 @3:10",
    ],
  ])("%s", (_, change, expected) => {
    expect(seen(change)).toEqual([expected]);
  });

  test("a file within a ConfigMap, in the lines and columns of the outer one", () => {
    const change = (before: string, after: string): string =>
      `M cm.yaml\n  kind: ConfigMap\n  metadata: { name: a }\n  data:\n    file: |\n      # a comment\n-     ${before}\n+     ${after}`;
    const inner = (of: string): readonly string[] => seen(of).filter((line) => !line.startsWith("data.file:"));
    expect(inner(change("db.pool.max=50", "db.pool.max=500"))).toEqual(["data.file.db.pool.max: 50 -> 500 @6:17"]);
    expect(inner(change("db: { pool: 50 }", "db: { pool: 500 }"))).toEqual(["data.file.db.pool: 50 -> 500 @6:17"]);
  });

  test("what goes over lines, or comes from elsewhere, has no value and is not the same as before", () => {
    expect(seen("M a.toml\n- max = 50\n+ max = [\n    1,\n  ]")).toEqual(["max: 50 -> undefined @1:7"]);
    const change =
      "M a.yaml\n  env:\n    - name: DB_POOL\n-     value: '50'\n+     valueFrom: { secretKeyRef: { name: db } }";
    expect(seen(change)).toContain("env.DB_POOL: 50 -> undefined @3:16");
  });

  test("a reference that stays the same is no difference; what is not known to its end is one", () => {
    const change = "M a.yaml\n  env:\n    - name: DB_POOL\n      valueFrom: { secretKeyRef: { name: db } }\n+ x: 1";
    expect(seen(change)).toEqual(["x: undefined -> 1 @4:4"]);
    expect(seen("M a.toml\n  max = [\n-   1,\n+   2,\n  ]")).toEqual(["max: undefined -> undefined @1:7"]);
  });

  test("an edit keeps the quotes", () => {
    const [value] = view('M a.yaml\n- DB_POOL: "50"\n+ DB_POOL: "500"').view.values;
    expect(value?.after?.replaced("60")).toEqual({
      path: "a.yaml",
      start: { line: 1, column: 10 },
      end: { line: 1, column: 15 },
      text: '"60"',
    });
  });
});

describe("pairing", () => {
  test("white space, comments and order change nothing", () => {
    const { change } = parseExample("A a.yaml\n  b: 1\n  a: { c: 2 }\nA a.env\n  A=1\n  B=2");
    expect(values(reformatted(change), tools)).toEqual({ view: { values: [], unread: [] }, gaps: [] });
    expect(seen("M a.yaml\n- b: 1\n  a: 2\n+ b: 1")).toEqual([]);
  });

  test("a file that moves takes its keys along, and so does an object that moves to a file of another name", () => {
    expect(seen("D a/x.env\n  A=1\n  B=1\nA b/x.env\n  A=1\n  B=2")).toEqual(["B: 1 -> 2 @2:3"]);
    const object = (value: number): string => `  kind: ConfigMap\n  metadata: { name: a }\n  data: { A: ${value} }`;
    expect(seen(`D a.yaml\n${object(1)}\nA b.yaml\n${object(2)}`)).toEqual(["data.A: 1 -> 2 @3:12"]);
  });

  test("a key that stands twice in a list of items of one name is compared in order", () => {
    expect(seen("M a.yaml\n  - { name: x, max: 1 }\n- - { name: x, max: 2 }\n+ - { name: x, max: 3 }")).toEqual([
      "x.max: 2 -> 3 @2:19",
    ]);
  });
});

describe("names", () => {
  const named = (pattern: string, change: string): boolean => view(change).view.values.some(namedBy([pattern]));

  test.each([
    ["**.pool.max", "A a.yaml\n  db: { pool: { max: 1 } }"],
    [
      "db.pool.max",
      "A a.yaml\n  kind: ConfigMap\n  metadata: { name: a }\n  data:\n    f: |\n      db.pool.max=1\n      x=1",
    ],
    ["DB_POOL", "A a.yaml\n  env: { db_pool: 1 }"],
    ["**.maximumPoolSize", "A a.properties\n  spring.hikari.maximum-pool-size=1"],
    ["**.maximum-pool-size", "A a.yaml\n  hikari: { maximumPoolSize: 1 }"],
    ["**.pool.max", "A .env\n  DB_POOL_MAX=1"],
  ])("%s names it in another spelling", (pattern, change) => {
    expect(named(pattern, change)).toBe(true);
  });

  test.each([
    ["pool.max", "A a.yaml\n  cache: { max: 1 }"],
    ["DB_POOL", "A a.yaml\n  DB_POOL_MIN: 1"],
    ["**.pool.max", "A a.yaml\n  carpool: { max: 1 }"],
  ])("%s does not name a neighbour", (pattern, change) => {
    expect(named(pattern, change)).toBe(false);
  });
});

describe("files within values", () => {
  const map = (key: string, ...lines: readonly string[]): string =>
    [`  kind: ConfigMap`, "  metadata: { name: a }", "  data:", `    ${key}: |`, ...lines].join("\n");
  const outcome = (change: string): readonly string[] => {
    const { view: handed, gaps } = view(change);
    return [
      ...gaps.map(({ id, level, line }) => `${level} ${id}:${line}`),
      ...handed.unread.map(({ place, reason }) => `unread ${place.path}:${place.line} ${reason.split(":")[0]}`),
    ];
  };

  test.each([
    ["YAML", "pool", ["      db:", "        pool: 50", "+       x: ["], 7],
    ["JSON", "pool", ['      { "db": {', '-       "pool": 50', '+       "pool": 500,,', "      } }"], 6],
    ["lines of a file that its key names", "a.yaml", ["-     pool: 50", "+     pool: 500: 1"], 5],
    [
      "properties that become prose",
      "pool",
      ["-     db.pool=50", "+     see the wiki, or set db.pool to 500", "      x=1"],
      4,
    ],
  ])("%s that breaks blocks, at the line where it breaks", (_, key, lines, line) => {
    expect(outcome(`M a.yaml\n${map(key, ...lines)}`)).toEqual([`block unreadable:a.yaml#data.${key}:${line}`]);
  });

  test("so does one that moves to another file with its object", () => {
    const change = `D a.yaml\n${map("f", "      db:", "        pool: 50")}\nA b.yaml\n${map("f", "      db:", "        pool: [")}`;
    expect(outcome(change)).toEqual(["block unreadable:b.yaml#data.f:6"]);
  });

  test("one that never could be read is handed on when it changes", () => {
    expect(outcome(`A a.yaml\n${map("a.json", "      { x")}`)).toEqual(["unread a.yaml:5 its key `data.a.json`"]);
    expect(outcome(`M a.yaml\n${map("a.json", "      { x")}\n+ x: 1`)).toEqual([]);
  });

  test.each([
    ["a script", "run", ["      set -e", '-     echo "a: b"', '+     echo "a: [b"; exit']],
    ["prose with a colon", "text", ["      Beware: this is", "-     a text, and", "+     a text: [more"]],
    ["keys in another order, and a comment", "a.yaml", ["-     # old", "      a: 1", "+     # [", "      b: 2"]],
    [
      "prose of keys and items",
      "summary",
      ["-     Args:", "+     Arguments:", "        name: its name (default: x) - y: z"],
    ],
    ["an expression that stands for all of it", "a.json", ["-     {{ .old }}", "+     {{ .new }}"]],
    ["a template of another program", "text", ["      {{ if .X }}", "-     a", "+     b", "      {{ end }}"]],
  ])("%s is no file", (_, key, lines) => {
    expect(outcome(`M a.yaml\n${map(key, ...lines)}`)).toEqual([]);
  });

  test("an item of a list that only moved on is no file that broke", () => {
    const script = "  - |\n    echo a: b\n    done";
    expect(outcome(`M a.yaml\n- - |\n-   a: 1\n-   b: 2\n${script}\n+ - |\n+   a: 1\n+   b: 2`)).toEqual([]);
  });

  test("a value that is emptied, or goes, hides nothing", () => {
    expect(outcome(`M a.yaml\n  x: 1\n- f: |\n-   a: 1\n-   b: 2\n+ f: ""`)).toEqual([]);
    expect(outcome(`M a.yaml\n  x: 1\n- f: |\n-   a: 1\n-   b: 2`)).toEqual([]);
  });

  test.each([
    ["in one line of JSON", `A a.yaml\n  data:\n    f: '{"db": {"pool": 500}}'`],
    ["in one line, named by its key", "A a.yaml\n  data:\n    a.properties: db.pool=500"],
    ["JSON with comments", 'A a.yaml\n  data:\n    a.json: |\n      { // few\n        "db": { "pool": 500 } }'],
    [
      "properties with a line that assigns nothing",
      "A a.yaml\n  data:\n    a.properties: |\n      db.pool 500\n      what",
    ],
  ])("keys are read %s", (_, change) => {
    expect(seen(change).join("\n")).toContain("db.pool: undefined -> 500");
  });

  test("files in files in files are read to an end", () => {
    const deep = Array.from({ length: 7 }, (_, level) => `  ${"  ".repeat(level)}k${level}: |`);
    const change = ["A a.yaml", ...deep, `  ${"  ".repeat(7)}a: 1`].join("\n");
    expect(outcome(change)).toHaveLength(1);
    expect(seen(change.replaceAll(/k(\d)/gu, "k$1.yaml")).length).toBe(5);
    expect(outcome(change.replaceAll(/k(\d)/gu, "k$1.yaml"))).toHaveLength(1);
  });
});

describe("a key that comes to stand there once more", () => {
  test("is compared with its namesake, since a reader takes the last", () => {
    expect(seen("M .env\n  A=40\n+ A=90")).toEqual(["A: 40 -> 90 @2:3"]);
    expect(seen("M a.properties\n- pool 40\n+ pool 90")).toEqual(["pool: 40 -> 90 @1:6"]);
  });
});

describe("templates", () => {
  const keys = (...lines: readonly string[]): readonly (readonly string[])[] | undefined =>
    view(
      ["M c/templates/a.yaml", "  apiVersion: v1", "  kind: Pod", "  name: {{ x }}", ...lines].join("\n"),
    ).view.unread[0]?.keys?.map(({ readings }) => readings[0] ?? []);

  test("hand on the keys of their changed lines, and the names of values there", () => {
    expect(keys("- A: {{ a }}", "+ A: 5 # B: 1", "  C: 2")).toEqual([["A"], ["A"], ["B"]]);
    expect(keys("  - name: POOL", "-   value: 5", "+   value: 6")).toEqual([["value"], ["value"], ["POOL"]]);
    expect(keys("+ {{- end }}")).toBeUndefined();
  });
});

describe("what cannot be read", () => {
  const gaps = (change: string): readonly string[] => view(change).gaps.map(({ id, level }) => `${level} ${id}`);

  test("configuration that breaks blocks", () => {
    expect(gaps("M a.yaml\n  a: 1\n+ b: [")).toEqual(["block unreadable:a.yaml"]);
    expect(gaps("M a.env (binary)\n- A=1")).toEqual(["block unreadable:a.env"]);
    expect(gaps("M a.env -> b.env\n- A=1")).toEqual(["block unreadable:a.env"]);
  });

  test("what never could be read is handed on, and is no gap", () => {
    const { view: handed, gaps: none } = view("A a.yaml\n  b: [\nA big.json (unread)\nM b.yaml\n  b: [\n+ c: 1");
    expect(none).toEqual([]);
    expect(handed.unread.map(({ place }) => `${place.path}:${place.line}`)).toEqual([
      "a.yaml:2",
      "b.yaml:2",
      "big.json:1",
    ]);
  });

  test("inputs of tests may be broken on purpose, and lockfiles are nobody's configuration", () => {
    const change =
      "M test/fixtures/a.yaml\n  a: 1\n+ b: [\nM package-lock.json (unread)\n  {}\nM docs/b.yaml\n  a: 1\n+ b: [";
    expect(view(change)).toEqual({ view: { values: [], unread: [] }, gaps: [] });
  });

  test("manifests and Terraform are left to their views", () => {
    expect(gaps('M a.tf.json\n  { "a": 1\n- }\n+ [')).toEqual([]);
    expect(gaps("M a.yaml\n  apiVersion: v1\n  kind: Pod\n  metadata: { name: a }\n+ b: [")).toEqual([]);
  });
});

describe("values of an environment over the defaults of their chart", () => {
  const chart = `= charts/web/Chart.yaml
  name: web
= charts/web/values.yaml
  db:
    pool: 10
`;
  const overlay = "M charts/web/values-production.yaml\n  name: web\n";

  test("a key that comes is compared with the default", () => {
    const change = `${chart}${overlay}+ db: { pool: 100 }`;
    expect(seen(change)).toEqual(["db.pool: 10 -> 100 @2:13"]);
    const [value] = view(change).view.values;
    expect(value?.before?.place).toMatchObject({ path: "charts/web/values.yaml", side: "base", line: 2 });
    expect(value?.before?.path).toBe("charts/web/values-production.yaml");
  });

  test("a key that goes falls back to it, and no edit is made of the default", () => {
    const change = `${chart}${overlay}- db: { pool: 100 }`;
    expect(seen(change)).toEqual(["db.pool: 100 -> 10 @2:9"]);
    const [value] = view(change).view.values;
    expect(value?.after?.place).toMatchObject({ path: "charts/web/values.yaml", side: "head" });
    expect(value?.after?.replaced("5")).toBeUndefined();
  });

  test("what says the same as the default is no difference", () => {
    expect(seen(`${chart}${overlay}+ db: { pool: 10 }`)).toEqual([]);
  });

  test("a key that takes over what the default was before differs by what it says", () => {
    const change = `= charts/web/Chart.yaml\n  name: web\nM charts/web/values.yaml\n  a: 1\n- pool: 10\n${overlay}+ pool: 50`;
    expect(seen(change)).toEqual(["pool: 10 -> undefined @:", "pool: 10 -> 50 @2:7"]);
  });

  test.each([
    ["a key of which the chart says nothing", `${overlay}+ cache: { size: 5 }`, "cache.size: undefined -> 5 @2:16"],
    ["a file that is new", "A charts/web/values-new.yaml\n  db: { pool: 100 }", "db.pool: undefined -> 100 @1:13"],
    ["the chart's own values", "M charts/web/values.yaml\n  a: 1\n+ b: 2", "b: undefined -> 2 @2:4"],
    ["a file of another kind", "M charts/web/files/a.yaml\n  a: 1\n+ db: { pool: 9 }", "db.pool: undefined -> 9 @2:13"],
  ])("%s has nothing to fall back to", (_, change, expected) => {
    const around = change.includes("values.yaml") ? chart.split("= charts/web/values.yaml")[0] : chart;
    expect(seen(`${around ?? ""}${change}`)).toEqual([expected]);
  });

  test("files that an Application lays under it come before the defaults", () => {
    const application = `= apps/web.yaml
  apiVersion: argoproj.io/v1alpha1
  kind: Application
  metadata: { name: web }
  spec: { source: { repoURL: https://git.example/acme/shop, path: charts/web, helm: { valueFiles: [/envs/base.yaml, /envs/production.yaml] } } }
= envs/base.yaml
  db: { pool: 20 }
`;
    const change = `${chart}${application}M envs/production.yaml\n  name: web\n+ db: { pool: 100 }`;
    expect(seen(change)).toEqual(["db.pool: 20 -> 100 @2:13"]);
  });
});
