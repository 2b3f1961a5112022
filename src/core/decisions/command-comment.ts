import type { Account } from "../facts.ts";

/** A comment whose first line addresses Sallyport, as GitHub's API gives it: the payload of an event is never believed. */
export interface CommandComment {
  readonly id: number;
  /** Null: the account is gone. */
  readonly account: Account | null;
  /** The slug of the App through which it was written; an App may write with a person's account. */
  readonly viaApp: string | null;
  /** Whether it says what it said when it was created. False where GitHub does not tell. */
  readonly unedited: boolean;
  readonly createdAtMs: number;
  /** Without the line break. The rest of a comment is never looked at. */
  readonly firstLine: string;
  /** Whether this app has reacted to it, which ends an answer. */
  readonly reacted: boolean;
  /** Whether this app has answered it in words. */
  readonly replied: boolean;
}
