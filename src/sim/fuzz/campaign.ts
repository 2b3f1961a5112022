import { stringify } from "yaml";
import type { Step } from "../scenario/acts.ts";
import { playDisordered } from "./disorder.ts";
import { type Ending, playWatched } from "./watched.ts";
import { phases } from "./phases.ts";
import { type Screenplay, screenplay } from "./screenplay.ts";

/** What is played: `seed/index` names one play, and gives the same one again. */
export interface Campaign {
  readonly seed: string;
  /** Indices of plays that the oracle watches. */
  readonly watched: readonly number[];
  /** Indices of plays that are played in order and in disorder. */
  readonly disordered: readonly number[];
  /** How many steps one play has at least. */
  readonly events: number;
}

export interface Tally {
  plays: number;
  /** Steps that were written, and those of them that took place. */
  steps: number;
  played: number;
  /** How often something could have been merged, and the oracle was asked. */
  greens: number;
}

export interface Failure {
  /** What `--only` plays again. */
  readonly name: string;
  readonly told: string;
}

/** Plays until the first failure of each kind, or to the end. */
export async function wage(
  { seed, watched, disordered, events }: Campaign,
  onPlayed: (tally: Tally, failures: readonly Failure[]) => void = () => {},
): Promise<{ readonly tally: Tally; readonly failures: readonly Failure[] }> {
  const tally: Tally = { plays: 0, steps: 0, played: 0, greens: 0 };
  const failures: Failure[] = [];
  for (const index of watched) {
    const play = screenplay(`${seed}/${index}`, events);
    const ending = await playWatched(play);
    tally.plays += 1;
    tally.steps += play.steps.length;
    tally.played += ending.played.length;
    tally.greens += ending.greens;
    onPlayed(tally, failures);
    if (ending.wrong === null) continue;
    const smallest = await shrink(play, ending);
    failures.push({ name: `watched ${index}`, told: tell(smallest.play, smallest.ending) });
    break;
  }
  for (const index of disordered) {
    const name = `${seed}/${index}`;
    const told = await playDisordered(phases(name, events), name);
    tally.plays += 2;
    onPlayed(tally, failures);
    if (told.length === 0) continue;
    failures.push({ name: `disordered ${index}`, told: told.join("\n") });
    break;
  }
  return { tally, failures };
}

/** No play is shrunk longer than this many plays. */
const shrinkingPlays = 200;

/** Leaves out what is not needed for the play to go wrong: halves first, at last single steps. */
export async function shrink(
  play: Screenplay,
  ending: Ending,
  playAgain: (play: Screenplay) => Promise<Ending> = playWatched,
): Promise<{ readonly play: Screenplay; readonly ending: Ending }> {
  let smallest = { play: upTo(play, ending), ending };
  let plays = 0;
  for (let size = Math.ceil(smallest.play.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < smallest.play.steps.length && plays < shrinkingPlays; ) {
      const steps = smallest.play.steps.toSpliced(from, size);
      const shorter = { ...smallest.play, steps };
      plays += 1;
      const result = await playAgain(shorter);
      if (result.wrong === null) from += size;
      else smallest = { play: upTo(shorter, result), ending: result };
    }
  }
  return smallest;
}

/** What came after the step at which it went wrong, and what never took place, is not needed. */
function upTo(play: Screenplay, { played }: Ending): Screenplay {
  return { ...play, steps: played };
}

/** A scenario that ends before the merge that must not be, and why it must not. */
function tell({ setting, steps }: Screenplay, { wrong }: Ending): string {
  if (wrong === null) return "";
  const { name, accounts, files, branches, policy, gates } = setting;
  const scenario = { name, accounts, files, branches, policy, gates, steps: steps.map(written) };
  return [
    `GitHub would merge ${wrong.pull}, and must not:`,
    ...wrong.because.map((reason) => `  ${reason}`),
    "",
    stringify([scenario], { aliasDuplicateObjects: false }),
  ].join("\n");
}

/** As it stands in a file: durations are texts there, and what is left out is not named. */
function written({ given }: Step): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, key === "advance" || key === "takes" ? `${Number(value) / 1_000}s` : value]),
  );
}
