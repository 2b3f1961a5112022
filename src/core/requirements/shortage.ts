import { formatDuration } from "../../lib/duration.ts";
import { notAsked, type Overridden, type Requirement } from "../evaluate/evaluation.ts";
import { type Booking, windowMs } from "./booking.ts";
import { isHere, quoted } from "./purse.ts";

/** What is taken, for which pull request it waits (null: for none, there are no places), and until when, where time alone is enough. */
export interface Shortage {
  readonly taken: string;
  readonly behind: Booking | null;
  readonly untilMs: number | null;
  /** By how much all of it together is more than the bound. */
  readonly excess: bigint;
}

/** A requirement that a budget makes, and by how much it is exceeded: who lifts it lifts no more than that. */
export interface Short {
  readonly requirement: Requirement;
  /** A whole number of what the budget counts, memory in bytes. */
  readonly excess: string;
}

/** That a change waits for room. `withinMs`: how long a merge counts. */
export function waitsFor(
  { id, what, withinMs }: { readonly id: string; readonly what: string; readonly withinMs: number },
  shortage: Shortage,
  own: Booking,
): Short {
  const { taken, untilMs, excess } = shortage;
  return {
    requirement: {
      id,
      kind: "budget",
      what,
      from: "time",
      now: `${behindWhom(shortage, own, withinMs)}: ${taken}`,
      actor: "time",
      state: { kind: "waiting", untilMs },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
    },
    excess: String(excess),
  };
}

/** That a change takes more than there is, whatever others do: no time helps. */
export function failsAlone(
  { id, what, from, now }: Pick<Requirement, "id" | "what" | "from" | "now">,
  excess: bigint,
): Short {
  return {
    requirement: {
      id,
      kind: "budget",
      what,
      from,
      now,
      actor: "agent",
      state: { kind: "failed" },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
    },
    excess: String(excess),
  };
}

/** Of a pull request elsewhere the number alone is told: who reads this may not read that repository. */
function behindWhom({ behind, untilMs }: Shortage, own: Booking, withinMs: number): string {
  if (behind === null) return "no place";
  const elsewhere = isHere(behind, own) ? "" : " of another repository";
  const old = withinMs === windowMs ? "an hour" : formatDuration(withinMs);
  const end = untilMs === null ? "until that makes room" : `until that merge is ${old} old`;
  return `behind pull request ${behind.subject.number}${elsewhere} ${end}`;
}

/** What a shortage asks, once it is known who has lifted it. */
export function asked({ requirement }: Short, overridden: Overridden | null): Requirement {
  if (overridden === null) return requirement;
  const by = overridden.by.map((login) => quoted(login)).join(", ");
  return { ...requirement, state: { kind: "met" }, now: `overridden by ${by}: ${requirement.now}` };
}
