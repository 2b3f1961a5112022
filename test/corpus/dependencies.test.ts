import { describe, expect, test } from "vitest";
import { parseExample, reformatted, reversed } from "../../src/core/example.ts";
import { rules } from "../../src/core/rules/index.ts";
import { directional } from "./directional.ts";
import { isATable, told } from "./told.ts";

const changes = directional("dependencies");
const asked = rules
  .filter(({ invariant, needs }) => invariant === "supply-chain-is-intact" && /^(?:dependencies|paths)$/u.test(needs))
  // Terraform's own lockfile has a rule of Terraform.
  .filter(({ id }) => !id.startsWith("tf-"));
/** It looks at whether a copy is the same, and white space in one makes it another. */
const unchanged: ReadonlySet<string> = new Set(["vendored-code-edited"]);

describe("what a repository depends on", () => {
  isATable(changes, { least: 120, silent: 42 });

  test("every rule has a change that it reports", () => {
    const reporting = new Set(changes.flatMap(({ reports }) => reports));
    expect(asked.map(({ id }) => id).filter((id) => !reporting.has(id))).toEqual([]);
  });

  test.each(changes.map((one) => [one.id, one] as const))("%s", (_, { change, reports, backwards }) => {
    const made = parseExample(change).change;
    expect(told(asked, made)).toEqual(reports.toSorted());
    expect(told(asked, reversed(made))).toEqual(backwards.toSorted());
    // A file that cannot be read at the head is no more readable in another dress.
    const isReadable = !reports.some((id) => id.startsWith("unreadable:"));
    expect(isReadable ? told(asked, reformatted(made)).filter((id) => !unchanged.has(id)) : []).toEqual([]);
  });
});
