import type { Halt } from "../decisions/decision.ts";
import type { CollectedFacts, Permission, PublishedReport } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";

/** All that decides about a command, beside the comment itself. */
export interface Grounds {
  readonly facts: Pick<CollectedFacts, "subject" | "base" | "head" | "teams">;
  /** All files joined. */
  readonly policy: Policy;
  /** The organisation's file alone; the strict default where there is none. */
  readonly organisation: Policy;
  /** Reports about the pull request. */
  readonly publications: readonly Pick<PublishedReport, "headSha" | "publishedAtMs">[];
  /** What stands in the installation. */
  readonly halts: readonly Halt[];
  readonly nowMs: number;
}

/** What an account may do in the repository, and in the owner's `.github`, now. */
export interface Permissions {
  readonly here: Permission;
  readonly above: Permission;
}
