import { type Entry, publishedReport } from "../../core/ledger/entry.ts";

export function publicationsOf(subjectId: string): string {
  return `publication/${subjectId}`;
}

/** What an entry can be found by, beside its subject: resyncs append many entries that tell of nothing new. */
export function topicsOf(subjectId: string, entry: Entry): readonly string[] {
  return publishedReport(entry) === null ? [] : [publicationsOf(subjectId)];
}
