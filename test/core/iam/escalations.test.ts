import { describe, expect, test } from "vitest";
import { completed } from "../../../src/core/iam/aws/danger.ts";
import { escalations } from "../../../src/core/iam/aws/escalations.ts";
import { readPolicy } from "../../../src/core/iam/aws/read.ts";
import type { Statement } from "../../../src/core/iam/aws/policy.ts";

/** How many ways https://github.com/DataDog/pathfinding.cloud (Apache-2.0) numbers by service, at 84dd65c9 of 2025-12-17: 65. */
const published: Readonly<Record<string, number>> = {
  apprunner: 2,
  bedrock: 2,
  cloudformation: 5,
  codebuild: 4,
  datapipeline: 1,
  ec2: 4,
  ecs: 5,
  glue: 6,
  iam: 21,
  lambda: 6,
  sagemaker: 5,
  ssm: 2,
  sts: 1,
};
const three = (number: number): string => String(number).padStart(3, "0");
const ids = [
  // The only one of its service.
  "ec2instanceconnect-003",
  ...Object.entries(published).flatMap(([service, count]) =>
    Array.from({ length: count }, (_, index) => `${service}-${three(index + 1)}`),
  ),
];

function allowing(actions: readonly string[], resource = "*"): readonly Statement[] {
  const read = readPolicy({ Statement: actions.map((Action) => ({ Effect: "Allow", Action, Resource: resource })) });
  if (!read.ok) throw new Error(read.reason);
  return read.statements;
}

describe("ways to the permissions of another identity", () => {
  test("are those that are published, each with its number", () => {
    expect(escalations.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(ids).toHaveLength(65);
  });

  test.each(escalations.map((one) => [one.id, one] as const))(
    "%s is open when its last action is allowed",
    (_, way) => {
      const { actions } = way;
      const last = actions.at(-1) ?? "";
      const found = completed(allowing(actions.slice(0, -1)), allowing(actions), new Set([last]));
      // A shorter way within it tells as much, where that one is new.
      expect(found.some((one) => one.actions.every((action) => actions.includes(action)))).toBe(true);
    },
  );

  test.each(escalations.map((one) => [one.id, one] as const))("%s is none where it was open before", (_, way) => {
    expect(completed(allowing(way.actions), allowing(way.actions), new Set(way.actions))).toEqual([]);
  });

  test("is none while an action is denied everywhere", () => {
    const denied = readPolicy({ Statement: { Effect: "Deny", Action: "iam:PassRole", Resource: "*" } });
    const allowed = allowing(["iam:PassRole", "ec2:RunInstances"]);
    const after = [...allowed, ...(denied.ok ? denied.statements : [])];
    expect(completed([], after, new Set(["iam:passrole", "ec2:runinstances"]))).toEqual([]);
  });
});
