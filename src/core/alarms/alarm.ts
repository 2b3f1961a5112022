import { unreachable } from "../../lib/assert.ts";
import type { Around } from "../around/around.ts";
import type { Halt } from "../decisions/decision.ts";
import type { BrokenGlass } from "../evaluate/evaluation.ts";
import type { AlarmKind } from "../policy/schema.ts";
import type { Cause } from "../rollback/cause.ts";
import type { LandedChange } from "../rollback/words.ts";
import type { Repository } from "../subject.ts";

/** Something about a branch that people are to be told of. */
export type BranchAlarm = { readonly repository: Repository; readonly branch: string } & (
  | { readonly kind: "bypass_merge" | "direct_push"; readonly way: Around }
  /** `because`: a clause, "the check `sallyport` is not required on `main`". */
  | { readonly kind: "gate_not_required"; readonly because: string }
);

/** That somebody broke the glass on a pull request onto a branch. */
export interface GlassAlarm {
  readonly kind: "broken_glass";
  readonly repository: Repository;
  readonly branch: string;
  readonly number: number;
  readonly headSha: string;
  readonly glass: BrokenGlass;
}

/** That a breaker has halted an agent over a pull request (`number`), or over what reached a branch without one. */
export interface TripAlarm {
  readonly kind: "tripped";
  readonly repository: Repository;
  readonly branch: string;
  readonly number: number | null;
  readonly halt: Halt;
}

/** That something went wrong after changes of agents went live, and is not being taken back by itself. */
export interface AftermathAlarm {
  readonly kind: "went_wrong";
  readonly repository: Repository;
  /** The branch that the first change in question was merged into. */
  readonly branch: string;
  readonly cause: Cause;
  readonly changes: readonly (LandedChange & { readonly isAgent: boolean })[];
  /** Why no revert is opened, as a clause. */
  readonly because: string;
}

/** Another kind adds a member here, its key below and its words in `text.ts`. */
export type Alarm = BranchAlarm | GlassAlarm | TripAlarm | AftermathAlarm;

/** Where an alarm is told: as an issue of a repository (`owner/name`), or as a comment on a pull request of its own repository. */
export type AlarmPlace =
  | { readonly kind: "issue"; readonly repository: string }
  | { readonly kind: "comment"; readonly number: number };

/**
 * An alarm as the ledger keeps it: in ids. `way` is null for what is a state of the branch; `issues` is null for a comment on the pull
 * request of the way; `raised` is the number of the issue or the id of the comment, null as long as it could not be raised.
 */
export interface AlarmRecord {
  readonly kind: AlarmKind;
  readonly way: Around | null;
  readonly issues: string | null;
  readonly raised: number | null;
}

/**
 * What tells one alarm from every other one, for good and in every place: ids of GitHub, and the name of a branch written so that it
 * can end no comment of HTML.
 */
export function alarmKey(alarm: Alarm): string {
  const { kind, repository, branch } = alarm;
  switch (kind) {
    case "bypass_merge":
    case "direct_push":
      return `${kind}/${repository.id}/${alarm.way.activityId}/${alarm.way.number ?? "none"}`;
    case "gate_not_required":
      return `${kind}/${repository.id}/${encodeURIComponent(branch.toWellFormed())}`;
    case "broken_glass":
      return `${kind}/${encodeURIComponent(alarm.glass.decisionId)}`;
    case "tripped":
      return `${kind}/${encodeURIComponent(alarm.halt.id)}`;
    case "went_wrong":
      return `${kind}/${repository.id}/${encodeURIComponent(alarm.cause.id)}`;
    default:
      return unreachable(kind);
  }
}

/** When it happened, by GitHub's clock or ours; null for a state, which lasts until somebody changes it. */
export function happenedMs(alarm: Alarm): number | null {
  switch (alarm.kind) {
    case "gate_not_required":
      return null;
    case "broken_glass":
      return alarm.glass.atMs;
    case "tripped":
      return alarm.halt.atMs;
    case "went_wrong":
      return alarm.cause.atMs;
    case "bypass_merge":
    case "direct_push":
      return alarm.way.atMs;
  }
}

export function recordOf(alarm: BranchAlarm, place: AlarmPlace, raised: number | null): AlarmRecord {
  const way = alarm.kind === "gate_not_required" ? null : alarm.way;
  return { kind: alarm.kind, way, issues: place.kind === "issue" ? place.repository : null, raised };
}
