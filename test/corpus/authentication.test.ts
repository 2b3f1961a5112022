import { describe, expect, test } from "vitest";
import { parseExample, redressed, reformatted, reversed } from "../../src/core/example.ts";
import { rules } from "../../src/core/rules/index.ts";
import { directional } from "./directional.ts";
import { isATable, told } from "./told.ts";

const changes = directional("authentication");
const asked = rules.filter(({ invariant }) => invariant === "authentication-is-unchanged");

describe("authentication that is changed", () => {
  isATable(changes, { least: 75, silent: 36 });

  test.each(changes.map((one) => [one.id, one] as const))("%s", (_, { change, reports, backwards }) => {
    const { change: made } = parseExample(change);
    expect(told(asked, made)).toEqual(reports.toSorted());
    expect(told(asked, redressed(made))).toEqual(reports.toSorted());
    expect(told(asked, reversed(made))).toEqual(backwards.toSorted());
    expect(told(asked, reformatted(made))).toEqual([]);
  });
});
