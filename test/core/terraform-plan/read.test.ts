import { describe, expect, test } from "vitest";
import { planLimitBytes, readTerraformPlan } from "../../../src/core/terraform-plan/read.ts";
import { changed, planJson, read, refusal, row } from "./plans.ts";

describe("what is no plan is refused with what to do", () => {
  const whole = JSON.stringify(planJson([row({})]));
  test.each([
    ["nothing", "", "it is empty"],
    ["a plan as printed for people", "Terraform will perform the following actions:", "printed for people"],
    ["a saved plan", "PK\u0003\u0004\u0014", "only Terraform can read"],
    ["the log of a run", '{"@level":"info"}\n{"@level":"info"}', "the log of `terraform plan -json`"],
    ["half a plan", whole.slice(0, whole.length / 2), "no whole JSON document"],
    ["two plans", `${whole}\n${whole}`, "no whole JSON document"],
    ["a list", `[${whole}]`, "printed for people"],
    ["a state file", { version: 4, serial: 3, lineage: "x", resources: [] }, "a state file"],
    ["a state as it is shown", { format_version: "1.0", values: { root_module: {} } }, "without a plan file"],
    ["schemas of providers", { format_version: "1.0", provider_schemas: {} }, "nothing in it is planned"],
    ["a plan without a version", { resource_changes: [] }, "no `format_version`"],
    ["the next format", planJson([], { format_version: "2.0" }), 'format_version "2.0"'],
    ["a format without a number", planJson([], { format_version: "next" }), 'format_version "next"'],
    ["a version that is no text", planJson([], { format_version: 1 }), "no `format_version`"],
    ["rows that are no list", planJson([], { resource_changes: {} }), "`resource_changes` is not what the format has"],
    ["a row without actions", planJson([row({ actions: undefined })]), "`resource_changes.0.change.actions`"],
    ["a row without an address", planJson([{ change: {} }]), "`resource_changes.0.address`"],
    ["a resource that is a text", planJson([row({ after: "x" })]), "its `after` is no object"],
    ["a yes that is a word", planJson([], { errored: "false" }), "`errored`"],
  ])("%s", (_name, given, expected) => {
    const reading = readTerraformPlan(typeof given === "string" ? given : JSON.stringify(given));
    expect(reading).toMatchObject({ ok: false, reason: expect.stringContaining(expected) as string });
    expect(reading).toMatchObject({ remedy: expect.stringMatching(/terraform show -json|version/u) as string });
  });

  test("what is larger than the limit, before anything is parsed", () => {
    expect(refusal(" ".repeat(planLimitBytes + 1))).toContain("32 MiB");
    expect(refusal(`"${"→".repeat(planLimitBytes / 3 + 1)}"`)).toContain("32 MiB");
  });

  test("what is nested to exhaust a stack", () => {
    expect(refusal(`{"a":${"[".repeat(1_000_000)}`)).toContain("nested");
    expect(refusal(`{"a":${"[".repeat(200)}${"]".repeat(200)}}`)).toContain("nested");
  });

  test("millions of rows that are none, without a complaint about each", () => {
    expect(refusal(`{"format_version":"1.2","resource_changes":[${"1,".repeat(2_000_000)}1]}`)).toContain("entries");
    expect(refusal(planJson([], { prior_state: { values: { root_module: { child_modules: [{}, 1] } } } }))).toContain(
      "`prior_state.values.root_module.child_modules.1`",
    );
  });

  test("numbers and quotation marks in texts are texts", () => {
    const note = '\\" 12345678901234567890 \\\\';
    expect(changed({ after: { note } }).attributes).toMatchObject([{ after: { value: note } }]);
  });

  test("brackets in texts are no nesting", () => {
    expect(read(planJson([], { note: `\\"${"[".repeat(1_000)}` })).changes).toEqual([]);
  });
});

describe("a plan that says two things of one resource is refused", () => {
  test("two rows of an address", () => {
    expect(refusal(planJson([row({}), row({ actions: ["delete"] })]))).toContain("stands in it twice");
  });

  test("an address that names something else than its parts", () => {
    for (const fields of [
      { address: "aws_instance.main" },
      { address: "module.a.aws_db_instance.main" },
      { address: "aws_db_instance.main[0]" },
      { index: 0 },
      { index: "a", address: "aws_db_instance.main[0]" },
      { address: "aws_db_instance.main[*]" },
    ]) {
      expect(refusal(planJson([row({}, fields)]))).toContain("does not say what its parts say");
    }
  });

  test("but not what is left of it from an earlier replacement", () => {
    const { changes } = read(planJson([row({}), row({ actions: ["delete"] }, { deposed: "byebye" })]));
    expect(changes.map(({ deposed }) => deposed)).toEqual([null, "byebye"]);
  });
});

test("what Terraform 0.12 wrote for a resource that is not deposed is not taken for a key", () => {
  expect(changed({}, { deposed: true }).deposed).toBeNull();
});

test("addresses with keys and modules are read", () => {
  const fields = {
    module_address: 'module.a["x"]',
    index: 'k"]',
    address: 'module.a["x"].aws_db_instance.main["k\\"]"]',
  };
  expect(changed({}, fields)).toMatchObject({ module: 'module.a["x"]', index: 'k"]' });
  expect(changed({}, { address: "aws_db_instance.main[*]", index_unknown: true }).index).toBeNull();
});

test("keys and words that are new are let through, and what is unknown stays unknown", () => {
  const plan = read(
    planJson([row({ actions: ["implode"], novelty: 1 }, { mode: "managed", sparkle: {} })], { new: [] }),
  );
  expect(plan.changes[0]).toMatchObject({ actions: ["implode"] });
});

