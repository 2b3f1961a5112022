import type { ScenarioPort } from "../../cli/scenario.ts";
import { play } from "./play.ts";
import { readScenarios } from "./read.ts";
import { tellFailure } from "./tell.ts";

/** What `sallyport scenario` is handed. */
export const scenarioPort: ScenarioPort = {
  read: async (file, text) => {
    const read = readScenarios(file, text);
    if (!read.ok) return read;
    return {
      ok: true,
      scenarios: read.scenarios.map((scenario) => ({
        play: async () => {
          const outcome = await play(scenario);
          const { name, shows } = scenario.setting;
          return { name, shows, told: outcome.kind === "failed" ? tellFailure(file, scenario, outcome) : "" };
        },
      })),
    };
  },
};
