import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { play } from "../src/sim/scenario/play.ts";
import { readScenarios } from "../src/sim/scenario/read.ts";
import { tellFailure } from "../src/sim/scenario/tell.ts";

const folder = new URL("scenarios/", import.meta.url);

/** Shares of the screenplays: one process plays one share, and all of them together every one. */
export const shares = 4;

/** Plays one share of the screenplays (from 0) on the real server. */
export function playShare(share: number): void {
  const files = readdirSync(folder).toSorted();
  describe.each(files.filter((_, index) => index % shares === share))("%s", (file) => {
    const read = readScenarios(file, readFileSync(new URL(file, folder), "utf8"));
    if (!read.ok) throw new Error(read.mistakes.join("\n"));
    test.each(read.scenarios.map((scenario) => [scenario.setting.name, scenario] as const))(
      "%s",
      async (_, scenario) => {
        const outcome = await play(scenario);
        expect(outcome.kind === "failed" ? tellFailure(file, scenario, outcome) : "held").toBe("held");
      },
    );
  });
}
