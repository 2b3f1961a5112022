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
  test("reads what it names from an expression, and what that names", () => {
    const common = '"${dirname(find_in_parent_folders("root.hcl"))}/_common/queue.hcl"';
    const units = ["production", "staging"].map((name) =>
      context(`infra/${name}/queue/terragrunt.hcl`, `include "c" {\n  path = ${common}\n}\n`),
    );
    const other = context(
      "infra/staging/topic/terragrunt.hcl",
      'include "c" {\n  path = "../../_common/${local.x}.hcl"\n}\n',
    );
    expect(environments([edited("infra/_common/queue.hcl"), ...units])).toBe("production staging");
    expect(environments([edited("infra/_common/topic.hcl"), ...units])).toBe("");
    expect(environments([edited("infra/_common/topic.hcl"), ...units, other])).toBe("staging");
    const sourced = (source: string) => context("infra/_common/queue.hcl", `terraform {\n  source = "${source}"\n}\n`);
    for (const source of ["${get_repo_root()}/modules//queue", "../../../modules//queue"])
      expect(environments([module, sourced(source), ...units])).toBe("production staging");
    const settings = context(
      "infra/_common/queue.hcl",
      'locals {\n  a = file("${get_repo_root()}/cfg/queue.json")\n}\n',
    );
    expect(environments([edited("cfg/queue.json"), settings, ...units])).toBe("production staging");
    expect(environments([edited("cfg/queue.json"), settings])).toBe("");
  });
  test("may read settings from the folders around it, and a script that one of them runs", () => {
    const unit = run("infra/production/queue", "tfr:///acme/queue/aws?version=1.0.0");
    expect(environments([edited("infra/account.yaml"), unit])).toBe("production");
    expect(environments([edited("account.yaml"), unit])).toBe("");
    expect(
      environments([edited("account.yaml"), context("root.hcl", 'x = find_in_parent_folders("account.yaml")'), unit]),
    ).toBe("production");
    const script = context("infra/root.hcl", 'x = run_cmd("${get_parent_terragrunt_dir()}/locals.py")');
    expect(environments([edited("infra/locals.py"), script, unit])).toBe("production");
    expect(environments([edited("infra/other.py"), script, unit])).toBe("");
  });
  test("whose include cannot be read may run any module", () => {
    const broken = version("100644", { kind: "unread", reason: "not valid UTF-8" });
    const unit = context("infra/production/queue/terragrunt.hcl", 'path = "../../_common/queue.hcl"\n');
    const files = [module, run("units/staging/queue", "../../../modules//queue"), unit];
    expect(gapsOf([...files, between("infra/_common/queue.hcl", broken, broken)])).toEqual([
      "unresolved-caller:infra/_common/queue.hcl",
    ]);
    expect(gapsOf([...files, between("other/queue.hcl", broken, broken)])).toEqual([]);
  });
  test("or a stack of them runs its units", () => {
    const unit = text("units/queue/terragrunt.hcl", "a\n", "b\n");
    const stack = context("infra/production/terragrunt.stack.hcl", 'unit "q" {\n  source = "../../units/queue"\n}\n');
    expect(environments([unit, stack])).toBe("production");
  });
  test("that names no environment may be production, before and after its change", () => {
    const [before, after] = ["queue", "topic"].map((name) => `terraform {\n  source = "../../modules//${name}"\n}\n`);
    const cut = text("production/queue/terragrunt.hcl", before ?? "", after ?? "");
    expect(environments([text("units/queue/terragrunt.hcl", before ?? "", after ?? "")])).toBe("?");
    expect(environments([cut])).toBe("production");
    expect(reach([module, cut]).files.map(named)).toEqual(["production", "production"]);
  });
});
