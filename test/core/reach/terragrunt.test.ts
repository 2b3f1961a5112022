import { describe, expect, test } from "vitest";
import { between, context, edited, text, version } from "../change/changes.ts";
import { chains, environments, gapsOf, named, reach } from "./reached.ts";

const run = (folder: string, source: string) =>
  context(`${folder}/terragrunt.hcl`, `terraform {\n  source = "${source}"\n}\n`);
const module = edited("modules/queue/main.tf");

describe("a folder of Terragrunt", () => {
  test("runs the module that it names, with file and line", () => {
    expect(chains([module, run("units/production/queue", "../../../modules//queue")])).toEqual([
      "production: modules/queue/main.tf:1 < units/production/queue/terragrunt.hcl:2",
    ]);
  });
  test.each([
    ["from the root of the repository", "${get_repo_root()}/modules//queue", "production", []],
    ["from its own folder", "${get_terragrunt_dir()}/../../../modules/queue", "production", []],
    ["from a checkout without a version", "git::../../..//modules/queue", "production", []],
    ["from a checkout at a version", "git::../../..//modules/queue?ref=v1", "?", []],
    ["elsewhere", "tfr:///acme/queue/aws?version=1.0.0", "?", []],
    [
      "from an expression",
      "${local.base}/modules//queue",
      "production ?",
      ["unresolved-edge:units/production/queue/terragrunt.hcl:2"],
    ],
    ["from an expression for another", "${local.base}/modules//topic", "?", []],
  ])("%s", (_, source, expected, gaps) => {
    const files = [module, run("units/production/queue", source)];
    expect(environments(files)).toBe(expected);
    expect(gapsOf(files)).toEqual(gaps);
  });
  test("that cannot be read may run any module", () => {
    const broken = version("100644", { kind: "unread", reason: "not valid UTF-8" });
    const files = [module, run("units/staging/queue", "../../../modules//queue")];
    const unread = between("units/production/queue/terragrunt.hcl", broken, broken);
    expect(environments([...files, unread])).toBe("staging ?");
    expect(gapsOf([...files, unread])).toEqual(["unresolved-caller:units/production/queue/terragrunt.hcl"]);
  });
  test("is promoted by the file that holds its version", () => {
    const pinned = run("units/production/queue", '${git}//modules/queue?ref=${trimspace(file("../deployed-ref"))}');
    expect(environments([edited("units/production/deployed-ref"), pinned])).toBe("production");
    expect(environments([edited("units/staging/deployed-ref"), pinned])).toBe("");
  });
  test("may include what stands in the folders around it", () => {
    const units = [
      run("units/production/queue", "../../../modules//queue"),
      run("units/staging/queue", "../../../modules//queue"),
    ];
    expect(environments([edited("units/root.hcl"), ...units])).toBe("production staging");
    expect(environments([edited("units/staging/env.hcl"), ...units])).toBe("staging");
    expect(environments([edited("other/root.hcl"), ...units])).toBe("");
  });
  test("that names no environment may be production, before and after its change", () => {
    const [before, after] = ["queue", "topic"].map((name) => `terraform {\n  source = "../../modules//${name}"\n}\n`);
    const cut = text("production/queue/terragrunt.hcl", before ?? "", after ?? "");
    expect(environments([text("units/queue/terragrunt.hcl", before ?? "", after ?? "")])).toBe("?");
    expect(environments([cut])).toBe("production");
    expect(reach([module, cut]).files.map(named)).toEqual(["production", "production"]);
  });
});
