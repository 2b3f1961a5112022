import { describe, expect, test } from "vitest";
import {
  creates,
  destroys,
  doesNothing,
  forgets,
  imports,
  isUnknown,
  moves,
  reads,
  replaces,
  updates,
} from "../../../src/core/terraform-plan/actions.ts";
import { changed } from "./plans.ts";

const predicates = { destroys, replaces, creates, updates, forgets, reads, doesNothing, isUnknown };

function holding(actions: readonly string[], mode = "managed"): readonly string[] {
  const change = changed({ actions }, mode === "managed" ? {} : { mode, address: `${mode}.aws_db_instance.main` });
  return Object.entries(predicates).flatMap(([name, holds]) => (holds(change) ? [name] : []));
}

describe("actions of a plan", () => {
  test.each([
    [["no-op"], ["doesNothing"]],
    [["create"], ["creates"]],
    [["read"], ["reads"]],
    [["update"], ["updates"]],
    [["open"], ["reads"]],
    [["delete"], ["destroys"]],
    [
      ["delete", "create"],
      ["destroys", "replaces", "creates"],
    ],
    [
      ["create", "delete"],
      ["destroys", "replaces", "creates"],
    ],
    [["forget"], ["forgets"]],
    [
      ["create", "forget"],
      ["replaces", "creates", "forgets"],
    ],
    [["explode"], ["destroys", "isUnknown"]],
    [
      ["update", "explode"],
      ["destroys", "updates", "isUnknown"],
    ],
    [["Delete"], ["destroys", "isUnknown"]],
    [["delete", "no-op"], ["destroys"]],
    [[], ["destroys", "isUnknown"]],
  ])("%j come to %j", (actions, expected) => {
    expect(holding(actions)).toEqual(expected);
  });

  test("of a mode that is not known destroy, if they do anything", () => {
    expect(holding(["update"], "hologram")).toEqual(["destroys", "updates", "isUnknown"]);
    expect(holding(["no-op"], "hologram")).toEqual(["doesNothing", "isUnknown"]);
    expect(holding(["read"], "data")).toEqual(["reads"]);
    expect(holding(["open"], "ephemeral")).toEqual(["reads"]);
  });
});

test("a resource moves where its address was another one", () => {
  expect(moves(changed({}, { previous_address: "aws_db_instance.old" }))).toBe(true);
  expect(moves(changed({}))).toBe(false);
});

test("a resource is imported where the plan names what it imports, also by an id that is not known yet", () => {
  expect(imports(changed({ importing: { id: "db-1" } }))).toBe(true);
  expect(imports(changed({ importing: { unknown: true } }))).toBe(true);
  expect(imports(changed({}))).toBe(false);
});
