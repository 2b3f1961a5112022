import { expect, test } from "vitest";
import { lockfilesBeside } from "../../../src/core/dependencies/lockfiles.ts";

const tree = ["package-lock.json", "web/yarn.lock", "api/go.sum", "go.sum", "other/yarn.lock"];

test("lockfiles beside a changed manifest, or above it in its workspace, are read", () => {
  expect(tree.filter(lockfilesBeside(["web/package.json"]))).toEqual(["package-lock.json", "web/yarn.lock"]);
});

test("a module of Go has its sums beside it only", () => {
  expect(tree.filter(lockfilesBeside(["api/go.mod"]))).toEqual(["api/go.sum"]);
});

test("none is read where one of them changes too, or no manifest does", () => {
  expect(tree.filter(lockfilesBeside(["web/package.json", "web/yarn.lock"]))).toEqual([]);
  expect(tree.filter(lockfilesBeside(["web/index.ts"]))).toEqual([]);
});
