import { describe, expect, test } from "vitest";
import type { ModuleCallChange } from "../../../src/core/terraform/model.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { change, context, text } from "../change/changes.ts";
import { plainBlock, tools } from "./evaluated.ts";

const callsIn = (...files: Parameters<typeof change>): readonly ModuleCallChange[] =>
  resources(change(...files), tools).view.modules;

const call = (source: string, argument: string, meta = ""): string =>
  `module "db" {\n  source  = "${source}"\n  ${meta}\n  protect = ${argument}\n}\n`;

describe("calls of modules that are elsewhere", () => {
  test("have their arguments evaluated, before and after, and what explains a change", () => {
    const main = (protect: boolean): string =>
      `variable "protect" { default = ${protect} }\n${call("acme/db/aws", "var.protect", 'version = "1.2"')}`;
    const [found] = callsIn(text("main.tf", main(true), main(false)));
    expect(found).toMatchObject({
      root: "",
      before: { address: "module.db", source: "acme/db/aws", version: "1.2", path: "main.tf", module: "" },
      explainedBy: [{ path: "main.tf", line: 1 }],
    });
    expect([found?.before, found?.after].map((side) => (side === undefined ? null : plainBlock(side.block)))).toEqual([
      { source: "acme/db/aws", version: "1.2", protect: true },
      { source: "acme/db/aws", version: "1.2", protect: false },
    ]);
    expect(found?.after === undefined ? null : plainBlock(found.after.written)["protect"]).toBe("<var.protect>");
  });

  test("stand once for each instance, and in the modules that hold them", () => {
    const found = callsIn(
      text("live/main.tf", null, 'module "m" {\n  source = "../m"\n}\n'),
      context("m/main.tf", call("acme/db/aws", "each.value", "for_each = { a = 1, b = 2 }")),
    );
    expect(found.map(({ after }) => [after?.address, after?.module, after?.directory])).toEqual([
      ['module.m.module.db["a"]', "module.m", "m"],
      ['module.m.module.db["b"]', "module.m", "m"],
    ]);
    expect(found.map(({ after }) => (after === undefined ? null : plainBlock(after.block)["protect"]))).toEqual([1, 2]);
  });

  test("one that leads into this repository now is there before only, and one that moves is paired", () => {
    const inside = context("db/main.tf", 'variable "protect" {}\nresource "a_b" "c" {}\n');
    const inward = callsIn(text("main.tf", call("acme/db/aws", "1"), call("./db", "1")), inside);
    expect(inward.map(({ before, after }) => [before?.address, after?.address])).toEqual([["module.db", undefined]]);
    const renamed = call("acme/db/aws", "1").replace('"db"', '"data"');
    const moved = "moved {\n  from = module.db\n  to   = module.data\n}\n";
    expect(callsIn(text("main.tf", call("acme/db/aws", "1"), renamed + moved))).toMatchObject([
      { before: { address: "module.db" }, after: { address: "module.data" }, pairedBy: "moved" },
    ]);
  });
});
