import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { context, edited } from "../change/changes.ts";
import { environments, gapsOf, named, reach } from "./reached.ts";

const folders = ["a", "b", "c", "overlays/prod", "overlays/staging"];
const folder = fc.constantFrom(...folders);
const up = (from: string, to: string): string =>
  `${from
    .split("/")
    .map(() => "..")
    .join("/")}/${to}`;

/** Kustomizations, charts and Applications that read each other in any way, circles included. */
const kustomization = fc
  .record({ at: folder, reads: fc.uniqueArray(folder, { maxLength: 4 }) })
  .map(({ at, reads }) =>
    context(`${at}/kustomization.yaml`, `resources:\n  - s.yaml\n${reads.map((to) => `  - ${up(at, to)}\n`).join("")}`),
  );
const application = fc
  .record({ name: fc.constantFrom("api-prod", "api-stg", "api"), path: folder, at: fc.nat(3) })
  .map(({ name, path, at }) =>
    context(
      `argo/${name}-${at}.yaml`,
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}}\nspec:\n  source: {repoURL: "https://github.com/acme/shop", path: ${path}}\n`,
    ),
  );
const files = fc.uniqueArray(fc.oneof(kustomization, application), { selector: ({ path }) => path, maxLength: 8 });
const changedFile = folder.map((at) => edited(`${at}/s.yaml`));

const targetsOf = (all: readonly ChangedFile[]): ReadonlySet<string> =>
  new Set(reach([...all]).files.flatMap(({ targets }) => targets.map(({ environment }) => environment)));

/** Where Argo CD meets a plain folder it takes the files; where a kustomization comes to stand there, that decides. */
const decides = (file: ChangedFile, all: readonly ChangedFile[]): boolean =>
  file.path.endsWith("kustomization.yaml") && all.some(({ path }) => path.startsWith("argo/"));

describe("any graph", () => {
  test("ends, and an added file takes no environment away unless it decides how a folder is read", () => {
    const holds = fc.check(
      fc.property(changedFile, files, fc.oneof(kustomization, application), (changed, around, extra) => {
        fc.pre(!around.some(({ path }) => path === extra.path));
        const before = targetsOf([changed, ...around]);
        const after = targetsOf([changed, ...around, extra]);
        return decides(extra, around) || [...before].every((one) => after.has(one));
      }),
      { numRuns: 300 },
    );
    expect(holds).toMatchObject({ failed: false, counterexample: null });
  });
});

describe("a second way to the same end", () => {
  test("that names nothing is not hidden by a shorter one that does", () => {
    const read = (at: string, ...entries: string[]) =>
      context(`${at}/kustomization.yaml`, `resources: [${entries.join(", ")}]\n`);
    const ways = [
      read("base", "s.yaml"),
      read("overlays/staging", "../../base"),
      read("one", "../base"),
      read("two", "../one"),
      read("three", "../two"),
      read("all", "../overlays/staging", "../three"),
      read("end", "../all"),
    ];
    expect(environments([edited("base/s.yaml"), ...ways])).toBe("staging ?");
  });
});

describe("what is made to be long", () => {
  test("ten thousand components are read, and each reaches what reads it", () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => `  - ../../components/c${index}\n`).join("");
    const overlay = context("overlays/prod/kustomization.yaml", `components:\n${entries}`);
    const own = context("components/c9999/kustomization.yaml", "resources: [s.yaml]\n");
    expect(environments([edited("components/c9999/s.yaml"), own, overlay])).toBe("production");
  });
  test("a chain beyond its limit is an edge that is not followed", () => {
    const deep = Array.from({ length: 3_000 }, (_, index) =>
      context(`k${index + 1}/kustomization.yaml`, `bases: [../${index === 0 ? "staging" : `k${index}`}]\n`),
    );
    const around = [
      context("k0/kustomization.yaml", "resources: [s.yaml]\n"),
      context("staging/kustomization.yaml", "bases: [../k0]\n"),
      ...deep,
      context("prod/kustomization.yaml", "bases: [../k3000]\n"),
    ];
    expect(environments([edited("k0/s.yaml"), ...around])).toBe("staging ?");
    expect(gapsOf([edited("k0/s.yaml"), ...around])).toEqual(["long-chain:k58"]);
  });
  test("anchors that unfold without end, and text without end, cannot be read and say so", () => {
    const bomb = `a: &a [base,base,base,base,base,base,base,base,base,base]\n${["b", "c", "d", "e", "f", "g"].map((name, index) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${"abcdef".charAt(index)}`).join(",")}]\n`).join("")}resources: *g\n`;
    const around = [
      context("base/kustomization.yaml", "resources: [s.yaml]\n"),
      context("overlays/staging/kustomization.yaml", "bases: [../../base]\n"),
    ];
    expect(
      named(reach([edited("base/s.yaml"), ...around, context("overlays/prod/kustomization.yaml", bomb)]).files[0]),
    ).toBe("staging ?");
    const open = `{{ ${"{{".repeat(50_000)}`;
    const app = context(
      "argo/a.yaml",
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: ${open}\n`,
    );
    expect(environments([edited("base/s.yaml"), ...around, app])).toBe("staging");
  });
  test("text that is made to be searched for long is not", () => {
    const long = 300_000;
    const script = (line: string) =>
      `on: push\njobs:\n  a:\n    environment: production\n    steps:\n      - run: |\n          ${line}\n`;
    const files = [
      edited("base/s.yaml"),
      context("a/kustomization.yaml", `resources: ["${"@".repeat(long)}"]\n`),
      context("argo/a.yaml", `apiVersion: argoproj.io/v1alpha1\nkind: Application\n${" ".repeat(long)}{{ x }}\n`),
      context("ks.yaml", `apiVersion: kustomize.toolkit.fluxcd.io/v1\n${"\n".repeat(long)}`),
      context("compose.yaml", "\n".repeat(long)),
      context(".github/workflows/a.yml", script("kubectl apply -k ${{".repeat(long / 20))),
      context(".github/workflows/b.yml", script("\\\n          ".repeat(long / 20))),
      context("x/terragrunt.hcl", 'source = "'.repeat(long / 10)),
    ];
    expect([environments(files), gapsOf(files)]).toEqual(["", []]);
  });
});
