import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/lib/digest.ts";
import { changed, planJson, read, row } from "./plans.ts";

const secret = "hunter2hunter2";

function shows(json: unknown): boolean {
  return JSON.stringify(read(json)).includes(secret);
}

describe("what is marked as sensitive is not kept", () => {
  test("only that it differs", () => {
    const [only] = changed({
      before: { password_hash: secret, n: 1 },
      after: { password_hash: "other", n: 1 },
      before_sensitive: { password_hash: true },
      after_sensitive: { password_hash: true },
    }).attributes;
    expect(only).toMatchObject({ before: { kind: "sensitive" }, after: { kind: "sensitive" } });
  });

  test("and where it is equal nothing is told", () => {
    const sides = { before: { a: secret }, after: { a: secret } };
    expect(changed({ ...sides, before_sensitive: { a: true }, after_sensitive: { a: true } }).attributes).toEqual([]);
  });

  test("a mark on one side counts for both", () => {
    const sides = { before: { a: secret }, after: { a: "harmless" } };
    for (const marks of [{ before_sensitive: { a: true } }, { after_sensitive: { a: true } }]) {
      expect(changed({ ...sides, ...marks }).attributes).toMatchObject([
        { before: { kind: "sensitive" }, after: { kind: "sensitive" } },
      ]);
    }
  });

  test.each([
    ["a mark on the whole resource", true],
    ["a mark on a block", { a: true }],
    ["a mark deep in it", { a: [{ b: true }] }],
    ["a mark in another shape than the value", { a: { x: true } }],
    ["a mark that is a word", { a: "yes" }],
  ])("%s", (_name, marks) => {
    expect(shows(planJson([row({ before: { a: [{ b: secret }] }, after: {}, before_sensitive: marks })]))).toBe(false);
  });

  test("a plan that marks nothing at all is too old to know: its values stay behind", () => {
    const change = changed({
      before: { a: "x" },
      after: { a: "y" },
      before_sensitive: undefined,
      after_sensitive: undefined,
    });
    expect(change.attributes).toMatchObject([
      { path: ["a"], before: { kind: "sensitive" }, after: { kind: "sensitive" } },
    ]);
  });
});

describe("a sensitive text is kept back wherever else it stands", () => {
  const marked = row({ before: { a: secret }, after: { a: "x" }, before_sensitive: { a: true } });
  const beside = { type: "aws_vpc" };
  test.each([
    ["in an attribute", [row({ after: { url: `https://host/?p=${secret}` } }, beside)]],
    ["in a long text", [row({ after: { script: `${"x".repeat(500)}${secret}` } }, beside)]],
    ["in a document", [row({ before: { p: "{}" }, after: { p: JSON.stringify({ k: secret }) } }, beside)]],
    ["as a key", [row({ after: { tags: { [secret]: "x" } } }, beside)]],
    ["on the way to what differs", [row({ before: { tags: {} }, after: { tags: { [secret]: "x" } } }, beside)]],
    [
      "as a key of what is new",
      [row({ actions: ["create"], before: null, after: { tags: { [secret]: "x" } } }, beside)],
    ],
    ["in a path that forces a replacement", [row({ replace_paths: [["tags", secret]] }, beside)]],
    ["as the id of an import", [row({ importing: { id: secret } }, beside)]],
  ])("%s", (_name, rows) => {
    expect(shows(planJson([marked, ...rows]))).toBe(false);
  });

  test("in an output, a variable, a check", () => {
    const fields = {
      output_changes: { url: { actions: ["create"], before: null, after: secret, after_sensitive: false } },
      variables: { plain: { value: secret } },
      configuration: { root_module: { variables: { plain: {} } } },
      checks: [
        {
          address: { to_display: "check.a" },
          status: "fail",
          instances: [{ problems: [{ message: `bad: ${secret}` }] }],
        },
      ],
    };
    expect(shows(planJson([marked], fields))).toBe(false);
  });
});

describe("variables", () => {
  const valueOf = (declaration: unknown, value: unknown = "eu-west-1") =>
    read(
      planJson([], {
        variables: { region: { value } },
        configuration: { root_module: { variables: declaration === null ? {} : { region: declaration } } },
      }),
    ).variables[0]?.value;

  test("are kept where their declaration does not call them sensitive", () => {
    expect(valueOf({})).toEqual({ kind: "literal", value: "eu-west-1" });
  });

  test("are not where it does, or where there is none", () => {
    expect(valueOf({ sensitive: true })).toEqual({ kind: "sensitive" });
    expect(valueOf(null)).toEqual({ kind: "sensitive" });
    expect(read(planJson([], { variables: { region: { value: "x" } } })).variables[0]?.value.kind).toBe("sensitive");
  });
});

