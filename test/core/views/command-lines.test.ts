import { describe, expect, test } from "vitest";
import { parseExample } from "../../../src/core/example.ts";
import { commandLines } from "../../../src/core/views/command-lines.ts";

const memo = <T>(_: string, compute: () => T): T => compute();

function added(example: string): readonly string[] {
  const { view } = commandLines(parseExample(example).change, { memo });
  return view.added.map(({ path, line, setting }) => `${setting} ${path}:${line}`);
}

describe("lines of shell that a change adds", () => {
  test("are read of the forms that pipelines write", () => {
    expect(
      added(`
        A .gitlab-ci.yml
          reset:
            script:
              - terraform destroy
              - "helm upgrade --force shop ."
              - |
                rails db:drop
        A .circleci/config.yml
          steps:
            - run:
                name: terraform destroy
                command: terraform destroy
        A azure-pipelines.yml
          steps:
            - bash: dropdb shop
        A docs/notes.rst
          .. code-block:: sh

              dropdb shop`),
    ).toEqual([
      "pipeline .circleci/config.yml:4",
      "pipeline .gitlab-ci.yml:3",
      "pipeline .gitlab-ci.yml:4",
      "pipeline .gitlab-ci.yml:6",
      "pipeline azure-pipelines.yml:2",
      "document docs/notes.rst:3",
    ]);
  });

  test("are told by the first line of a file without an extension", () => {
    expect(
      added(`
        A bin/reset
          #!/usr/bin/env bash
          dropdb shop
        A bin/other
          dropdb shop`),
    ).toEqual(["script bin/reset:2"]);
  });

  test("are new where a pipeline runs what people were told to type", () => {
    expect(
      added(`
        M README.md
          # Shop
        - \`terraform destroy\`
        M .github/workflows/clean.yml
          steps:
        +   - run: terraform destroy`),
    ).toEqual(["pipeline .github/workflows/clean.yml:2"]);
  });

  test("are counted: one that stands once more is new", () => {
    expect(
      added(`
        M scripts/clean.sh
          terraform destroy
          cd other
        + terraform destroy`),
    ).toEqual(["script scripts/clean.sh:3"]);
  });

  test("are as many as before where a file is renamed", () => {
    expect(
      added(`
        D scripts/clean.sh
          terraform destroy
        A tools/clean.sh
              terraform   destroy`),
    ).toEqual([]);
  });
});

test("a script or a document that nobody can read is a gap, and one that is gone is none", () => {
  const gaps = (example: string) => commandLines(parseExample(example).change, { memo }).gaps.map(({ id }) => id);
  expect(gaps("A scripts/clean.sh (unread)\nA docs/runbook.md (binary)\nA logo.png (binary)")).toEqual([
    "unreadable:docs/runbook.md",
    "unreadable:scripts/clean.sh",
  ]);
  expect(gaps("D scripts/clean.sh (unread)")).toEqual([]);
});
