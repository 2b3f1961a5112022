import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createRule } from "../../scripts/rule-template.ts";
import { parseExample } from "../../src/core/example.ts";
import type { Rule } from "../../src/core/rule.ts";
import { buildViews } from "../../src/core/views/views.ts";
import { loadSyntax } from "../../src/adapters/syntax/load.ts";
import { contextOf, policyOf } from "../core/example-context.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/u, "");
const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

/** A copy of the sources in which only the folder of the rules is its own. */
let root = "";
beforeAll(() => {
  root = mkdtempSync(`${tmpdir()}/sallyport-new-rule-`);
  const parts = readdirSync(`${repository}/src/core`).filter((part) => part !== "rules");
  for (const part of ["package.json", "core-platform.d.ts", "src/lib", ...parts.map((part) => `src/core/${part}`)]) {
    cpSync(`${repository}/${part}`, `${root}/${part}`, { recursive: true });
  }
  symlinkSync(`${repository}/node_modules`, `${root}/node_modules`);
  const settings = {
    extends: `${repository}/tsconfig.json`,
    compilerOptions: { types: [] },
    include: ["src/core/rules", "core-platform.d.ts"],
  };
  writeFileSync(`${root}/tsconfig.json`, JSON.stringify(settings));
});
afterEach(() => rmSync(`${root}/src/core/rules`, { recursive: true, force: true }));
afterAll(() => rmSync(root, { recursive: true }));

test("what is written compiles, for every kind of evidence", () => {
  for (const subject of ["kubernetes", "terraform", "values", "paths", "supply"]) {
    createRule(root, subject, `${subject}-thing-is-wrong`);
  }
  const compiler = `${repository}/node_modules/typescript/bin/tsc`;
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", root], { encoding: "utf8" });
  expect(stdout + stderr).toBe("");
});

test.each(["kubernetes", "terraform", "values", "paths"])(
  "a new rule about %s fails its own example",
  async (subject) => {
    const path = createRule(root, subject, `${subject}-thing-is-wrong`);
    const { default: rule } = (await import(/* @vite-ignore */ pathToFileURL(`${root}/${path}`).href)) as {
      default: Rule;
    };
    const [first, second] = Object.values(rule.examples).map((example) =>
      parseExample(typeof example === "string" ? example : example.change),
    );
    expect(first?.expected).toHaveLength(1);
    expect(second?.expected).toEqual([]);
    const change = first?.change ?? { files: [] };
    const { views, gaps } = buildViews(change, tools);
    expect(gaps).toEqual([]);
    expect(rule.observe(views, {}, contextOf(policyOf(undefined), change, views))).toEqual([]);
  },
);

test.each(["Liveness-Too-Eager", "liveness", "k8s_liveness", "../k8s-liveness", "k8s--liveness", ""])(
  "%j is no id, and nothing is written",
  (id) => {
    expect(() => createRule(root, "kubernetes", id)).toThrow(/kebab case/u);
    expect(existsSync(`${root}/src/core/rules/kubernetes`)).toBe(false);
  },
);

test("a subject cannot lead out of the folder of the rules", () => {
  expect(() => createRule(root, "../views", "k8s-liveness-too-eager")).toThrow(/subject/u);
});

test("a rule that exists is not written over", () => {
  createRule(root, "kubernetes", "k8s-thing-is-wrong");
  expect(() => createRule(root, "kubernetes", "k8s-thing-is-wrong")).toThrow(/exists/u);
});
