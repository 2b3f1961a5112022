import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { change, context, text } from "../change/changes.ts";
import { changesIn, tools } from "./evaluated.ts";

/** Lines of `main.tf` and others that explain what happens to each resource; those that nothing explains are left out. */
function explained(before: string, after: string, ...more: readonly ChangedFile[]): Readonly<Record<string, string>> {
  const found = changesIn(change(text("main.tf", before, after), ...more));
  return Object.fromEntries(
    found.flatMap(({ before: was, after: is, explainedBy }) => {
      const places = explainedBy.map(({ path, line }) => `${path}:${line}`).join(" ");
      return places === "" ? [] : [[(is ?? was)?.address ?? "", places]];
    }),
  );
}

const providers = [
  'provider "aws" {\n  region = "a"\n}\n',
  'provider "aws" {\n  alias  = "west"\n  region = "b"\n}\n',
  'provider "aws" {\n  alias  = "east"\n  region = "c"\n}\n',
].join("");
const home = (source: string): string => source.replace('"a"', '"moved"');
const west = (source: string): string => source.replace('"b"', '"moved"');
const east = (source: string): string => source.replace('"c"', '"moved"');

const resource = (name: string, provider = ""): string =>
  `resource "aws_x" "${name}" {\n${provider === "" ? "" : `  provider = ${provider}\n`}}\n`;
const call = (passed = ""): string =>
  `module "m" {\n  source = "./m"\n${passed === "" ? "" : `  providers = ${passed}\n`}}\n`;

describe("the configuration of a provider explains what uses it", () => {
  const main =
    providers +
    resource("home") +
    resource("west", "aws.west") +
    resource("text", '"aws.west"') +
    resource("e", "aws.east");

  test.each<[string, (source: string) => string, Readonly<Record<string, string>>]>([
    ["the default one those that name none", home, { "aws_x.home": "main.tf:1" }],
    ["an aliased one those that name it", west, { "aws_x.west": "main.tf:4", "aws_x.text": "main.tf:4" }],
    ["another alias neither", east, { "aws_x.e": "main.tf:8" }],
  ])("%s", (_, edit, expected) => {
    expect(explained(main, edit(main))).toEqual(expected);
  });

  test("with the values that it is made of", () => {
    const body = (region: string): string =>
      `${providers.replace('"b"', "local.r")}locals {\n  r = "${region}"\n}\n${resource("home")}${resource("west", "aws.west")}`;
    expect(explained(body("x"), body("y"))).toEqual({ "aws_x.west": "main.tf:13" });
  });

  test("one instance of it as all of them", () => {
    const body = providers + resource("w", 'aws.west["x"]') + resource("home");
    expect(explained(body, west(body))).toEqual({ "aws_x.w": "main.tf:4" });
  });

  test("a default one that nobody configures is no other", () => {
    const body = providers.slice(providers.indexOf("}\n") + 2) + resource("home");
    expect(explained(body, west(body))).toEqual({});
  });

  test("what its versions are held to explains all that use it, whatever its alias", () => {
    const body = (version: string): string =>
      `terraform {\n  required_providers {\n    aws = { version = "${version}" }\n  }\n}\n${main}`;
    expect(Object.keys(explained(body("1"), body("2")))).toEqual(["aws_x.e", "aws_x.home", "aws_x.text", "aws_x.west"]);
  });

  test.each([
    ["that is an expression", "local.which == 1 ? aws.west : aws"],
    ["that no block stands for", "aws.south"],
  ])("a reference %s: all of the provider", (_, reference) => {
    const body = providers + resource("any", reference);
    for (const edit of [home, west, east]) expect(Object.keys(explained(body, edit(body)))).toEqual(["aws_x.any"]);
  });

  test("a block whose alias is an expression may be any", () => {
    const body = providers.replace('"east"', "local.alias") + resource("west", "aws.west") + resource("home");
    expect(explained(body, east(body))).toEqual({ "aws_x.west": "main.tf:8" });
  });
});

