import { describe, expect, test } from "vitest";
import { parseExample, reformatted, reversed } from "../../src/core/example.ts";
import { rules } from "../../src/core/rules/index.ts";
import { directional } from "./directional.ts";
import { isATable, told } from "./told.ts";

const asked = rules.filter(({ id }) => /^(?:gcp|azure)-|^iam-(?:custom|federation|key)/u.test(id));

describe.each([
  ["iam-gcp", { least: 40, silent: 25 }],
  ["iam-azure", { least: 30, silent: 15 }],
] as const)("who holds what: %s", (table, size) => {
  const changes = directional(table);
  isATable(changes, size);

  const said = (change: Parameters<typeof told>[1]): readonly string[] =>
    told(
      asked,
      change,
      ({ id }, one) => `${id} ${"undecided" in one ? "undecided" : one.asks === true ? "asks" : "blocks"}`,
    );

  test.each(changes.map((one) => [one.id, one] as const))("%s", (_, { change, reports, backwards }) => {
    const made = parseExample(change).change;
    expect(said(made)).toEqual(reports.toSorted());
    expect(said(reversed(made))).toEqual(backwards.toSorted());
    expect(said(reformatted(made))).toEqual([]);
  });
});
