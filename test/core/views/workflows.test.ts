import { describe, expect, test } from "vitest";
import type { FileVersion } from "../../../src/core/change/change-set.ts";
import { workflows } from "../../../src/core/views/workflows.ts";
import { accessIn, widens } from "../../../src/core/workflows/permissions.ts";
import { sha256 } from "../../../src/lib/digest.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };
const ci = ".github/workflows/ci.yml";

function version(content: FileVersion["content"]): FileVersion {
  return { mode: "100644", sha: sha256(JSON.stringify(content)), content };
}

/** The view of a change, given as path to texts before and after; null where there is no file. */
function built(files: Readonly<Record<string, readonly [string | null, string | null]>>) {
  return workflows(
    {
      files: Object.entries(files).map(([path, [before, after]]) => ({
        path,
        status: before === null ? "added" : after === null ? "removed" : before === after ? "unchanged" : "modified",
        before: before === null ? null : version({ kind: "text", text: before }),
        after: after === null ? null : version({ kind: "text", text: after }),
      })),
    },
    tools,
  );
}

function head(text: string) {
  const { view, gaps } = built({ [ci]: [null, text] });
  expect(gaps).toEqual([]);
  const workflow = view.changes[0]?.after;
  if (workflow == null) throw new Error("the view read no workflow");
  return workflow;
}

describe("what it reads", () => {
  test("triggers as a text, a list and a map", () => {
    for (const on of ["push", "[push]", "{ push: { branches: [main] } }", "\n  push:"]) {
      expect(head(`on: ${on}\njobs: {}\n`).triggers.map(({ event }) => event)).toEqual(["push"]);
    }
  });

  test("words mean what YAML 1.2 says", () => {
    const [job] = head("on: push\njobs:\n  a:\n    if: off\n    continue-on-error: yes\n").jobs;
    expect(job?.condition?.text).toBe("off");
    expect(job?.continueOnError?.scalar).toBe("yes");
  });

  test("permissions of a job are its own, else those of the workflow, else unknown and at most writing", () => {
    const text =
      "permissions: { contents: read }\njobs:\n  a: {}\n  b: { permissions: write-all }\n  c: { permissions: {} }\n";
    const granted = head(text).jobs.map(({ permissions }) => [
      accessIn(permissions, "contents"),
      accessIn(permissions, "id-token"),
    ]);
    expect(granted).toEqual([
      ["read", "none"],
      ["write", "write"],
      ["none", "none"],
    ]);
    const [job] = head("jobs: { a: {} }\n").jobs;
    expect(job?.permissions).toEqual({ kind: "default" });
  });

  test("more is what was not allowed; what may be more is not known", () => {
    expect(widens("read", "write")).toBe(true);
    expect(widens("write", "read")).toBe(false);
    expect(widens("write", "unknown")).toBe(false);
    expect(widens("unknown", "none")).toBe(false);
    expect(widens("unknown", "read")).toBeNull();
    expect(widens("none", "unknown")).toBeNull();
  });

  test("lines of a script stand where they stand in the file, comments left out", () => {
    const [job] = head(
      "jobs:\n  a:\n    steps:\n      - run: |\n          # why\n          one \\\n            two\n          three\n",
    ).jobs;
    expect(job?.steps[0]?.script.map(({ text, at }) => [text, at.line])).toEqual([
      ["one    two", 6],
      ["three", 8],
    ]);
  });

  test("steps of a composite action are those of one job", () => {
    const { view } = built({
      "tools/a/action.yml": [null, "runs: { using: composite, steps: [{ uses: acme/b@v1 }] }\n"],
    });
    expect(view.changes[0]?.after?.jobs[0]?.steps[0]?.uses?.ref).toMatchObject({ name: "acme/b", pin: "version" });
  });
});

describe("what belongs together", () => {
  const steps = "runs-on: ubuntu-latest, steps: [{ run: make }, { run: make test }]";

  test("a job under another id, and in another file", () => {
    const { view } = built({
      [ci]: [`on: push\njobs: { a: { ${steps} }, z: {} }\n`, "on: push\njobs: { z: {} }\n"],
      ".github/workflows/other.yml": [null, `on: push\njobs: { b: { ${steps} } }\n`],
    });
    const pairs = view.jobs.map(({ before, after }) => [before?.job.id ?? null, after?.job.id ?? null]);
    expect(pairs).toContainEqual(["a", "b"]);
  });

  test("jobs that have little in common are two", () => {
    const { view } = built({
      [ci]: [`on: push\njobs: { a: { ${steps} } }\n`, "on: push\njobs: { b: { steps: [{ run: rm -r x }] } }\n"],
    });
    expect(view.jobs.map(({ before, after }) => [before?.job.id ?? null, after?.job.id ?? null])).toEqual([
      ["a", null],
      [null, "b"],
    ]);
  });

  test("very many new and lost jobs are not compared with each other", () => {
    const many = (name: string) =>
      `jobs:\n${Array.from({ length: 300 }, (_, index) => `  ${name}${index}: { steps: [{ run: make }] }\n`).join("")}`;
    const { view } = built({ [ci]: [many("a"), many("b")] });
    expect(view.jobs).toHaveLength(600);
  });
});

describe("what it cannot read", () => {
  const fine = "on: push\njobs: {}\n";

  test.each([
    ["broken YAML", "on: [push\n"],
    ["a text", "on\n"],
    ["jobs that are a list", "on: push\njobs: [a]\n"],
    ["an expression where an action is named", "on: push\njobs: { a: { steps: [{ uses: '${{ inputs.a }}' }] } }\n"],
    ["an event that is none", "on: ${{ inputs.a }}\njobs: {}\n"],
    ["two documents", `${fine}---\n${fine}`],
  ])("%s blocks where it could be read before, and holds where it is new", (_, text) => {
    expect(built({ [ci]: [fine, text] }).gaps.map(({ level }) => level)).toEqual(["block"]);
    expect(built({ [ci]: [null, text] }).gaps.map(({ level }) => level)).toEqual(["hold"]);
  });

  test("what was unreadable and is mended holds: nobody knows what was lost", () => {
    expect(built({ [ci]: ["on: [push\n", fine] }).gaps).toMatchObject([{ level: "hold", side: "base" }]);
  });

  test("a workflow that is commented out is gone, and no action is one by its name alone", () => {
    const { view, gaps } = built({ [ci]: [fine, "# on: push\n"], "ansible/action.yml": [null, "- debug: msg\n"] });
    expect(gaps).toEqual([]);
    expect(view.changes[0]?.after).toBeNull();
  });

  test.each([
    ["unread", { kind: "unread", reason: "it is too large" }],
    ["binary", { kind: "binary" }],
    ["a symbolic link", { kind: "symlink", target: "x" }],
    ["a submodule", { kind: "submodule" }],
  ] as const)("%s", (_, content) => {
    const before = version({ kind: "text", text: fine });
    const { gaps } = workflows({ files: [{ path: ci, status: "modified", before, after: version(content) }] }, tools);
    expect(gaps.map(({ level, id }) => [level, id])).toEqual([["block", `unreadable:${ci}`]]);
  });
});
