import type { BranchFacts } from "../core/around/around.ts";
import type { Ungated } from "../core/posture/production.ts";
import type { Posture } from "../core/posture/posture.ts";
import type { Repository } from "../core/subject.ts";

/** What is asked about: all that an installation covers, or one repository of it (`name`). */
export interface Scope {
  readonly owner: string;
  readonly name: string | null;
}

/** How far back an inspection of one repository looks for what went around the gate. */
export const recentDays = 7;

/** A branch that changes land on: the default one, or another one that something protects. */
export interface InspectedBranch {
  readonly branch: string;
  readonly posture: Posture;
  /** Files of the policy in force there, as `owner/name@sha:path`; none: the strict default. */
  readonly policySources: readonly string[];
  /** Why they cannot be used, as sentences. */
  readonly policyErrors: readonly string[];
  /** Productions to which a change may come without a proved bake, as clauses; none where no policy file is in force. */
  readonly unproved: readonly string[];
  /** How it moved in the last `recentDays`; null where a whole owner is inspected: one repository takes hundreds of requests. */
  readonly recent: { readonly facts: BranchFacts; readonly complete: boolean } | null;
  /** Heads of open pull requests onto it, and how many of them have no run of this App. */
  readonly heads: { readonly open: number; readonly withoutRun: number; readonly complete: boolean };
}

export interface InspectedRepository {
  readonly repository: Repository;
  readonly branches: readonly InspectedBranch[];
  /** Private repositories have rules of Apps for their environments with GitHub Enterprise alone. */
  readonly isPrivate: boolean;
  /** Productions where jobs may deploy that this App has not let go on. */
  readonly ungated: readonly Ungated[];
  /** Why it could not be inspected to the end; null: it was. */
  readonly unread: string | null;
}

/**
 * The `.github` repository, which holds the organisation's policy. `absent`: GitHub answers as if there were none, which it also does
 * for a private one that the installation does not cover.
 */
export type OrganisationRepository = "covered" | "public and not covered" | "absent";

export interface Inspection {
  readonly appId: number;
  readonly installationId: number;
  readonly organisationRepository: OrganisationRepository;
  readonly repositories: readonly InspectedRepository[];
}

/** Why there is nothing to inspect, with what to do about it. */
export interface NotInstalled {
  readonly kind: "not installed";
  readonly because: string;
}

/** Reads how the App stands in an owner's repositories. Rejects where GitHub cannot be asked at all. */
export interface Inspector {
  inspect(
    scope: Scope,
    onProgress: (done: number, of: number) => void,
    signal: AbortSignal,
  ): Promise<Inspection | NotInstalled>;
}
