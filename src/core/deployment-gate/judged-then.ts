import type { Entry } from "../ledger/entry.ts";
import type { PublishedReport } from "../facts.ts";
import { whoWroteThen } from "../requirements/halt.ts";
import type { JudgedThen } from "./facts.ts";

/** What the ledger has about a pull request. */
export interface Remembered {
  /** The newest first. */
  readonly entries: readonly Entry[];
  readonly publications: readonly PublishedReport[];
}

/**
 * What a pull request was judged last at a head and onto a base. A verdict that was withdrawn later, by a halt or because nobody could vouch
 * for it any more, is none that lets anything through.
 */
export function judgedThen(
  { number, headSha, baseRef }: { readonly number: number; readonly headSha: string; readonly baseRef: string },
  { entries, publications }: Remembered,
): JudgedThen {
  const last = entries.find((entry) =>
    entry.kind === "evaluated" ? entry.headSha === headSha && entry.baseRef === baseRef : withdrew(entry, headSha),
  );
  if (last === undefined) return { number, headSha, verdict: null, wrote: null };
  if (last.kind !== "evaluated") return { number, headSha, verdict: "block", wrote: null };
  const agents = publications.flatMap((report) => report.agents);
  return { number, headSha, verdict: last.verdict, wrote: whoWroteThen(agents, last.gaps) };
}

function withdrew(entry: Entry, headSha: string): boolean {
  return (entry.kind === "halted" || entry.kind === "failed") && entry.withdrawnFrom.includes(headSha);
}
