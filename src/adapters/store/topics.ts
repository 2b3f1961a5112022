import { type Entry, publishedReport } from "../../core/ledger/entry.ts";

export function publicationsOf(subjectId: string): string {
  return `publication/${subjectId}`;
}

export function readingsOf(accountId: number): string {
  return `reading/${accountId}`;
}

export function appearancesIn(repositoryId: number): string {
  return `appearance/${repositoryId}`;
}

export function plansIn(repositoryId: number): string {
  return `plans/${repositoryId}`;
}

/** What an entry can be found by, beside its subject: resyncs append many entries that tell of nothing new. */
export function topicsOf(subjectId: string, entry: Entry): readonly string[] {
  const reading = entry.kind === "evaluated" ? entry.readings.map(({ accountId }) => readingsOf(accountId)) : [];
  const appeared = entry.kind === "evaluated" && entry.appeared.length > 0 ? [appearancesIn(entry.repositoryId)] : [];
  const plans = entry.kind === "evaluated" && entry.terraformPlans.length > 0 ? [plansIn(entry.repositoryId)] : [];
  return [
    ...(publishedReport(entry) === null ? [] : [publicationsOf(subjectId)]),
    ...new Set(reading),
    ...appeared,
    ...plans,
  ];
}
