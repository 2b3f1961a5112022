import type { Place } from "../../change/change-set.ts";
import type { NewlyAllowed } from "./compare.ts";
import type { Danger } from "./danger.ts";
import type { HolderChange } from "./holders.ts";
import type { Statement } from "./policy.ts";

/** What a holder newly has, at the statement that gives it. */
export interface Widening {
  readonly holder: HolderChange;
  readonly at: Place;
  /** The block or file of the statement. */
  readonly owner: string;
  readonly loose: boolean;
  readonly grant: NewlyAllowed | null;
  /** Null: something that denied or bounded it is gone. */
  readonly statement: Statement | null;
  readonly dangers: readonly Danger[];
  readonly isPublic: boolean;
  /** What is newly there, where it is no statement: a policy by its name, a boundary that is gone. */
  readonly instead: string | null;
  /** Nobody here knows what it allows: even what is new may get too much by it. */
  readonly isUnknown: boolean;
}

export interface Unproved {
  readonly holder: HolderChange;
  readonly at: Place;
  /** A noun clause. */
  readonly what: string;
}

export interface Judged {
  readonly widenings: readonly Widening[];
  readonly unproved: readonly Unproved[];
}
