import type { ScenarioPort } from "../../cli/scenario.ts";
import { play } from "./play.ts";
import { playPure, refusals } from "./pure.ts";
import { readScenarios } from "./read.ts";
import { tellFailure } from "./tell.ts";

/** What `sallyport scenario` and `sallyport policy test` are handed. */
export const scenarioPort: ScenarioPort = {
  read: async (file, text, policies) => {
    const read = readScenarios(file, text);
    if (!read.ok) return read;
    const refused = policies === null ? [] : read.scenarios.flatMap((scenario) => refusals(file, scenario));
    if (refused.length > 0) return { ok: false, mistakes: refused };
    return {
      ok: true,
      scenarios: read.scenarios.map((scenario) => ({
        play: async () => {
          const outcome = await (policies === null ? play(scenario) : playPure(scenario, policies));
          const { name, shows } = scenario.setting;
          return { name, shows, told: outcome.kind === "failed" ? tellFailure(file, scenario, outcome) : "" };
        },
      })),
    };
  },
};
