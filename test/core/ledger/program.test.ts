import { describe, expect, test } from "vitest";
import { entrySchema, evaluatedEntry } from "../../../src/core/ledger/entry.ts";
import { program } from "../../../src/version.ts";
import { changeOf, factsOf, file } from "../facts.ts";
import { judge } from "../evaluate/changes.ts";

const published = { shared: "hold" as const, runId: 1, wrote: true, publishedAtMs: 0, enforced: [] };
const entry = () =>
  evaluatedEntry(judge(factsOf({ change: changeOf(file("README.md", "one\n", "two\n")) })), published, {
    publications: [],
    readings: [],
  });

describe("an entry of an evaluation", () => {
  test("records by which version it was judged, and by which time-zone data windows were read", () => {
    expect(entry()).toMatchObject({ version: "0.0.0-test", zoneData: "2026a" });
  });

  test("from before that was recorded is read as one that does not say", () => {
    const { version, zoneData, ...rest } = { zoneData: null, version: null, ...entry() };
    expect([version, zoneData]).toEqual(["0.0.0-test", "2026a"]);
    expect(entrySchema.parse({ ...rest, version })).toMatchObject({ zoneData: null });
  });
});

test("this Node says which time-zone data it has", () => {
  expect(program.zoneData).toMatch(/^\d{4}[a-z]$/u);
});
