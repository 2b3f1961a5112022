import { describe, expect, test } from "vitest";
import { linked, localUses, reachedFrom } from "../../../src/core/workflows/callers.ts";
import { givenTo, resolved } from "../../../src/core/workflows/given.ts";
import type { Workflow } from "../../../src/core/workflows/model.ts";
import { effectiveAccess } from "../../../src/core/workflows/permissions.ts";
import { kindOf, readWorkflowFile } from "../../../src/core/workflows/read.ts";
import { sha256 } from "../../../src/lib/digest.ts";

const memo = <T>(_: string, compute: () => T): T => compute();

/** The files of a repository that call each other, by path. */
function repository(files: Readonly<Record<string, string>>): ReadonlyMap<string, Workflow> {
  const read = Object.entries(files).flatMap(([path, text]) => {
    const found = readWorkflowFile({ path, side: "head", sha: sha256(text), text }, kindOf(path) ?? "workflow", memo);
    return found.ok && found.workflow !== null ? [found.workflow] : [];
  });
  return new Map([...linked(read)].map(([, one]) => [one.path, one]));
}

const ci = ".github/workflows/ci.yml";
const called = ".github/workflows/called.yml";
const action = "tools/say/action.yml";

describe("files of one repository that call each other", () => {
  test("are started by whatever starts their callers, from near and far", () => {
    const files = repository({
      [ci]: "on: issues\njobs: { a: { uses: ./.github/workflows/called.yml } }\n",
      [called]: "on: workflow_call\njobs: { a: { steps: [{ uses: ./tools/say }] } }\n",
      [action]: "runs: { using: composite, steps: [] }\n",
    });
    expect([...(files.get(action)?.startedBy ?? [])].toSorted()).toEqual(["issues", "workflow_call"]);
    expect(files.get(called)?.callers.map(({ workflow }) => workflow.path)).toEqual([ci]);
  });

  test("may call each other in rounds", () => {
    const round = "on: workflow_call\njobs: { a: { uses: ./.github/workflows/ci.yml } }\n";
    const files = repository({ [ci]: round.replace("ci.yml", "called.yml"), [called]: round });
    const first = files.get(ci);
    const [use] = first === undefined ? [] : localUses(first);
    expect(first !== undefined && use !== undefined && reachedFrom(first, use).map(({ path }) => path)).toEqual([
      called,
      ci,
    ]);
  });

  test("hand on what they were handed, by way of variables as well", () => {
    const files = repository({
      [ci]: "on: issues\njobs: { a: { uses: ./.github/workflows/called.yml, with: { text: '${{ github.event.issue.title }}' } } }\n",
      [called]:
        "on: workflow_call\nenv: { TEXT: '${{ inputs.text }}' }\njobs: { a: { steps: [{ uses: ./tools/say, with: { What: '${{ env.TEXT }}' } }] } }\n",
      [action]: "runs: { using: composite, steps: [{ run: 'echo ${{ inputs.what }}' }] }\n",
    });
    const workflow = files.get(action);
    const job = workflow?.jobs[0];
    if (workflow === undefined || job === undefined) throw new Error("the action was not read");
    expect(resolved("${{ inputs.what }}", givenTo(workflow, job, job.steps[0] ?? null))).toContain(
      "${{ github.event.issue.title }}",
    );
  });

  test("hold no more than the job that calls them", () => {
    const files = repository({
      [ci]: "on: push\npermissions: { contents: read, packages: write }\njobs: { a: { uses: ./.github/workflows/called.yml } }\n",
      [called]: "on: workflow_call\njobs: { a: { permissions: { contents: write, packages: read }, steps: [] } }\n",
    });
    const workflow = files.get(called);
    const job = workflow?.jobs[0];
    if (workflow === undefined || job === undefined) throw new Error("the workflow was not read");
    expect(effectiveAccess(workflow, job, "contents")).toBe("read");
    expect(effectiveAccess(workflow, job, "packages")).toBe("read");
    expect(effectiveAccess(workflow, job, "issues")).toBe("none");
  });

  test("a workflow that something else starts as well holds what it says", () => {
    const files = repository({
      [ci]: "on: push\npermissions: {}\njobs: { a: { uses: ./.github/workflows/called.yml } }\n",
      [called]: "on: [workflow_call, push]\njobs: { a: { permissions: { contents: write }, steps: [] } }\n",
    });
    const workflow = files.get(called);
    const job = workflow?.jobs[0];
    expect(workflow !== undefined && job !== undefined && effectiveAccess(workflow, job, "contents")).toBe("write");
  });
});
