import { afterAll, describe, expect, test } from "vitest";
import { Sandbox } from "../adapters/git/sandbox.ts";
import { sallyport } from "./run.ts";

const repo = new Sandbox();
afterAll(() => repo.remove());
repo.commit("The repository", {
  "base/kustomization.yaml": "resources: [d.yaml]\n",
  "base/d.yaml": "apiVersion: v1\nkind: Service\n",
  "prod/kustomization.yaml": "resources: [../base]\n",
  ".github/sallyport.yml": "version: 1\n",
});
const reach = (...args: readonly string[]) => sallyport(repo.root, ["reach", ...args]);
const arrivals = (out: string): unknown =>
  (JSON.parse(out) as { files: { path: string; reaches: { environment: string }[] }[] }).files.map(
    ({ path, reaches }) => [path, ...reaches.map(({ environment }) => environment)],
  );

describe("sallyport reach", () => {
  test("shows the chain of a file, as text, as data and as a picture", async () => {
    const text = await reach("base/d.yaml");
    expect([text.code, text.err]).toEqual([0, ""]);
    expect(text.out).toContain(
      "base/kustomization.yaml:1   resources: d.yaml   prod/kustomization.yaml:1   resources: ../base   → production",
    );
    expect(arrivals((await reach("./base/", "--json")).out)).toEqual([
      ["base/d.yaml", "production"],
      ["base/kustomization.yaml", "production"],
    ]);
    expect((await reach("base/d.yaml", "--svg")).out).toMatch(/^<svg .*<\/svg>\n$/su);
  });
  test("reads the working tree, untracked files included, or the commit that is named", async () => {
    const before = repo.git("rev-parse", "HEAD").trim();
    repo.write("staging/kustomization.yaml", "resources: [../base]\n");
    expect(arrivals((await reach("base/d.yaml", "--json")).out)).toEqual([["base/d.yaml", "production", "staging"]]);
    expect(arrivals((await reach("base/d.yaml", "--json", "--revision", before)).out)).toEqual([
      ["base/d.yaml", "production"],
    ]);
  });
  test("takes a policy that is named", async () => {
    repo.write(
      "other.yml",
      'version: 1\nenvironments: { blue: { tier: production } }\nlayout: ["{environment}/*.yaml"]\n',
    );
    repo.write("blue/d.yaml", "apiVersion: v1\nkind: Service\n");
    expect(arrivals((await reach("blue/d.yaml", "--json", "--policy", "other.yml")).out)).toEqual([
      ["blue/d.yaml", "blue"],
    ]);
  });
  test.each([
    ["a path without a file", ["nothing/here"], "no file of the repository is there"],
    ["no path", [], "missing required argument"],
    ["two forms at once", ["base", "--json", "--svg"], "cannot be used with"],
    ["a policy that cannot be used", ["base", "--policy", "base/d.yaml"], "Cannot read policy"],
  ])("refuses %s", async (_, args, says) => {
    const { code, out, err } = await reach(...args);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain(says);
  });
});
