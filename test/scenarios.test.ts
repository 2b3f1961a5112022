// Every screenplay of this folder, on the real server.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { play } from "../src/sim/scenario/play.ts";
import { readScenarios } from "../src/sim/scenario/read.ts";
import { tellFailure } from "../src/sim/scenario/tell.ts";

const folder = new URL("scenarios/", import.meta.url);

describe.each(readdirSync(folder).toSorted())("%s", (file) => {
  const read = readScenarios(file, readFileSync(new URL(file, folder), "utf8"));
  if (!read.ok) throw new Error(read.mistakes.join("\n"));
  test.each(read.scenarios.map((scenario) => [scenario.setting.name, scenario] as const))("%s", async (_, scenario) => {
    const outcome = await play(scenario);
    expect(outcome.kind === "failed" ? tellFailure(file, scenario, outcome) : "held").toBe("held");
  });
});
