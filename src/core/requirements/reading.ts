import type { RiskTier } from "../evaluate/risk.ts";
import type { Reading } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Nobody is asked to read one change for longer than this, however long it is; a longer `minimum` is the policy's own word. */
const longestMs = 10 * minuteMs;

/** How long a change of so many lines takes to be read at this risk; null where nothing asks for it. */
export function readingMs(lines: number, tier: RiskTier, { approvals }: Policy): number | null {
  const { minimumMs, linesPerMinute, at } = approvals.reading;
  if (!at.includes(tier)) return null;
  const wholeMs = lines === 0 ? 0 : Math.ceil((lines / linesPerMinute) * minuteMs);
  return Math.max(minimumMs, Math.min(longestMs, wholeMs));
}

/**
 * The moment from which an approval would have counted; null where it was given no earlier. It counts the approvals that the same
 * person gave elsewhere in the hour before: whatever was read of them within it must fit beside this one, each between its
 * report and the approval.
 */
export function tooFastUntil(mine: Reading, others: readonly Reading[]): number | null {
  const fromMs = (reading: Reading): number => Math.max(reading.sinceMs, mine.submittedAtMs - hourMs);
  const all = [mine, ...others.filter((other) => sharesTime(mine, other))];
  const ends = all.map((start) => {
    const within = all.filter((reading) => fromMs(reading) >= fromMs(start));
    return fromMs(start) + within.reduce((sum, { needMs }) => sum + needMs, 0);
  });
  const latest = Math.max(mine.sinceMs + mine.needMs, ...ends);
  return latest > mine.submittedAtMs ? latest : null;
}

/** Of two approvals only the later one makes room for the other, so that what has counted is not taken back by what comes after. */
function sharesTime(mine: Reading, other: Reading): boolean {
  if (other.accountId !== mine.accountId || other.subjectId === mine.subjectId) return false;
  if (other.submittedAtMs === mine.submittedAtMs) return other.subjectId < mine.subjectId;
  return other.submittedAtMs < mine.submittedAtMs && other.submittedAtMs > mine.submittedAtMs - hourMs;
}
