import type { Alarm, AlarmPlace } from "../core/alarms/alarm.ts";

/**
 * Tells people of what the ledger alone would keep to itself. Raising twice is raising once: an alarm that stands in a place is found
 * by its key, whoever raised it and whatever was forgotten since.
 */
export interface Alarms {
  /**
   * Raises an alarm in a place where an installation reaches, unless it stands there. Returns the number of the issue, or the id of the
   * comment. Rejects with `AlarmRefused` where the place does not take it, and with another error where it may the next time.
   */
  raise(installationId: number, alarm: Alarm, place: AlarmPlace, signal: AbortSignal): Promise<number>;
  /** Closes the issue of a state that is over. One that is closed or gone is left as it is. Rejects as `raise`. */
  lift(
    installationId: number,
    issue: { readonly repository: string; readonly number: number },
    signal: AbortSignal,
  ): Promise<void>;
}

/** The place takes no alarm from this App: trying again is of use only after somebody has changed that. */
export class AlarmRefused extends Error {
  override readonly name = "AlarmRefused";
}
