import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { playShare, shares } from "./played-scenarios.ts";

playShare(0);

test("each share has a file that plays it", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((name) => /^scenarios-\d+\.test\.ts$/u.test(name));
  expect(files.toSorted()).toEqual(Array.from({ length: shares }, (_, share) => `scenarios-${share}.test.ts`));
});
