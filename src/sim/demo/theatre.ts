import type { Opened } from "./agent.ts";
import type { Stage } from "./stage.ts";
import type { Arrived } from "./watch.ts";

/** What an incident is played with. */
export interface Theatre {
  readonly stage: Stage;
  readonly clock: {
    now(): number;
    /**
     * Puts it forward once all that is due has been looked at: an answer that was under way meanwhile would show that the clocks differ.
     * Resolves once all that is due then has been looked at.
     */
    forwardTo(ms: number): Promise<void>;
  };
  /** Where the service listens, and the token of whoever runs it. */
  readonly service: string;
  readonly adminToken: string;
  /** Resolves once every webhook that is not held is answered, and the service has looked at all that is due by its clock. */
  settled(): Promise<void>;
}

/** What was seen at one moment, beside the check run that an incident is about. */
export interface Step {
  readonly atMs: number;
  /** What happened before, as sentences. */
  readonly deed: string;
  readonly verdict: Arrived["verdict"]["verdict"];
  /** The title of the check run: the verdict, and why. */
  readonly title: string;
  /** What it waits for elsewhere, where the title does not say that; else null. */
  readonly waits: string | null;
}

/** What came of an incident: its check run, and what was seen on the way to it and after it. */
export interface Played {
  readonly number: number;
  readonly atMs: number;
  readonly arrived: Arrived;
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

/** The check run of an incident, with nothing around it. */
export function plainly({ number }: Opened, arrived: Arrived, { clock }: Theatre): Played {
  return { number, atMs: clock.now(), arrived, before: [], after: [] };
}

/** What a check run says at this moment. */
export function stepOf(deed: string, { verdict, title }: Arrived, { clock }: Pick<Theatre, "clock">): Step {
  const bake = verdict.requirements.find(({ kind, state }) => kind === "bake" && state !== "met");
  const waits = bake === undefined || title.includes(": Bake: ") ? null : `${bake.what}: ${bake.now}`;
  return { atMs: clock.now(), deed, verdict: verdict.verdict, title, waits };
}