test("what the plan says of itself is kept, and what it does not say is not made up", () => {
  expect(read(planJson([]))).toMatchObject({
    complete: true,
    errored: false,
    applyable: true,
    timestampMs: 1_770_714_847_000,
    priorState: null,
    configuration: null,
  });
  const silent = { complete: undefined, errored: undefined, applyable: undefined, timestamp: undefined };
  expect(read(planJson([], silent))).toMatchObject({
    complete: null,
    errored: null,
    applyable: null,
    timestampMs: null,
  });
});

test.each([
  ["2026-02-10T09:14:07.123456789Z", 1_770_714_847_000],
  ["2026-02-10T10:14:07+01:00", 1_770_714_847_000],
  ["2026-02-30T10:14:07Z", null],
  ["yesterday", null],
])("the moment %s is %s", (timestamp, ms) => {
  expect(read(planJson([], { timestamp })).timestampMs).toBe(ms);
});

test("the state is its addresses", () => {
  const state = {
    values: {
      root_module: {
        resources: [
          { address: "aws_vpc.b", mode: "managed", values: { x: "kept-nowhere" } },
          { address: "data.aws_ami.a", mode: "data" },
        ],
        child_modules: [{ resources: [{ address: "module.m.aws_vpc.a", mode: "managed" }] }],
      },
    },
  };
  const plan = read(planJson([], { prior_state: state }));
  expect(plan.priorState).toEqual({ managed: ["aws_vpc.b", "module.m.aws_vpc.a"] });
  expect(read(planJson([], { prior_state: { format_version: "1.0" } })).priorState).toEqual({ managed: [] });
});

test("the configuration is its addresses and what refers to what", () => {
  const configuration = {
    provider_config: {
      "aws.west": {
        name: "aws",
        full_name: "registry.terraform.io/hashicorp/aws",
        expressions: { region: { references: ["var.region"] } },
      },
    },
    root_module: {
      variables: { region: {}, key: { sensitive: true } },
      resources: [
        {
          mode: "managed",
          type: "aws_vpc",
          name: "main",
          expressions: {
            cidr: { constant_value: { references: ["no reference"] } },
            rule: [{ peer: { references: ["aws_vpc.peer.id", "aws_vpc.peer"] } }],
          },
          for_each_expression: { references: ["local.all"] },
        },
      ],
      module_calls: {
        net: {
          source: "./net",
          version_constraint: "~> 1.0",
          count_expression: { constant_value: 2 },
          module: { resources: [{ mode: "data", type: "aws_ami", name: "a" }] },
        },
      },
    },
  };
  expect(read(planJson([], { configuration })).configuration).toEqual({
    resources: [
      {
        address: "aws_vpc.main",
        module: "",
        mode: "managed",
        type: "aws_vpc",
        name: "main",
        repeatedBy: "for_each",
        inputs: [
          { name: "cidr", references: [] },
          { name: "rule", references: ["aws_vpc.peer", "aws_vpc.peer.id"] },
          { name: "for_each", references: ["local.all"] },
        ],
      },
      {
        address: "module.net.data.aws_ami.a",
        module: "module.net",
        mode: "data",
        type: "aws_ami",
        name: "a",
        repeatedBy: null,
        inputs: [],
      },
    ],
    calls: [
      {
        address: "module.net",
        source: "./net",
        version: "~> 1.0",
        repeatedBy: "count",
        inputs: [{ name: "count", references: [] }],
      },
    ],
    providers: [
      {
        key: "aws.west",
        name: "aws",
        source: "registry.terraform.io/hashicorp/aws",
        version: null,
        inputs: [{ name: "region", references: ["var.region"] }],
      },
    ],
    variables: ["key", "region"],
  });
});

test("drift, deferrals, actions and checks are read", () => {
  const plan = read(
    planJson([], {
      resource_drift: [row({ before: { a: 1 }, after: { a: 2 } })],
      deferred_changes: [{ reason: "instance_count_unknown", resource_change: row({ actions: ["create"] }) }],
      action_invocations: [
        {
          address: "action.aws_lambda_invoke.warm",
          type: "aws_lambda_invoke",
          name: "warm",
          config_values: { payload: "kept-nowhere" },
          lifecycle_action_trigger: {
            triggering_resource_address: "aws_db_instance.main",
            action_trigger_event: "AfterCreate",
          },
        },
      ],
      checks: [
        {
          address: { kind: "check", to_display: "check.health" },
          status: "fail",
          instances: [{ problems: [{ message: "It is down." }] }],
        },
      ],
    }),
  );
  expect(plan.drift[0]?.attributes).toHaveLength(1);
  expect(plan.deferred).toMatchObject([{ reason: "instance_count_unknown", change: { actions: ["create"] } }]);
  expect(plan.invocations).toMatchObject([
    { trigger: "lifecycle", triggeredBy: "aws_db_instance.main", event: "AfterCreate", deferred: false },
  ]);
  expect(plan.checks).toEqual([{ address: "check.health", status: "fail", problems: ["It is down."] }]);
});

test("keys that are names of the language are names like others", () => {
  const text = JSON.stringify(planJson([row({ before: { a: 1 }, after: { a: 2 } })])).replaceAll(
    '"a":',
    '"__proto__":',
  );
  const [change] = read(text).changes;
  expect(change?.attributes).toMatchObject([{ path: ["__proto__"], before: { value: 1 }, after: { value: 2 } }]);
  const outputs = read(
    JSON.stringify(
      planJson([], { output_changes: { x: { actions: ["create"], after: 1, after_sensitive: false } } }),
    ).replace('"x"', '"__proto__"'),
  ).outputs;
  expect(outputs).toMatchObject([{ name: "__proto__", after: { value: 1 } }]);
});
