import { describe, expect, test } from "vitest";
import { parseExample } from "../../../src/core/example.ts";
import { readerOf } from "../../../src/core/dependencies/readers.ts";
import { dependencies } from "../../../src/core/views/dependencies.ts";

const memo = <T>(_: string, compute: () => T): T => compute();

function gaps(example: string): readonly string[] {
  return dependencies(parseExample(example).change, { memo }).gaps.map(
    ({ level, path, side, line }) => `${level} ${path}:${side}:${line}`,
  );
}

function locked(path: string, text: string): readonly string[] {
  const read = readerOf(path)?.read(text);
  if (read?.ok !== true) throw new Error(`Cannot read ${path}`);
  return read.value.locked.map(({ name, version, source, hashes, line }) =>
    [name, version, source, ...hashes, line].join(" "),
  );
}

describe("what depends on what", () => {
  test("blocks where a lockfile could be read before and cannot now", () => {
    expect(
      gaps(`
      M package-lock.json
      - {}
      + { "packages": `),
    ).toEqual(["block package-lock.json:head:2"]);
  });

  test("holds where it could not be read before", () => {
    expect(
      gaps(`
      M Cargo.lock
      - name = broken
      + version = 3`),
    ).toEqual(["hold Cargo.lock:base:1"]);
  });

  test("holds where a new one is binary, or a link leads elsewhere", () => {
    expect(
      gaps(`
      A go.sum (binary)
      A yarn.lock -> ../yarn.lock`),
    ).toEqual(["hold go.sum:head:1", "hold yarn.lock:head:1"]);
  });
});

describe("lockfiles name packages with their sources and hashes", () => {
  test.each([
    [
      "package-lock.json",
      '{"dependencies":{"left":{"version":"1.0.0","integrity":"sha512-aa="}}}',
      "left 1.0.0  sha512-aa= 1",
    ],
    [
      "pnpm-lock.yaml",
      "packages:\n\n  '@acme/left@1.0.0':\n    resolution: {integrity: sha512-aa=}\n",
      "@acme/left 1.0.0  sha512-aa= 3",
    ],
    [
      "yarn.lock",
      '"left@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "left@npm:1.0.0"\n  checksum: 10/ab\n',
      "left 1.0.0  yarn/10-ab 1",
    ],
    ["bun.lock", '{"packages":{"left":["left@1.0.0","",{},"sha512-aa=",],},}', "left 1.0.0  sha512-aa= 1"],
    [
      "uv.lock",
      '[[package]]\nname = "Left_x"\nversion = "1.0.0"\nsource = { git = "https://example.com/x" }\n',
      "left-x 1.0.0 git+https://example.com/x 1",
    ],
    ["requirements.txt", "left==1.0.0 \\\n  --hash=sha256:aa\n", "left 1.0.0  sha256-aa 1"],
    ["Pipfile.lock", '{"default":{"left":{"version":"==1.0.0","hashes":["sha256:aa"]}}}', "left 1.0.0  sha256-aa 1"],
    [
      "Gemfile.lock",
      "GEM\n  remote: https://rubygems.org/\n  specs:\n    left (1.0.0)\n",
      "left 1.0.0 https://rubygems.org/ 4",
    ],
    ["go.sum", "example.com/left v1.0.0/go.mod h1:aa=\n", "example.com/left v1.0.0/go.mod  h1-aa= 1"],
  ])("%s", (path, text, expected) => {
    expect(locked(path, text)).toEqual([expected]);
  });

  test("a lockfile of many megabytes is read whole", () => {
    const packages = Array.from(
      { length: 60_000 },
      (_, at) => `"node_modules/p${at}":{"version":"1.0.0","integrity":"sha512-${"a".repeat(88)}"}`,
    );
    expect(locked("package-lock.json", `{"packages":{${packages.join(",\n")}}}`)).toHaveLength(60_000);
  });
});
