import { expect, test } from "vitest";
import { ownRunMark, ownRunReference } from "../../src/app/own-run.ts";
import { pullRequest, repository } from "../contracts/subjects.ts";

const at = { installationId: 1, repository };

test("a run tells who published it and under which lease", () => {
  const mark = ownRunMark(ownRunReference(pullRequest(41), 7), at);
  expect(mark).toEqual({ kind: "own_run", subject: pullRequest(41), lease: 7 });
});

test.each([
  [null],
  [""],
  ["pull/7/41"],
  ["pull/7/41@x"],
  ["pull/8/41@7"],
  ["pull/7/41@7 and more"],
  ["sweep/repository/7@7"],
])(
  "a reference that says nothing about this repository (%j) is a reason to look at all of its pull requests",
  (reference) => {
    expect(ownRunMark(reference, at)).toEqual({
      kind: "changed",
      subject: { kind: "sweep_repository", installationId: 1, repository },
    });
  },
);
