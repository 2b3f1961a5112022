import type { Level } from "../core/evaluate/evaluation.ts";
import type { RiskTier } from "../core/evaluate/risk.ts";
import { type Verdict, verdicts } from "../core/evaluate/verdict.ts";
import { byCodeUnits } from "../lib/order.ts";
import { count as counted } from "../lib/text.ts";

/** One line of a backtest. */
export interface Judged {
  readonly commit: string;
  readonly verdict: Verdict;
  readonly risk: RiskTier;
  readonly findings: readonly {
    readonly rule: string;
    readonly level: Level;
    readonly at: string;
    readonly message: string;
  }[];
  readonly gaps: readonly { readonly id: string; readonly level: "hold" | "block"; readonly reason: string }[];
  readonly missing: readonly string[];
  readonly ms: number;
}

/** What a backtest says in the end: verdicts, what fired most, and how long it took. */
export function summary(judged: readonly Judged[], failed: number): string {
  if (judged.length === 0) return `0 commits judged, ${failed} failed.\n`;
  const count = (verdict: Verdict): number => judged.filter((one) => one.verdict === verdict).length;
  const quiet = judged.filter((one) => one.verdict === "hold" && one.findings.length === 0 && one.gaps.length === 0);
  const times = judged.map((one) => one.ms).toSorted((a, b) => a - b);
  const lines = [
    `${counted(judged.length, "commit")} judged, ${failed} failed.`,
    verdicts.map((verdict) => `${verdict} ${count(verdict)}`).join(", "),
    `Held for approvals alone, without a finding or a gap: ${quiet.length}`,
    `Milliseconds a commit: median ${at(times, 0.5)}, 95th percentile ${at(times, 0.95)}, longest ${at(times, 1)}`,
    ...top("Rules that fired most", judged, (one) => one.findings.map(({ rule, level }) => `${rule} (${level})`)),
    ...top("Gaps", judged, (one) => one.gaps.map(({ id, level }) => `${id.split(":")[0] ?? id} (${level})`)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The least value that at least this share of all does not exceed. */
function at(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function top(title: string, judged: readonly Judged[], of: (one: Judged) => readonly string[]): readonly string[] {
  const counts = new Map<string, { times: number; commits: number }>();
  for (const one of judged) {
    const names = of(one);
    for (const name of names) {
      const seen = counts.get(name) ?? { times: 0, commits: 0 };
      counts.set(name, { times: seen.times + 1, commits: seen.commits });
    }
    for (const name of new Set(names)) {
      const seen = counts.get(name);
      if (seen !== undefined) seen.commits += 1;
    }
  }
  if (counts.size === 0) return [`${title}: none`];
  const sorted = [...counts].toSorted(([a, x], [b, y]) => y.commits - x.commits || byCodeUnits(a, b)).slice(0, 10);
  return [
    `${title}:`,
    ...sorted.map(
      ([name, { times, commits }]) => `  ${counted(commits, "commit")}, ${counted(times, "time")}  ${name}`,
    ),
  ];
}