describe("modules use what their callers pass", () => {
  const inside = resource("home") + resource("main", "aws.main");
  const m = (more = inside): ChangedFile => context("m/main.tf", more);

  test("the default one where nothing is said, and never one with an alias", () => {
    const body = providers + call();
    const own = m(resource("home"));
    expect(explained(body, home(body), own)).toEqual({ "module.m.aws_x.home": "main.tf:1" });
    expect(explained(body, west(body), own)).toEqual({});
  });

  test("those of a map by the names that the module has for them", () => {
    const body = providers + call("{ aws = aws.east, aws.main = aws.west }");
    expect(explained(body, home(body), m())).toEqual({});
    expect(explained(body, west(body), m())).toEqual({ "module.m.aws_x.main": "main.tf:4" });
    expect(explained(body, east(body), m())).toEqual({ "module.m.aws_x.home": "main.tf:8" });
  });

  test("those of a map in the JSON syntax", () => {
    const json = (region: string): string =>
      JSON.stringify({
        provider: { aws: [{ region: "a" }, { alias: "west", region }] },
        module: { m: { source: "./m", providers: { "aws.main": "aws.west" } } },
      });
    const found = changesIn(change(text("main.tf.json", json("b"), json("moved")), m()));
    expect(found.filter(({ explainedBy }) => explainedBy.length > 0).map(({ after }) => after?.address)).toEqual([
      "module.m.aws_x.main",
    ]);
  });

  test("through modules between them", () => {
    const body = providers + call("{ aws.mid = aws.west }");
    const between = m('module "n" {\n  source = "./n"\n  providers = { aws = aws.mid }\n}\n');
    const deep = context("m/n/main.tf", resource("deep"));
    expect(explained(body, west(body), between, deep)).toEqual({ "module.m.module.n.aws_x.deep": "main.tf:4" });
    expect(explained(body, home(body), between, deep)).toEqual({});
  });

  test("under another name of the same provider", () => {
    const body = providers + call("{ cloud = aws.west }");
    const own = m('resource "cloud_x" "c" {}\n');
    expect(explained(body, west(body), own)).toEqual({ "module.m.cloud_x.c": "main.tf:4" });
    expect(explained(body, home(body), own)).toEqual({});
  });

  test("a map that passes another one explains what gets it", () => {
    const before = providers + call("{ aws = aws.east, aws.main = aws.west }");
    expect(explained(before, before.replace("= aws.west", "= aws"), m())).toEqual({
      "module.m.aws_x.main": "main.tf:14",
    });
    expect(explained(providers + call("{ aws = aws.east }"), providers + call(), m(resource("home")))).toEqual({
      "module.m.aws_x.home": "main.tf:14",
    });
  });

  test("an own configuration takes the place of the caller's, and an empty block does not", () => {
    const body = providers + call();
    expect(explained(body, home(body), m(`provider "aws" {\n  region = "own"\n}\n${resource("home")}`))).toEqual({});
    expect(explained(body, home(body), m(`provider "aws" {}\n${resource("home")}`))).toEqual({
      "module.m.aws_x.home": "main.tf:1",
    });
  });

  test("another expression for the map explains all that may get one of it", () => {
    const [before, after] = ["local.passed", "local.others"].map((passed) => providers + call(passed));
    const lines = { "module.m.aws_x.home": "main.tf:14", "module.m.aws_x.main": "main.tf:14" };
    expect(explained(before ?? "", after ?? "", m())).toEqual(lines);
  });

  test("what a root holds versions to explains those that a module configures itself", () => {
    const body = (version: string): string =>
      `terraform {\n  required_providers {\n    aws = { version = "${version}" }\n  }\n}\n${call()}`;
    const own = m(`provider "aws" {\n  region = "own"\n}\n${resource("home")}`);
    expect(explained(body("1"), body("2"), own)).toEqual({ "module.m.aws_x.home": "main.tf:3" });
  });

  test.each([
    ["a map that is an expression", "local.passed"],
    ["a name that is an expression", "{ (local.name) = aws.west }"],
    ["what is passed is an expression", "{ aws = [aws.west][0], aws.main = [aws][0] }"],
  ])("%s: all of the provider", (_, passed) => {
    const body = providers + call(passed);
    for (const edit of [home, west, east])
      expect(Object.keys(explained(body, edit(body), m()))).toEqual(["module.m.aws_x.home", "module.m.aws_x.main"]);
  });

  test("a name that the map lacks may be any, and the default one is the caller's all the same", () => {
    const body = providers + call("{ aws.other = aws.west }");
    expect(Object.keys(explained(body, east(body), m()))).toEqual(["module.m.aws_x.main"]);
    expect(Object.keys(explained(body, home(body), m()))).toEqual(["module.m.aws_x.home", "module.m.aws_x.main"]);
  });
});

describe("a root does not stay as it is", () => {
  const flag = 'variable "flag" {\n  default = false\n}\n';
  const given = (value: number): string => `output "region" {\n  value = ${value}\n}\nresource "a_b" "c" {}\n${flag}`;
  const unchanged = (live: string, ...more: readonly ChangedFile[]): readonly string[] =>
    resources(change(text("m/main.tf", given(1), given(2)), context("live/main.tf", live), ...more), tools).view
      .unchanged;
  const m = 'module "m" {\n  source = "../m"\n}\n';
  const configured = 'provider "aws" {\n  region = module.m.region\n}\n';

  test("when a provider that only a module elsewhere uses depends on what differs", () => {
    const elsewhere = 'module "x" {\n  source = "acme/x/aws"\n}\n';
    expect(unchanged(m + elsewhere)).toEqual(["live"]);
    expect(unchanged(m + elsewhere + configured)).toEqual([]);
  });

  test("when such a provider is used under another name", () => {
    const inner = 'module "n" {\n  source = "../n"\n  providers = { cloud = aws }\n}\n';
    expect(unchanged(m + inner + configured, context("n/main.tf", 'resource "cloud_x" "c" {}\n'))).toEqual([]);
  });
});
