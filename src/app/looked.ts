import type { Verdict } from "../core/evaluate/verdict.ts";
import type { Entry } from "../core/ledger/entry.ts";
import type { PullRequestSubject, Repository, Subject } from "../core/subject.ts";
import type { Ledger, Lister, Places } from "./ports.ts";

/** When an open pull request was last judged, as the ledger has it. */
export interface LookedAt {
  readonly number: number;
  /** Null: it was never judged. */
  readonly last: {
    readonly atMs: number;
    readonly headSha: string;
    readonly verdict: Verdict;
    readonly mode: "enforce" | "observe";
    /** Of the policy that it was judged by. */
    readonly policyDigest: string;
  } | null;
  /** Whether the looks since then have failed. */
  readonly isFailing: boolean;
}

export interface LookedPorts {
  readonly places: Places;
  readonly lister: Lister;
  readonly ledger: Pick<Ledger, "bySubject">;
}

/** Failures in a row beyond these have long withdrawn what stood. */
const entriesRead = 100;
/** A listing without an end is a fault of the lister. */
const pagesMost = 1_000;

/**
 * Every open pull request of a repository as GitHub lists it now, and when it was judged: one that no webhook named is in it as one that
 * was not. Null: Sallyport has seen no such repository. Rejects where GitHub cannot be asked.
 *
 * @param name `owner/name`
 */
export async function lookedAt(
  name: string,
  { places, lister, ledger }: LookedPorts,
  signal: AbortSignal,
): Promise<readonly LookedAt[] | null> {
  const known = (await places.list()).findLast(({ repository }) => isNamed(repository, name));
  if (known === undefined || known.repository === null) return null;
  const { installationId, repository } = known;
  const sweep = { kind: "sweep_repository", installationId, repository } as const;
  const open = new Map<number, PullRequestSubject>();
  let cursor: string | null = null;
  for (let pages = 0; pages < pagesMost; pages += 1) {
    const page: { readonly items: readonly Subject[]; readonly next: string | null } = await lister.page(
      sweep,
      cursor,
      signal,
    );
    for (const subject of page.items) if (subject.kind === "pull_request") open.set(subject.number, subject);
    cursor = page.next;
    if (cursor === null) break;
  }
  const looked: LookedAt[] = [];
  for (const subject of [...open.values()].toSorted((a, b) => a.number - b.number)) {
    const entries: readonly Entry[] = (await ledger.bySubject(subject, entriesRead)).map(({ entry }) => entry);
    looked.push(lookedAtOne(subject.number, entries));
  }
  return looked;
}

function lookedAtOne(number: number, entries: readonly Entry[]): LookedAt {
  const last = entries.find((entry) => entry.kind === "evaluated");
  const isFailing = entries[0]?.kind === "failed";
  if (last === undefined) return { number, last: null, isFailing };
  const { atMs, headSha, verdict, mode, policyDigest } = last;
  return { number, last: { atMs, headSha, verdict, mode, policyDigest }, isFailing };
}

function isNamed(repository: Repository | null, name: string): boolean {
  return repository !== null && `${repository.owner}/${repository.name}`.toLowerCase() === name.toLowerCase();
}
