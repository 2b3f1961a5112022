import { expect, test } from "vitest";
import { said } from "./observed.ts";

function call(source: string, ...lines: readonly string[]): string {
  return `
    M main.tf
      module "web" {
        source = "${source}"
${lines.map((line) => `    ${line}`).join("\n")}
      }`;
}
const remote = "terraform-aws-modules/security-group/aws";

test("networks that a module from elsewhere newly takes are a gap", () => {
  const lines = ['-   ingress_cidr_blocks = ["10.0.0.0/8"]', '+   ingress_cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]'];
  expect(said(call(remote, ...lines))).toEqual([
    "gap: what `module.web` lets in: its `ingress_cidr_blocks` newly has `0.0.0.0/0`, and the module is not in this repository",
  ]);
});

test.each([
  ["fewer networks", '["10.0.0.0/8", "0.0.0.0/0"]', '["10.0.0.0/8"]'],
  ["a part of a network", '["10.0.0.0/8"]', '["10.1.0.0/16"]'],
  ["another order", '["10.0.0.0/8", var.office]', '[var.office, "10.0.0.0/8"]'],
])("%s are none", (_, before, after) => {
  expect(said(call(remote, `-   ingress_cidr_blocks = ${before}`, `+   ingress_cidr_blocks = ${after}`))).toEqual([]);
});

test("a rule by name is a gap where it is new, and a description is not", () => {
  const rules = ['-   ingress_rules = ["https-443-tcp"]', '+   ingress_rules = ["https-443-tcp", "ssh-tcp"]'];
  expect(said(call(remote, ...rules))).toEqual([expect.stringContaining("newly has `ssh-tcp`")]);
  const described = (text: string): string =>
    `ingress_with_cidr_blocks = [{ from_port = 443, to_port = 443, protocol = "tcp", cidr_blocks = "10.0.0.0/8", description = "${text}" }]`;
  expect(said(call(remote, `-   ${described("old")}`, `+   ${described("new")}`))).toEqual([]);
});

test("a new call is a gap where it lets everybody in", () => {
  const added = (networks: string): string => `
    A main.tf
      module "web" {
        source              = "${remote}"
        ingress_cidr_blocks = ${networks}
      }`;
  expect(said(added('["0.0.0.0/0"]'))).toHaveLength(1);
  expect(said(added('["10.0.0.0/8", "192.0.2.7/32"]'))).toEqual([]);
});
