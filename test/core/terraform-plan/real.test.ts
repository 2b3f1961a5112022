import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { RememberedPlan } from "../../../src/core/terraform-plan/judged.ts";
import { lineageDigest } from "../../../src/core/terraform-plan/memory.ts";
import { repository } from "../evaluate/changes.ts";
import { caseNames, judgedWith, realCase, told, unexplained } from "./sites.ts";

const everything = [
  "module.database.terraform_data.main",
  "module.database.terraform_data.snapshot[0]",
  "module.database.terraform_data.snapshot[1]",
  "module.network.terraform_data.this",
  "terraform_data.bastion",
  "terraform_data.cluster",
  'terraform_data.queue["grading"]',
  'terraform_data.queue["mail"]',
];
const [main = "", first = "", second = ""] = everything;
const foreign = [0, 1, 2, 3].map((index) => `terraform_data.production[${index}]`);
const lost = everything.filter((address) => /database|queue/u.test(address));

/** What is told of each plan, and what of it nothing explains. */
const expected: Readonly<Record<string, readonly [told: readonly string[], unexplained: readonly string[]]>> = {
  nothing: [[], []],
  "honest-create": [[], []],
  "honest-update": [[], []],
  "honest-variable": [[], []],
  "honest-move": [[], []],
  "honest-delete": [["tfplan-too-much asks"], []],
  "honest-forget": [["tfplan-too-much asks"], []],
  "honest-replace": [["tfplan-too-much asks"], []],
  rename: [["tfplan-too-much asks"], []],
  targeted: [["plan-incomplete:terraform/production"], []],
  "state-missing": [["tfplan-state-missing"], everything],
  "other-workspace": [["tfplan-state-missing"], everything],
  "state-foreign": [
    ["tfplan-creation-unexplained", "tfplan-state-foreign", "tfplan-too-much asks"],
    [...everything, ...foreign].toSorted(),
  ],
  "state-moved-back": [["tfplan-creation-unexplained"], lost],
  "stale-base": [["tfplan-deletion-unexplained", "tfplan-too-much asks"], ["terraform_data.since"]],
  destroy: [["tfplan-deletion-unexplained", "tfplan-too-much asks"], everything],
  // What refers to it is made anew with it, and for no other reason.
  "replace-asked": [
    ["tfplan-deletion-unexplained", "tfplan-too-much asks", "tfplan-update-unexplained asks"],
    [main, first, second],
  ],
};

describe("plans that Terraform made", () => {
  test("are all judged here", () => {
    expect(caseNames).toEqual(Object.keys(expected).toSorted());
  });

  test.each(caseNames)("%s", (name) => {
    const { files, brought } = realCase(name);
    const evaluation = judgedWith(files, brought);
    expect([told(evaluation), unexplained(evaluation)]).toEqual(expected[name]);
  });

  test.each(["state-missing", "other-workspace", "state-foreign", "state-moved-back", "stale-base", "destroy"])(
    "%s blocks an agent",
    (name) => {
      const { files, brought } = realCase(name);
      expect(judgedWith(files, brought).verdict).toBe("block");
    },
  );

  test.each(["honest-create", "honest-update", "honest-variable", "honest-move", "nothing"])(
    "%s asks for nothing because of its plan",
    (name) => {
      const { files, brought } = realCase(name);
      const { findings, gaps } = judgedWith(files, brought);
      const planless = judgedWith(files, { ...brought, root: "terraform/elsewhere", json: nothingHappens });
      const ids = (of: readonly { readonly id: string }[]) =>
        of.map(({ id }) => id).filter((id) => !id.includes("tfplan"));
      expect([ids(findings), ids(gaps)]).toEqual([ids(planless.findings), ids(planless.gaps)]);
    },
  );

  test("a renamed resource that holds data is destroyed, and told so once", () => {
    const { files, brought } = realCase("rename");
    const { findings } = judgedWith(files, brought, {}, [repository("stateful: { terraform_data: A }\n")]);
    const about = findings.filter(({ message }) => message.includes("terraform_data.cluster")).map(({ rule }) => rule);
    expect(about).toContain("tfplan-data-destroyed");
    expect(about).not.toContain("tf-data-destroyed");
  });

  test("a replacement of what holds data is told of once, by its plan", () => {
    const { files, brought } = realCase("honest-replace");
    const { findings } = judgedWith(files, brought, {}, [repository("stateful: { terraform_data: A }\n")]);
    const rules = findings
      .filter(({ invariant }) => invariant === "nothing-stateful-is-deleted")
      .map(({ rule }) => rule);
    expect(rules).toEqual(["tfplan-data-replaced"]);
  });

  test("a resource that holds data and is taken out is told of once, by its plan", () => {
    const { files, brought } = realCase("honest-delete");
    const { findings } = judgedWith(files, brought, {}, [repository("stateful: { terraform_data: A }\n")]);
    const rules = findings
      .filter(({ invariant }) => invariant === "nothing-stateful-is-deleted")
      .map(({ rule }) => rule);
    expect(rules).toEqual(["tfplan-data-destroyed"]);
  });
});

const nothingHappens = JSON.stringify({ format_version: "1.2", complete: true, errored: false, resource_changes: [] });