test("outputs that are sensitive on one side, or declared so, are kept back on both", () => {
  const output = { actions: ["update"], before: "was", after: "is", before_sensitive: false, after_sensitive: false };
  const kinds = (change: object, configuration: unknown = null) => {
    const [only] = read(planJson([], { output_changes: { o: { ...output, ...change } }, configuration })).outputs;
    return [only?.before.kind, only?.after.kind];
  };
  expect(kinds({})).toEqual(["literal", "literal"]);
  expect(kinds({ before_sensitive: true })).toEqual(["sensitive", "sensitive"]);
  expect(kinds({ before_sensitive: undefined })).toEqual(["sensitive", "sensitive"]);
  expect(kinds({}, { root_module: { outputs: { o: { sensitive: true } } } })).toEqual(["sensitive", "sensitive"]);
});

describe("what nobody marked and is a secret by its name", () => {
  test.each([
    ["password", { db_password: secret }],
    ["a key of an account", { primary_access_key: secret }],
    ["a pair of name and value", { env: [{ name: "API_TOKEN", value: secret }] }],
    ["an address with a password in it", { dsn: `postgres://app:${secret}@db/app` }],
    [
      "a name in a document",
      { definition: JSON.stringify([{ environment: [{ name: "DB_PASSWORD", value: secret }] }]) },
    ],
  ])("%s", (_name, after) => {
    expect(shows(planJson([row({ before: {}, after })]))).toBe(false);
    expect(shows(planJson([row({ before: after, after: {} })]))).toBe(false);
  });

  test("and what is none is kept", () => {
    expect(changed({ after: { kms_key_id: "alias/a", manage_master_user_password: true } }).attributes).toMatchObject([
      { after: { value: "alias/a" } },
      { after: { value: true } },
    ]);
  });
});

test("values of the state, of a configuration and of an action are nowhere", () => {
  const values = { a: secret };
  const fields = {
    prior_state: {
      values: {
        outputs: { o: { value: secret } },
        root_module: { resources: [{ address: "aws_vpc.a", mode: "managed", values }] },
      },
    },
    planned_values: { root_module: { resources: [{ address: "aws_vpc.a", values }] } },
    configuration: {
      provider_config: { aws: { name: "aws", expressions: { token: { constant_value: secret } } } },
      root_module: {
        variables: { v: { default: secret } },
        resources: [{ mode: "managed", type: "aws_vpc", name: "a", expressions: { p: { constant_value: secret } } }],
      },
    },
    action_invocations: [{ address: "action.a.b", type: "a", name: "b", config_values: values }],
  };
  expect(shows(planJson([], fields))).toBe(false);
});

/** A value, and the marks of its sensitive parts; sensitive texts are told by their beginning. */
const marked: fc.Arbitrary<{ value: unknown; marks: unknown }> = fc.letrec<{
  tree: { value: unknown; marks: unknown };
}>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)).map((value) => ({ value, marks: false })),
    fc.string({ unit: "binary" }).map((text) => ({ value: `SECRET-${text}`, marks: true })),
    fc.array(tie("tree"), { maxLength: 4 }).map((items) => ({
      value: items.map(({ value }) => value),
      marks: items.map(({ marks }) => marks),
    })),
    fc.dictionary(fc.string({ maxLength: 6 }), tie("tree"), { maxKeys: 4 }).map((entries) => ({
      value: Object.fromEntries(Object.entries(entries).map(([key, { value }]) => [key, value])),
      marks: Object.fromEntries(Object.entries(entries).map(([key, { marks }]) => [key, marks])),
    })),
  ),
})).tree;

test("no sensitive text of a plan comes out of it, whatever the plan", () => {
  const resource = fc.dictionary(fc.string({ maxLength: 6 }), marked, { maxKeys: 4 });
  const side = (entries: Record<string, { value: unknown; marks: unknown }>) => ({
    value: Object.fromEntries(Object.entries(entries).map(([key, { value }]) => [key, value])),
    marks: Object.fromEntries(Object.entries(entries).map(([key, { marks }]) => [key, marks])),
  });
  fc.assert(
    fc.property(resource, resource, marked, (before, after, output) => {
      const [was, is] = [side(before), side(after)];
      const plan = planJson(
        [row({ before: was.value, after: is.value, before_sensitive: was.marks, after_sensitive: is.marks })],
        {
          output_changes: {
            o: { actions: ["create"], before: null, after: output.value, after_sensitive: output.marks },
          },
        },
      );
      expect(JSON.stringify(read(plan))).not.toContain("SECRET-");
    }),
    { numRuns: 500 },
  );
});

test("rows in another order, and reading twice, give the same bytes", () => {
  const names = fc.uniqueArray(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(names, (all) => {
      const rows = all.map((name) => row({ before: { a: 1 }, after: { a: 2 } }, { name }));
      const shuffled = rows.toSorted((a, b) => (sha256(JSON.stringify(a)) < sha256(JSON.stringify(b)) ? -1 : 1));
      const bytes = (given: typeof rows) => JSON.stringify(read(planJson(given, { resource_drift: given })));
      expect(bytes(shuffled)).toBe(bytes(rows));
      expect(bytes(rows)).toBe(bytes(rows));
    }),
  );
});

test("what is read survives being stored and cloned", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary", maxLength: 8 }), fc.jsonValue(), { maxKeys: 5 }), (after) => {
      const plan = read(planJson([row({ after })]));
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      expect(structuredClone(plan)).toEqual(plan);
    }),
  );
});
