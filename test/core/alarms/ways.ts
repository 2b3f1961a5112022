import type { Around } from "../../../src/core/around/around.ts";

/** An administrator's merge of pull request 7 on a head whose run was not green. */
export const merge: Around = {
  way: "merge",
  activityId: 41,
  atMs: Date.UTC(2026, 2, 2, 9, 0, 3),
  actorId: 8,
  byAgent: false,
  beforeSha: "1".repeat(40),
  afterSha: "2".repeat(40),
  number: 7,
  headSha: "3".repeat(40),
  runId: 5,
  required: true,
};

/** A push by an agent of what no run has judged. */
export const push: Around = {
  ...merge,
  way: "push",
  activityId: 42,
  byAgent: true,
  number: null,
  headSha: null,
  runId: null,
  required: false,
};