describe("what was accepted before", () => {
  const remembered = (fields: Partial<RememberedPlan>): RememberedPlan => ({
    root: "terraform/production",
    workspace: "default",
    managed: 8,
    lineage: null,
    serial: null,
    backend: null,
    ...fields,
  });

  test("an older copy of the state is seen to hold less than there was", () => {
    const { files, brought } = realCase("state-moved-back");
    const evaluation = judgedWith(files, brought, { plansBefore: [remembered({})] });
    expect(told(evaluation)).toEqual(["tfplan-state-missing"]);
  });

  test("the memory of another workspace says nothing", () => {
    const { files, brought } = realCase("honest-update");
    const evaluation = judgedWith(files, brought, { plansBefore: [remembered({ workspace: "eu", managed: 100 })] });
    expect(told(evaluation)).toEqual([]);
  });

  test("an older serial, another lineage and another place of the state are told", () => {
    const { files, brought } = realCase("honest-update");
    const lineage = lineageDigest(brought.state.lineage ?? "");
    const rulesWith = (before: Partial<RememberedPlan>) =>
      told(judgedWith(files, brought, { plansBefore: [remembered(before)] }));
    expect(rulesWith({ lineage, serial: 9 })).toEqual([]);
    expect(rulesWith({ lineage, serial: 10 })).toEqual(["tfplan-state-foreign"]);
    expect(rulesWith({ lineage: lineageDigest("another"), serial: 1 })).toEqual(["tfplan-state-foreign"]);
  });

  test("an honest plan is remembered by digests and numbers, once", () => {
    const { files, brought } = realCase("honest-delete");
    const [kept] = judgedWith(files, brought).plansAccepted;
    const lineage = lineageDigest(brought.state.lineage ?? "");
    expect(kept).toEqual(remembered({ managed: 7, lineage, serial: 9 }));
    if (kept === undefined) throw new Error("Nothing was remembered");
    expect(judgedWith(files, brought, { plansBefore: [kept] }).plansAccepted).toEqual([]);
  });

  test.each(["state-missing", "state-foreign", "state-moved-back", "stale-base", "destroy", "targeted"])(
    "%s is not remembered, else it would pass when it is looked at once more",
    (name) => {
      const { files, brought } = realCase(name);
      expect(judgedWith(files, brought).plansAccepted).toEqual([]);
    },
  );
});

describe("a plan that is not of a trusted workflow", () => {
  const forged = (change: (plan: Record<string, unknown>) => Record<string, unknown>, name: string): string =>
    JSON.stringify(change(z.record(z.string(), z.unknown()).parse(JSON.parse(realCase(name).brought.json))));
  const anybodys = (json: string) => ({ json, isAnybodys: true }) as const;

  test.each(["state-missing", "state-foreign", "stale-base", "destroy", "replace-asked"])(
    "takes nothing from what a trusted one says: %s",
    (name) => {
      const { files, brought } = realCase(name);
      const nothing = { ...brought, ...anybodys(realCase("nothing").brought.json) };
      for (const both of [
        [brought, nothing],
        [nothing, brought],
      ])
        expect(told(judgedWith(files, both))).toEqual(expect.arrayContaining([...(expected[name]?.[0] ?? [])]));
    },
  );

  test("explains no replacement that somebody asked for, by naming an attribute that changes", () => {
    const { files, brought } = realCase("replace-asked");
    const row = {
      address: "module.network.terraform_data.this",
      module_address: "module.network",
      mode: "managed",
      type: "terraform_data",
      name: "this",
    };
    const change = {
      actions: ["delete", "create"],
      before: {},
      after: {},
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
    };
    const asked = forged((plan) => ({ ...plan, resource_changes: [{ ...row, change }] }), "replace-asked");
    const forced = forged(
      (plan) => ({ ...plan, resource_changes: [{ ...row, change: { ...change, replace_paths: [["input"]] } }] }),
      "replace-asked",
    );
    expect(unexplained(judgedWith(files, { ...brought, json: forced }))).toEqual([]);
    expect(
      unexplained(
        judgedWith(files, [
          { ...brought, json: asked },
          { ...brought, ...anybodys(forced) },
        ]),
      ),
    ).toEqual([row.address]);
  });

  test("does not hide that a trusted one is of another configuration", () => {
    const { files } = realCase("honest-update");
    const stale = realCase("rename").brought;
    const fresh = { ...stale, ...anybodys(realCase("honest-update").brought.json) };
    for (const both of [
      [stale, fresh],
      [fresh, stale],
    ])
      expect(told(judgedWith(files, both))).toContain("tfplan-configuration-differs");
  });

  test("counts by itself, and is not remembered", () => {
    const { files, brought } = realCase("state-missing");
    expect(told(judgedWith(files, { ...brought, isAnybodys: true }))).toEqual(["tfplan-state-missing"]);
    const honest = realCase("honest-update");
    expect(judgedWith(honest.files, [honest.brought, { ...honest.brought, isAnybodys: true }]).plansAccepted).toEqual(
      [],
    );
  });
});

describe("a plan that the job that sends it has not made", () => {
  const { files, brought } = realCase("nothing");
  const hour = 3_600_000;
  test.each<[string, number, readonly string[]]>([
    ["a moment ago", 0, []],
    ["within what a job may take", 6 * hour, []],
    ["the day before", 24 * hour, ["plan-of-another-time:terraform/production"]],
    ["by a clock that is a little ahead", -60_000, []],
    ["in an hour from now", -hour, ["plan-of-another-time:terraform/production"]],
  ])("made %s", (_, ageMs, expected) => {
    expect(told(judgedWith(files, { ...brought, isAnybodys: true, ageMs }))).toEqual(expected);
  });
});
