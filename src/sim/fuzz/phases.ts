import type { Step } from "../scenario/acts.ts";
import type { Setting } from "../scenario/setting.ts";
import { type Plot, step } from "./plot.ts";
import { randomFrom } from "./random.ts";
import { onGitHub, openOne } from "./scenes.ts";
import { bases, shop } from "./shop.ts";

/** Steps between which every webhook has come and every report stands. */
export type Phase = readonly Step[];

const onChanges = [
  "open",
  "sibling",
  "otherBase",
  "start",
  "push",
  "push",
  "forcePush",
  "updateBranch",
  "retarget",
  "close",
  "reopen",
  "draft",
  "ready",
  "policy",
  "base",
  "otherApp",
  "label",
] as const;
const byPeople = ["approve", "agree", "agree", "requestChanges", "dismiss", "permit"] as const;

/**
 * Phases of changes and of people's words by turns. Within one of changes nothing is done twice to the same branch: what is undone
 * before any look leaves no trace, and a mark that a report has shown stays, so the two would rightly be judged differently.
 */
export function phases(seed: string, events: number): { readonly setting: Setting; readonly phases: readonly Phase[] } {
  const random = randomFrom(seed);
  const plot: Plot = { random, pulls: [], commits: [], names: 0 };
  const written: Phase[] = [[...openOne(plot), ...openOne(plot)]];
  for (let count = 0; count < events; count += written.at(-1)?.length ?? 0) {
    const changes = written.length % 2 === 0;
    const scenes = Array.from(
      { length: 3 + random.below(5) },
      () => onGitHub[random.pick<keyof typeof onGitHub>(changes ? onChanges : byPeople)]?.write(plot) ?? [],
    );
    written.push(changes ? firstOfEach(scenes, plot) : scenes.flat().map(unhurried));
  }
  return { setting: shop(`disorder ${seed}`), phases: written };
}

/** Leaves out scenes about a branch that another scene of the phase was about. */
function firstOfEach(scenes: readonly (readonly Step[])[], { pulls }: Plot): Phase {
  const touched = new Set<string>();
  return scenes.flatMap((scene) => {
    const names = new Set(scene.flatMap(({ given }) => branchesOf(given, pulls)));
    if (names.isDisjointFrom(touched) === false) return [];
    for (const name of names) touched.add(name);
    return scene;
  });
}

function branchesOf(given: object, pulls: Plot["pulls"]): readonly string[] {
  return ["open", "as", "push", "force_push", "on", "to"].flatMap((key) => {
    const name: unknown = Object.entries(given).find(([each]) => each === key)?.[1];
    if (typeof name !== "string" || bases.some((base) => base === name)) return [];
    return [pulls.find((pull) => pull.name === name)?.branch ?? name];
  });
}

/** Who reads too fast is measured by the moment of the report, which is a later one where its webhook was late. */
function unhurried({ act, given }: Step): Step {
  return act === "approve" ? step("approve", { approve: given.approve, on: given.on }) : step(act, given);
}
