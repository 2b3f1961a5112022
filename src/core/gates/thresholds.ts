/** A bound of coverage in the configuration of a test runner or of a service that judges coverage. */
export interface Threshold {
  readonly key: string;
  /** Null: what stands there is no number. */
  readonly value: number | null;
  readonly text: string;
  readonly line: number;
}

const configurations =
  /(?:^|\/)(?:(?:vitest|vite|jest|karma)(?:\.[\w-]+)*\.[cm]?[jt]s|jest\.config\.json|\.nycrc(?:\.json)?|nyc\.config\.c?js|\.c8rc(?:\.json)?|package\.json|pyproject\.toml|setup\.cfg|tox\.ini|\.coveragerc|\.?codecov\.ya?ml|\.simplecov|phpunit\.xml(?:\.dist)?|\.testcoverage\.ya?ml)$/u;

export function holdsThresholds(path: string): boolean {
  return configurations.test(path);
}

const inTests =
  /^\s*["']?(?<key>lines|branches|functions|statements|perFile|fail_under|fail-under|minimum_coverage|check-coverage)["']?\s*[:=\s]\s*(?<value>.+?),?\s*$/u;
const inCodecov = /^\s*(?<key>target|threshold)\s*:\s*(?<value>.+?)\s*(?:#.*)?$/u;

/** Bounds of a configuration, in the order of its lines. A longer line is none that people write. */
export function thresholdsIn(path: string, lines: readonly string[]): readonly Threshold[] {
  const isCodecov = /codecov\.ya?ml$/u.test(path);
  // Elsewhere `lines: 3` and the like mean other things.
  if (
    !isCodecov &&
    !lines.some((line) => /threshold|coverage|fail_under|fail-under|minimum_coverage|check-coverage/iu.test(line))
  )
    return [];
  return lines.flatMap((line, index) => {
    const found = line.length > 300 ? undefined : (isCodecov ? inCodecov : inTests).exec(line)?.groups;
    if (found === undefined) return [];
    const { key = "", value = "" } = found;
    return [{ key, value: numberOf(value, isCodecov), text: line.trim(), line: index + 1 }];
  });
}

/** Switches count as 0 and 1. `auto` of Codecov is what the base has, which is more than any number asks of a change. */
function numberOf(value: string, isCodecov: boolean): number | null {
  const read = /^["']?(?<number>-?\d+(?:\.\d+)?)%?["']?$/u.exec(value)?.groups?.["number"];
  if (read !== undefined) return Number(read);
  if (value === "true" || value === "false") return value === "true" ? 1 : 0;
  return value === "auto" && isCodecov ? 101 : null;
}

/** Of Codecov's `threshold` more is laxer: it is how much coverage may fall. */
export function isLaxer(key: string, before: number, after: number): boolean {
  return key === "threshold" ? after > before : after < before;
}
